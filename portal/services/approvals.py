"""Step-up: a person proves herself again for one act on exactly what she was shown (security.md section 1, STEP).

No approval waits to be used: the proof comes with the act, from a page that was drawn for this session, this act and
this object at most five minutes ago, and each drawing of a page is good for one act.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.domain.errors import NotPossible
from portal.domain.step_ups import RESTS
from portal.domain.words import _
from portal.models.accounts import Account, Approval
from portal.services import audit
from portal.services.sign_ins import CODE, use_code
from portal.services.work import Work

PASSWORD, PASSKEY = "password", "passkey"
DOWNLOAD = "download"
# What somebody who wants her second proof asked for is not let do by her password alone.
STRICT = frozenset({DOWNLOAD, "downloads"})


def prove_again(work: Work, account_id: UUID, secret: str) -> str | None:
    """Which factor ``secret`` is for this account: its password or its one-time code now; None when neither.

    Asked before a transaction that writes, since a password costs time; a code is only looked at here, and used up by
    ``approve``.
    """
    account = work.db.get_one(Account, account_id)
    digits = secret.replace(" ", "")
    if account.totp_sealed is not None and digits.isdigit() and len(digits) == 6:
        return CODE
    if account.password_hash is None:
        return None
    right, _renewed = work.outside.passwords.verify(secret, account.password_hash)
    return PASSWORD if right else None


def is_used(work: Work, page: str) -> bool:
    """Whether an act was already done from this drawing of a page."""
    return work.db.scalar(select(Approval.id).where(Approval.page == page)) is not None


def refuse(work: Work, act: str, why: str) -> None:
    """Leave a trace of a proof that was not taken."""
    audit.record(work, "step_up.refused", account=str(work.actor.id), act=act, why=why)


def approve(work: Work, act: str, shown_digest: str, factor: str | None, secret: str, page: str | None = None) -> None:
    """Record that the person proved herself again for this act on exactly what was shown (step-up).

    ``page`` is the drawing of the page it was sent from. Raises NotPossible with a sentence when the proof was not
    right, not enough for her own wish, or when that drawing was used before.
    """
    by_code = factor == CODE and work.actor.id is not None and use_code(work, work.actor.id, secret)
    right = factor in (PASSWORD, PASSKEY) or by_code
    if not right or work.actor.id is None or work.sign_in_id is None:
        raise NotPossible(_("That is not your password or your code of this minute. Nothing was changed. Try again."))
    _heed_her_wish(work, act, factor)
    approval = Approval(sign_in_id=work.sign_in_id, account_id=work.actor.id, act=act, shown_digest=shown_digest)
    approval.factor, approval.at, approval.page = factor or "", work.now, page
    try:
        with work.db.begin_nested():
            work.db.add(approval)
    except IntegrityError:
        raise used() from None


def used() -> NotPossible:
    return NotPossible(_("This page was used already, and is good for once. Look at it again, then prove it anew."))


def _heed_her_wish(work: Work, act: str, factor: str | None) -> None:
    """Raises NotPossible for less than the person asked for herself, and while a new second proof must rest."""
    account = work.db.get_one(Account, work.actor.id)
    if factor == PASSWORD and act in STRICT and account.strict_downloads:
        raise NotPossible(
            _("You wanted your second proof asked for here. Type the code your app shows now, or use your passkey.")
        )
    changed_at = account.proof_changed_at
    if act in STRICT and changed_at is not None and work.now < changed_at + RESTS:
        raise NotPossible(
            _(
                "Your second proof was changed less than a day ago. To guard you against thieves, wait until a day has "
                "passed. If it was not you who changed it, call us."
            )
        )


def proof_changes(work: Work, account: Account) -> None:
    """A second proof of this account is another one from now on: where she wants it asked for, it must rest first."""
    if account.strict_downloads:
        account.proof_changed_at = work.now
