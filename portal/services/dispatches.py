"""Letters on their ways: which ways each takes when it is written, and what happens to it, step by step.

Every step locks its row first: of two who press the same button the second finds it done.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import dispatches as rules
from portal.domain.contact_plans import Reach
from portal.domain.dispatch_plans import Planned, Reader, ways
from portal.domain.dispatches import BROUGHT, BY_HAND, Event, Stage, Way
from portal.domain.errors import NotFound
from portal.domain.letters.letter import TO_OTHERS
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.access_requests import AccessRequest
from portal.models.accuracy_notes import CorrectionNotice
from portal.models.cases import Case
from portal.models.dispatches import Dispatch, DispatchEvent
from portal.models.letters import Letter as LetterRow
from portal.models.people import Patient
from portal.models.scopes import dispatches_seen_by
from portal.services import audit, contact_plans, dispatch_targets, letter_readers
from portal.services.audit import Told
from portal.services.sealing import seal, seal_json, unseal, unseal_at, unseal_json
from portal.services.work import Work

OUTSIDE_LINES: dict[str, str] = {
    "read": "read",
    Event.POSTED: "sent",
    Event.HANDED: "sent",
    Event.SENT: "sent",
    Event.TOLD: "sent",
    Event.STRAYED: "sent",
    Event.FAILED: "not_sent",
    Event.RETURNED: "not_sent",
}
ANSWER_KINDS = frozenset({"decision", "refusal", "no_record", "ready"})  # what goes the way she asked for
MAILED_KINDS = frozenset({"disclosure_notice"})  # the law wants them posted (PIPA s.18(1)(k))
_CASES: Any = Case.__table__


def plan(work: Work, row: LetterRow, case: Any, addressed_to: Sequence[str]) -> list[Dispatch]:
    """The ways of a letter that was just written, each put on its list; none for a letter the patient wrote herself.

    ``case`` is None for a letter that belongs to none.
    """
    if row.from_patient:
        return []
    outside = row.kind in TO_OTHERS
    to_them = Reader(outside=True, has_address=len(addressed_to) > 1)
    account_id, reader = (None, to_them) if outside else _reader(work, row, case)
    return [make(work, row, planned, account_id, outside) for planned in ways(reader)]


def make(
    work: Work,
    row: LetterRow,
    planned: Planned,
    account_id: UUID | None = None,
    outside: bool = False,
    follows: Dispatch | None = None,
) -> Dispatch:
    """Put a letter on one of its ways. Where something has to be done first, it stands among the tasks."""
    found = Dispatch(letter_id=row.id, patient_id=row.patient_id, case_id=row.case_id, account_id=account_id)
    found.way, found.why, found.problem, found.outside = planned.way, planned.why, planned.problem, outside
    found.stage = Stage.TASK if planned.problem else Stage.WAITING
    found.follows_id, found.post_by = (follows.id, follows.post_by) if follows is not None else (None, None)
    found.made_at = found.changed_at = work.now
    work.db.add(found)
    note(work, found, Event.PREPARED)
    work.db.refresh(found, ["letter", "patient", "case"])
    return found


def plan_instead(work: Work, found: Dispatch) -> list[Dispatch]:
    """The other ways of a letter that was to be read in the portal, now that no e-mail says so; none if it has one."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    others = select(Dispatch.id).where(Dispatch.letter_id == found.letter_id, Dispatch.way != Way.PORTAL)
    if work.db.scalar(others.limit(1)) is not None:
        return []
    account_id, reader = _reader(work, found.letter, found.case)
    instead = [each for each in ways(reader) if each.way != Way.PORTAL]
    return [make(work, found.letter, each, account_id, follows=found) for each in instead]


def _reader(work: Work, row: LetterRow, case: Any) -> tuple[UUID | None, Reader]:
    """Who reads the letter, and what is open to her: the patient, or who asked in her place and still may hear."""
    reads = letter_readers.of_case(work, work.db.get_one(Patient, row.patient_id), case)
    account, own_file = reads.account, reads.file
    reach = contact_plans.open_ways(work, own_file) if own_file is not None else Reach()
    channel = contact_plans.channel_of(work, own_file) if own_file is not None else ""
    signs_in = account is not None and account.disabled_at is None and letter_readers.comes_in(work, account)
    return account.id if account is not None and signs_in else None, Reader(
        signs_in=signs_in,
        gets_email=account is not None and contact_plans.letterbox(work, account) is not None,
        has_address=own_file is not None and bool(dispatch_targets.open_address(work, own_file, reach, case)[0]),
        has_phone=bool(reach.phone),
        has_fax=bool(dispatch_targets.fax_of(work, own_file, reach, case)),
        watched=reach.watched,
        channel=channel,
        delivery=_delivery(row, case),
        mailed=row.kind in MAILED_KINDS,
    )


