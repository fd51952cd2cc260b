"""Papers that are not ours: put aside with a reason, brought back by anybody who sorts, destroyed only in two steps.

The second step is another person's, or the nightly upkeep's when the days of the data file are over. Of what was
destroyed a line stays: who put it aside and why, who destroyed it and when, and size and digest of the sealed scan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import incoming_papers as rules
from portal.domain.errors import NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.dispatches import IncomingPaper
from portal.services import audit, incoming_papers
from portal.services.incoming_papers import key_of, owner_of
from portal.services.sealing import pin
from portal.services.work import Report, Work

NOT_OURS = "not_ours"
MOST = 50
_ASIDE = (IncomingPaper.settled_at.is_(None), IncomingPaper.aside_at.is_not(None))


def put_aside(work: Work, row: IncomingPaper, reason: str, words: str) -> bool:
    """The paper is not for the clinic: it lies aside for the days of the rule. False when somebody did that before.

    Raises Invalid without a reason of the list and the words by which another person can judge.
    """
    work.must(Permission.INCOMING_SORT)
    if row.aside_at is not None:
        return False
    rules.check(reason, words)
    row.aside_at, row.aside_by_id, row.aside_by_name = work.now, work.actor.id, work.actor.name
    row.aside_reason, row.aside_until = reason, rules.rules().until(work.today)
    _seal_words(work, row, words.strip())
    audit.record(work, "incoming.put_aside", paper=str(row.id), reason=reason, until=row.aside_until.isoformat())
    return True


def bring_back(work: Work, row: IncomingPaper) -> bool:
    """It may be ours after all: it lies in the tray again, as old as it is. False when somebody did that before."""
    work.must(Permission.INCOMING_SORT)
    if row.aside_at is None:
        return False
    audit.record(work, "incoming.brought_back", None, paper=str(row.id), **_facts(row))
    row.aside_at = row.aside_by_id = row.aside_by_name = None
    row.aside_reason = row.aside_sealed = row.aside_until = None
    return True


def destroy(work: Work, row: IncomingPaper) -> None:
    """A second person destroys the scan before its days are over. Raises NotPossible for whoever put it aside."""
    work.must(Permission.INCOMING_SORT)
    if row.aside_at is None:
        raise NotPossible(_("Somebody has brought this paper back to the tray. Nothing was destroyed."))
    if row.aside_by_id == work.actor.id:
        raise NotPossible(_("You put this paper aside yourself. Somebody else has to destroy the scan."))
    _destroy(work, row)


def words_of(work: Work, row: IncomingPaper) -> str:
    """What was written when the paper was put aside; it outlives the scan."""
    work.must(Permission.INCOMING_SORT)
    if row.aside_sealed is None:
        return ""
    return work.outside.vault.open(key_of(work, row), row.aside_sealed, pin(row, "aside_sealed")).decode()


@dataclass(frozen=True)
class Destroyed:
    """The line that stays of a scan that was destroyed: ``words`` are those it was put aside with."""

    row: IncomingPaper
    words: str


def destroyed(work: Work, limit: int = MOST) -> list[Destroyed]:
    """What was destroyed, the newest first."""
    work.must(Permission.INCOMING_SORT)
    query = select(IncomingPaper).where(IncomingPaper.settled_how == NOT_OURS)
    rows = work.db.scalars(query.order_by(IncomingPaper.settled_at.desc(), IncomingPaper.id.desc()).limit(limit))
    return [Destroyed(row, words_of(work, row) if row.key_wrapped else "") for row in rows]


# The nightly upkeep


def due(work: Work, _payload: dict[str, Any]) -> list[UUID]:
    """The papers whose last day aside is over."""
    work.must(Permission.UPKEEP)
    query = select(IncomingPaper.id).where(*_ASIDE, IncomingPaper.aside_until < work.today)
    return list(work.db.scalars(query.order_by(IncomingPaper.id)))


def as_it_is(_work: Work, found: list[UUID], _report: Report) -> list[UUID]:
    return found


def carry_out(work: Work, _payload: dict[str, Any], found: Sequence[UUID]) -> None:
    """Destroy them, but what somebody brought back or put where it belongs meanwhile."""
    work.must(Permission.UPKEEP)
    still = (IncomingPaper.id.in_(found), *_ASIDE, IncomingPaper.aside_until < work.today)
    locked = select(IncomingPaper).where(*still).order_by(IncomingPaper.id).with_for_update(of=IncomingPaper)
    for row in work.db.scalars(locked.execution_options(populate_existing=True)):
        _destroy(work, row)


def _destroy(work: Work, row: IncomingPaper) -> None:
    """The key that opens the scan goes, for good; the words are sealed anew under another one."""
    aside = work.outside.vault.open(key_of(work, row), row.aside_sealed or b"", pin(row, "aside_sealed")).decode()
    row.destroyed_digest, row.from_sealed = row.stored_digest, None
    incoming_papers.empty(row)
    row.key_wrapped = work.outside.vault.new_key(owner_of(row))
    _seal_words(work, row, aside)
    row.settled_at, row.settled_by_name, row.settled_how = work.now, work.actor.name, NOT_OURS
    facts = {"digest": row.destroyed_digest or "", "bytes": str(row.size), **_facts(row)}
    audit.record(work, "incoming.destroyed", None, paper=str(row.id), **facts)


def _seal_words(work: Work, row: IncomingPaper, words: str) -> None:
    row.aside_sealed = work.outside.vault.seal(key_of(work, row), words.encode(), pin(row, "aside_sealed"))


def _facts(row: IncomingPaper) -> dict[str, str]:
    """Who put it aside, when and why, for the trail."""
    at = row.aside_at.isoformat() if row.aside_at else ""
    return {"put_aside_by": row.aside_by_name or "", "put_aside_at": at, "reason": row.aside_reason or ""}
