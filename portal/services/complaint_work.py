"""The clinic works a complaint: internal notes, the answer, whom it is about, and what an office outside asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from portal.domain import complaint_rules
from portal.domain.complaints import Finding, NoteKind, Stage
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.complaints import Complaint, ComplaintAnswer, ComplaintNote, ComplaintPerson, ComplaintQuestion
from portal.services import cases, clocks, complaint_people, outside_answers
from portal.services.sealing import seal
from portal.services.work import Work

BODIES = ("complaint", "conduct")
MOST_CENTS = 10_000_000


@dataclass(frozen=True)
class Answer:
    """What was found, what is put right and what that cost, what will change."""

    finding: str
    findings: str
    remedy: str = ""
    change: str = ""
    cost_cents: int = 0


def note(work: Work, case: Complaint, kind: str, text: str) -> None:
    """Write an internal note: it stays in the clinic, and the patient's pages cannot reach it."""
    cases.check(work, case, "investigate")
    if kind not in set(NoteKind):
        raise Invalid(_("Choose what kind of note it is."), "kind")
    words = complaint_rules.check_words(text, "text", complaint_rules.longest_note())
    row = ComplaintNote(case_id=case.id, kind=kind, by_name=work.actor.name, at=work.now)
    seal(work, case.patient_id, row, "body_sealed", words)
    work.db.add(row)
    if case.owner_id is None and work.may(Permission.COMPLAINT_WORK, case):
        case.owner_id = work.actor.id
    cases.take(work, case, "investigate")


def notes(work: Work, case: Complaint) -> Sequence[ComplaintNote]:
    """The internal notes, oldest first, for those who work the complaint alone."""
    work.must(Permission.COMPLAINT_WORK_ON, case)
    return work.db.scalars(
        select(ComplaintNote).where(ComplaintNote.case_id == case.id).order_by(ComplaintNote.id)
    ).all()


def answers(work: Work, case: Complaint) -> Sequence[ComplaintAnswer]:
    """The answers that were given, oldest first."""
    work.must(Permission.REQUEST_VIEW, case)
    query = select(ComplaintAnswer).where(ComplaintAnswer.case_id == case.id)
    return work.db.scalars(query.order_by(ComplaintAnswer.id)).all()


def hand_up(work: Work, case: Complaint) -> None:
    """The provider, or the office for her, gives it to the administrator before the target passes."""
    cases.take(work, case, "hand_up")


def answer(work: Work, case: Complaint, said: Answer) -> None:
    """Send the answer: the provider's first, or the administrator's final one. The letter goes with it."""
    event = "decide_complaint" if case.stage == Stage.WITH_ADMINISTRATOR else "answer_complaint"
    cases.check(work, case, event)
    if said.finding not in set(Finding):
        raise Invalid(_("Say what you found."), "finding")
    if not 0 <= said.cost_cents <= MOST_CENTS:
        raise Invalid(_("This cost cannot be right. Check it for slips."), "cost")
    most = complaint_rules.longest_note()
    row = ComplaintAnswer(case_id=case.id, stage=case.stage, finding=said.finding, cost_cents=said.cost_cents)
    row.by_name, row.at = work.actor.name, work.now
    seal(work, case.patient_id, row, "findings_sealed", complaint_rules.check_words(said.findings, "findings", most))
    for field, text in (("remedy", said.remedy), ("change", said.change)):
        if text.strip():
            words = complaint_rules.check_words(text, field, most, least=1)
            seal(work, case.patient_id, row, f"{field}_sealed", words)
    if said.finding != Finding.NOT_UPHELD and not said.remedy.strip():
        raise Invalid(_("Write what you put right. The patient is right, at least in part."), "remedy")
    cases.take(work, case, event, answer=row)


