"""Papers that came in: kept once, found again with the patient's file, put to a case later, hers when it is said."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from portal.domain.errors import Invalid, NotAllowed, NotFound
from portal.models.audit import AuditEntry
from portal.models.dispatches import IncomingPaper
from portal.services import access_requests, files, incoming_papers, patient_papers, patients
from portal.services.incoming_papers import Came
from portal.services.work import Work
from tests.services.test_correspondence import Looked, asks_at_the_counter, without_account

WorkAs = Callable[..., AbstractContextManager[Work]]


def test_a_paper_filed_with_a_patient_is_opened_again_and_put_to_her_case_later(work_as: WorkAs) -> None:
    number = without_account(work_as)
    others = asks_at_the_counter(work_as, without_account(work_as))
    with work_as("dov") as work:
        key = incoming_papers.receive(work, Looked, Came("post", work.today, "R. Quist", hers=True), number).id
    with work_as("dov") as work:
        patient = patients.find(work, number)
        [paper] = patient_papers.of_patient(work, patient)
        assert (paper.row.id, paper.sender, paper.row.hers) == (key, "R. Quist", False)
        patient_papers.opened(work, patient, paper)
        assert b"".join(files.stream(work, paper.file)) == Looked.clean
    with work_as("system", writes=False) as work:
        assert work.db.scalar(select(func.count()).where(AuditEntry.action == "incoming.opened")) == 1
    reference = asks_at_the_counter(work_as, number)
    with work_as("dov") as work:
        patient = patients.find(work, number)
        paper = patient_papers.find(work, patient, key, lock=True)
        for wrong in (others, "AR-2026-999999-X"):
            with pytest.raises(Invalid, match="no case with this number"):
                patient_papers.put_to_case(work, patient, paper, wrong, hers=False)
        patient_papers.put_to_case(work, patient, paper, reference, hers=True)
    with work_as("dov") as work:
        patient, case = patients.find(work, number), access_requests.find(work, reference)
        assert patient_papers.of_patient(work, patient) == []
        with pytest.raises(NotFound):
            patient_papers.find(work, patient, key)
        [filed] = incoming_papers.of_case(work, case)
        assert filed.row.hers
        assert incoming_papers.file_of_case(work, case, filed.file.id).id == filed.file.id
    with work_as("femi") as work, pytest.raises((NotAllowed, NotFound)):
        patient_papers.of_patient(work, patients.find(work, number))


def test_a_scan_form_pressed_twice_keeps_one_paper(work_as: WorkAs) -> None:
    key = uuid4()
    for _press in range(2):
        with work_as("dov") as work:
            incoming_papers.receive(work, Looked, Came("post", work.today), key=key)
    with work_as("esi") as work:
        incoming_papers.receive(work, Looked, Came("post", work.today), key=key)  # another person's own form
    with work_as("system", writes=False) as work:
        assert work.db.scalar(select(func.count()).select_from(IncomingPaper)) == 2


def test_a_paper_of_the_tray_is_hers_only_when_it_is_said_once_it_is_known_whose_it_is(work_as: WorkAs) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as))
    for hers in (False, True):
        with work_as("dov") as work:
            row = incoming_papers.receive(work, Looked, Came("fax", work.today, hers=True))
            assert not row.hers
            incoming_papers.put_away(work, row, reference, hers=hers)
    with work_as("dov") as work:
        found = incoming_papers.of_case(work, access_requests.find(work, reference))
        assert sorted(each.row.hers for each in found) == [False, True]
