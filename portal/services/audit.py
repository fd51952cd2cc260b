"""The audit trail: who did and who looked, one chain a patient, and the proof that nothing was changed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain.access_log import is_look
from portal.domain.audit import PORTAL_CHAIN, START, canonical, chained, first_broken
from portal.domain.policy import Permission
from portal.models.audit import AuditEntry, AuditHead
from portal.models.session import read_one_state
from portal.services import checkpoints
from portal.services.work import Work


@dataclass(frozen=True)
class Told:
    """Until ``shown_from`` the patient is not told; those who act for her never are where it is ``hers_alone``."""

    shown_from: date | None = None
    hers_alone: bool = False


AT_ONCE = Told()


def record(work: Work, action: str, patient_id: UUID | None = None, **facts: str) -> None:
    """Add one entry, in the same transaction as the act; a reading page adds it just before the page is sent."""
    _keep(work, action, _appends(work, AT_ONCE, action, patient_id, facts))


def record_told(work: Work, told: Told, action: str, patient_id: UUID, **facts: str) -> None:
    """The same for what the patient may not be told at once."""
    _keep(work, action, _appends(work, told, action, patient_id, facts))


def record_of(work: Work, action: str, case: Any, **facts: str) -> None:
    """The same about a case: its number and key stand in the entry, and it is told to whom the case is told."""
    about = {"reference": case.reference or "", "case": str(case.id)}
    record_told(work, told_of(case), action, case.patient_id, **about, **facts)


def told_of(case: Any) -> Told:
    """Who reads of a case. Of a complaint nobody who acts for her: it may be about just that person."""
    return Told(hers_alone=True) if case.kind == "complaint" else AT_ONCE


def record_anyway(work: Work, told: Told, action: str, patient_id: UUID, **facts: str) -> None:
    """The same for what was refused: the entry is kept although all else is taken back."""
    work.anyway(_appends(work, told, action, patient_id, facts))


def _keep(work: Work, action: str, entry: Callable[[Work], None]) -> None:
    """An act is written down with the act; that somebody looked stays written although a form comes back."""
    (work.looked if is_look(action) else work.later)(entry)


def _appends(
    work: Work, told: Told, action: str, patient_id: UUID | None, facts: dict[str, str]
) -> Callable[[Work], None]:
    actor, at = work.actor, work.now
    line = {
        "v": "1",
        "at": at.isoformat(),
        "action": action,
        "actor": str(actor.id) if actor.id else actor.role.value,
        "name": actor.name,
        "role": actor.role.value,
        "title": actor.title,
        **({"for": "patient"} if patient_id and actor.stands_in_for(patient_id) else {}),
        **facts,
    }
    if told.shown_from is not None:
        line |= {"shown_from": told.shown_from.isoformat()}
    line |= {"hers_alone": "yes"} if told.hers_alone else {}
    chain = str(patient_id) if patient_id else PORTAL_CHAIN
    text = canonical({**line, "chain": chain})
    found_by = {"chain": chain, "action": action, "actor_id": actor.id, "at": at, **vars(told)}
    return lambda w: _append(w, text, found_by)


_HEADS: Any = AuditHead.__table__
_ENTRIES: Any = AuditEntry.__table__
# Written on every page that shows a patient's information: plain statements, built once.
_HEAD = select(_HEADS.c.position, _HEADS.c.digest).where(_HEADS.c.chain == bindparam("name")).with_for_update()
_MOVE = (
    update(_HEADS)
    .where(_HEADS.c.chain == bindparam("name"))
    .values(position=bindparam("to"), digest=bindparam("sealed_by"))
)
_ADD = insert(_ENTRIES)


def _append(work: Work, text: str, found_by: dict[str, Any]) -> None:
    work.db.flush()
    connection, chain = work.db.connection(), found_by["chain"]
    head = connection.execute(_HEAD, {"name": chain}).one_or_none() or _first_head(connection, chain)
    position, previous = head.position + 1, head.digest
    digest = chained(previous, text, None)
    entry = {**found_by, "position": position, "text": text, "previous": previous, "digest": digest}
    connection.execute(_MOVE, {"name": chain, "to": position, "sealed_by": digest})
    connection.execute(_ADD, entry)


def _first_head(connection: Connection, chain: str) -> Any:
    """Begin a chain; of two who begin the same one at once, the second waits and goes on where the first ends."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    begin = dialect.insert(_HEADS).values(chain=chain, position=0, digest=START)
    connection.execute(begin.on_conflict_do_nothing(index_elements=["chain"]))
    return connection.execute(_HEAD, {"name": chain}).one()


