"""Patients: opening a file, finding one, and who may act for them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import joinedload

from portal.domain.actors import Role
from portal.domain.addresses import spelled
from portal.domain.errors import Invalid, NotFound
from portal.domain.names import asked_for
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.people import Patient, PatientWord, StaffMember
from portal.models.scopes import openable_patients, visible_patients
from portal.models.staff import FileReason
from portal.services import audit, clocks
from portal.services.sealing import give_key
from portal.services.work import Work

OLDEST = 130
NUMBERS, ALL_YEARS = "P", 0  # patients are counted on from year to year


def register(
    work: Work,
    given_name: str,
    family_name: str,
    birth_date: date,
    number: str | None = None,
    responsible_id: UUID | None = None,
    **contact: str | None,
) -> Patient:
    """Open a patient's file, with a data key of its own. Raises Invalid for a birth date that cannot be."""
    work.must(Permission.PATIENT_REGISTER)
    if not (given_name.strip() or family_name.strip()):
        raise Invalid(_("Give the patient's name."), "family_name")
    if birth_date > work.today:
        raise Invalid(_("The birth date is in the future. Check the year."), "birth_date")
    if work.today.year - birth_date.year > OLDEST:
        raise Invalid(_("The birth date is more than %(n)s years ago. Check the year.", n=OLDEST), "birth_date")
    patient = Patient(
        number=number or _next_number(work),
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        birth_date=birth_date,
        jurisdiction=work.clinic.jurisdiction,
        responsible_id=responsible_id,
        registered_at=work.now,
        **contact,
    )
    work.db.add(patient)
    work.db.flush()
    give_key(work, patient.id)
    audit.record(work, "patient.registered", patient.id, number=patient.number)
    return patient


def _next_number(work: Work) -> str:
    """The next number of the counter that no file has: numbers that came with an export may be any."""
    while True:
        number = f"{NUMBERS}-{clocks.next_number(work.db, NUMBERS, ALL_YEARS):06d}"
        if work.db.scalar(select(Patient.id).where(Patient.number == number)) is None:
            return number


def own(work: Work) -> Patient:
    """The file of the person who is signed in. Raises NotFound when she has none."""
    return _one(work, Patient.id == work.actor.patient_id)


def find(work: Work, number_or_email: str) -> Patient:
    """A patient by number or sign-in address, within what this person may see. Raises NotFound."""
    key = number_or_email.strip()
    by_mail = select(Patient.id).join(Account, Account.id == Patient.account_id).where(Account.email == spelled(key))
    return _one(work, (Patient.number == key.upper()) | Patient.id.in_(by_mail))


def find_to_open(work: Work, number: str) -> Patient:
    """A patient by her exact number, for whoever may have to give a reason before more is shown. Raises NotFound."""
    query = openable_patients(work.actor).where(Patient.number == number.strip().upper())
    patient = work.db.scalars(query.options(joinedload(Patient.responsible))).one_or_none()
    if patient is None:
        raise NotFound(_("There is no such patient, or the file is not yours to see."))
    return patient


def is_tied(work: Work, patient: Patient) -> bool:
    """Whether the file is in this person's lists, by her role or by a care relation of today."""
    return work.may(Permission.PATIENT_VIEW, patient)


def sought(work: Work, patient: Patient) -> None:
    """Leave a trace that somebody was shown who a patient is whose file is none of her work."""
    work.must(Permission.PATIENT_OPEN, patient)
    if not is_tied(work, patient):
        audit.record(work, "patient.sought", patient.id)


def search_exactly(work: Work, text: str, born: date | None) -> list[Patient]:
    """Files outside a physician's own, by their exact number, or by the full name and the birth date: never a list."""
    wanted = text.strip()
    named = Patient.birth_date == born if born else false()
    query = openable_patients(work.actor).where((Patient.number == wanted.upper()) | named)
    found = [
        each
        for each in work.db.scalars(query.order_by(Patient.number))
        if each.number == wanted.upper() or _words(each.name) == _words(wanted)
    ]
    found = [each for each in found if not is_tied(work, each)]
    for each in found:
        sought(work, each)
    return found


def _words(name: str) -> list[str]:
    """A name's words; their order does not matter."""
    return sorted(name.casefold().split())


def find_by_id(work: Work, patient_id: UUID) -> Patient:
    return _one(work, Patient.id == patient_id)


def _one(work: Work, where: object) -> Patient:
    query = visible_patients(work.actor).where(where)  # type: ignore[arg-type]
    patient = work.db.scalars(query.options(joinedload(Patient.responsible))).one_or_none()
    if patient is None:
        raise NotFound(_("There is no such patient, or the file is not yours to see."))
    return patient


def acts_for(work: Work) -> list[Patient]:
    """The patients this person may act for, her own file first."""
    own_first = visible_patients(work.actor).where(
        Patient.id.in_([p for p in (work.actor.patient_id, *work.actor.represents) if p])
    )
    found = list(work.db.scalars(own_first))
    return sorted(found, key=lambda p: (p.id != work.actor.patient_id, p.name))


def search(work: Work, text: str, limit: int = 25) -> list[Patient]:
    """Patients of whom every word begins one of the names, or whose number it is.

    In whatever script, with or without accents (``domain/names``). What is typed is text, never a pattern. The file's
    names are few words, so the order of the words does not matter.
    """
    ranges = asked_for(text)
    by_number = Patient.number == text.strip().upper()
    wanted = or_(and_(*(_named(*each) for each in ranges)), by_number) if ranges else by_number
    query = visible_patients(work.actor).where(wanted).order_by(Patient.sort_key, Patient.id)
    return list(work.db.scalars(query.limit(limit)))


def _named(first: bytes, before: bytes) -> Any:
    """One of the names has a word in this range."""
    word = PatientWord.word
    return Patient.id.in_(select(PatientWord.patient_id).where(word >= first, word < before))


def opened(work: Work, patient: Patient, given: FileReason | None = None) -> None:
    """Leave a trace that somebody of the clinic opened this file, with the reason she gave when one was needed."""
    if work.actor.is_staff:
        why = {"reason": given.reason, "given": str(given.id)} if given else {}
        audit.record(work, "patient.read", patient.id, **why)


def title_of(work: Work, account_id: UUID | None) -> tuple[str, str, str | None]:
    """(name, title, licence number) of somebody who works here, as letters carry them."""
    found = work.db.execute(
        select(Account.name, StaffMember.title, StaffMember.licence_number)
        .outerjoin(StaffMember, StaffMember.account_id == Account.id)
        .where(Account.id == account_id)
    ).one_or_none()
    return (found[0], found[1] or "", found[2]) if found else ("", "", None)


def physicians(work: Work) -> list[tuple[UUID, str]]:
    """The clinic's physicians, by name: those who can be responsible for somebody."""
    work.must(Permission.QUEUE_VIEW)
    rows = work.db.execute(select(Account.id, Account.name, Account.roles).where(Account.disabled_at.is_(None)))
    found = [(key, name) for key, name, roles in rows if Role.PHYSICIAN.value in roles.split()]
    return sorted(found, key=lambda each: each[1])
