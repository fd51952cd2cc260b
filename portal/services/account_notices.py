"""Telling the owner of an account that her way in was changed. Such an e-mail says nothing personal, and no link."""

from typing import Any
from uuid import UUID

from portal.domain.words import N_, _, speaking
from portal.models.accounts import Account
from portal.models.base import new_id
from portal.services import contact_plans, notices
from portal.services.notices import Mail
from portal.services.work import Report, Work

SUBJECT = N_("Your sign-in was changed")
NEUTRAL = N_("Something about how you sign in was changed. If it was not you, call us on the number you know.")
# What happened, in one sentence that names nobody.
HAPPENED = {
    "opened": N_("A sign-in to our portal was set up with this e-mail address."),
    "password": N_("The password of your sign-in to our portal was changed."),
    "codes": N_("One-time codes were set up on a phone for your sign-in to our portal."),
    "passkey_added": N_("A passkey was added to your sign-in to our portal."),
    "passkey_removed": N_("A passkey was taken away from your sign-in to our portal."),
    "passkey_held": N_(
        "We stopped a passkey of your sign-in to our portal, because a copy of it may be about. "
        "Sign in with your password, take that passkey away and make a new one."
    ),
    "readmitted": N_("Our staff gave out a new one-time link for your sign-in to our portal."),
    "provider_linked": N_("An account that you have elsewhere was linked to your sign-in to our portal."),
    "provider_unlinked": N_("An account that you have elsewhere was unlinked from your sign-in to our portal."),
    "recovery_codes": N_("New recovery codes were made for your sign-in to our portal."),
    "new_device": N_("Somebody signed in to our portal as you, in a browser that we have not seen you use before."),
    "session_held": N_(
        "Your session in our portal turned up in another browser and another network at once. "
        "We stopped it until you show that it is you."
    ),
    "recovery_code_used": N_("One of your recovery codes was used to sign in to our portal."),
}
# What stands above those that change nothing about the way in.
SUBJECTS = {"new_device": N_("A new browser signed in as you"), "session_held": N_("We stopped a session of yours")}


def tell(work: Work, account_id: UUID, what: str) -> None:
    """Promise the owner an e-mail about ``what`` (a key of ``HAPPENED``)."""
    name = f"account/{account_id}/{what}/{new_id()}"
    work.promise("account_notice", name, account=str(account_id), what=what)


def to_send(work: Work, payload: dict[str, Any]) -> Mail | None:
    """The e-mail in the owner's language; None when the account is closed or no way to her is safe."""
    account = work.db.get(Account, UUID(payload["account"]))
    if account is None or account.disabled_at is not None:
        return None
    box = contact_plans.letterbox(work, account)
    if box is None:
        return None
    with speaking(account.language):
        happened = _(HAPPENED[payload["what"]])
        subject = SUBJECTS.get(payload["what"], SUBJECT)
        return notices.written(work, box, subject, "emails/account.txt", NEUTRAL, happened=happened)


def send(work: Work, mail: Mail | None, report: Report) -> None:
    notices.send(work, mail, report)
