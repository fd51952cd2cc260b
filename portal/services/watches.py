"""Somebody may be watching a patient: one switch that pauses everybody who acts for her, at once and without a word.

What rests is said in ``models/scopes.in_force``; by which ways we then reach her, in ``domain/contact_plans.reach``.
Nothing of it is told to anybody but the people of the clinic: no line of the access log, no notice, no letter.
"""

from uuid import UUID

from sqlalchemy import select

from portal.domain import contact_plans as rules
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.contact_plans import Watch
from portal.models.people import Patient
from portal.services import audit
from portal.services.work import Work

PORTAL = "portal"


def is_on(work: Work, patient_id: UUID) -> bool:
    """Whether somebody may be watching this patient now: asked by everything that sends."""
    return _open(work, patient_id) is not None


def on(work: Work, patient: Patient) -> bool:
    """The same, for the pages of those who may know it."""
    work.must(Permission.CONTACT_VIEW, patient)
    return is_on(work, patient.id)


def may_end(work: Work, patient: Patient) -> bool:
    return work.may(Permission.WATCH_END, patient)


def begin(work: Work, patient: Patient, how: str = PORTAL) -> None:
    """From now on nobody acts for her, and nothing on file is used to reach her. A second time changes nothing."""
    work.must(Permission.WATCH_BEGIN, patient)
    _check_how(work, patient, how)
    _lock(work, patient)
    if _open(work, patient.id) is not None:
        return
    watch = Watch(patient_id=patient.id, begun_at=work.now, begun_by_id=work.actor.id, begun_how=how)
    work.db.add(watch)
    audit.record(work, "watch.begun", patient.id, how=how)


def end(work: Work, patient: Patient, sure: bool, how: str = PORTAL) -> None:
    """All is as it was before. By the patient herself; for who has no sign-in, by the office when she stands there.

    Raises Invalid unless she is ``sure``, NotPossible when it is off.
    """
    work.must(Permission.WATCH_END, patient)
    _check_how(work, patient, how, in_person=True)
    if not sure:
        raise Invalid(_("Tick this if it is safe to go back to the old ways."), "sure")
    _lock(work, patient)
    watch = _open(work, patient.id)
    if watch is None:
        raise NotPossible(_("This is off already. Nothing was changed."))
    watch.ended_at, watch.ended_by_id, watch.ended_how = work.now, work.actor.id, how
    audit.record(work, "watch.ended", patient.id, how=how)


def _check_how(work: Work, patient: Patient, how: str, in_person: bool = False) -> None:
    if work.actor.is_patient and work.actor.patient_id == patient.id:
        return
    known = rules.entry(rules.choices().verified, how)
    if known is None or (in_person and not known.in_person):
        raise Invalid(_("Choose how you knew that it was she."), "how")


def _lock(work: Work, patient: Patient) -> None:
    work.db.execute(select(Patient.id).where(Patient.id == patient.id).with_for_update())


def _open(work: Work, patient_id: UUID) -> Watch | None:
    query = select(Watch).where(Watch.patient_id == patient_id, Watch.ended_at.is_(None))
    return work.db.scalars(query).one_or_none()