def name_person(work: Work, case: Complaint, account_id: UUID) -> None:
    """Add somebody the complaint is about. From now on she has no way to it; a provider loses it at once."""
    cases.check(work, case, "name_person")
    known = {each.id for each in complaint_people.choices(work, case.patient)}
    if account_id not in known or account_id in case.about_ids or account_id == work.actor.id:
        raise Invalid(_("Choose somebody who works here and is not named yet. You cannot name yourself."), "person")
    if account_id in (case.requested_by_id, case.patient.account_id) and case.channel == "portal":
        raise Invalid(_("This person made the complaint."), "person")
    case.people.append(ComplaintPerson(account_id=account_id))
    cases.take(work, case, "name_person")
    if case.owner_id == account_id:
        case.owner_id = None
    if complaint_people.provider_for(work, case.patient, case.about_ids) is None and case.responsible_id is not None:
        case.responsible_id = None
        if case.stage == Stage.WITH_PROVIDER:
            cases.take(work, case, "conflict")


# Taken outside


def take_outside(work: Work, case: Complaint, body: str, number: str, on: date) -> None:
    """An office outside the clinic has it: which one, its file number, and since when."""
    event = "take_up_outside" if case.stage == Stage.CLOSED else "take_outside"
    cases.check(work, case, event)
    if body not in BODIES:
        raise Invalid(_("Choose which office has it."), "body")
    if not number.strip() or len(number.strip()) > 80:
        raise Invalid(_("Write the number of their file, with at most 80 characters."), "number")
    if on > work.today:
        raise Invalid(_("This day is in the future. Give the day their letter came."), "on")
    cases.take(work, case, event, body=body, number=number.strip(), on=on)


def outside_question(work: Work, case: Complaint, text: str, due_on: date) -> None:
    """Something they want to know, and until when."""
    cases.check(work, case, "outside_question")
    words = complaint_rules.check_words(text, "text", complaint_rules.longest_note())
    row = ComplaintQuestion(case_id=case.id, due_on=due_on, entered_by_name=work.actor.name)
    seal(work, case.patient_id, row, "text_sealed", words)
    work.db.add(row)
    case.questions_open += 1
    _set_due(work, case, extra=due_on)
    cases.take(work, case, "outside_question")


def outside_answer(work: Work, case: Complaint, question_id: UUID, text: str, how: str, on: date) -> None:
    """Record what we answered, and enter it into the register; the case's date is then that of the next question."""
    cases.check(work, case, "outside_answer")
    row = question(work, case, question_id)
    if row.answered_on is not None:
        raise NotPossible(_("This question is answered already."))
    words = complaint_rules.check_words(text, "text", complaint_rules.longest_note())
    outside_answers.enter(work, case, how, on)
    seal(work, case.patient_id, row, "answer_sealed", words)
    row.answered_on = on
    case.questions_open -= 1
    _set_due(work, case)
    cases.take(work, case, "outside_answer")


def end_outside(work: Work, case: Complaint, how: str) -> None:
    """Enter how it ended outside. Raises NotPossible while one of their questions is open."""
    cases.check(work, case, "end_outside")
    if how not in OUTSIDE_OUTCOMES:
        raise Invalid(_("Choose how it ended."), "how")
    case.outside_outcome, case.outside_ended_on = how, work.today
    cases.take(work, case, "end_outside")


OUTSIDE_OUTCOMES = ("upheld", "in_part", "not_upheld", "settled", "discontinued")


def question(work: Work, case: Complaint, question_id: UUID) -> ComplaintQuestion:
    """One of the questions of the office outside. Raises NotFound."""
    work.must(Permission.COMPLAINT_WORK, case)
    row = work.db.get(ComplaintQuestion, question_id)
    if row is None or row.case_id != case.id:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return row


def questions(work: Work, case: Complaint) -> Sequence[ComplaintQuestion]:
    """What the office outside asked, in the order of the days."""
    work.must(Permission.COMPLAINT_WORK, case)
    query = select(ComplaintQuestion).where(ComplaintQuestion.case_id == case.id)
    return work.db.scalars(query.order_by(ComplaintQuestion.due_on, ComplaintQuestion.id)).all()


def _set_due(work: Work, case: Complaint, extra: date | None = None) -> None:
    """The case is due by the earliest question that is open."""
    days = [row.due_on for row in questions(work, case) if row.answered_on is None]
    first = min([*days, *([extra] if extra else [])], default=None)
    if first is not None:
        law = clocks.rules_of(case)
        case.due_on = first
        case.target_on = law.calendar.working_days_before(first, law.internal_target_days, frozenset())