def _delivery(row: LetterRow, case: Any) -> str:
    """How she asked for the answer, for the letters that are the answer: a question does not wait at the desk."""
    answers = row.kind in ANSWER_KINDS and isinstance(case, AccessRequest)
    return str(case.delivery or "") if answers else ""


def find(work: Work, dispatch_id: UUID, lock: bool = False) -> Dispatch:
    """A letter on its way that this person may handle. Raises NotFound."""
    query = select(Dispatch).where(Dispatch.id == dispatch_id, dispatches_seen_by(work.actor))
    if lock:
        _lock_cases(work, [dispatch_id])
        query = query.with_for_update(of=Dispatch).execution_options(populate_existing=True)
    found = work.db.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    work.must(Permission.CORRESPONDENCE_WORK, found)
    return found


def _lock_cases(work: Work, ids: Sequence[UUID]) -> None:
    """A case is locked before its letters, here as everywhere, so that nobody waits for one who waits for her."""
    theirs = select(Dispatch.case_id).where(Dispatch.id.in_(ids))
    work.db.execute(
        select(_CASES.c.id).where(_CASES.c.id.in_(theirs)).order_by(_CASES.c.id).with_for_update(key_share=True)
    )


def lock_all(work: Work, ids: Sequence[UUID]) -> list[Dispatch]:
    """Those of them that this person may handle, locked, in the order in which they were put on the list."""
    _lock_cases(work, ids)
    query = select(Dispatch).where(Dispatch.id.in_(ids), dispatches_seen_by(work.actor)).order_by(Dispatch.id)
    return list(work.db.scalars(query.with_for_update(of=Dispatch).execution_options(populate_existing=True)))


def step(work: Work, found: Dispatch, event: Event, **facts: Any) -> DispatchEvent:
    """Take a step of a locked row. Raises NotPossible when it does not follow. Keeps the event, and audits it."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    found.stage = rules.after(Way(found.way), Stage(found.stage), event)
    found.changed_at = work.now
    return note(work, found, event, **facts)


def note(
    work: Work,
    found: Dispatch,
    event: Event,
    on: date | None = None,
    code: str = "",
    tracking: str = "",
    words: str = "",
    by: str = "",
) -> DispatchEvent:
    """Write down that something happened; no step by itself."""
    row = DispatchEvent(dispatch_id=found.id, event=event, on=on or work.today, at=work.now, code=code)
    row.by_id, row.by_name, row.tracking = work.actor.id, by or work.actor.name, tracking
    if words:
        seal(work, found.patient_id, row, "note_sealed", words)
    work.db.flush()
    work.db.add(row)
    if event is not Event.PREPARED:
        write_line(work, found, event, way=found.way)
    return row


def write_line(work: Work, found: Dispatch, act: str, **facts: str) -> None:
    """The line for the patient's access log. A letter to somebody outside is told in words of its own.

    Where it follows from a disclosure of which she is told later, or alone, so is this.
    """
    reference = (found.case.reference if found.case is not None else "") or ""
    facts = {"reference": reference, "letter": str(found.letter_id), **facts}
    if not found.outside:
        told = audit.told_of(found.case) if found.case is not None else audit.AT_ONCE
        audit.record_told(work, told, f"dispatch.{act}", found.patient_id, **facts)
        return
    notice = work.db.scalars(
        select(CorrectionNotice).where(CorrectionNotice.letter_id == found.letter_id)
    ).one_or_none()
    told = Told(notice.shown_from, notice.hers_alone) if notice is not None else audit.AT_ONCE
    line = OUTSIDE_LINES.get(act, "prepared")
    audit.record_told(work, told, f"dispatch.outside_{line}", found.patient_id, act=act, **facts)


def target_of(work: Work, found: Dispatch) -> dict[str, Any]:
    """The recipient that was looked at: ``lines``, ``number``, ``on_file``; empty before anybody looked."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    return unseal_json(work, found.patient_id, found, "target_sealed") or {}


def keep_target(work: Work, found: Dispatch, target: dict[str, Any]) -> None:
    work.must(Permission.CORRESPONDENCE_WORK, found)
    seal_json(work, found.patient_id, found, "target_sealed", target)


