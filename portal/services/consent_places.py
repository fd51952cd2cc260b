"""Where a picture or words are shown under a consent, and the pictures there are: the registry for taking down."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.domain import consents as rules
from portal.domain.consents import State
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import profile
from portal.domain.policy import Permission
from portal.domain.record_items import Category
from portal.domain.words import _
from portal.models.consent_changes import Place
from portal.models.consents import Consent
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from portal.services import audit, consent_pictures, consents
from portal.services.sealing import seal, unseal
from portal.services.work import Work


def pictures(work: Work, patient: Patient) -> list[tuple[str, str]]:
    """The patient's pictures as (key, words that tell nothing of what they show)."""
    work.must(Permission.CONSENT_WORK, patient)
    query = select(RecordItem).where(
        RecordItem.patient_id == patient.id,
        RecordItem.category == Category.PHOTOGRAPHS,
        RecordItem.replaced_by_id.is_(None),
    )
    ordered = query.order_by(RecordItem.occurred_on, RecordItem.id)
    return [(str(each.id), consent_pictures.entry_in_words(each)) for each in work.db.scalars(ordered)]


def add(work: Work, patient: Patient, consent: Consent, name: str) -> Place:
    """Write down where something is shown. Raises Invalid unless the consent holds and the public may see it."""
    work.must(Permission.CONSENT_WORK, patient)
    consents.hold(work, patient.id)
    work.db.refresh(consent)
    if rules.state(consent, work.today) != State.IN_FORCE:
        raise Invalid(_("This consent does not hold, so nothing may be shown under it."), "place")
    gate = profile(patient.jurisdiction).consents.gate(consent.purpose)
    if gate is not None and gate.rule not in ("allowed", "conditional"):
        raise Invalid(_(gate.words), "place")
    row = Place(consent_id=consent.id, until=consent.expires_on, added_by_name=work.actor.name, added_at=work.now)
    seal(work, patient.id, row, "name_sealed", name.strip())
    work.db.add(row)
    audit.record(work, "consent.place_added", patient.id, consent=str(consent.id), place=str(row.id))
    return row


@dataclass(frozen=True)
class Shown:
    """Where something is shown or kept, until when at the latest, and since when no more."""

    where: str
    until: date | None
    taken_down_at: datetime | None


def of_consent(work: Work, patient: Patient, consent: Consent) -> list[Shown]:
    """The places of a consent, oldest first."""
    work.must(Permission.CONSENT_VIEW, patient)
    query = select(Place).where(Place.consent_id == consent.id).order_by(Place.id)
    return [
        Shown(unseal(work, patient.id, row, "name_sealed"), row.until, row.taken_down_at)
        for row in work.db.scalars(query)
    ]
