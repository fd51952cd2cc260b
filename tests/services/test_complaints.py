"""Complaints: sent, answered, sent on, climbing by themselves, taken outside; never seen by whom they name."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from portal.domain.access_requests import Channel
from portal.domain.actors import Actor, Role
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.domain.rights import EVERYTHING
from portal.edges import Edge
from portal.models.accounts import Account
from portal.models.cases import Case
from portal.models.complaints import Complaint, ComplaintNote
from portal.models.dispatches import Dispatch
from portal.models.jobs import Job
from portal.models.letters import Letter
from portal.models.people import Patient
from portal.services import (
    access_log,
    audit,
    complaint_climbs,
    complaint_people,
    complaint_work,
    complaints,
    letters,
    patients,
    queues,
)
from portal.services.complaint_work import Answer
from portal.services.complaints import Said
from portal.services.queues import Which
from portal.services.work import Report, Work
from tests.conftest import Clockwork

WorkAs = Callable[..., AbstractContextManager[Work]]
AMINA = "amina@patients.example"
WORDS = "I asked for my record six weeks ago and nobody has told me anything."


def said(**changes: Any) -> Said:
    return Said(**({"about": "access_late", "words": WORDS, "once": str(uuid4())} | changes))


def account(work: Work, name: str) -> UUID:
    return work.db.scalars(select(Account.id).where(Account.email.like(f"{name}@%"))).one()


def sent(work_as: WorkAs, **changes: Any) -> str:
    names = changes.pop("names", ())
    with work_as("amina") as work:
        people = frozenset(account(work, name) for name in names)
        return str(complaints.send(work, patients.own(work), said(people=people, **changes)).reference)


def night(work_as: WorkAs) -> None:
    with work_as("system") as work:
        complaint_climbs.carry_out(work, {}, complaint_climbs.due(work, {}))


def answer(work_as: WorkAs, who: str, reference: str) -> None:
    with work_as(who) as work:
        case = complaints.find(work, reference)
        complaint_work.answer(work, case, Answer("in_part", "We lost ten days.", "We send it today.", "A list.", 1250))


def state(work_as: WorkAs, reference: str) -> tuple[str, str | None, bool]:
    with work_as("amina", writes=False) as work:
        case = complaints.find(work, reference)
        return case.stage, case.outcome, case.is_open


def notices(work_as: WorkAs, name: str) -> int:
    with work_as("system", writes=False) as work:
        key = str(account(work, name))
        query = select(func.count()).select_from(Job).where(Job.kind == "notice", Job.payload.contains(key))
        return work.db.scalar(query) or 0


def test_a_complaint_goes_to_the_provider_with_a_number_a_receipt_and_a_target(work_as: WorkAs) -> None:
    """Row 79: a complaint is a case type with a clock."""
    reference = sent(work_as)
    assert reference.startswith("CO-2026-000001-")
    with work_as("amina", writes=False) as work:
        case = complaints.find(work, reference)
        assert case.received_on is not None
        assert case.due_on is not None
        assert case.acknowledge_by is not None
        assert (case.stage, (case.due_on - case.received_on).days) == ("with_provider", 30)
        assert case.acknowledge_by > case.received_on
        assert work.db.scalar(select(Letter.kind).where(Letter.case_id == case.id)) == "complaint_receipt"
        assert work.db.scalar(select(Job.id).where(Job.kind == "notice", Job.payload.contains("received")))
    with work_as("femi", writes=False) as work:
        assert reference in [row.reference for row in queues.page(work, Which.OPEN).rows]


def test_a_second_press_gives_the_first_complaint_back(work_as: WorkAs) -> None:
    once = str(uuid4())
    assert sent(work_as, once=once) == sent(work_as, once=once)
    with work_as("dov", writes=False) as work:
        assert work.db.scalar(select(func.count()).select_from(Complaint)) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"about": "weather"}, "about"),
        ({"words": "no"}, "words"),
        ({"words": "word " * 50_000}, "words"),
        ({"linked": "AR-2026-999999-X"}, "linked"),
        ({"people": frozenset({uuid4()})}, "people"),
    ],
)
def test_what_has_to_be_put_right_stores_nothing(work_as: WorkAs, wrong: dict[str, Any], field: str) -> None:
    with work_as("amina") as work, pytest.raises(Invalid) as no:
        complaints.send(work, patients.own(work), said(**wrong))
    assert no.value.field == field
    with work_as("dov", writes=False) as work:
        assert work.db.scalar(select(func.count()).select_from(Case).where(Case.kind == "complaint")) == 0


def test_markup_is_kept_as_it_was_written(work_as: WorkAs) -> None:
    words = "<script>alert(1)</script> {{ 7*7 }} %s %(name)s"
    reference = sent(work_as, words=words)
    with work_as("amina", writes=False) as work:
        case = complaints.find(work, reference)
        assert complaints.words_of(work, case, case, "words_sealed") == words
        assert words.encode() not in case.words_sealed


def test_the_provider_answers_with_what_was_found_put_right_and_what_it_cost(work_as: WorkAs) -> None:
    """Row 84: remedy, cost and outcome are stored."""
    reference = sent(work_as)
    answer(work_as, "femi", reference)
    with work_as("dov", writes=False) as work:
        case = complaints.find(work, reference)
        row = complaint_work.answers(work, case)[0]
        assert (row.finding, row.cost_cents, case.stage) == ("in_part", 1250, "answered")
        assert complaints.words_of(work, case, row, "remedy_sealed") == "We send it today."
    with work_as("amina") as work:
        complaints.satisfied(work, complaints.find(work, reference))
    assert state(work_as, reference) == ("closed", "resolved", False)


def test_an_answer_that_she_read_on_her_page_counts_as_opened(work_as: WorkAs) -> None:
    reference = sent(work_as)
    answer(work_as, "femi", reference)
    for who, stages in (("femi", {"waiting"}), ("amina", {"arrived"})):
        with work_as(who, writes=False) as work:
            assert len(letters.drawn(work, complaints.find(work, reference), "complaint_answer")) == 1
        with work_as("system", writes=False) as work:
            of_answer = Dispatch.letter.has(kind="complaint_answer"), Dispatch.way == "portal"
            assert set(work.db.scalars(select(Dispatch.stage).where(*of_answer))) == stages, who


def test_who_is_not_satisfied_sends_it_on_to_the_administrator(work_as: WorkAs) -> None:
    """Row 82: the second rung is the administrator."""
    reference = sent(work_as)
    answer(work_as, "femi", reference)
    with work_as("amina") as work:
        complaints.not_satisfied(work, complaints.find(work, reference))
    assert state(work_as, reference)[0] == "with_administrator"
    with work_as("femi") as work, pytest.raises(NotAllowed):
        complaint_work.answer(work, complaints.find(work, reference), Answer("not_upheld", "We see it another way."))
    answer(work_as, "esi", reference)
    with work_as("amina") as work:
        complaints.not_satisfied(work, complaints.find(work, reference))
    assert state(work_as, reference) == ("closed", "not_resolved", False)


def test_without_an_answer_by_the_target_it_climbs_by_itself_and_the_patient_is_told(
    work_as: WorkAs, clock: Clockwork
) -> None:
    """Row 85: the person is told of the next rung when a date is missed."""
    reference = sent(work_as)
    night(work_as)
    assert state(work_as, reference)[0] == "with_provider"
    before = notices(work_as, "amina")
    clock.move(days=31)
    night(work_as)
    assert state(work_as, reference)[0] == "with_administrator"
    assert notices(work_as, "amina") == before + 1
    clock.move(days=31)
    night(work_as)
    night(work_as)
    assert state(work_as, reference)[0] == "with_administrator"
    assert notices(work_as, "amina") == before + 2


def test_a_complaint_about_the_physician_is_not_there_for_her_nor_for_who_covers(work_as: WorkAs) -> None:
    before = notices(work_as, "femi")
    reference = sent(work_as, names=("femi",))
    assert state(work_as, reference)[0] == "with_administrator"
    for writes in (True, False):
        with work_as("femi", writes=writes) as work:
            with pytest.raises(NotFound):
                complaints.find(work, reference)
            assert reference not in [row.reference for which in Which for row in queues.page(work, which).rows]
            assert "complaint" not in {case.kind for case in queues.of_patient(work, patients.find(work, AMINA).id)}
    with work_as("lena", writes=False) as work, pytest.raises(NotFound):
        complaints.find(work, reference)
    assert notices(work_as, "femi") == before
    with work_as("esi", writes=False) as work:
        assert reference in [row.reference for row in queues.page(work, Which.OPEN).rows]


def test_a_named_administrator_has_no_way_to_it_and_is_not_told(work_as: WorkAs) -> None:
    before = notices(work_as, "esi")
    reference = sent(work_as, names=("esi", "femi"))
    with work_as("esi", writes=False) as work, pytest.raises(NotFound):
        complaints.find(work, reference)
    assert notices(work_as, "esi") == before
    with work_as("dov", writes=False) as work:
        case = complaints.find(work, reference)
        assert account(work, "esi") not in complaint_people.administrators(work, case)


def test_a_person_named_later_loses_it_at_once(work_as: WorkAs) -> None:
    reference = sent(work_as)
    with work_as("dov") as work:
        complaint_work.name_person(work, complaints.find(work, reference), account(work, "femi"))
    assert state(work_as, reference)[0] == "with_administrator"
    with work_as("femi", writes=False) as work, pytest.raises(NotFound):
        complaints.find(work, reference)


def test_internal_notes_are_for_the_clinic_alone_and_written_once(work_as: WorkAs) -> None:
    reference = sent(work_as)
    with work_as("dov") as work:
        complaint_work.note(work, complaints.find(work, reference), "interview", "Spoke with the desk at ten.")
    with work_as("femi", writes=False) as work:
        assert len(complaint_work.notes(work, complaints.find(work, reference))) == 1
    with work_as("amina", writes=False) as work, pytest.raises(NotAllowed):
        complaint_work.notes(work, complaints.find(work, reference))
    with pytest.raises(DBAPIError), work_as("dov") as work:
        work.db.execute(update(ComplaintNote).values(kind="note"))


def test_a_telephone_complaint_says_how_the_caller_was_verified(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        patient = patients.find(work, AMINA)
        with pytest.raises(Invalid):
            complaints.enter(work, patient, said(), Channel.PHONE, work.today)
        case = complaints.enter(work, patient, said(verified="Called back."), Channel.PHONE, work.today)
        reference = str(case.reference)
    assert state(work_as, reference)[0] == "with_provider"


def test_taken_outside_keeps_the_file_number_the_questions_and_how_it_ended(work_as: WorkAs) -> None:
    """Row 83: the regulator's file, contact and outcome."""
    reference = sent(work_as, straight=True)
    with work_as("dov") as work, pytest.raises(NotAllowed):
        complaint_work.take_outside(work, complaints.find(work, reference), "complaint", "F26-1", work.today)
    with work_as("esi") as work:
        case = complaints.find(work, reference)
        complaint_work.take_outside(work, case, "complaint", "F26-00123", work.today)
        complaint_work.outside_question(work, case, "Why did it take so long?", work.today)
        with pytest.raises(NotPossible):
            complaint_work.end_outside(work, case, "upheld")
        [question] = complaint_work.questions(work, case)
        for wrong in (("shown", work.today), ("courier", work.today + timedelta(1))):
            with pytest.raises(Invalid):
                complaint_work.outside_answer(work, case, question.id, "Because the desk was stuck.", *wrong)
        complaint_work.outside_answer(work, case, question.id, "Because the desk was stuck.", "telephone", work.today)
        complaint_work.end_outside(work, case, "settled")
    assert state(work_as, reference) == ("closed", "taken_outside", False)
    with work_as("esi") as work:
        complaint_work.take_outside(work, complaints.find(work, reference), "conduct", "C-9", work.today)
    assert state(work_as, reference) == ("outside", None, True)


