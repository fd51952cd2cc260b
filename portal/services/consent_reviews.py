"""The physician looks at what a patient decided; the office tells who has to know, and records what proves it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.consent_changes import Stage
from portal.domain.consents import State, state
from portal.domain.dates import say_plain_date
from portal.domain.dispatches import Way
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.rights import Right
from portal.domain.words import N_, _, speaking
from portal.models.accounts import Account
from portal.models.consent_changes import ConsentChange, ConsentTask
from portal.models.dispatches import Dispatch
from portal.services import audit, cases, dispatches, powers
from portal.services.access_requests import written
from portal.services.sealing import seal, unseal
from portal.services.work import Work

SENT_BY = {
    Way.POST: N_("Our letter to them was posted on %(day)s."),
    Way.COURIER: N_("Our letter to them went by courier on %(day)s."),
    Way.FAX: N_("Our letter to them was faxed on %(day)s."),
    Way.COUNTER: N_("Our letter was handed over at the front desk on %(day)s."),
    Way.PHONE: N_("Our letter was read to them on the telephone on %(day)s."),
}


def accept(work: Work, case: ConsentChange) -> None:
    """The consent holds from now. Raises NotPossible when its last day has passed meanwhile."""
    cases.check(work, case, "accept_consent")
    if state(case.consent, work.today) != State.WAITING:
        raise NotPossible(_("This consent has come to its end meanwhile. Decline it, and ask the patient again."))
    cases.take(work, case, "accept_consent", receipt="accepted")


def decline(work: Work, case: ConsentChange, reason: str) -> None:
    """Not to take it up, with the reason the patient reads: a study that closed, a picture not to be shown."""
    words = written(reason, "reason", _("Write why, in a sentence the patient can understand."))
    cases.check(work, case, "decline_consent")
    seal(work, case.patient_id, case, "reason_sealed", words)
    cases.take(work, case, "decline_consent", receipt="declined")


def offer_talk(work: Work, case: ConsentChange) -> None:
    """Offer the patient a talk; nothing waits for it."""
    cases.take(work, case, "offer_talk")


def acknowledge(work: Work, case: ConsentChange) -> None:
    """The physician has seen what the patient decided; when nobody is left to tell, it is done."""
    cases.take(work, case, "acknowledge")
    _finish(work, case)


def do_task(work: Work, case: ConsentChange, task_id: UUID, proof: str) -> None:
    """Record what a recipient answered, or that something came down, with what proves it.

    A letter that was to tell them is not sent any more.
    """
    task = find_task(work, case, task_id)
    if task.done_at is not None:
        raise NotPossible(_("This is recorded already."))
    words = written(proof, "proof", _("Write what was done, when, and what proves it."))
    if task.letter_id is not None:
        dispatches.went_elsewhere(work, task.letter_id)
    _done(work, case, task, words, work.today)


def went_out(work: Work, found: Dispatch, on: date) -> None:
    """The list of correspondence says that a letter went out: who was to be told of a consent is told, on that day."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    query = (
        select(ConsentTask).where(ConsentTask.letter_id == found.letter_id).execution_options(populate_existing=True)
    )
    task = work.db.scalars(query).one_or_none()
    case = cases.find_by_id(work, task.case_id) if task is not None and task.done_at is None else None
    if task is None or not isinstance(case, ConsentChange):
        return
    with speaking(work.clinic.languages[0]):
        words = _(SENT_BY[Way(found.way)], day=say_plain_date(on))
    _done(work, case, task, words, on)


def _done(work: Work, case: ConsentChange, task: ConsentTask, proof: str, on: date) -> None:
    seal(work, case.patient_id, task, "proof_sealed", proof)
    task.done_at, task.done_on, task.done_by_name = work.now, on, work.actor.name
    if task.place is not None:
        task.place.taken_down_at = work.now
    case.tasks_open -= 1
    cases.take(work, case, "do_task")
    _finish(work, case)


def find_task(work: Work, case: ConsentChange, task_id: UUID) -> ConsentTask:
    """One task of this case. Raises NotFound."""
    work.must(Permission.REQUEST_VIEW, case)
    task = work.db.get(ConsentTask, task_id)
    if task is None or task.case_id != case.id:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return task


def name_physician(work: Work, case: ConsentChange, physician_id: UUID) -> None:
    """Name who looks at it, where the patient has no responsible physician yet."""
    work.must(Permission.CONSENT_WORK, case)
    physician = work.db.get(Account, physician_id)
    if physician is None or "physician" not in physician.roles.split() or physician.disabled_at:
        raise Invalid(_("Choose a physician of the clinic."), "physician")
    if physician.id == case.patient.account_id or powers.held_for(work, case.patient, physician.id).has(*Right):
        raise Invalid(
            _("%(name)s cannot decide on a case of her own. Choose another.", name=physician.name), "physician"
        )
    case.responsible_id = physician.id
    cases.take(work, case, "pass_on")


def tasks(work: Work, case: ConsentChange) -> Sequence[ConsentTask]:
    """Who has to be told and what has to come down, with what was recorded."""
    work.must(Permission.REQUEST_VIEW, case)
    return work.db.scalars(select(ConsentTask).where(ConsentTask.case_id == case.id).order_by(ConsentTask.id)).all()


def opened(work: Work, case: ConsentChange) -> None:
    """Leave a trace that somebody of the clinic opened it."""
    work.must(Permission.REQUEST_VIEW, case)
    if work.actor.is_staff:
        audit.record_of(work, "consent.read", case)


def _finish(work: Work, case: ConsentChange) -> None:
    if case.stage == Stage.TASKS and not case.tasks_open:
        cases.take(work, case, "finish")


def words_of(work: Work, case: ConsentChange, row: Any, column: str) -> str:
    """What was written in a sealed column of a case or of what lies in it."""
    work.must(Permission.REQUEST_VIEW, case)
    return unseal(work, case.patient_id, row, column)
