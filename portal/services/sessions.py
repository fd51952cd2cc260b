"""One's own sessions: which are open, ending them, staying, and what happens when one turns up elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from portal.domain import devices as rules
from portal.domain.errors import NotFound
from portal.domain.words import _
from portal.models.accounts import Account, SignIn
from portal.services import account_notices, audit, devices, sign_ins
from portal.services.sign_ins import SignedIn
from portal.services.work import Work


@dataclass(frozen=True)
class Line:
    """An open session. ``network`` is where it was begun, no finer than tries are counted; ``here`` is this one."""

    id: UUID
    agent: str
    network: str
    began_at: datetime
    seen_at: datetime
    held: bool
    here: bool


def mine(work: Work) -> list[Line]:
    """The open sessions of whoever is signed in: this one first, then the one used last."""
    account = work.db.get_one(Account, work.actor.id)
    idle, absolute = sign_ins.limits(account.role_set)
    query = select(SignIn).where(
        SignIn.account_id == account.id,
        SignIn.ended_at.is_(None),
        SignIn.factor_needed.is_(None),
        SignIn.seen_at > work.now - idle,
        SignIn.began_at > work.now - absolute,
    )
    rows = work.db.scalars(query.order_by(SignIn.seen_at.desc(), SignIn.id))
    lines = [
        Line(row.id, row.agent, row.network, row.began_at, row.seen_at, bool(row.held_at), row.id == work.sign_in_id)
        for row in rows
    ]
    return sorted(lines, key=lambda line: not line.here)


def end(work: Work, session_id: UUID) -> None:
    """End one of one's own, at once. Raises NotFound for one that is not, or is over."""
    theirs = (SignIn.id == session_id, SignIn.account_id == work.actor.id, SignIn.ended_at.is_(None))
    ended = work.db.execute(update(SignIn).where(*theirs).values(ended_at=work.now))
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound(_("There is no such page, or it is not yours to see."))
    audit.record(work, "sign_in.ended", account=str(work.actor.id), session=str(session_id))


def end_others(work: Work) -> int:
    """End all but this one; no device is known any more. Gives how many there were."""
    others = [line for line in mine(work) if not line.here]
    sign_ins.end_all(work, work.db.get_one(Account, work.actor.id).id, but=work.sign_in_id)
    devices.forget(work, work.db.get_one(Account, work.actor.id).id)
    audit.record(work, "sign_in.others_ended", account=str(work.actor.id), sessions=str(len(others)))
    return len(others)


def stay(work: Work, signed_in: SignedIn) -> datetime:
    """She is still there: the idle time begins anew. Gives when the session ends; its whole length does not change."""
    row = work.db.get_one(SignIn, signed_in.id)
    row.seen_at = work.now
    idle, absolute = sign_ins.limits(signed_in.actor.roles)
    return min(work.now + idle, row.began_at + absolute)


def has_moved(signed_in: SignedIn, network: str, agent: str) -> bool:
    """Whether the session goes on in another place than where it began (security.md 3.2, B10)."""
    return rules.moved(signed_in.network, signed_in.agent, network, agent)


def hold(work: Work, signed_in: SignedIn) -> None:
    """It turned up elsewhere: for whoever has it, it opens nothing until the person has proved herself again.

    Of two requests at once one holds it, and the owner is told once.
    """
    theirs = update(SignIn).where(SignIn.id == signed_in.id, SignIn.held_at.is_(None), SignIn.ended_at.is_(None))
    held = work.db.execute(theirs.values(held_at=work.now).execution_options(synchronize_session=False))
    if held.rowcount == 1 and signed_in.actor.id is not None:  # type: ignore[attr-defined]
        audit.record(work, "sign_in.held", account=str(signed_in.actor.id), session=str(signed_in.id))
        account_notices.tell(work, signed_in.actor.id, "session_held")


def let_go(work: Work, signed_in: SignedIn, network: str, agent: str) -> str:
    """She proved that it is she: it is at home here from now on. Gives the new token; every copy of the old is dead."""
    row = work.db.get_one(SignIn, signed_in.id)
    row.held_at, row.network, row.agent, row.seen_at = None, network[:64], agent[:200], work.now
    audit.record(work, "sign_in.let_go", account=str(row.account_id), session=str(row.id))
    return sign_ins.rotate(work, signed_in)