def note_of(work: Work, found: Dispatch, event: DispatchEvent) -> str:
    """What was written down with an event, for whoever found it by whatever leave."""
    if event.code == BROUGHT:  # written before such letters stood in these lists, and sealed where it stood then
        return unseal_at(work, found.patient_id, event.note_sealed, f"disclosure_notices/settled_sealed/{event.id}")
    return unseal(work, found.patient_id, event, "note_sealed")


def went_elsewhere(work: Work, letter_id: UUID) -> None:
    """That a letter went out was written down at its case: what still lies in the lists is settled, not sent twice."""
    unsent = (Stage.WAITING, Stage.CONFIRMED, Stage.READY, Stage.TASK)
    ours = (Dispatch.way.in_(BY_HAND), Dispatch.stage.in_(unsent))  # what waits in the portal goes on waiting for her
    query = select(Dispatch).where(Dispatch.letter_id == letter_id, *ours)
    for found in work.db.scalars(query.with_for_update(of=Dispatch)):
        step(work, found, Event.SETTLED, code="elsewhere")


def untold(work: Work, payload: dict[str, Any]) -> list[Dispatch]:
    """The letters of a notice's case, or its one letter of no case, that its reader has not opened.

    Those of which an e-mail has told her are left out.
    """
    work.must(Permission.UPKEEP)
    if "case" not in payload and "letter" not in payload:
        return []
    column, key = (Dispatch.case_id, "case") if "case" in payload else (Dispatch.letter_id, "letter")
    theirs = (column == UUID(payload[key]), Dispatch.account_id == UUID(payload["account"]))
    told = select(Dispatch.letter_id).where(*theirs, Dispatch.way == Way.EMAIL, Dispatch.stage == Stage.SENT)
    waiting = (Dispatch.way == Way.PORTAL, Dispatch.stage == Stage.WAITING, Dispatch.letter_id.not_in(told))
    return list(work.db.scalars(select(Dispatch).where(*theirs, *waiting).order_by(Dispatch.id)))


def gone(work: Work, row: LetterRow) -> DispatchEvent | None:
    """That a letter was posted, handed over or told last; None when it was not, or came back since."""
    out, back = (Event.POSTED, Event.HANDED, Event.TOLD), (Event.RETURNED, Event.FAILED)
    query = select(DispatchEvent).join(Dispatch, Dispatch.id == DispatchEvent.dispatch_id)
    query = query.where(Dispatch.letter_id == row.id, Dispatch.way != Way.EMAIL, DispatchEvent.event.in_(out + back))
    last = work.db.scalars(query.order_by(DispatchEvent.at.desc(), DispatchEvent.id.desc()).limit(1)).one_or_none()
    return last if last is not None and last.event in out else None


def opened(work: Work, row: LetterRow) -> None:
    """Its reader opened the letter in the portal: that it was opened first is written down, once."""
    account_id, letter_id = work.actor.id, row.id
    mine = (Dispatch.letter_id == letter_id, Dispatch.way == Way.PORTAL, Dispatch.account_id == account_id)
    unread = select(Dispatch).where(*mine, Dispatch.stage == Stage.WAITING)
    if account_id is None or work.db.scalars(unread.limit(1)).first() is None:
        return

    def write(later: Work) -> None:
        for found in later.db.scalars(unread.with_for_update(of=Dispatch)):
            follows(later, found, Event.OPENED)
        settle_mails(later, "opened", Dispatch.letter_id == letter_id, Dispatch.account_id == account_id)

    work.later(write)


def settle_mails(work: Work, code: str, *which: Any) -> None:
    """E-mails that did not go through need nobody any more: the letter was opened, or a later e-mail went through."""
    tasks = select(Dispatch).where(Dispatch.way == Way.EMAIL, Dispatch.stage == Stage.TASK, *which)
    for found in work.db.scalars(tasks.with_for_update(of=Dispatch)):
        follows(work, found, Event.SETTLED, code)


def follows(work: Work, found: Dispatch, event: Event, code: str = "") -> None:
    """A step that follows from another act, whoever did that: it asks no leave of its own, and that act is what stands
    in the list of what others did. Raises NotPossible when it does not follow."""
    found.stage, found.changed_at = rules.after(Way(found.way), Stage(found.stage), event), work.now
    row = DispatchEvent(dispatch_id=found.id, event=event, on=work.today, at=work.now, code=code)
    row.by_id, row.by_name = work.actor.id, work.actor.name
    work.db.add(row)
