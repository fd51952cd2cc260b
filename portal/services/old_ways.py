"""Telling the old address that somebody asked for a new one: at once, in words that say nothing of the patient.

The address stands sealed in the job, since by the time the e-mail is sent it may be on file no more. What she marked as
unsafe is never written to, neither when it is promised nor, should she mark it meanwhile, when it is sent.
"""

import base64
from typing import Any
from uuid import UUID

from portal.domain.words import N_, _, speaking
from portal.models.accounts import Account
from portal.models.base import new_id
from portal.services import contact_plans, notices
from portal.services.notices import Mail
from portal.services.work import Report, Work

SUBJECT = N_("A change was asked for")
# What happened, in one sentence that names nobody and no address.
HAPPENED = {
    "asked": N_("Somebody asked us to change how we reach you. Until we have looked at it, all stays as it is."),
    "opened_elsewhere": N_("A sign-in to our portal was set up for you, with another e-mail address than this one."),
    "email_asked": N_("Somebody asked for another e-mail address to sign in to our portal with."),
    "email_changed": N_(
        "The e-mail address of your sign-in to our portal was changed. This one opens nothing any more."
    ),
}
NEUTRAL = N_("Somebody asked to change how you are reached. If it was not you, call us on the number you know.")


def tell(work: Work, account_id: UUID, address: str, what: str) -> None:
    """Promise an e-mail about ``what`` (a key of ``HAPPENED``) to an old address of this account's owner."""
    if contact_plans.old_letterbox(work, work.db.get_one(Account, account_id), address) is None:
        return
    key = f"old_way/{new_id()}"
    sealed = base64.b64encode(work.outside.vault.seal_secret(address.encode(), key)).decode()
    work.promise("old_way", key, account=str(account_id), key=key, sealed=sealed, what=what)


def to_send(work: Work, payload: dict[str, Any]) -> Mail | None:
    """The e-mail; None when its address is not safe any more."""
    account = work.db.get_one(Account, UUID(payload["account"]))
    address = work.outside.vault.open_secret(base64.b64decode(payload["sealed"]), payload["key"]).decode()
    box = contact_plans.old_letterbox(work, account, address)
    if box is None:
        return None
    with speaking(account.language):
        happened = _(HAPPENED[payload["what"]])
        return notices.written(work, box, SUBJECT, "emails/account.txt", NEUTRAL, happened=happened)


def send(work: Work, mail: Mail | None, report: Report) -> None:
    notices.send(work, mail, report)
