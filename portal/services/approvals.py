"""Step-up: a person proves herself again for one act on exactly what she was shown (security.md section 1, STEP)."""

from uuid import UUID

from portal.domain.errors import NotPossible
from portal.domain.words import _
from portal.models.accounts import Account, Approval
from portal.services.sign_ins import CODE, use_code
from portal.services.work import Work

PASSWORD, PASSKEY = "password", "passkey"
DOWNLOAD = "download"


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


def approve(work: Work, act: str, shown_digest: str, factor: str | None, secret: str) -> None:
    """Record that the person proved herself again for this act on exactly what was shown (step-up).

    Raises NotPossible with a sentence when the proof was not right, or not enough for her own wish.
    """
    by_code = factor == CODE and work.actor.id is not None and use_code(work, work.actor.id, secret)
    right = factor in (PASSWORD, PASSKEY) or by_code
    if not right or work.actor.id is None or work.sign_in_id is None:
        raise NotPossible(_("That is not your password or your code of this minute. Nothing was changed. Try again."))
    if factor == PASSWORD and act == DOWNLOAD and work.db.get_one(Account, work.actor.id).strict_downloads:
        raise NotPossible(
            _("You wanted your second proof asked for here. Type the code your app shows now, or use your passkey.")
        )
    approval = Approval(sign_in_id=work.sign_in_id, account_id=work.actor.id, act=act, shown_digest=shown_digest)
    approval.factor, approval.at = factor or "", work.now
    work.db.add(approval)
