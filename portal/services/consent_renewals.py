"""A consent that ends soon or has ended is renewed: the patient reads today's wording and gives it anew.

The renewal is a consent of its own that names the one it renews. The physician accepts it as any other; until then
the earlier one holds till its own last day.
"""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from portal.domain import consent_terms
from portal.domain import consents as rules
from portal.domain.clocks import local_date
from portal.domain.consent_terms import Terms
from portal.domain.consents import Ends, State
from portal.domain.errors import NotPossible
from portal.domain.jurisdictions import profile
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.consent_changes import ConsentChange
from portal.models.consents import Consent
from portal.models.people import Patient
from portal.services import consent_changes, consents
from portal.services.sealing import unseal_json
from portal.services.work import Work


@dataclass(frozen=True)
class Ending:
    """A consent that can be renewed, and the last day it would then have."""

    consent: Consent
    until: date


def until(work: Work, patient: Patient, consent: Consent) -> date | None:
    """The last day of a renewal; None where this person cannot renew it now, or it is renewed already."""
    if not work.may(Permission.CONSENT_CHANGE, patient) or consent.granted_at is None:
        return None
    law = profile(patient.jurisdiction)
    # A recipient that is used no more is asked for anew by the clinic, if at all.
    if any(row.recipient.retired_at for row in consent.recipients) or _renewed(work, consent):
        return None
    given_on = local_date(law, consent.granted_at)
    return rules.renewed_until(consent, given_on, _approved_until(work, consent), work.today)


def _approved_until(work: Work, consent: Consent) -> date | None:
    details = unseal_json(work, consent.patient_id, consent, "details_sealed") or {}
    return date.fromisoformat(details["ethics_ends"]) if details.get("ethics_ends") else None


def _renewed(work: Work, consent: Consent) -> bool:
    later = work.db.scalars(select(Consent).where(Consent.renews_id == consent.id))
    return any(rules.state(each, work.today) in (State.WAITING, State.IN_FORCE) for each in later)


def of_patient(work: Work, patient: Patient) -> list[Ending]:
    """All consents of a patient that can be renewed now."""
    found = [(each, until(work, patient, each)) for each in consents.of_patient(work, patient)]
    return [Ending(consent, last) for consent, last in found if last is not None]


def renew(work: Work, patient: Patient, consent: Consent, typed_name: str) -> ConsentChange:
    """Give it anew, for the same purpose, recipients and information. Raises Invalid for another name than hers.

    Raises NotPossible when there is nothing to renew, or it is renewed already. Nothing is kept then.
    """
    work.must(Permission.CONSENT_CHANGE, patient)
    consents.must_reach(work, consent)
    consents.hold(work, patient.id)
    work.db.refresh(consent)
    last = until(work, patient, consent)
    if last is None:
        raise NotPossible(_("This cannot be renewed now. The page of your consents shows what is on file."))
    terms = replace(_terms(work, consent), expires_on=last)
    consent_terms.check(profile(patient.jurisdiction), terms, work.today)
    renewal = consent_changes.draw_up(work, patient, terms)
    renewal.renews_id = consent.id
    return consent_changes.agree(work, patient, renewal, typed_name, receipt="renewed")


def _terms(work: Work, consent: Consent) -> Terms:
    return Terms(
        purpose=consent.purpose,
        recipients={row.recipient_id: row.recipient.kind for row in consent.recipients},
        categories=consent.categories,
        items=consent.item_ids,
        ends=Ends.DATE,
        details=unseal_json(work, consent.patient_id, consent, "details_sealed") or {},
    )
