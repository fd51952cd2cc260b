"""Patients' files: numbered by a counter whatever numbers came from elsewhere, disclosures noted by who may."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.domain.errors import NotAllowed
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


@pytest.mark.parametrize("who", ["dov", "esi", "operator"])
def test_the_office_and_the_operator_note_a_disclosure(work_as: WorkAs, who: str) -> None:
    with work_as("operator") as work:
        before = len(patients.recorded_disclosures(work, patients.find(work, "P-004117").id))
    with work_as(who) as work:
        discloses(work)
    with work_as("operator") as work:
        assert len(patients.recorded_disclosures(work, patients.find(work, "P-004117").id)) == before + 1


@pytest.mark.parametrize("who", ["amina", "ben", "femi"])
def test_nobody_else_notes_a_disclosure(work_as: WorkAs, who: str) -> None:
    with work_as(who) as work, pytest.raises(NotAllowed):
        discloses(work)


def discloses(work: Work) -> None:
    amina = patients.find(work, "P-004117")
    patients.disclose(work, amina, "A laboratory", work.today, "A second opinion", "One report", "consent")
