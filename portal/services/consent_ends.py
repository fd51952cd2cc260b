"""Consents that end by themselves, and the reminder before they do: what time itself asks for, once a day."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from portal.domain.consent_changes import Change
from portal.domain.consents import REMIND_BEFORE, Decision, Ends, State, state
from portal.domain.errors import NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.consent_changes import ConsentChange
from portal.models.consents import Consent
from portal.models.jobs import Job
from portal.models.people import Patient
from portal.services import audit, cases, consent_changes, consents
from portal.services.work import Report, Work

RENEWAL: Any = aliased(Consent)


def due(work: Work, _payload: dict[str, Any]) -> tuple[list[UUID], list[UUID]]:
    """The consents whose last day has passed and that nobody has worked yet, and those that end soon.

    One that was renewed is neither: what it allowed goes on under the renewal.
    """
    work.must(Permission.UPKEEP)
    handled = exists().where(ConsentChange.consent_id == Consent.id, ConsentChange.change == Change.END)
    holding = (
        Consent.decision == Decision.PERMIT,
        Consent.effective_at.is_not(None),
        Consent.withdrawn_at.is_(None),
    )
    renewals = (RENEWAL.renews_id == Consent.id, RENEWAL.withdrawn_at.is_(None), RENEWAL.declined_at.is_(None))
    goes_on = exists().where(*renewals, RENEWAL.effective_at.is_not(None))
    over = select(Consent.id).where(
        *holding, (Consent.expires_on < work.today) | Consent.ended_at.is_not(None), ~handled, ~goes_on
    )
    soon = select(Consent.id).where(
        *holding,
        Consent.ended_at.is_(None),
        Consent.expires_on >= work.today,
        Consent.expires_on <= work.today + REMIND_BEFORE,
        ~exists().where(*renewals, RENEWAL.granted_at.is_not(None)),
    )
    return list(work.db.scalars(over)), list(work.db.scalars(soon))


def as_it_is(_work: Work, found: Any, _report: Report) -> Any:
    return found


def carry_out(work: Work, _payload: dict[str, Any], found: tuple[Sequence[UUID], Sequence[UUID]]) -> None:
    """End the one, each in a case of its own with its tasks; remind of the other, each once."""
    work.must(Permission.UPKEEP)
    over, soon = found
    for key in over:
        _end(work, work.db.get_one(Consent, key))
    for key in soon:
        _remind(work, work.db.get_one(Consent, key))


def by_event(work: Work, patient: Patient, consent: Consent) -> None:
    """The event that ends a consent has happened: it counts from now, and the portal does the rest.

    Raises NotPossible where no event ends it, or it has ended.
    """
    work.must(Permission.CONSENT_WORK, patient)
    consents.hold(work, patient.id)
    work.db.refresh(consent)
    if state(consent, work.today) != State.IN_FORCE or consent.ends != Ends.EVENT:
        raise NotPossible(_("This consent is not in force, or no event ends it. Nothing was changed."))
    consent.ended_at = work.now
    audit.record(work, "consent.ended", patient.id, consent=str(consent.id))


def _end(work: Work, consent: Consent) -> None:
    patient = work.db.get_one(Patient, consent.patient_id)
    consents.hold(work, patient.id)
    work.db.refresh(consent)
    if consent.withdrawn_at is not None:
        return
    case = consent_changes.start(work, patient, consent, Change.END)
    cases.take(work, case, "consent_ended", received_on=work.today, receipt="expired")
    consent_changes.pass_on(work, case)


def _remind(work: Work, consent: Consent) -> None:
    """One e-mail to the patient that names nothing; her page says which consent and until when."""
    patient = work.db.get_one(Patient, consent.patient_id)
    name = f"renew/{consent.id}/{consent.expires_on}"
    if patient.account_id and work.db.scalar(select(Job.id).where(Job.name == name)) is None:
        work.promise("notice", name, account=str(patient.account_id), notice="renew")
