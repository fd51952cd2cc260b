"""What a person sent after her session had run out: kept sealed for a day, and given back to her account only.

It is bound to the account of the session that ran out, and to the page it was typed on. One a person, the newest; gone
when the page is sent, and after a day at the latest.
"""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from portal.domain.policy import Permission
from portal.models.accounts import Account, LeftForm, SignIn
from portal.services.sealing import make_portal_key, pin, portal_key
from portal.services.sign_ins import digest_of
from portal.services.work import Work

LASTS = timedelta(days=1)
MOST_BYTES = 32 * 1024
KEY = "left-forms"
Pairs = list[tuple[str, str]]


def keep(work: Work, token: str, address: str, typed: Pairs) -> bool:
    """Keep ``typed`` for the account of a session that ran out within a day; False when there is none, or too much."""
    account_id = _account_of(work, token)
    plain = json.dumps(typed, ensure_ascii=False).encode()
    if account_id is None or len(plain) > MOST_BYTES or len(address) > LeftForm.LONGEST_ADDRESS:
        return False
    work.db.execute(delete(LeftForm).where(LeftForm.account_id == account_id))
    row = LeftForm(account_id=account_id, address=address, made_at=work.now)
    row.typed_sealed = work.outside.vault.seal(_key(work), plain, _pin(row))
    work.db.add(row)
    work.promise("left_form", f"left_form/{row.id}", run_at=work.now + LASTS, left=str(row.id))
    return True


def find(work: Work, account_id: UUID | None, address: str) -> Pairs | None:
    """What this account typed on that page before its session ran out, if it is not older than a day."""
    row = work.db.scalars(_of(select(LeftForm), account_id, address)).one_or_none()
    if row is None or work.now >= row.made_at + LASTS:
        return None
    plain = work.outside.vault.open(_key(work), row.typed_sealed, _pin(row))
    return [(name, value) for name, value in json.loads(plain)]


def forget(work: Work, account_id: UUID | None, address: str) -> None:
    """The page was sent: what was kept of it is destroyed."""
    work.db.execute(_of(delete(LeftForm), account_id, address))


def forget_all(work: Work, account_id: UUID) -> None:
    """Somebody will not come back to what she typed: it is destroyed."""
    work.must(Permission.STAFF_MANAGE)
    work.db.execute(delete(LeftForm).where(LeftForm.account_id == account_id))


def to_forget(_work: Work, payload: dict[str, Any]) -> UUID:
    """Which one has had its day."""
    return UUID(payload["left"])


def as_it_is(_work: Work, left: UUID, _report: Any) -> UUID:
    """Nothing is made outside the database."""
    return left


def destroy(work: Work, _payload: dict[str, Any], left: UUID) -> None:
    """Its day is over."""
    work.db.execute(delete(LeftForm).where(LeftForm.id == left))


def _account_of(work: Work, token: str) -> UUID | None:
    """Whose session it was; nobody's when it was ended by hand or by the clinic, or was never wholly signed in.

    Whoever sends twice at the same moment waits here: the account has room for one.
    """
    query = (
        select(SignIn.account_id)
        .join(Account, Account.id == SignIn.account_id)
        .where(
            SignIn.token_digest == digest_of(token),
            SignIn.ended_at.is_(None),
            SignIn.factor_needed.is_(None),
            SignIn.held_at.is_(None),
            SignIn.seen_at > work.now - LASTS,
            Account.disabled_at.is_(None),
        )
        .with_for_update(key_share=True, of=Account)
    )
    return work.db.scalar(query)


def _of(statement: Any, account_id: UUID | None, address: str) -> Any:
    return statement.where(LeftForm.account_id == account_id, LeftForm.address == address)


def _pin(row: LeftForm) -> str:
    """The text opens only as this row, of this account, for this page."""
    return f"{pin(row, 'typed_sealed')}/{row.account_id}{row.address}"


def _key(work: Work) -> bytes:
    return portal_key(work, KEY) or make_portal_key(work, KEY)
