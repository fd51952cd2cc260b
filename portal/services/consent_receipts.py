"""Receipts: what happened to a consent, kept on file and given to the patient as a letter, as JSON and as FHIR."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import consent_receipts as rules
from portal.domain import letters as compose
from portal.domain import purposes
from portal.domain.consents import Decision, Ends
from portal.domain.dates import say_plain_date
from portal.domain.errors import NotFound
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES
from portal.domain.words import _, speaking
from portal.models.base import new_id
from portal.models.consent_changes import Receipt
from portal.models.consents import Consent, Recipient
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from portal.services import clocks, consent_pictures, consents, letters
from portal.services.sealing import seal_json, unseal, unseal_json
from portal.services.work import Work


def write(work: Work, case: Any, event: str) -> dict[str, Any]:
    """Keep the receipt of what has just happened; gives it as plain values."""
    row = Receipt(id=new_id(), consent_id=case.consent_id, case_id=case.id, event=event, made_at=work.now)
    with speaking(letters.language_of(work, case)):
        body = rules.receipt(_facts(work, case, event, row.id))
    seal_json(work, case.patient_id, row, "body_sealed", body)
    work.db.add(row)
    return body


def _facts(work: Work, case: Any, event: str, receipt_id: UUID) -> rules.ReceiptFacts:
    consent: Consent = case.consent
    law, clinic = clocks.rules_of(case), work.clinic
    return rules.ReceiptFacts(
        receipt_id=str(receipt_id),
        record_id=str(consent.id),
        reference=case.reference or "",
        principal=case.patient.number,
        event=event,
        at=work.now,
        by=_who(work, case),
        by_id=str(work.actor.id or work.actor.role.value),
        purpose=consent.purpose,
        purpose_words=_(purposes.find(consent.purpose).title),
        decision=consent.decision,
        information=information_in_words(work, consent),
        parties=tuple(_party(row.recipient) for row in consent.recipients),
        controller=(clinic.name, ", ".join(clinic.address), clinic.privacy_contact.email or clinic.phone),
        wording=unseal(work, case.patient_id, consent, "wording_sealed"),
        wording_version=consent.wording_version,
        wording_digest=consent.wording_digest,
        language=consent.language,
        jurisdiction=law.id,
        act=_(law.act),
        validity=end_in_words(work, consent),
        expires_on=consent.expires_on.isoformat() if consent.expires_on else "",
        withdrawal=_(law.consents.withdrawal_words),
        details=unseal_json(work, case.patient_id, consent, "details_sealed") or {},
        consequences=unseal(work, case.patient_id, case, "consequences_sealed"),
        reason=unseal(work, case.patient_id, case, "reason_sealed"),
        pictures=_pictures(work, case),
        renews=str(consent.renews_id or ""),
    )


def _pictures(work: Work, case: Any) -> tuple[tuple[str, str], ...]:
    found = consent_pictures.of_consent(work, case.patient, case.consent)
    return tuple((each.words, each.digest) for each in found)


def _who(work: Work, case: Any) -> str:
    if work.actor.stands_in_for(case.patient_id):
        return _("%(name)s for %(patient)s", name=work.actor.name, patient=case.patient.name)
    return _(work.actor.name)


def _party(recipient: Recipient) -> tuple[str, str, str, str, str]:
    contact = recipient.email or recipient.phone or recipient.fax or _("by post")
    return str(recipient.id), recipient.name, ", ".join(recipient.address_lines), contact, recipient.kind


def information_in_words(work: Work, consent: Consent) -> tuple[str, ...]:
    """What a consent is about, a phrase each: kinds of entry, then single entries by their kind and day."""
    work.must(Permission.CONSENT_VIEW, work.db.get_one(Patient, consent.patient_id))
    if consent.everything:
        return (_("Everything in the record"),)
    kinds = [_(CATEGORY_NAMES[each]) for each in CATEGORY_NAMES if each in consent.categories]
    query = select(RecordItem).where(RecordItem.id.in_(consent.item_ids), RecordItem.patient_id == consent.patient_id)
    return (*kinds, *(consent_pictures.entry_in_words(each) for each in work.db.scalars(query.order_by(RecordItem.id))))


def end_in_words(work: Work, consent: Consent) -> str:
    """Until when a consent is good."""
    patient = work.db.get_one(Patient, consent.patient_id)
    work.must(Permission.CONSENT_VIEW, patient)
    if consent.ends == Ends.DATE and consent.expires_on:
        return _("Until %(day)s", day=say_plain_date(consent.expires_on))
    words = unseal(work, patient.id, consent, "ends_sealed")
    if consent.ends == Ends.EVENT:
        return _("Until this happens: %(event)s", event=words)
    if consent.decision == Decision.DENY:
        return _("Until you lift it")
    return _("Without an end, because: %(reason)s", reason=words)


def letter(work: Work, case: Any, body: dict[str, Any]) -> compose.Letter:
    """The receipt as a letter to the patient, in her language."""
    work.must(Permission.REQUEST_VIEW, case)
    with speaking(letters.language_of(work, case)):
        return compose.consent_receipt(letters.facts_of(work, case), body)


def notice(work: Work, case: Any, recipient: Recipient) -> compose.Letter:
    """What a recipient is told, in the clinic's first language."""
    work.must(Permission.REQUEST_VIEW, case)
    with speaking(work.clinic.languages[0]):
        body = {"processing": {"purpose": _(purposes.find(case.consent.purpose).title)}}
        facts = letters.facts_of(work, case)
        return compose.consent_notice(facts, recipient.name, tuple(recipient.address_lines), body)


def of_consent(work: Work, patient: Patient, consent: Consent) -> Sequence[Receipt]:
    """The receipts of a consent, newest first."""
    work.must(Permission.CONSENT_VIEW, patient)
    query = select(Receipt).where(Receipt.consent_id == consent.id).order_by(Receipt.made_at.desc(), Receipt.id.desc())
    return work.db.scalars(query).all()


def find(work: Work, patient: Patient, receipt_id: UUID) -> tuple[Receipt, dict[str, Any]]:
    """One receipt of this patient, with what it says. Raises NotFound."""
    work.must(Permission.CONSENT_VIEW, patient)
    row = work.db.get(Receipt, receipt_id)
    consent = work.db.get(Consent, row.consent_id) if row else None
    if row is None or consent is None or consent.patient_id != patient.id or not consents.within_reach(work, consent):
        raise NotFound(_("There is no such receipt, or it is not yours to see."))
    return row, unseal_json(work, patient.id, row, "body_sealed")


def as_json(work: Work, patient: Patient, receipt_id: UUID) -> str:
    """The receipt in the fields of ISO/IEC TS 27560."""
    _row, body = find(work, patient, receipt_id)
    return json.dumps(body, ensure_ascii=False, indent=2)


def as_fhir(work: Work, patient: Patient, receipt_id: UUID) -> str:
    """The receipt as a FHIR R4 Consent."""
    _row, body = find(work, patient, receipt_id)
    return json.dumps(rules.fhir(body), ensure_ascii=False, indent=2)
