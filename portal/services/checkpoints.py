"""Checkpoints: the heads of all chains under a keyed digest, so that a chain cut off together with its head is noticed.

What they prove and what not: docs/decisions/0040-checkpoints-over-the-trail.md.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, insert, or_, select

from portal.domain.audit import START, canonical
from portal.domain.errors import NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.audit import AuditCheckpoint, AuditEntry, AuditHead, AuditSeal
from portal.services.sealing import make_portal_key, portal_key
from portal.services.work import Work

KEY = "checkpoints"
_CHECKPOINTS = select(AuditCheckpoint.number, AuditCheckpoint.at, AuditCheckpoint.mac)


def write(work: Work, _payload: Any = None, _made: Any = None) -> None:
    """Add a checkpoint with the head of every chain that grew since the last one."""
    work.must(Permission.UPKEEP)
    last = work.db.execute(_CHECKPOINTS.order_by(AuditCheckpoint.number.desc()).limit(1)).one_or_none()
    number, previous = (last.number + 1, last.mac) if last else (1, START)
    sealed = exists().where(AuditSeal.chain == AuditHead.chain, AuditSeal.position == AuditHead.position)
    heads = select(AuditHead.chain, AuditHead.position, AuditHead.digest).where(~sealed).order_by(AuditHead.chain)
    grown = work.db.execute(heads).all()
    key = portal_key(work, KEY) or make_portal_key(work, KEY)
    work.db.add(AuditCheckpoint(number=number, at=work.now, mac=_mac(key, number, work.now, previous, grown)))
    rows = [{"number": number, "place": place, **head._asdict()} for place, head in enumerate(grown, 1)]
    if rows:
        work.db.execute(insert(AuditSeal), rows)


def verify(work: Work) -> tuple[int, list[str]]:
    """How many checkpoints there are, and the first fault: a head that is there no more, or a checkpoint changed."""
    work.must(Permission.AUDIT_VERIFY)
    made = work.db.scalar(select(func.count()).select_from(AuditCheckpoint)) or 0
    return made, _heads_gone(work) or _forged(work)


def _heads_gone(work: Work) -> list[str]:
    same = (AuditEntry.chain == AuditSeal.chain) & (AuditEntry.position == AuditSeal.position)
    gone = or_(AuditEntry.digest.is_(None), AuditEntry.digest != AuditSeal.digest)
    query = select(AuditSeal.chain, AuditSeal.position).outerjoin(AuditEntry, same).where(gone)
    query = query.order_by(AuditSeal.number, AuditSeal.place).limit(1)
    return [f"{name}:{position}" for name, position in work.db.execute(query)]


def _forged(work: Work) -> list[str]:
    """The first checkpoint that is missing, or does not stand as it was written here."""
    key, previous = _key(work), START
    rows = work.db.execute(_CHECKPOINTS.order_by(AuditCheckpoint.number)).all()
    for expected, (number, at, mac) in enumerate(rows, 1):
        if key is None or number != expected or mac != _mac(key, number, at, previous, _seals(work, number)):
            return [f"checkpoint:{expected}"]
        previous = mac
    orphan = select(AuditSeal.number).where(AuditSeal.number > len(rows)).order_by(AuditSeal.number).limit(1)
    return [f"checkpoint:{number}" for number in work.db.scalars(orphan)]


def _key(work: Work) -> bytes | None:
    try:
        return portal_key(work, KEY)
    except Exception:  # the vault's own error: services do not know its name
        sentence = _(
            "The checkpoints cannot be checked with these master keys. Put the old key into PORTAL_MASTER_KEYS."
        )
        raise NotPossible(sentence) from None


def _seals(work: Work, number: int) -> Iterable[Any]:
    query = select(AuditSeal.chain, AuditSeal.position, AuditSeal.digest).where(AuditSeal.number == number)
    return work.db.execute(query.order_by(AuditSeal.place).execution_options(yield_per=1000))


def _mac(key: bytes, number: int, at: datetime, previous: str, heads: Iterable[Any]) -> str:
    """The keyed digest over a checkpoint's heads in their order, and over the checkpoint before it."""
    of = {"number": number, "at": at.isoformat(), "previous": previous}
    told = hmac.new(key, canonical(of).encode(), hashlib.sha256)
    for head in heads:
        told.update(canonical({"chain": head.chain, "position": head.position, "digest": head.digest}).encode())
    return told.hexdigest()
