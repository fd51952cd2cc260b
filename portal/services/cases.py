"""Cases: finding one, and moving it with its whole trace."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm.exc import StaleDataError

from portal.domain import actors
from portal.domain.cases import KINDS, is_over
from portal.domain.errors import NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.domain.workflow import Offer, Workflow
from portal.models.cases import Case, CaseEvent
from portal.models.scopes import visible_cases
from portal.services import audit
from portal.services.effects import EFFECTS
from portal.services.sealing import seal
from portal.services.work import Work

# Put together once: making the statement would cost as much as running it.
EVENTS = select(CaseEvent).where(CaseEvent.case_id == bindparam("case")).order_by(CaseEvent.position)
WORKFLOWS: dict[str, Workflow] = {name: kind.workflow for name, kind in KINDS.items()}


def find(work: Work, reference: str) -> Case:
    """The case of a reference, if this person may see it; locked when this work writes. Raises NotFound."""
    query = visible_cases(work.actor).where(Case.reference == reference.upper())
    return _one(work, query)


def find_by_id(work: Work, case_id: UUID) -> Case:
    """The case of a key, as ``find``: for drafts, which have no reference yet."""
    return _one(work, visible_cases(work.actor).where(Case.id == case_id))


def _one(work: Work, query: Any) -> Case:
    if work.writes:
        # First the lock, then the look: PostgreSQL reads joined rows as they were before it waited for the lock.
        # Who only names the case in a row of another table does not wait for it, so that never both wait.
        work.db.execute(query.with_only_columns(Case.__table__.c.id).with_for_update(key_share=True, of=Case.__table__))
    case: Case | None = work.db.scalars(query).one_or_none()
    if case is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return case


def offers(work: Work, case: Case) -> list[Offer]:
    """The steps this person may take from here, each with the reason when it is not possible now."""
    return WORKFLOWS[case.kind].offers(case, work.actor)


def barred(work: Work, case: Case) -> list[str]:
    """Why this person may not take steps that others may take from here, as far as there is a sentence for it."""
    work.must(Permission.REQUEST_VIEW, case)
    return WORKFLOWS[case.kind].barred(case, work.actor)


def check(work: Work, case: Case, event: str) -> None:
    """Raise, as ``take`` would, without moving anything."""
    try:
        WORKFLOWS[case.kind].check(event, case, work.actor)
    except NotPossible as no:
        raise NotPossible(f"{no.sentence} {_last_act(work, case)}".strip()) from None


def take(work: Work, case: Case, event: str, note: str = "", **facts: Any) -> Case:
    """Move the case, then write its history, do its effects and audit it: all or nothing.

    Raises NotPossible or NotAllowed with a sentence; when somebody else was quicker it says who did what.
    """
    check(work, case, event)
    before = case.stage
    step = WORKFLOWS[case.kind].take(event, case, work.actor)
    for effect in step.effects:
        EFFECTS[effect](work, case, facts)
    write_history(work, case, event, before, note)
    if is_over(case):
        case.is_open, case.closed_at = False, work.now
    audit.record_of(work, f"case.{event}", case)
    _save(work, case)
    return case


def take_or_note(work: Work, case: Case, event: str) -> None:
    """Take a step; of a case that is over, write it into the history alone."""
    if is_over(case):
        write_history(work, case, event, case.stage)
    else:
        take(work, case, event)


def write_history(work: Work, case: Case, event: str, before: str, note: str = "") -> CaseEvent:
    """The immutable row of a step."""
    row = CaseEvent(
        case_id=case.id,
        position=_next_position(work, CaseEvent, case),
        event=event,
        stage_before=before,
        stage_after=case.stage,
        actor_id=work.actor.id,
        actor_name=work.actor.name,
        actor_role=work.actor.role.value,
        for_patient=work.actor.is_patient and work.actor.patient_id != case.patient_id,
        at=work.now,
    )
    if note:
        seal(work, case.patient_id, row, "note_sealed", note)
    work.db.add(row)
    return row


def _save(work: Work, case: Case) -> None:
    try:
        work.db.flush()
    except StaleDataError:
        raise NotPossible(
            _("Somebody else moved this case at the same moment. Look at the page again; nothing of yours was kept.")
        ) from None


def who_did(event: CaseEvent) -> str:
    """Who took a step: people by their own name, the portal in the language spoken now."""
    return actors.said(event.actor_name, event.actor_role)


def last_event(work: Work, case: Case) -> CaseEvent | None:
    """The step that was taken last."""
    work.must(Permission.REQUEST_VIEW, case)
    query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.position.desc()).limit(1)
    return work.db.scalars(query).one_or_none()


def _last_act(work: Work, case: Case) -> str:
    last = last_event(work, case)
    if last is None or last.actor_id == work.actor.id:
        return ""
    if work.actor.is_patient and last.stage_before == last.stage_after:
        return ""  # her page tells what moved the case, and no step beside it
    label = next((s.label for s in WORKFLOWS[case.kind].steps if s.event == last.event), last.event)
    return _("The last step was “%(step)s”, by %(name)s.", step=_(label), name=who_did(last))


def _next_position(work: Work, rows: Any, case: Case) -> int:
    query = select(rows.position).where(rows.case_id == case.id).order_by(rows.position.desc()).limit(1)
    return (work.db.scalar(query) or 0) + 1


def history(work: Work, case: Case) -> Sequence[CaseEvent]:
    """The steps of a case in order."""
    work.must(Permission.REQUEST_VIEW, case)
    return work.db.scalars(EVENTS, {"case": case.id}).all()
