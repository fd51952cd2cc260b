"""Passkeys: made, used and taken away. One alone is both steps of a sign-in, since the device asks who holds it.

A question to a device (``Challenge``) is kept here, asked once, for one purpose and five minutes. A device whose count
of uses falls may have been copied: its passkey is held, and the owner is told.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update

from portal.domain.actors import STAFF_ROLES
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.proofs import Challenge, Passkey
from portal.services import account_notices, approvals, audit, recovery_codes, sign_ins, throttling
from portal.services.work import Work

LASTS = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(hours=1)
MOST = 10
REGISTER, SIGN_IN, STEP_UP = "register", "sign in", "step up"


def of_account(work: Work, account_id: UUID) -> list[Passkey]:
    """This account's passkeys, the oldest first."""
    return list(work.db.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.made_at)))


# Questions.


def question_to_make(work: Work, account_id: UUID) -> tuple[str, str]:
    """(key of the question, options as JSON) for a new passkey of this account."""
    throttling.spend(work, f"passkey:{account_id}", throttling.PASSKEY_QUESTIONS)
    account = work.db.get_one(Account, account_id)
    asked = _ask(work, REGISTER, str(account_id))
    known = [passkey.credential_id for passkey in of_account(work, account_id)]
    return str(asked.id), work.outside.passkeys.to_make(
        asked.value, account.id.bytes, account.email, account.name, known
    )


def question_to_sign_in(work: Work, network: str) -> tuple[str, str]:
    """(key of the question, options as JSON) for whoever stands at the door."""
    throttling.spend(work, f"passkey-network:{network}", throttling.PASSKEY_QUESTIONS)
    return _to_sign(work, SIGN_IN, "", ())


def question_to_step_up(work: Work, account_id: UUID, sign_in_id: UUID, act: str, shown: str) -> tuple[str, str]:
    """(key of the question, options as JSON) for one act of a person who is signed in, on exactly what she is shown."""
    throttling.spend(work, f"passkey:{account_id}", throttling.PASSKEY_QUESTIONS)
    known = [passkey.credential_id for passkey in of_account(work, account_id) if passkey.held_at is None]
    return _to_sign(work, STEP_UP, _bound(sign_in_id, act, shown), known)


def _to_sign(work: Work, purpose: str, bound_to: str, known: Sequence[bytes]) -> tuple[str, str]:
    asked = _ask(work, purpose, bound_to)
    return str(asked.id), work.outside.passkeys.to_sign(asked.value, known)


def _ask(work: Work, purpose: str, bound_to: str) -> Challenge:
    work.db.execute(delete(Challenge).where(Challenge.ends_at < work.now - FORGOTTEN_AFTER))
    asked = Challenge(value=secrets.token_bytes(32), purpose=purpose, bound_to=bound_to, ends_at=work.now + LASTS)
    work.db.add(asked)
    work.db.flush()
    return asked


