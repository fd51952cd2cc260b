"""Accounts: who may come in, and the one-time link by which they set their own password."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from portal.domain.actors import STAFF_ROLES, Actor, Role
from portal.domain.addresses import canonical, skeleton, spelled
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.accounts import Account, ActivationLink
from portal.models.people import Patient, StaffMember
from portal.models.proofs import Passkey, RecoveryLink
from portal.models.providers import LinkedIdentity
from portal.services import (
    account_notices,
    approvals,
    audit,
    devices,
    leaves,
    passkeys,
    passwords,
    recovery_codes,
    sign_ins,
)
from portal.services.sign_ins import digest_of, totp_pin
from portal.services.work import Work

LINK_LASTS = timedelta(days=7)
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True)
class Activation:
    """What the activation page needs to know of a live link."""

    account_id: UUID
    email: str
    name: str
    needs_code: bool
    shortest: int


def add(
    work: Work, email: str, name: str, roles: frozenset[Role], title: str = "", licence: str | None = None
) -> Account:
    """Make an account that cannot sign in until its link is used. Raises Invalid when the address has one."""
    work.must(Permission.STAFF_MANAGE if roles & STAFF_ROLES else Permission.PATIENT_REGISTER)
    address = canonical(email)
    if work.db.scalar(select(Account.id).where(Account.email == address)):
        raise Invalid(_("There is an account for %(email)s already. Reset it instead.", email=address), "email")
    unlike_any(work, address)
    account = Account(email=address, name=name, roles=" ".join(sorted(roles)), made_at=work.now)
    account.second_factor_on = bool(roles & STAFF_ROLES)
    work.db.add(account)
    if roles & STAFF_ROLES:
        work.db.add(StaffMember(account_id=account.id, title=title, licence_number=licence))
    work.db.flush()
    audit.record(work, "account.added", account=str(account.id), roles=account.roles)
    return account


def unlike_any(work: Work, address: str, but: UUID | None = None) -> None:
    """Raises Invalid when somebody else signs in with an address that this one could be taken for.

    Two at once wait for each other at the unique column.
    """
    looks = select(Account.id).where(Account.looks_like == skeleton(address))
    if work.db.scalar((looks.where(Account.id != but) if but else looks).limit(1)) is not None:
        raise Invalid(_("This address cannot be used here. Use another one, or call the clinic."), "email")


def find(work: Work, email: str) -> Account:
    """The account of an address. Raises NotFound."""
    work.must(Permission.PATIENT_REGISTER)
    account = work.db.scalars(select(Account).where(Account.email == spelled(email))).one_or_none()
    if account is None:
        raise NotFound(_("There is no account for that e-mail address."))
    return account


def give_link(work: Work, account: Account, clears_proofs: bool = False) -> str:
    """A fresh one-time link; earlier unused ones die with it. ``clears_proofs``: she lost all she had."""
    work.must(Permission.STAFF_MANAGE if account.role_set & STAFF_ROLES else Permission.PATIENT_REGISTER)
    use_up_links(work, account)
    token = secrets.token_urlsafe(32)
    link = ActivationLink(token_digest=digest_of(token), account_id=account.id, made_at=work.now)
    link.expires_at, link.clears_proofs = work.now + LINK_LASTS, clears_proofs
    work.db.add(link)
    audit.record(work, "account.link_given", account=str(account.id))
    return f"{work.outside.base_url}/activate/{token}"


def use_up_links(work: Work, account: Account) -> None:
    """Whatever links were given and not used open nothing any more."""
    work.must(Permission.STAFF_MANAGE if account.role_set & STAFF_ROLES else Permission.PATIENT_REGISTER)
    stop_links(work, account.id)


def stop_links(work: Work, account_id: UUID) -> None:
    """The same, as a part of another act that asked leave or proved who it is."""
    unused = update(ActivationLink).where(ActivationLink.account_id == account_id, ActivationLink.used_at.is_(None))
    work.db.execute(unused.values(used_at=work.now, token_sealed=None))
    forgot = update(RecoveryLink).where(RecoveryLink.account_id == account_id, RecoveryLink.used_at.is_(None))
    work.db.execute(forgot.values(used_at=work.now))


def as_of_now(work: Work, account_id: UUID) -> Actor:
    """Somebody with the rights she has at this moment, for a job that she promised: none when her account is closed."""
    account = work.db.get_one(Account, account_id)
    roles = account.role_set if account.disabled_at is None else frozenset()
    own_file = work.db.scalar(select(Patient.id).where(Patient.account_id == account_id))
    return Actor(account.id, account.name, roles, own_file, covers=leaves.covered_by(work, account.id, roles))


def activation(work: Work, token: str) -> Activation:
    """The live link behind a token. An unknown, used or expired one raises NotFound, all alike."""
    link = _live_link(work, token)
    staff = bool(link.account.role_set & STAFF_ROLES)
    return Activation(link.account_id, link.account.email, link.account.name, staff, passwords.shortest(link.account))


def activate(
    work: Work, token: str, password_hash: str, codes: tuple[str, str] = ("", ""), passkey: tuple[str, str] = ("", "")
) -> None:
    """Set the password and use the link up; every earlier session ends.

    Who works here gives a second proof besides: ``codes`` (a new secret, and a code made from it), or ``passkey`` (what
    a device was asked, and its answer). Raises Invalid when it is not right.
    """
    link = _live_link(work, token)
    account = link.account
    if link.clears_proofs:
        clear_proofs(work, account)
    if account.role_set & STAFF_ROLES and passkey[1]:
        passkeys.add(work, account.id, *passkey, _("My first passkey"))
    elif account.role_set & STAFF_ROLES:
        set_codes(work, account, *codes)
    account.password_hash = password_hash
    link.used_at = work.now
    sign_ins.end_all(work, account.id)
    devices.forget(work, account.id)
    audit.record(work, "account.activated", account=str(account.id))


def clear_proofs(work: Work, account: Account) -> None:
    """What was lost, and may be in other hands, proves nothing any more."""
    approvals.proof_changes(work, account)
    account.totp_sealed, account.second_factor_on, account.strict_downloads = None, False, False
    recovery_codes.forget(work, account.id)
    for proof in (Passkey, LinkedIdentity):
        work.db.execute(delete(proof).where(proof.account_id == account.id))


def set_codes(work: Work, account: Account, secret: str, code: str) -> None:
    """Turn one-time codes on, once a code made from the new secret is right. Raises Invalid otherwise."""
    step = work.outside.totp_step(secret, code, work.now, None) if secret else None
    if step is None:
        raise Invalid(_("That code does not fit. Type the six digits that your app shows now."), "code")
    account.totp_sealed = work.outside.vault.seal_secret(secret.encode(), totp_pin(account))
    account.totp_last_step = step
    account.second_factor_on = True
    approvals.proof_changes(work, account)
    audit.record(work, "account.codes_on", account=str(account.id))


def own(work: Work) -> Account:
    """The account of whoever is signed in. Raises NotFound for nobody."""
    account = work.db.get(Account, work.actor.id) if work.actor.id else None
    if account is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return account


def choose_language(work: Work, language: str) -> None:
    """Speak and write to whoever is signed in in this language from now on. Raises Invalid for one we do not speak."""
    if language not in work.clinic.languages:
        raise Invalid(_("Choose one of the languages in the list."), "language")
    own(work).language = language


def ask_before_downloads(work: Work, strict: bool) -> None:
    """Whether a download asks for the second proof. Raises NotPossible while there is none."""
    account = own(work)
    if strict and not account.second_factor_on:
        raise NotPossible(_("Turn on your second proof first, then it can be asked for."))
    account.strict_downloads = strict
    audit.record(work, "account.strict_downloads", account=str(account.id), on=str(strict))


def turn_codes_on(work: Work, secret: str, code: str) -> None:
    """A signed-in person turns one-time codes on for herself; her sessions in other browsers end."""
    account = own(work)
    set_codes(work, account, secret, code)
    sign_ins.end_all(work, account.id, but=work.sign_in_id)
    account_notices.tell(work, account.id, "codes")


def new_totp_secret() -> str:
    """160 bits in base 32 (RFC 4226 section 4, R6)."""
    return "".join(secrets.choice(BASE32) for _place in range(32))


def _live_link(work: Work, token: str) -> ActivationLink:
    link = work.db.scalars(select(ActivationLink).where(ActivationLink.token_digest == digest_of(token))).one_or_none()
    if link is None or link.used_at is not None or work.now >= link.expires_at or link.account.disabled_at is not None:
        raise NotFound(_("This link has been used or is too old. Ask the clinic for a new one."))
    return link
