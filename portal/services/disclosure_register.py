"""The register as the office reads it: what went out about whom, page by page, and one entry of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import actors
from portal.domain.disclosures import Basis
from portal.domain.errors import Invalid, NotFound
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.disclosures import Disclosure
from portal.models.people import Patient
from portal.models.scopes import disclosures_seen_by
from portal.services import audit, patients
from portal.services.disclosure_lists import (
    PAGE,
    Entry,
    Only,
    basis_of,
    between,
    corrected,
    entry_of,
    from_place,
    next_place,
)
from portal.services.disclosures import about_case, told_of
from portal.services.work import Work

ALL = Only()


@dataclass(frozen=True)
class Line:
    """One line of the office's list: nothing that lies sealed, so that looking through it reads no file."""

    id: UUID
    on: date
    number: str
    patient: str
    recipient: str
    basis: Basis
    done_by: str
    second: str
    shown_from: date | None
    corrects: UUID | None


@dataclass(frozen=True)
class Register:
    """A page of the office's list; ``next`` is the place to go on from, or None at the end."""

    lines: list[Line]
    next: str | None


def register(work: Work, only: Only = ALL, after: str | None = None) -> Register:
    """What went out about patients this person may see, newest first; what is held back from them too. Papers of a
    complaint stand here for those alone who may see the complaint.

    Who asks for one patient's leaves a trace that she can read.
    """
    work.must(Permission.QUEUE_VIEW)
    query = _LINES.where(disclosures_seen_by(work.actor))
    if only.number.strip():
        query = query.where(Disclosure.patient_id == _whose(work, only.number))
    if only.recipient:
        query = query.where(Disclosure.recipient_id == _key(only.recipient))
    if only.basis:
        query = query.where(Disclosure.basis == only.basis)
    query = from_place(between(query, only), after).limit(PAGE + 1)
    found = work.db.execute(query).all()
    return Register([_line(values) for values in found[:PAGE]], next_place(found, PAGE))


_LINES: Any = select(
    Disclosure.id,
    Disclosure.disclosed_on,
    Patient.number,
    Patient.given_name,
    Patient.family_name,
    Disclosure.recipient,
    Disclosure.basis,
    Disclosure.done_by_name,
    Disclosure.done_by_role,
    Disclosure.second_name,
    Disclosure.shown_from,
    Disclosure.corrects_id,
).join(Patient, Patient.id == Disclosure.patient_id)


def _whose(work: Work, number: str) -> UUID:
    patient = patients.find(work, number)
    audit.record(work, "register.read", patient.id)
    return patient.id


def _line(values: Any) -> Line:
    return Line(
        id=values.id,
        on=values.disclosed_on,
        number=values.number,
        patient=f"{values.given_name} {values.family_name}".strip(),
        recipient=values.recipient,
        basis=basis_of(values.basis),
        done_by=actors.said(values.done_by_name or "", values.done_by_role),
        second=values.second_name or "",
        shown_from=values.shown_from,
        corrects=values.corrects_id,
    )


def find(work: Work, disclosure_id: UUID) -> tuple[Disclosure, Patient]:
    """An entry this person may see, and whose it is. Raises NotFound."""
    query = select(Disclosure, Patient).join(Patient, Patient.id == Disclosure.patient_id)
    found = work.db.execute(query.where(Disclosure.id == disclosure_id, disclosures_seen_by(work.actor))).one_or_none()
    if found is None:
        raise NotFound(_("There is no such entry, or it is not yours to see."))
    return found[0], found[1]


def one(work: Work, patient: Patient, row: Disclosure) -> Entry:
    """One entry as the office reads it; it leaves a trace, which is told when the entry is."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    audit.record_told(work, told_of(row), "register.read", patient.id, **about_case(work, row))
    return entry_of(work, row, corrected(work, [row]))


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(_("There is no such recipient. Choose one from the list.")) from None