def items_read(work: Work, patient_id: UUID, reference: str) -> set[str]:
    """The keys of the record items that whoever acts has opened for this request."""
    query = select(AuditEntry.text).where(
        AuditEntry.chain == str(patient_id), AuditEntry.action == "record.read", AuditEntry.actor_id == work.actor.id
    )
    read = (json.loads(text) for text in work.db.scalars(query))
    return {facts["item"] for facts in read if facts.get("reference") == reference and "item" in facts}


def did(work: Work, action: str, patient_id: UUID, since: datetime) -> bool:
    """Whether whoever acts did this with this patient's information since then."""
    hers = (AuditEntry.chain == str(patient_id), AuditEntry.action == action, AuditEntry.actor_id == work.actor.id)
    return work.db.scalar(select(AuditEntry.id).where(*hers, AuditEntry.at >= since).limit(1)) is not None


@dataclass(frozen=True)
class Verdict:
    """What a walk over the trail found; ``first_bad`` is ``chain:position``, ``checkpoint:number`` or None."""

    entries: int
    chains: int
    checkpoints: int
    first_bad: str | None


def verify(work: Work) -> Verdict:
    """Walk every chain from its start to its head, and every checkpoint; name the first that does not fit.

    It must be the first thing this work asks of the database: the trail grows meanwhile, and is walked as it was when
    the walk began.
    """
    work.must(Permission.AUDIT_VERIFY)
    read_one_state(work.db)
    walk = _Walk(work)
    bad = [*walk.broken(), *walk.without_entries()]
    made, forged = checkpoints.verify(work)
    return Verdict(walk.entries, walk.chains, made, next(iter([*bad, *forged]), None))


class _Walk:
    """One pass over all entries, chain by chain, streamed and counted."""

    def __init__(self, work: Work) -> None:
        self.work, self.entries, self.chains = work, 0, 0

    def broken(self) -> list[str]:
        """The first entry of the first chain that does not hold to its head, if there is one."""
        found: list[str] = []
        for (name, position, digest), entries in groupby(self._rows(), attrgetter("chain", "end", "end_digest")):
            self.chains += 1
            bad = first_broken(entries, position or 0, digest or START)
            if bad is not None and not found:
                found.append(f"{name}:{bad}")
        return found

    def _rows(self) -> Iterator[Any]:
        columns = (
            AuditEntry.chain,
            AuditEntry.position,
            AuditEntry.text,
            AuditEntry.detail_sealed,
            AuditEntry.previous,
            AuditEntry.digest,
            AuditHead.position.label("end"),
            AuditHead.digest.label("end_digest"),
        )
        query = select(*columns).outerjoin(AuditHead, AuditHead.chain == AuditEntry.chain)
        query = query.order_by(AuditEntry.chain, AuditEntry.position)
        for row in self.work.db.execute(query.execution_options(yield_per=1000)):
            self.entries += 1
            yield row

    def without_entries(self) -> list[str]:
        """The first chain of which nothing is left but its head, if there is one."""
        empty = ~exists().where(AuditEntry.chain == AuditHead.chain)
        self.chains += self.work.db.scalar(select(func.count()).select_from(AuditHead).where(empty)) or 0
        query = select(AuditHead.chain).where(empty, AuditHead.position != 0).order_by(AuditHead.chain).limit(1)
        return [f"{name}:1" for name in self.work.db.scalars(query)]
