"""Passwords: whether one may be chosen, and what happens when it is; only its hash is ever kept."""

from uuid import UUID

from sqlalchemy import select

from portal.domain import passwords as rules
from portal.domain.actors import STAFF_ROLES, Role
from portal.domain.errors import Invalid
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.people import StaffMember
from portal.services import account_notices, audit, sign_ins
from portal.services.work import Work

KNOWN_TO_ALL = ("portal", "clinic", "patient", "physician", "password")


def shortest(account: Account) -> int:
    """How long this person's password is at least."""
    return rules.SHORTEST[bool(account.role_set & STAFF_ROLES)]


def shortest_of(work: Work, account_id: UUID) -> int:
    return shortest(work.db.get_one(Account, account_id))


def check_new(work: Work, account_id: UUID, password: str) -> None:
    """Raises Invalid when this person may not choose this password. Takes time: ask before the writing begins."""
    check_for(work, work.db.get_one(Account, account_id), password)


def check_for(work: Work, account: Account, password: str) -> None:
    """The same for an account that need not be kept yet."""
    staff = bool(account.role_set & STAFF_ROLES)
    rules.check(password, staff, _own_words(account), _clinic_words(work), work.outside.weigh_password)


def keep(work: Work, account: Account, password_hash: str) -> None:
    """The account has this password from now on; the sessions of its other browsers end, and the owner is told."""
    account.password_hash = password_hash
    sign_ins.end_all(work, account.id, but=work.sign_in_id)
    account_notices.tell(work, account.id, "password")


def is_present(work: Work, account_id: UUID, password: str) -> bool:
    """Whether it is the account's password now; a wrong one leaves its trace. Takes time, like ``check_new``."""
    stored = work.db.get_one(Account, account_id).password_hash
    right = work.outside.passwords.verify(password, stored)[0]
    if not right:
        audit.record(work, "account.password_refused", account=str(account_id))
    return right


def change(work: Work, password_hash: str, code: str | None) -> None:
    """A signed-in person has another password, after ``is_present`` and ``check_new``.

    ``code`` is None after another second proof. Raises Invalid, and changes nothing, when her one-time codes are on and
    it is not the one of this minute.
    """
    account = work.db.get_one(Account, work.actor.id)
    codes_on = account.totp_sealed is not None and account.second_factor_on
    if codes_on and code is not None and not sign_ins.use_code(work, account.id, code):
        raise Invalid(_("That code does not fit. Wait for a new one, then type its six digits."), "code")
    keep(work, account, password_hash)
    audit.record(work, "account.password_changed", account=str(account.id))


def _own_words(account: Account) -> tuple[str, ...]:
    return (*account.name.split(), account.email, account.email.partition("@")[0])


def _clinic_words(work: Work) -> tuple[str, ...]:
    """What anybody would try who knows the clinic: its name, its town, its people. Everyday words are left out."""
    clinic = work.clinic
    titled = select(Account.name).join(StaffMember, StaffMember.account_id == Account.id)
    names = work.db.scalars(titled.where(Account.roles.contains(Role.PHYSICIAN.value)))
    people = [part for name in (*names, clinic.privacy_contact.name) for part in name.split()]
    town = [word for line in clinic.address[-1:] for word in line.split() if word.isalpha()]
    return (clinic.short_name, clinic.name, clinic.website, *town, *people, *KNOWN_TO_ALL)
