"""A scan in the tray is filed with what was entered from it, once, whoever enters it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.domain.errors import NotAllowed, NotFound, NotPossible
from portal.services import access_requests, incoming_papers, papers_aside, patients, tray_entries
from portal.services.incoming_papers import Came
from portal.services.work import Work
from tests.services.test_correspondence import Looked, asks_at_the_counter, without_account

WorkAs = Callable[..., AbstractContextManager[Work]]


def test_of_two_who_enter_the_same_scan_the_second_enters_nothing(work_as: WorkAs) -> None:
    number = without_account(work_as)
    reference, another = asks_at_the_counter(work_as, number), asks_at_the_counter(work_as, without_account(work_as))
    with work_as("dov") as work:
        key = incoming_papers.receive(work, Looked, Came("post", work.today, "R. Quist")).id
    with work_as("dov") as work:
        seen = tray_entries.look(work, key)
        assert (seen.is_there, seen.sender) == (True, "R. Quist")
    for _press in range(2):  # the second finds what the first did
        with work_as("esi") as work:
            case = access_requests.find(work, reference)
            file = tray_entries.keep(work, case, seen)
            assert (file.case_id, file.patient_id) == (case.id, case.patient_id)
    with work_as("dov") as work, pytest.raises(NotPossible, match="Nothing was entered"):
        tray_entries.keep(work, access_requests.find(work, another), seen)
    with work_as("dov") as work, pytest.raises(NotPossible, match="Nothing was entered"):
        tray_entries.file(work, seen, patients.find(work, number))
    with work_as("dov") as work:
        (filed,) = incoming_papers.of_case(work, access_requests.find(work, reference))
        assert (filed.row.id, filed.row.hers, filed.sender) == (key, True, "R. Quist")
        gone = tray_entries.look(work, key)
        assert (gone.is_there, gone.case, gone.number) == (False, reference, number)
    with work_as("femi") as work, pytest.raises(NotAllowed):
        tray_entries.look(work, key)


def test_nothing_is_entered_from_a_scan_that_was_put_aside_or_destroyed(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        row = incoming_papers.receive(work, Looked, Came("fax", work.today))
        papers_aside.put_aside(work, row, "advertising", "It offers lasers.")
        key = row.id
    with work_as("dov") as work, pytest.raises(NotPossible, match="put this paper aside"):
        tray_entries.file(work, tray_entries.look(work, key), patients.find(work, "P-006230"))
    with work_as("esi") as work:
        papers_aside.destroy(work, incoming_papers.find(work, key, lock=True))
    with work_as("dov") as work, pytest.raises(NotFound):
        tray_entries.look(work, key)
