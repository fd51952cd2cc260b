"""Recovery codes: ten on paper for the day the phone is lost; each opens the second step once.

128 random bits each, so a plain digest of them is safe to keep (security.md 6.5.2).
"""

import base64
import hashlib
import re
import secrets
from uuid import UUID

from sqlalchemy import delete, func, select, update

from portal.domain.errors import NotPossible
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.proofs import RecoveryCode
from portal.services import account_notices, audit
from portal.services.work import Work

HOW_MANY = 10
BYTES = 16
FEW = 3  # when so many are left, we say that it is time for new ones
READ_AS = str.maketrans("018", "OIB")  # signs no code has, for those that look like them


def new_set(work: Work) -> list[str]:
    """Ten new codes for whoever is signed in, to be shown this once; those from before are dead.

    Raises NotPossible while no second proof is on: there is nothing to stand in for.
    """
    account = work.db.get_one(Account, work.actor.id)
    if not account.second_factor_on:
        raise NotPossible(_("Turn on your second proof first. Recovery codes stand in for it."))
    work.db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [base64.b32encode(secrets.token_bytes(BYTES)).decode().rstrip("=") for _each in range(HOW_MANY)]
    work.db.add_all(RecoveryCode(account_id=account.id, digest=_digest(code), made_at=work.now) for code in codes)
    audit.record(work, "account.recovery_codes_made", account=str(account.id))
    account_notices.tell(work, account.id, "recovery_codes")
    return ["-".join(re.findall(".{1,5}", code)) for code in codes]


def left(work: Work, account_id: UUID) -> int:
    """How many are not used yet."""
    unused = (RecoveryCode.account_id == account_id) & RecoveryCode.used_at.is_(None)
    return work.db.scalar(select(func.count()).select_from(RecoveryCode).where(unused)) or 0


def use(work: Work, account_id: UUID, typed: str) -> bool:
    """Whether it is one of this account's codes; it cannot be used again, and the owner is told."""
    code = re.sub(r"[^A-Z2-7]", "", typed.upper().translate(READ_AS))
    mine = (RecoveryCode.account_id == account_id) & (RecoveryCode.digest == _digest(code))
    taken = update(RecoveryCode).where(mine, RecoveryCode.used_at.is_(None)).values(used_at=work.now)
    if work.db.execute(taken.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    account_notices.tell(work, account_id, "recovery_code_used")
    return True


def forget(work: Work, account_id: UUID) -> None:
    """No code of this account works any more."""
    work.db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
