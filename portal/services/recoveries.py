"""A forgotten password: a link by e-mail sets another one, and nothing else.

What is asked at the door costs the same for every address: a job is written, and only the job looks who it is. The link
is made when it is asked for and travels sealed with the job, so that a repeated job sends the same link again.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from portal.domain.addresses import spelled
from portal.domain.errors import NotFound
from portal.domain.words import _, speaking
from portal.models.accounts import Account
from portal.models.base import new_id
from portal.models.proofs import RecoveryLink
from portal.services import audit, contact_plans, devices, notices, passwords, sign_ins, throttling
from portal.services.notices import Mail
from portal.services.work import Report, Work

LINK_LASTS = timedelta(minutes=30)


def ask(work: Work, email: str, network: str) -> None:
    """Somebody says that she forgot her password. Whether the address is known changes nothing here."""
    address = spelled(email)
    throttling.spend(work, f"recovery-network:{network}", throttling.RECOVERY_BY_NETWORK)
    throttling.spend(work, f"recovery:{sign_ins.mail_digest(address)}", throttling.RECOVERY_BY_ACCOUNT)
    key = str(new_id())
    sealed = work.outside.vault.seal_secret(f"{secrets.token_urlsafe(32)} {address}".encode(), _pin(key))
    work.promise("recovery", _pin(key), key=key, sealed=base64.b64encode(sealed).decode(), at=work.now.isoformat())


@dataclass(frozen=True)
class Letter:
    """What the job sends, and what it then keeps of it."""

    account_id: UUID
    token_digest: str
    mail: Mail


def to_send(work: Work, payload: dict[str, Any]) -> Letter | None:
    """The e-mail with the link; None when nobody can sign in with that address, or it is not proven or not safe."""
    sealed = base64.b64decode(payload["sealed"])
    token, _blank, address = work.outside.vault.open_secret(sealed, _pin(payload["key"])).decode().partition(" ")
    account = work.db.scalars(select(Account).where(Account.email == address)).one_or_none()
    if account is None or account.disabled_at is not None or account.password_hash is None:
        return None
    if account.email_unproven:  # a slip of the pen may have made it a stranger's
        return None
    box = contact_plans.letterbox(work, account, at_sign_in=True)
    if box is None:
        return None
    with speaking(account.language):
        link = f"{work.outside.base_url}/recover/{token}"
        facts = {"link": link, "minutes": LINK_LASTS.seconds // 60, "neutral": box.neutral}
        text = work.outside.paper.render("emails/recovery.txt", **facts)
        mail = Mail(box.to, _("A new password for your sign-in"), text, box.neutral)
    return Letter(account.id, sign_ins.digest_of(token), mail)


def send(work: Work, letter: Letter | None, report: Report) -> Letter | None:
    notices.send(work, letter.mail if letter else None, report)
    return letter


def keep(work: Work, payload: dict[str, Any], letter: Letter | None) -> None:
    """The link works from now on, unless a newer one was asked for; all older ones are dead."""
    if letter is None:
        return
    asked_at = datetime.fromisoformat(payload["at"])
    theirs = RecoveryLink.account_id == letter.account_id
    newest = work.db.scalar(select(func.max(RecoveryLink.asked_at)).where(theirs))
    overtaken = newest is not None and newest > asked_at
    if not overtaken:
        work.db.execute(update(RecoveryLink).where(theirs, RecoveryLink.used_at.is_(None)).values(used_at=work.now))
    link = RecoveryLink(account_id=letter.account_id, token_digest=letter.token_digest, asked_at=asked_at)
    link.expires_at = work.now + LINK_LASTS
    link.used_at = work.now if overtaken else None
    work.db.add(link)
    audit.record(work, "account.recovery_sent", account=str(letter.account_id))


def live(work: Work, token: str) -> UUID:
    """Whose link it is. An unknown, used or expired one raises NotFound, all alike."""
    return _live(work, token).account_id


def set_password(work: Work, token: str, password_hash: str) -> None:
    """Use the link up for another password. Every session ends, and the second proof is asked for as ever.

    Raises NotFound when somebody was quicker with the same link.
    """
    link = _live(work, token)
    taken = update(RecoveryLink).where(RecoveryLink.id == link.id, RecoveryLink.used_at.is_(None))
    done = work.db.execute(taken.values(used_at=work.now).execution_options(synchronize_session=False))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise _gone()
    passwords.keep(work, link.account, password_hash)
    devices.forget(work, link.account_id)
    audit.record(work, "account.password_recovered", account=str(link.account_id))


def _live(work: Work, token: str) -> RecoveryLink:
    query = select(RecoveryLink).where(RecoveryLink.token_digest == sign_ins.digest_of(token))
    link = work.db.scalars(query).one_or_none()
    if link is None or link.used_at is not None or work.now >= link.expires_at or link.account.disabled_at is not None:
        raise _gone()
    return link


def _gone() -> NotFound:
    return NotFound(_("This link has been used or is too old. Ask for a new one."))


def _pin(key: str) -> str:
    return f"recovery/{key}"
