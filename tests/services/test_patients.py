"""Patients' files: numbered by a counter whatever numbers came from elsewhere."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from portal.services import patients
from portal.services.work import Work

WorkAs = Callable[..., AbstractContextManager[Work]]


def registered(work: Work, number: str | None = None) -> str:
    return patients.register(work, "Ada", "Okafor", work.today.replace(year=1990), number).number


def counted(number: str) -> int:
    return int(number.removeprefix("P-"))


def test_numbers_are_counted_on_whatever_came_from_elsewhere(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        first = registered(work)
        for odd in ("P-OLD-7", "P-99999999", "P-7", "X-1"):
            registered(work, odd)
        assert counted(registered(work)) == counted(first) + 1


def test_a_number_that_came_from_elsewhere_is_not_given_again(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        first = counted(registered(work))
        for taken in (1, 2):
            registered(work, f"P-{first + taken:06d}")
        assert counted(registered(work)) == first + 3
