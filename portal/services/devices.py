"""Devices on which an account was signed in to before: which are still known, and word to the owner of a new one.

What a browser carries is made by the web (``web/public/devices.py``, decision 44); here is whose it is.
"""

from uuid import UUID

from sqlalchemy import select, update

from portal.domain.addresses import spelled
from portal.models.accounts import Account, SignIn
from portal.services import account_notices, audit, sign_ins
from portal.services.work import Work


def owner(work: Work, email: str) -> str:
    """What a device's cookie is bound to: the address that is typed, and the round of devices its account is in.

    An address without an account is in its first round, so that it costs and tells the same.
    """
    found = work.db.scalar(select(Account.device_round).where(Account.email == spelled(email)))
    return f"{sign_ins.mail_digest(email)}/{found or 0}"


def owner_of(work: Work, account_id: UUID) -> str:
    """The same for an account."""
    return owner(work, work.db.get_one(Account, account_id).email)


def forget(work: Work, account_id: UUID) -> None:
    """No device is known for this account any more: it was reset, or its owner does not trust one of them."""
    again = update(Account).where(Account.id == account_id)
    work.db.execute(again.values(device_round=Account.device_round + 1))


def met(work: Work, account_id: UUID) -> None:
    """Somebody signed in on a device that is new to the account: its owner is told, unless it is her very first."""
    audit.record(work, "sign_in.new_device", account=str(account_id))
    sessions = select(SignIn.id).where(SignIn.account_id == account_id, SignIn.factor_needed.is_(None)).limit(2)
    if len(work.db.scalars(sessions).all()) > 1:
        account_notices.tell(work, account_id, "new_device")
