"""A disclosure was corrected after its letter was written: what becomes of the letter that is wrong now.

What has not gone out is taken out of the lists. What has gone out is made good: by a new letter where something was
given after all, else by a task of the office.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.dispatch_plans import Planned
from portal.domain.dispatches import BY_HAND, Event, Stage, Way
from portal.domain.policy import Permission
from portal.models.disclosures import Disclosure
from portal.models.dispatches import Dispatch
from portal.models.letters import Letter as LetterRow
from portal.models.people import Patient
from portal.services import disclosure_notices, dispatches
from portal.services.notice_chains import counts, letters_of, reached_her
from portal.services.sealing import unseal, unseal_json
from portal.services.work import Work

UNSENT = (Stage.WAITING, Stage.CONFIRMED, Stage.READY, Stage.TASK)


def write_anew(work: Work, patient: Patient, before: Disclosure, row: Disclosure) -> LetterRow | None:
    """An entry was corrected: what its letter says may be wrong now. None where it is not, or none is owed any more.

    The wrong letter goes out no more. Where it reached her, the new one says so; where nothing was given after all
    there is none, and making it good is a task of the office.
    """
    work.must(Permission.DISCLOSURES_RECORD, patient)
    letters = letters_of(work, row)
    if not letters or _says_the_same(work, before, row):
        return None
    for each in letters:
        _take_out(work, each)
    told = next(((each, way) for each in reversed(letters) if (way := reached_her(work, each)) is not None), None)
    if row.void:
        if told is not None and not before.void:
            _ask_to_make_good(work, *told)
        return None
    told_on = disclosure_notices.read(work, told[0]).dated if told is not None else None
    return disclosure_notices.write_instead(work, patient, row, told_on, _was_wrong(work, row))


def _says_the_same(work: Work, before: Disclosure, row: Disclosure) -> bool:
    def said(each: Disclosure) -> tuple[Any, ...]:
        words = (unseal(work, each.patient_id, each, name) for name in ("purpose_sealed", "description_sealed"))
        return (each.void, each.recipient, *words)

    return said(before) == said(row)


def _was_wrong(work: Work, row: Disclosure) -> str:
    details: dict[str, Any] = unseal_json(work, row.patient_id, row, "details_sealed") or {}
    return str(details.get("wrong", ""))


def _take_out(work: Work, letter: LetterRow) -> None:
    """What of the letter still lies in the lists is settled. It follows from the correction, and asks no leave."""
    mine = select(Dispatch).where(Dispatch.letter_id == letter.id, Dispatch.stage.in_(UNSENT))
    by_hand = mine.where(Dispatch.way.in_(BY_HAND)).order_by(Dispatch.id)
    for found in work.db.scalars(by_hand.with_for_update(of=Dispatch)):
        dispatches.follows(work, found, Event.SETTLED, "corrected")
    dispatches.settle_mails(work, "corrected", Dispatch.letter_id == letter.id)


def _ask_to_make_good(work: Work, letter: LetterRow, before: Dispatch) -> Dispatch:
    """She was told of what never happened: somebody of the office has to write to her. No day is set for that letter:
    its last day would read as that of the wrong one."""
    row = dispatches.make(work, letter, Planned(Way.POST, "law", "was_wrong"), before.account_id, follows=before)
    row.post_by = None
    return row


def that_were_wrong(work: Work, patient: Patient, disclosure_ids: set[UUID]) -> set[UUID]:
    """Of entries she was written to about, those whose letter does not count any more."""
    work.must(Permission.DISCLOSURES_VIEW, patient)
    rows = work.db.scalars(select(LetterRow).where(LetterRow.disclosure_id.in_(disclosure_ids)))
    return {row.disclosure_id for row in rows if row.disclosure_id is not None and not counts(work, row)}
