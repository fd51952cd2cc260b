"""The one-time link of somebody who works here: mailed, or handed back once to be printed. Nobody is shown it twice."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.errors import NotPossible
from portal.domain.policy import Permission, allows
from portal.domain.words import _, speaking
from portal.models.accounts import Account, ActivationLink, SignIn
from portal.services import accounts, audit
from portal.services.notices import send as send
from portal.services.sign_ins import digest_of
from portal.services.work import Work

Mailing = tuple[str, str, str] | None


def give(work: Work, account: Account, by_mail: bool) -> str | None:
    """A fresh link. By mail it is sealed until it was sent, and None; for a letter it is given back, this once.

    Somebody who came in before gets hers by mail only: whoever holds the link can act under her name.
    """
    work.must(Permission.STAFF_MANAGE)
    came_in = has_come_in(work, account)
    if not by_mail and came_in:
        raise NotPossible(_("This person has signed in before, so the link goes to her own e-mail address only."))
    address = accounts.give_link(work, account, clears_proofs=came_in)
    if not by_mail:
        return address
    token = address.rpartition("/")[2]
    link = work.db.scalars(select(ActivationLink).where(ActivationLink.token_digest == digest_of(token))).one()
    link.token_sealed = work.outside.vault.seal_secret(token.encode(), _pin(link))
    work.promise("invitation", f"invitation/{link.id}", link=str(link.id), by=str(work.actor.id or ""))
    return None


def has_come_in(work: Work, account: Account) -> bool:
    """Whether somebody has a password, or came in at least once in another way."""
    work.must(Permission.STAFF_MANAGE)
    came = select(SignIn.id).where(SignIn.account_id == account.id, SignIn.factor_needed.is_(None)).limit(1)
    return account.password_hash is not None or work.db.scalar(came) is not None


def to_send(work: Work, payload: dict[str, Any]) -> Mailing:
    """(address, subject, text); None when the link is used up, or who gave it may not give it any more."""
    link = work.db.get(ActivationLink, UUID(payload["link"]))
    if link is None or link.token_sealed is None or link.used_at is not None or not _may_still(work, payload["by"]):
        return None
    account, token = link.account, work.outside.vault.open_secret(link.token_sealed, _pin(link)).decode()
    with speaking(account.language):
        address = f"{work.outside.base_url}/activate/{token}"
        text = work.outside.paper.render("emails/invitation.txt", name=account.name, link=address)
        return account.email, _("Your way in to the portal"), text


def keep(work: Work, payload: dict[str, Any], _sent: Any) -> None:
    """The link is with its owner, or will never be: the portal forgets it."""
    link = work.db.get(ActivationLink, UUID(payload["link"]))
    if link is None:
        return
    link.token_sealed = None
    if link.used_at is None and not _may_still(work, payload["by"]):
        link.used_at = work.now
        audit.record(work, "account.link_stopped", account=str(link.account_id))


def _may_still(work: Work, account_id: str) -> bool:
    """Whether who promised the mail has the right to it now, when it is sent; the operator at the machine has."""
    if not account_id:
        return True
    return allows(accounts.as_of_now(work, UUID(account_id)), Permission.STAFF_MANAGE)


def _pin(link: ActivationLink) -> str:
    return f"activation_links/token/{link.id}"
