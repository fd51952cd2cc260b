"""A patient sets up her sign-in with the code of her invitation: before anybody is signed in.

Whatever is wrong, the same is done and the same is said: code, birth date or fact, a code that was used, is too old,
was replaced, was tried too often, or never was.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import case, select, update
from sqlalchemy.exc import IntegrityError

from portal.domain import patient_invitations as rules
from portal.domain.actors import Actor, Role
from portal.domain.addresses import canonical, spelled
from portal.domain.errors import Invalid, NotFound
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.base import new_id
from portal.models.patient_invitations import PatientInvitation
from portal.models.people import Patient
from portal.services import (
    account_notices,
    accounts,
    audit,
    contact_plans,
    email_changes,
    old_ways,
    passwords,
    secret_letters,
    throttling,
)
from portal.services.patient_invitations import BY_MAIL, is_open, signs_in
from portal.services.sign_ins import digest_of
from portal.services.work import Work


@dataclass(frozen=True)
class Invited:
    """What the page needs to know of whoever showed that it is she."""

    name: str
    email: str
    language: str


def try_code(work: Work, code: str, birth_date: date, answer: str, network: str) -> UUID | None:
    """The invitation these open; None for anything that is wrong, whatever it is. A wrong try is counted.

    ``code`` is one that ``read_code`` read. Raises TooManyTries for a network that tried too often.
    """
    throttling.spend(work, f"codes-network:{network}", throttling.CODES_BY_NETWORK)
    query = select(PatientInvitation).where(PatientInvitation.code_digest == digest_of(code))
    row = work.db.scalars(query.with_for_update()).one_or_none()
    fact = row.fact if row else rules.rules().facts[0].id
    right = rules.fits(row.patient if row else _nobody(), fact, birth_date, answer)
    live = row is not None and is_open(work, row) and not signs_in(work, row.patient)
    if row is not None and right and live:
        return row.id
    _count(work, row.id if row is not None and live else new_id())
    audit.record(work, "invitation.refused", row.patient_id if row is not None and live else None)
    return None


def _nobody() -> Patient:
    """Whom a code is compared with that is nobody's: the same work is done."""
    return Patient(birth_date=date(1, 1, 1), address="V0V 0V0", phone="0000000000", given_name="", family_name="")


def _count(work: Work, invitation_id: UUID) -> None:
    """One try more; after the last one the code opens nothing any more."""
    tries = PatientInvitation.tries + 1
    over = case((tries >= rules.rules().tries, work.now), else_=PatientInvitation.ended_at)
    counted = update(PatientInvitation).where(PatientInvitation.id == invitation_id)
    work.db.execute(counted.values(tries=tries, ended_at=over).execution_options(synchronize_session=False))


def invited(work: Work, invitation_id: UUID) -> Invited:
    """Whose invitation it is. Raises NotFound when it opens nothing any more."""
    patient = _live(work, invitation_id).patient
    return Invited(patient.name, contact_plans.invitation_box(work, patient), patient.language)


def check_password(work: Work, invitation_id: UUID, email: str, password: str) -> None:
    """Raises Invalid when she may not choose this address or this password. Takes time: before the writing begins."""
    patient = _live(work, invitation_id).patient
    address = _free(work, email, patient)
    passwords.check_for(work, Account(email=address, name=patient.name, roles=Role.PATIENT.value), password)


def accept(work: Work, invitation_id: UUID, email: str, password_hash: str, language: str) -> None:
    """Her sign-in is there, and the code is used up. Raises Invalid for an address, NotFound for a code gone by now."""
    row = _live(work, invitation_id, lock=True)
    patient = row.patient
    if language not in work.clinic.languages:
        raise Invalid(_("Choose one of the languages in the list."), "language")
    address = _free(work, email, patient)
    before = {patient.account.email if patient.account else None, patient.email}
    account = patient.account or Account(name=patient.name, roles=Role.PATIENT.value, made_at=work.now)
    account.email, account.password_hash, account.language = address, password_hash, language
    try:
        with work.db.begin_nested():
            work.db.add(account)
    except IntegrityError:  # somebody else took the address at the same instant
        raise _taken() from None
    accounts.stop_links(work, account.id)
    if address != _mailed_to(work, row):
        email_changes.to_prove(work, account)
    patient.account_id, row.used_at, row.code_sealed = account.id, work.now, None
    secret_letters.settle(work, row.id, "used")
    work.actor = Actor(account.id, account.name, account.role_set, patient.id)
    audit.record(work, "invitation.used", patient.id, account=str(account.id))
    _tell(work, account, {old for old in before if old and old != address})


def _mailed_to(work: Work, row: PatientInvitation) -> str:
    """The address at which she got her code, so that it is hers; empty for a letter."""
    return spelled(contact_plans.invitation_box(work, row.patient)) if row.way == BY_MAIL else ""


def _live(work: Work, invitation_id: UUID, lock: bool = False) -> PatientInvitation:
    query = select(PatientInvitation).where(PatientInvitation.id == invitation_id)
    row = work.db.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None or not is_open(work, row) or signs_in(work, row.patient):
        raise NotFound(_("This code has been used or is too old. Ask the clinic for a new letter."))
    return row


def _free(work: Work, email: str, patient: Patient) -> str:
    """The address in its one spelling. Raises Invalid when it is none, or cannot be hers to sign in with."""
    address = canonical(email)
    taken = work.db.scalar(select(Account.id).where(Account.email == address))
    if taken is not None and taken != patient.account_id:
        raise _taken()
    accounts.unlike_any(work, address, but=patient.account_id)
    return address


def _taken() -> Invalid:
    return Invalid(_("This address cannot be used here. Use another one, or call the clinic."), "email")


def _tell(work: Work, account: Account, old: set[str]) -> None:
    """The new address and every old one hear of it, so that whoever did not do this herself finds out."""
    account_notices.tell(work, account.id, "opened")
    for address in sorted(old):
        old_ways.tell(work, account.id, address, "opened_elsewhere")
