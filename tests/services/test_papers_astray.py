"""A paper with the wrong patient goes back to the tray: nothing of it stays with her, and who saw it is asked."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domain.access_requests import Channel
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.models.astray_papers import AstrayPaper
from portal.models.audit import AuditEntry
from portal.models.dispatches import IncomingPaper
from portal.models.letters import StoredFile
from portal.models.people import Patient
from portal.services import (
    access_log,
    access_requests,
    cases,
    files,
    incoming_papers,
    paper_lists,
    papers_astray,
    patients,
    sweeping,
    tray_entries,
)
from portal.services.incoming_papers import Came
from portal.services.work import Work
from tests.conftest import Clockwork
from tests.services.test_correspondence import A_LITTLE, Looked, asks_at_the_counter, without_account

WorkAs = Callable[..., AbstractContextManager[Work]]
WHY = "The name on the paper is another one."
AMINA = "P-004117"


def with_amina(
    work_as: WorkAs, clock: Clockwork | None = None, hers: bool = True, case: bool = True
) -> tuple[UUID, str]:
    """A paper that was put with her although it is another patient's: its key, and her case's reference."""
    reference = asks_at_the_counter(work_as, AMINA) if case else ""
    if clock is not None:
        clock.move(minutes=1)
    with work_as("dov") as work:
        came = Came("fax", work.today - timedelta(days=3), "R. Quist", hers=hers)
        row = incoming_papers.receive(work, Looked, came, reference or AMINA)
        return row.id, reference


def taken_back(work_as: WorkAs, key: UUID, reason: str = WHY) -> None:
    with work_as("dov") as work:
        patient = patients.find(work, AMINA)
        papers_astray.take_back(work, patient, papers_astray.find(work, patient, key, lock=True), reason)


def opened_by(work_as: WorkAs, who: str, reference: str) -> None:
    with work_as(who) as work:
        case = cases.find(work, reference)
        (filed,) = incoming_papers.of_case(work, case)
        incoming_papers.file_of_case(work, case, filed.file.id)


def told(work_as: WorkAs, number: str) -> list[str]:
    """The acts about papers in the chain of this patient, the oldest first."""
    with work_as("system", writes=False) as work:
        key = work.db.scalars(select(Patient.id).where(Patient.number == number)).one()
        query = select(AuditEntry.action).where(AuditEntry.chain == str(key), AuditEntry.action.like("incoming.%"))
        return [each.removeprefix("incoming.") for each in work.db.scalars(query.order_by(AuditEntry.position))]


@pytest.mark.parametrize("case", [True, False])
def test_it_lies_in_the_tray_again_as_old_as_it_is_and_nothing_stays_with_her(
    work_as: WorkAs, clock: Clockwork, case: bool
) -> None:
    key, reference = with_amina(work_as, clock, case=case)
    with work_as("system", writes=False) as work:
        before = work.db.get_one(IncomingPaper, key)
        came, file_id = before.received_on, before.file_id
        digest = work.db.get_one(StoredFile, file_id).stored_digest
    taken_back(work_as, key)
    with work_as("dov") as work:
        (row,) = paper_lists.tray(work).rows
        assert (row.id, row.received_on, row.patient_id, row.case_id, row.file_id) == (key, came, None, None, None)
        assert (row.hers, row.settled_at) == (False, None)
        assert incoming_papers.sender_of(work, row) == "R. Quist"
        assert b"".join(incoming_papers.read(work, row)) == Looked.clean
        assert work.db.get(StoredFile, file_id) is None
        patient = patients.find(work, AMINA)
        with pytest.raises(NotFound):
            papers_astray.find(work, patient, key)
    with work_as("system") as work:
        assert digest in sweeping.unwanted(work, {}), "the sweep takes what was sealed under her key"
        assert row.stored_digest not in sweeping.unwanted(work, {})
    if case:
        with work_as("dov") as work:
            (line,) = papers_astray.of_case(work, access_requests.find(work, reference))
            assert (line.reason, line.row.by_name, line.row.entered_from) == (WHY, work.actor.name, False)
            assert WHY.encode() not in (line.row.reason_sealed or b"")
        with work_as("amina") as work:
            assert incoming_papers.of_case(work, cases.find(work, reference)) == []
            said = [each.what for each in access_log.lines(work, patients.own(work))]
            assert any("is not yours" in str(each) or each == "incoming.taken_back" for each in said), said


def test_a_reason_is_asked_and_only_who_sorts_takes_it_back(work_as: WorkAs) -> None:
    key, _reference = with_amina(work_as)
    with pytest.raises(Invalid, match="how you know"):
        taken_back(work_as, key, " no ")
    for who in ("femi", "amina"):
        with work_as(who) as work, pytest.raises((NotAllowed, NotFound)):
            papers_astray.find(work, patients.find(work, AMINA), key)
    other = without_account(work_as)
    with work_as("dov") as work, pytest.raises(NotFound):
        papers_astray.find(work, patients.find(work, other), key)
    with work_as("system", writes=False) as work:
        assert work.db.get_one(IncomingPaper, key).settled_at is not None
        assert work.db.scalars(select(AstrayPaper)).all() == []


@pytest.mark.parametrize(
    ("hers", "opened", "seen", "hears"),
    [
        (False, False, "hidden", []),
        (True, False, "shown", ["was_shown_to_others"]),
        (True, True, "opened", ["was_opened_by_others"]),
    ],
)
def test_who_saw_it_is_told_to_both_and_asked_of_the_privacy_contact(
    work_as: WorkAs, hers: bool, opened: bool, seen: str, hears: list[str]
) -> None:
    key, reference = with_amina(work_as, hers=hers)
    if opened:
        opened_by(work_as, "amina", reference)
    taken_back(work_as, key)
    assert told(work_as, AMINA)[-1] == "taken_back"
    number = without_account(work_as)
    with work_as("dov") as work:
        incoming_papers.put_away(work, incoming_papers.find(work, key, lock=True), number)
        assert papers_astray.how_many(work) == 0, "the front office decides about no notice"
        with pytest.raises(NotAllowed):
            papers_astray.to_decide(work)
    assert told(work_as, number) == ["filed", *hears]
    with work_as("esi") as work:
        lines = papers_astray.to_decide(work)
        assert [line.row.seen for line in lines] == (["opened"] if opened else [])
        assert papers_astray.how_many(work) == len(lines)
        for line in lines:
            found = papers_astray.find_to_decide(work, line.row.id)
            with pytest.raises(Invalid, match="what you decided"):
                papers_astray.decide(work, found, "")
            papers_astray.decide(work, found, "We wrote to her on 28 November.")
    with work_as("esi") as work:
        assert papers_astray.how_many(work) == 0
        row = work.db.scalars(select(AstrayPaper)).one()
        assert row.seen == seen
        with pytest.raises(NotFound):
            papers_astray.find_to_decide(work, row.id)


def test_the_staff_who_opened_it_are_not_her_side(work_as: WorkAs) -> None:
    key, reference = with_amina(work_as)
    opened_by(work_as, "dov", reference)
    taken_back(work_as, key)
    with work_as("system", writes=False) as work:
        assert work.db.scalars(select(AstrayPaper.seen)).one() == "shown"


def test_a_case_goes_on_without_the_paper_it_was_entered_from_and_says_why(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        key = incoming_papers.receive(work, Looked, Came("post", work.today)).id
    with work_as("dov") as work:
        patient = patients.find(work, AMINA)
        begun = access_requests.start(work, patient, Channel.PAPER)
        access_requests.save(work, begun, A_LITTLE)
        access_requests.register(work, begun, work.today)
        tray_entries.file(work, tray_entries.look(work, key), patient, begun)
        begun_id = begun.id
    taken_back(work_as, key)
    with work_as("dov") as work:
        (line,) = papers_astray.of_case(work, cases.find_by_id(work, begun_id))
        assert (line.row.entered_from, line.reason) == (True, WHY)


def test_the_proof_of_what_still_stands_is_not_taken_away(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        key = incoming_papers.receive(work, Looked, Came("post", work.today)).id
    with work_as("dov") as work:
        patient = patients.find(work, AMINA)
        tray_entries.file(work, tray_entries.look(work, key), patient, form=tray_entries.CONTACT)
    with pytest.raises(NotPossible, match="the proof of it"):
        taken_back(work_as, key)
    with work_as("dov") as work:
        paper = papers_astray.find(work, patients.find(work, AMINA), key)
        assert b"".join(files.stream(work, paper.file)) == Looked.clean