def _take(work: Work, key: str, purpose: str, bound_to: str) -> bytes:
    """The question, used up whatever the answer is. Raises Invalid when it is none, too old, or for something else."""
    asked = work.db.get(Challenge, found) if (found := _uuid(key)) else None
    fits = asked is not None and asked.purpose == purpose and asked.bound_to == bound_to and work.now < asked.ends_at
    if asked is None or not fits:
        raise Invalid(_("This took too long, or was asked for something else. Try again."), "passkey")
    taken = update(Challenge).where(Challenge.id == asked.id, Challenge.used_at.is_(None)).values(used_at=work.now)
    if work.db.execute(taken.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
        raise Invalid(_("This took too long, or was asked for something else. Try again."), "passkey")
    return asked.value


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def _bound(sign_in_id: UUID, act: str, shown: str) -> str:
    return hashlib.sha256(f"{sign_in_id}/{act}/{shown}".encode()).hexdigest()


# Answers.


def sign_in(work: Work, key: str, answer: str, network: str, agent: str) -> str | None:
    """A session with both steps done, by a passkey alone; None when the answer is not right. Gives the token."""
    passkey = _proven(work, key, SIGN_IN, "", answer)
    if passkey is None:
        audit.record(work, "sign_in.passkey_refused")
        return None
    return sign_ins.begin(work, passkey.account_id, network, agent, all_proven=True)


def second_step(work: Work, signed_in: sign_ins.SignedIn, key: str, answer: str) -> str | None:
    """The second step after the right password, by a passkey of the same person. Gives the session's new token."""
    passkey = _proven(work, key, SIGN_IN, "", answer)
    token = sign_ins.give_proof(work, signed_in, passkey is not None and passkey.account_id == signed_in.actor.id)
    work.db.flush()  # ``resume`` asks the connection, which writes nothing down first
    return token


def step_up(work: Work, account_id: UUID, sign_in_id: UUID, act: str, shown: str, key: str, answer: str) -> bool:
    """Whether the person proved herself for this act on what she was shown, by a passkey of her own."""
    passkey = _proven(work, key, STEP_UP, _bound(sign_in_id, act, shown), answer)
    return passkey is not None and passkey.account_id == account_id


def _proven(work: Work, key: str, purpose: str, bound_to: str, answer: str) -> Passkey | None:
    """The passkey that answered rightly; None when none did. What is found out on the way is kept all the same."""
    try:
        challenge = _take(work, key, purpose, bound_to)
        name = work.outside.passkeys.named(answer)
        passkey = work.db.scalars(select(Passkey).where(Passkey.credential_id == name).with_for_update()).one_or_none()
        if passkey is None or passkey.held_at is not None or passkey.account.disabled_at is not None:
            return None
        uses = work.outside.passkeys.signed(challenge, answer, passkey.public_key)
    except Invalid:
        return None
    if passkey.uses > 0 and uses <= passkey.uses:
        _hold(work, passkey)
        return None
    passkey.uses, passkey.last_used_at = uses, work.now
    return passkey


def _hold(work: Work, passkey: Passkey) -> None:
    """Its count fell, so a copy of it may be about: it opens nothing until the owner has looked."""
    passkey.held_at = work.now
    audit.record(work, "passkey.held", account=str(passkey.account_id), passkey=str(passkey.id))
    account_notices.tell(work, passkey.account_id, "passkey_held")


# Keeping.


def add(work: Work, account_id: UUID, key: str, answer: str, name: str) -> None:
    """Keep a new passkey, and ask for a second step from now on. Raises Invalid when the answer is not right."""
    account = work.db.get_one(Account, account_id)
    if len(of_account(work, account_id)) >= MOST:
        raise NotPossible(_("You have %(n)s passkeys. Take one away before you add another.", n=MOST))
    credential_id, public_key, uses = work.outside.passkeys.made(_take(work, key, REGISTER, str(account_id)), answer)
    if work.db.scalar(select(func.count()).select_from(Passkey).where(Passkey.credential_id == credential_id)):
        raise Invalid(_("This passkey is in use already."), "passkey")
    made = Passkey(account_id=account_id, credential_id=credential_id, public_key=public_key, uses=uses)
    made.name, made.made_at = name[:60], work.now
    work.db.add(made)
    account.second_factor_on = True
    approvals.proof_changes(work, account)
    audit.record(work, "passkey.added", account=str(account_id), passkey=str(made.id))
    account_notices.tell(work, account_id, "passkey_added")


def remove(work: Work, passkey_id: UUID) -> None:
    """Take one's own passkey away. Who works here keeps one proof at least; without any, a patient's password is all.

    Raises NotFound for a passkey that is not one's own.
    """
    account = work.db.get_one(Account, work.actor.id)
    passkey = find(work, passkey_id)
    others = [each for each in of_account(work, account.id) if each.id != passkey.id and each.held_at is None]
    if not others and account.totp_sealed is None:
        if account.role_set & STAFF_ROLES:
            raise NotPossible(_("Everybody who works here needs a second proof. Set up another one first."))
        approvals.proof_changes(work, account)
        account.second_factor_on = account.strict_downloads = False
        recovery_codes.forget(work, account.id)
    work.db.delete(passkey)
    audit.record(work, "passkey.removed", account=str(account.id), passkey=str(passkey.id))
    account_notices.tell(work, account.id, "passkey_removed")


def find(work: Work, passkey_id: UUID) -> Passkey:
    """One's own passkey. Raises NotFound."""
    mine = select(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == work.actor.id)
    passkey = work.db.scalars(mine).one_or_none()
    if passkey is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return passkey