def test_the_hands_of_the_nightly_job_pass_on_what_they_read(work_as: WorkAs) -> None:
    with work_as("system", writes=False) as work:
        found = complaint_climbs.due(work, {})
        assert complaint_climbs.as_it_is(work, found, Report("x", lambda *_: None)) is found


def test_who_acts_for_the_patient_reads_nothing_of_it_in_the_access_log_named_or_not(
    work_as: WorkAs, edge: Edge
) -> None:
    reference = sent(work_as, names=("femi",))
    with work_as("esi", writes=False) as work:
        case = complaints.find(work, reference)
        audit.record(work, "letter.read", case.patient_id, reference=reference)
        audit.record(work, "patient.read", case.patient_id)
        femi, amina = account(work, "femi"), case.patient_id
    for name in ("femi", "ben"):
        with work_as("system", writes=False) as work:
            key = femi if name == "femi" else account(work, name)
        acting = Actor(key, name, frozenset({Role.PATIENT}), represents=frozenset({amina}), powers={amina: EVERYTHING})
        with edge.work(acting) as work:
            patient = work.db.get_one(Patient, amina)
            found = [line.reference for line in access_log.lines(work, patient)]
            assert reference not in found, name
            assert "" in found
    with work_as("amina") as work:
        assert reference in [line.reference for line in access_log.lines(work, work.db.get_one(Patient, amina))]
