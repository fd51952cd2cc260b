"""Another e-mail address to sign in with: proven by the link that goes to it, told to the old one, written down.

The link is made when it is asked for and travels sealed with the job, as a recovery's does; it changes nothing before
it is opened and the button on its page pressed, since some mail programs open every link by themselves. Whether another
account has the address already, or one that looks like it, is told to nobody: the link is then never sent.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.domain.addresses import canonical
from portal.domain.contact_plans import check_email
from portal.domain.errors import Invalid, NotFound
from portal.domain.words import N_, _, speaking
from portal.models.accounts import Account
from portal.models.contact_plans import EmailChange
from portal.services import accounts, audit, contact_plans, notices, old_ways, sign_ins, throttling
from portal.services.notices import Mail
from portal.services.work import Report, Work

LINK_LASTS = timedelta(hours=24)
SUBJECT = N_("Confirm your e-mail address")


@dataclass(frozen=True)
class Asked:
    """An address that waits for its link to be opened."""

    email: str
    ends_at: Any


def check(email: str, mine: Account) -> str:
    """The address as it would be kept. Raises Invalid when it cannot be one, or is hers already."""
    check_email(email.strip(), "email")
    address = canonical(email)
    if address == mine.email and not mine.email_unproven:
        raise Invalid(_("You sign in with this address already."), "email")
    return address


def ask(work: Work, email: str) -> None:
    """Send a link to the new address; an earlier one that was not opened is dead. The old address is told."""
    mine = accounts.own(work)
    address = check(email, mine)
    throttling.spend(work, f"email-change:{mine.id}", throttling.RECOVERY_BY_ACCOUNT)
    _send_link(work, mine, address)
    if address != mine.email:
        old_ways.tell(work, mine.id, mine.email, "email_asked")
    audit.record(work, "account.email_asked", account=str(mine.id))


def to_prove(work: Work, account: Account) -> None:
    """Somebody typed the address of a new sign-in: until its link was opened, it brings nobody a new password."""
    account.email_unproven = True
    work.db.flush()
    _send_link(work, account, account.email)


def _send_link(work: Work, mine: Account, address: str) -> None:
    drop(work, mine.id)
    token = secrets.token_urlsafe(32)
    change = EmailChange(account_id=mine.id, token_digest=sign_ins.digest_of(token), asked_at=work.now)
    change.expires_at = work.now + LINK_LASTS
    change.email_sealed = work.outside.vault.seal_secret(address.encode(), _pin(change))
    work.db.add(change)
    sealed = base64.b64encode(work.outside.vault.seal_secret(token.encode(), _token_pin(change.id))).decode()
    work.promise("email_change", f"email_change/{change.id}", change=str(change.id), sealed=sealed)


def waiting(work: Work) -> Asked | None:
    """The signed-in person's own address that waits for its link, if there is one."""
    mine = accounts.own(work)
    query = select(EmailChange).where(EmailChange.account_id == mine.id, *_live(work))
    row = work.db.scalars(query.order_by(EmailChange.asked_at.desc()).limit(1)).one_or_none()
    return Asked(_address(work, row), row.expires_at) if row else None


def take_back(work: Work) -> None:
    """The signed-in person wants no other address after all: the link is dead."""
    mine = accounts.own(work)
    drop(work, mine.id)
    audit.record(work, "account.email_taken_back", account=str(mine.id))


def drop(work: Work, account_id: UUID) -> None:
    """Links of this account that were not opened open nothing any more."""
    unused = update(EmailChange).where(EmailChange.account_id == account_id, EmailChange.ended_at.is_(None))
    work.db.execute(unused.values(ended_at=work.now))


def to_send(work: Work, payload: dict[str, Any]) -> Mail | None:
    """The e-mail with the link; None when it is dead, or the address is somebody's already."""
    change = work.db.get(EmailChange, UUID(payload["change"]))
    if change is None or change.ended_at is not None or change.account.disabled_at is not None:
        return None
    address = _address(work, change)
    if not _free(work, change, address):
        return None
    token = work.outside.vault.open_secret(base64.b64decode(payload["sealed"]), _token_pin(change.id)).decode()
    box = contact_plans.letterbox(work, change.account)
    neutral = (box is None or box.neutral) and bool(work.clinic.neutral.email)
    with speaking(change.account.language):
        facts = {"link": f"{work.outside.base_url}/confirm-email/{token}", "neutral": neutral}
        facts["first"] = address == change.account.email
        text = work.outside.paper.render("emails/email_change.txt", hours=LINK_LASTS // timedelta(hours=1), **facts)
        return Mail(address, _(SUBJECT), text, neutral)


def send(work: Work, mail: Mail | None, report: Report) -> None:
    notices.send(work, mail, report)


def find(work: Work, token: str) -> str:
    """The new address behind a live link. An unknown, used or expired one raises NotFound, all alike."""
    return _address(work, _find(work, token))


def confirm(work: Work, token: str) -> None:
    """From now on she signs in with the new address; every session ends, and the old address is told.

    Where it is the address she has, it is proven by this, and nothing else changes.

    Raises NotFound for a dead link, and when the address has become somebody else's meanwhile.
    """
    change = _find(work, token)
    taken = update(EmailChange).where(EmailChange.id == change.id, EmailChange.ended_at.is_(None))
    done = work.db.execute(taken.values(ended_at=work.now, confirmed=True).execution_options(synchronize_session=False))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise _gone()
    account, old = change.account, change.account.email
    account.email_unproven = False
    if _address(work, change) == old:
        audit.record(work, "account.email_proven", account=str(account.id))
        return
    old_ways.tell(work, account.id, old, "email_changed")
    if not _free(work, change, _address(work, change)):
        raise _gone()
    try:
        with work.db.begin_nested():
            account.email = _address(work, change)
            work.db.flush()
    except IntegrityError:
        raise _gone() from None
    sign_ins.end_all(work, account.id)
    audit.record(work, "account.email_changed", account=str(account.id))


def _find(work: Work, token: str) -> EmailChange:
    query = select(EmailChange).where(EmailChange.token_digest == sign_ins.digest_of(token), *_live(work))
    change = work.db.scalars(query).one_or_none()
    if change is None or change.account.disabled_at is not None:
        raise _gone()
    return change


def _free(work: Work, change: EmailChange, address: str) -> bool:
    """Whether nobody else signs in with this address, or with one that it could be taken for."""
    try:
        accounts.unlike_any(work, address, but=change.account_id)
    except Invalid:
        return False
    taken = select(Account.id).where(Account.email == address, Account.id != change.account_id)
    return work.db.scalar(taken) is None


def _live(work: Work) -> tuple[Any, ...]:
    return EmailChange.ended_at.is_(None), EmailChange.expires_at > work.now


def _gone() -> NotFound:
    return NotFound(_("This link has been used or is too old. Sign in and ask for a new one."))


def _address(work: Work, change: EmailChange) -> str:
    return work.outside.vault.open_secret(change.email_sealed, _pin(change)).decode()


def _pin(change: EmailChange) -> str:
    return f"email_changes/email/{change.id}"


def _token_pin(change_id: UUID) -> str:
    return f"email_changes/token/{change_id}"
