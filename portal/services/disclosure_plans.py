"""What somebody means to give out: looked at once more before it goes, by a second person where that is needed.

What waits is asked "may we?" again when it goes. Until then a consent may end, and then it does not go.
"""

import hashlib
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from portal.domain import disclosures as rules
from portal.domain.consents import Answer
from portal.domain.disclosures import Terms, Wanted, allowed
from portal.domain.errors import NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.consents import Recipient
from portal.models.disclosures import Disclosure, PlannedDisclosure
from portal.models.people import Patient
from portal.models.scopes import visible_patients
from portal.services import audit, consent_checks, consents, disclosures
from portal.services.sealing import seal_json, unseal_json
from portal.services.work import Work

LASTS = timedelta(days=3)
DONE, DROPPED, REFUSED = "done", "dropped", "refused"
MOST_SHOWN = 50


def plan(work: Work, patient: Patient, wanted: Wanted) -> PlannedDisclosure:
    """Ask whether it may go out, and keep it to be looked at once more. Nothing is given yet.

    Raises Invalid for what is not whole, and NotPossible with the reason when the answer is no; that it was asked is
    kept all the same.
    """
    work.must(Permission.DISCLOSURES_RECORD, patient)
    rules.check(wanted)
    needs = rules.terms(work.profile, wanted, work.today)
    recipient = disclosures.recipient_of(work, wanted.recipient_id)
    answer = consent_checks.asked_for(work, patient, wanted, recipient, needs)
    if not allowed(answer, needs):
        work.anyway(lambda w: consent_checks.keep(w, patient, wanted, recipient, needs, answer))
        raise NotPossible(_("This may not go out. %(because)s", because=answer.because))
    return _keep(work, patient, wanted, needs)


def _keep(work: Work, patient: Patient, wanted: Wanted, needs: Terms) -> PlannedDisclosure:
    row = PlannedDisclosure(
        patient_id=patient.id, two_people=needs.two_people, planned_at=work.now, ends_at=work.now + LASTS
    )
    me = work.db.get_one(Account, work.actor.id)
    row.planned_by_id, row.planned_by_name = me.id, me.name
    seal_json(work, patient.id, row, "wanted_sealed", wanted.to_json())
    work.db.add(row)
    work.db.flush()
    return row


def find(work: Work, plan_id: UUID, lock: bool = False) -> tuple[PlannedDisclosure, Patient, Wanted]:
    """What waits, and about whom. Raises NotFound for what is not this person's to see."""
    seen = visible_patients(work.actor).with_only_columns(Patient.id)
    query = select(PlannedDisclosure).where(PlannedDisclosure.id == plan_id, PlannedDisclosure.patient_id.in_(seen))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = work.db.scalars(query).one_or_none()
    if row is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    patient = work.db.get_one(Patient, row.patient_id)
    return row, patient, Wanted.from_json(unseal_json(work, row.patient_id, row, "wanted_sealed"))


def look(work: Work, patient: Patient, wanted: Wanted) -> tuple[Terms, Answer, Recipient]:
    """What it needs and what the answer is now, for the page that shows it before it goes."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    recipient = disclosures.recipient_of(work, wanted.recipient_id)
    needs = rules.terms(work.profile, wanted, work.today)
    return needs, consents.may_we(work, patient, wanted.purpose, recipient, wanted.categories), recipient


def waiting(work: Work) -> list[tuple[PlannedDisclosure, Patient]]:
    """What waits for a second person, about patients this person may see."""
    work.must(Permission.QUEUE_VIEW)
    seen = visible_patients(work.actor).with_only_columns(Patient.id)
    query = select(PlannedDisclosure, Patient).join(Patient, Patient.id == PlannedDisclosure.patient_id)
    open_ones = (PlannedDisclosure.outcome.is_(None), PlannedDisclosure.ends_at > work.now)
    query = query.where(*open_ones, PlannedDisclosure.two_people.is_(True), PlannedDisclosure.patient_id.in_(seen))
    found = work.db.execute(query.order_by(PlannedDisclosure.ends_at, PlannedDisclosure.id).limit(MOST_SHOWN))
    return [(row, patient) for row, patient in found]


def digest(row: PlannedDisclosure) -> str:
    """What a proof is bound to: exactly this plan."""
    return hashlib.sha256(f"disclosure/{row.id}".encode() + row.wanted_sealed).hexdigest()


def let_go(work: Work, plan_id: UUID, shown: str) -> Disclosure:
    """It goes out now, and stands in the register. Raises NotPossible when it may not by now, or waits no longer."""
    row, patient, wanted = find(work, plan_id, lock=True)
    work.must(Permission.DISCLOSURES_RECORD, patient)
    _open(work, row)
    if shown != digest(row):
        raise NotPossible(_("This changed since you looked. Open the page again."))
    if row.two_people and row.planned_by_id == work.actor.id:
        raise NotPossible(_("You asked for this yourself. Somebody else at the clinic has to let it go."))
    made = disclosures.disclose(work, patient, _still(work, wanted), row.planned_by_id)
    row.outcome, row.decided_by_id, row.decided_at = DONE, work.actor.id, work.now
    row.disclosure_id = made.id
    return made


def _still(work: Work, wanted: Wanted) -> Wanted:
    """A day that has come meanwhile holds nothing back any more."""
    past = wanted.shown_from is not None and wanted.shown_from <= work.today
    return replace(wanted, shown_from=None, kept_for="") if past else wanted


def drop(work: Work, plan_id: UUID) -> Patient:
    """Nothing is given: whoever planned it takes it back, or the second person says no."""
    row, patient, wanted = find(work, plan_id, lock=True)
    work.must(Permission.DISCLOSURES_RECORD, patient)
    _open(work, row)
    row.outcome, row.decided_by_id, row.decided_at = DROPPED, work.actor.id, work.now
    needs = rules.terms(work.profile, _still(work, wanted), work.today)
    audit.record_told(work, disclosures.told(wanted, needs), "disclosure.dropped", patient.id)
    return patient


def _open(work: Work, row: PlannedDisclosure) -> None:
    if row.outcome is not None or row.ends_at <= work.now:
        raise NotPossible(_("This waits no longer: it was decided, or three days have passed. Enter it again."))
