"""Signing in and out: the one door by which a session begins, goes on and ends.

Limits: security.md V7 (staff 15 minutes idle and 8 hours in all, patients 20 minutes and 12 hours).
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, exists, select, update

from portal.domain.actors import Actor, Role
from portal.domain.addresses import spelled
from portal.models.accounts import Account, SignIn, roles_in
from portal.models.people import Patient, Representation, StaffMember
from portal.models.proofs import Passkey
from portal.models.staff import Leave
from portal.services import alarms, audit, leaves, powers, recovery_codes, throttling
from portal.services.work import Work

STAFF_IDLE, STAFF_ABSOLUTE = timedelta(minutes=15), timedelta(hours=8)
PATIENT_IDLE, PATIENT_ABSOLUTE = timedelta(minutes=20), timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=60)
CODE = "code"
CODE_TRIES = 5


@dataclass(frozen=True)
class SignedIn:
    """A live session and who it belongs to; ``factor_needed`` is set until the second factor is given."""

    id: UUID
    actor: Actor
    language: str
    factor_needed: str | None
    seen_at: datetime
    ends_at: datetime
    has_passkey: bool
    network: str = ""
    agent: str = ""
    held: bool = False
    last_at: datetime | None = None  # however often she stays, it ends then


def count_try(work: Work, email: str, network: str, device: str | None = None) -> None:
    """Spend a try before any password is looked at: of this account and of this network.

    A ``device`` on which this very account was signed in to before has tries of its own, so that strangers who guess
    at the account do not keep its owner out.
    """
    if device is not None:
        throttling.spend(work, f"device:{digest_of(device)}", throttling.SIGN_IN_BY_DEVICE)
        return
    throttling.spend(work, f"network:{network}", throttling.SIGN_IN_BY_NETWORK)
    throttling.spend(work, f"account:{mail_digest(email)}", throttling.SIGN_IN_BY_ACCOUNT)


def check_password(work: Work, email: str, password: str) -> UUID | None:
    """The account these open, or None. An unknown account costs the same time as a known one."""
    account = work.db.scalars(select(Account).where(Account.email == spelled(email))).one_or_none()
    if account is None or account.password_hash is None or account.disabled_at is not None:
        work.outside.passwords.burn(password)
        return None
    right, renewed = work.outside.passwords.verify(password, account.password_hash)
    if right and renewed:
        account_id, old = account.id, account.password_hash
        work.later(lambda w: _renew_hash(w, account_id, old, renewed))
    return account.id if right else None


def refuse(work: Work, email: str) -> None:
    """Leave a trace of a wrong password; the address itself is not written down."""
    audit.record(work, "sign_in.refused", account_digest=mail_digest(email))
    alarms.note_wrong_password(work)


def begin(work: Work, account_id: UUID, network: str, agent: str, all_proven: bool = False) -> str:
    """Open a session after the right password and give its token; only a digest of the token is kept.

    ``all_proven``: what was given was both steps at once, so no second one is asked for.
    """
    account = work.db.get_one(Account, account_id)
    token, row = _new_token(), SignIn(account_id=account.id, began_at=work.now, seen_at=work.now)
    row.token_digest = digest_of(token)
    row.network, row.agent = network[:64], agent[:200]
    needs_code = not all_proven and (account.second_factor_on or bool(_staff_roles(account)))
    row.factor_needed = CODE if needs_code else None
    work.db.add(row)
    work.db.flush()  # ``resume`` asks the connection, which writes nothing down first
    if not needs_code:
        audit.record(work, "sign_in.opened", account=str(account.id))
    return token


def give_code(work: Work, signed_in: SignedIn, code: str) -> str | None:
    """The second step: a one-time code. Gives the session's new token, or None when the code is not right.

    A code is taken once: its time step must be later than the last one used (RFC 6238 section 5.2).
    """
    throttling.spend(work, f"code:{signed_in.actor.id}", throttling.CODE_BY_ACCOUNT)
    row = _row(work, signed_in)
    return _second_step(work, row, use_code(work, row.account_id, code))


def give_recovery_code(work: Work, signed_in: SignedIn, code: str) -> str | None:
    """The second step by one of the codes on paper; otherwise as ``give_code``."""
    throttling.spend(work, f"code:{signed_in.actor.id}", throttling.CODE_BY_ACCOUNT)
    row = _row(work, signed_in)
    return _second_step(work, row, recovery_codes.use(work, row.account_id, code))


def give_proof(work: Work, signed_in: SignedIn, right: bool) -> str | None:
    """The second step by a proof that was looked at elsewhere; otherwise as ``give_code``."""
    throttling.spend(work, f"code:{signed_in.actor.id}", throttling.CODE_BY_ACCOUNT)
    return _second_step(work, _row(work, signed_in), right)


def _second_step(work: Work, row: SignIn, right: bool) -> str | None:
    if not right:
        row.factor_tries += 1
        if row.factor_tries >= CODE_TRIES:
            row.ended_at = work.now
        audit.record(work, "sign_in.code_refused", account=str(row.account_id))
        return None
    row.factor_needed = None
    audit.record(work, "sign_in.opened", account=str(row.account_id))
    return _rotate(row)


def use_code(work: Work, account_id: UUID, code: str) -> bool:
    """Whether ``code`` is right for this account now; a right code cannot be used again."""
    account = work.db.get_one(Account, account_id)
    if account.totp_sealed is None:
        return False
    secret = work.outside.vault.open_secret(account.totp_sealed, totp_pin(account)).decode()
    step = work.outside.totp_step(secret, code, work.now, account.totp_last_step)
    if step is None:
        return False
    newer = (Account.totp_last_step.is_(None)) | (Account.totp_last_step < step)
    taken = update(Account).where(Account.id == account_id, newer).values(totp_last_step=step)
    return bool(work.db.execute(taken.execution_options(synchronize_session=False)).rowcount == 1)  # type: ignore[attr-defined]


def totp_pin(account: Account) -> str:
    return f"accounts/totp/{account.id}"


_MODELS = (SignIn, Account, StaffMember, Patient, Representation, Passkey, Leave)
_S, _A, _M, _P, _R, _K, _L = (model.__table__ for model in _MODELS)
# Asked on every page, so it is a plain statement that is built once: no objects are made of its rows.
_LIVE = (
    select(
        _S.c.id,
        _S.c.began_at,
        _S.c.seen_at,
        _S.c.factor_needed,
        _S.c.network,
        _S.c.agent,
        _S.c.held_at,
        _A.c.id.label("account_id"),
        _A.c.name,
        _A.c.roles,
        _A.c.language,
        _M.c.title,
        _P.c.id.label("patient_id"),
        exists().where(_R.c.account_id == _A.c.id).label("represents"),
        exists().where(_K.c.account_id == _A.c.id, _K.c.held_at.is_(None)).label("has_passkey"),
        exists().where(_L.c.cover_id == _A.c.id, _L.c.ended_at.is_(None)).label("covers"),
    )
    .select_from(
        _S.join(_A, _A.c.id == _S.c.account_id)
        .outerjoin(_M, _M.c.account_id == _A.c.id)
        .outerjoin(_P, _P.c.account_id == _A.c.id)
    )
    .where(_S.c.token_digest == bindparam("digest"), _S.c.ended_at.is_(None), _A.c.disabled_at.is_(None))
)


def resume(work: Work, token: str, counts: bool = True) -> SignedIn | None:
    """The live session of a token, with who it is; None when it ended, idled too long, or never was.

    ``counts`` is whether a person asks: what a page asks by itself does not keep a session alive.
    """
    row = work.db.connection().execute(_LIVE, {"digest": digest_of(token)}).one_or_none()
    if row is None:
        return None
    roles = roles_in(row.roles)
    idle, absolute = limits(roles)
    last_at = row.began_at + absolute
    ends_at = min(row.seen_at + idle, last_at)
    if work.now >= ends_at:
        return None
    if counts and work.now - row.seen_at >= SEEN_EVERY:
        sign_in_id = row.id
        work.later(lambda w: _seen(w, sign_in_id))
        ends_at = min(work.now + idle, last_at)
    held = powers.held_by(work, row.account_id) if row.represents else {}
    paused = powers.at_rest_with(work, row.account_id) if row.represents else frozenset()
    covers = leaves.covered_by(work, row.account_id, roles) if row.covers else frozenset()
    theirs = (row.patient_id, frozenset(held), row.title or "", covers, held, paused)
    actor = Actor(row.account_id, row.name, roles, *theirs)
    proofs = (row.factor_needed, row.seen_at, ends_at, bool(row.has_passkey))
    return SignedIn(row.id, actor, row.language, *proofs, row.network, row.agent, row.held_at is not None, last_at)


def is_live(work: Work, signed_in: SignedIn) -> bool:
    """Whether a session that was looked up a moment ago has not been ended since, nor its account closed."""
    query = (
        select(SignIn.id)
        .join(Account, Account.id == SignIn.account_id)
        .where(SignIn.id == signed_in.id, SignIn.ended_at.is_(None), Account.disabled_at.is_(None))
    )
    return work.db.scalar(query) is not None


def end(work: Work, signed_in: SignedIn) -> None:
    """Sign out: the session is over for good."""
    _row(work, signed_in).ended_at = work.now
    audit.record(work, "sign_in.ended", account=str(signed_in.actor.id))


def end_all(work: Work, account_id: UUID, but: UUID | None = None) -> None:
    """Every session of an account is over, ``but`` one."""
    alive = update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
    work.db.execute((alive.where(SignIn.id != but) if but else alive).values(ended_at=work.now))


def limits(roles: frozenset[Role]) -> tuple[timedelta, timedelta]:
    """(idle, absolute) for these roles; working at the clinic has the shorter."""
    if roles - {Role.PATIENT}:
        return STAFF_IDLE, STAFF_ABSOLUTE
    return PATIENT_IDLE, PATIENT_ABSOLUTE


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _rotate(row: SignIn) -> str:
    token = _new_token()
    row.token_digest = digest_of(token)
    return token


def rotate(work: Work, signed_in: SignedIn) -> str:
    """A new token for a session whose rights just changed; the old one is dead."""
    return _rotate(_row(work, signed_in))


def _row(work: Work, signed_in: SignedIn) -> SignIn:
    return work.db.get_one(SignIn, signed_in.id)


def _seen(work: Work, sign_in_id: UUID) -> None:
    work.db.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=work.now))


def _renew_hash(work: Work, account_id: UUID, old: str, renewed: str) -> None:
    """The same password, hashed anew; one that was changed meanwhile stays."""
    same = update(Account).where(Account.id == account_id, Account.password_hash == old)
    work.db.execute(same.values(password_hash=renewed))


def with_powers_of_now(work: Work, actor: Actor) -> Actor:
    """The same person, asked again in the transaction that writes: a power may have come to rest a moment ago."""
    if not actor.represents or actor.id is None:
        return actor
    held, resting = powers.held_by(work, actor.id), powers.at_rest_with(work, actor.id)
    return replace(actor, represents=frozenset(held), powers=held, paused=resting)


def _staff_roles(account: Account) -> frozenset[Role]:
    return account.role_set - {Role.PATIENT}


def mail_digest(email: str) -> str:
    """What stands for an address that somebody typed, whether it is anybody's or not."""
    return hashlib.sha256(spelled(email).encode()).hexdigest()[:32]
