"""A clarifying question to the patient, and her answer."""

from sqlalchemy import select

from portal.domain.access_requests import Stage, Waiting
from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.access_requests import AccessRequest
from portal.models.cases import Case, Question
from portal.services import cases
from portal.services.access_requests import LONGEST_TEXT, written
from portal.services.sealing import seal, unseal
from portal.services.work import Work


def ask(work: Work, request: AccessRequest, text: str) -> None:
    """Ask the patient to make the request clearer. The lawful date does not move for it unless the law says so."""
    words = written(text, "text", _("Write the question as the patient will read it, in a full sentence."))
    question = Question(case_id=request.id, asked_by_name=work.actor.name, asked_at=work.now)
    seal(work, request.patient_id, question, "text_sealed", words)
    work.db.add(question)
    cases.take(work, request, "ask", question=words)


def answer(work: Work, request: AccessRequest, text: str) -> None:
    """The patient answers; the front office goes on."""
    words = text.strip()
    if not words:
        raise Invalid(_("Write your answer first."), "text")
    if len(words) > LONGEST_TEXT:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST_TEXT), "text")
    cases.take(work, request, "answer")
    question = open_question(work, request)
    if question is not None:
        seal(work, request.patient_id, question, "answer_sealed", words)
        question.answered_at = work.now


def go_on(work: Work, request: AccessRequest, note: str) -> None:
    """The front office goes on without the answer, and says why."""
    cases.take(work, request, "go_on", note=written(note, "note", _("Say why you go on without the answer.")))


def of_request(work: Work, request: AccessRequest) -> list[tuple[Question, str, str]]:
    """The questions of a request with their texts and answers, oldest first."""
    work.must(Permission.REQUEST_VIEW, request)
    rows = work.db.scalars(select(Question).where(Question.case_id == request.id).order_by(Question.asked_at))
    return [
        (q, unseal(work, request.patient_id, q, "text_sealed"), unseal(work, request.patient_id, q, "answer_sealed"))
        for q in rows
    ]


def waits_for_her(work: Work, case: Case | None) -> bool:
    """Whether a request stands still for her answer to a question of ours, as far as this person may see it."""
    if not isinstance(case, AccessRequest) or not work.may(Permission.REQUEST_VIEW, case):
        return False
    return case.stage == Stage.AWAITING_PATIENT and case.waiting_for == Waiting.QUESTION


def open_question(work: Work, request: AccessRequest) -> Question | None:
    work.must(Permission.REQUEST_VIEW, request)
    unanswered = select(Question).where(Question.case_id == request.id, Question.answered_at.is_(None))
    return work.db.scalars(unanswered.order_by(Question.asked_at.desc()).limit(1)).one_or_none()
