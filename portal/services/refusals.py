"""Refused attempts: somebody of the clinic asked for what is not hers to see, and the patient can read that."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.models.cases import Case
from portal.models.people import Patient
from portal.models.scopes import visible_cases, visible_patients
from portal.services import audit
from portal.services.audit import Told
from portal.services.work import Work


@dataclass(frozen=True)
class _Found:
    """Whose it is, whether whoever acts may see it, and who reads that somebody tried."""

    patient_id: UUID
    is_seen: bool
    told: Told = audit.AT_ONCE


def note(work: Work, hidden: bool, number: str = "", reference: str = "") -> None:
    """Write down that whoever acts was refused a file or a case; ``hidden`` is whether it was not even shown.

    It looks past what this person may see, since it is about just that; nothing of it reaches the page. A part that is
    not there, in a file she may see, is no refusal.
    """
    if not work.actor.is_staff or not (number or reference):
        return
    found = _file(work, number) if number else _case(work, reference)
    if found is not None and not (hidden and found.is_seen):
        action = "access.refused" if hidden else "access.not_allowed"
        audit.record_anyway(work, found.told, action, found.patient_id, reference=reference.upper())


def _file(work: Work, number: str) -> _Found | None:
    key = work.db.scalar(select(Patient.id).where(Patient.number == number.strip().upper()))
    seen = visible_patients(work.actor).where(Patient.id == key).with_only_columns(Patient.id)
    return _Found(key, work.db.scalar(seen) is not None) if key is not None else None


def _case(work: Work, reference: str) -> _Found | None:
    query = select(Case.patient_id, Case.id, Case.kind).where(Case.reference == reference.strip().upper())
    found = work.db.execute(query).one_or_none()
    if found is None:
        return None
    seen = visible_cases(work.actor).where(Case.id == found.id).with_only_columns(Case.id)
    return _Found(found.patient_id, work.db.scalar(seen) is not None, audit.told_of(found))
