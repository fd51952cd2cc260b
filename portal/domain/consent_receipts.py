"""The receipt of a consent: what is on file, for the patient to keep, in the fields of ISO/IEC TS 27560 and as FHIR.

Source of the fields: the mapping of ISO/IEC TS 27560:2023 by the W3C community group; HL7 FHIR R4 Consent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.domain.words import N_

SCHEMA = "ISO/IEC TS 27560:2023"
# Mandatory by section; a test holds that every receipt has them.
MANDATORY = {
    "header": ("schema_version", "record_id", "receipt_id", "pii_principal_id"),
    "processing": (
        "privacy_notice", "language", "purpose", "pii_information", "pii_controllers", "storage_locations",
        "retention_period", "jurisdiction", "recipient_third_parties", "withdrawal_method",
    ),
    "event": ("event_time", "validity_duration", "entity_id", "event_type", "event_state"),
}  # fmt: skip
PARTY = ("party_id", "name", "address", "contact", "type")
EVENT_NAMES = {
    "given": N_("You gave your consent"),
    "renewed": N_("You renewed your consent"),
    "refused": N_("You said no"),
    "accepted": N_("Your consent is in force"),
    "declined": N_("The physician did not take it up"),
    "withdrawn": N_("You took your consent back"),
    "limited": N_("You limited sharing"),
    "lifted": N_("You lifted a limit"),
    "expired": N_("Your consent has ended"),
}
# FHIR R4 Consent.status by what happened.
STATUS = {
    "given": "proposed",
    "renewed": "proposed",
    "refused": "rejected",
    "accepted": "active",
    "declined": "rejected",
    "withdrawn": "inactive",
    "limited": "active",
    "lifted": "inactive",
    "expired": "inactive",
}
TERMS = "http://terminology.hl7.org/CodeSystem"
# What a purpose of ours is in HL7's own words (value set v3-PurposeOfUse); the others are ours alone.
PURPOSE_OF_USE = {
    "care": "TREAT",
    "research": "HRESCH",
    "photos-teaching": "TRAIN",
    "photos-website": "HMARKT",
    "photos-advertising": "HMARKT",
    "testimonials": "HMARKT",
}


@dataclass(frozen=True)
class ReceiptFacts:
    """``parties`` are the recipients as (key, name, address, contact, kind); ``information`` is in words.

    ``pictures`` are the very pictures as (words, SHA-256); ``renews`` is the record of the consent this one renews.
    """

    receipt_id: str
    record_id: str
    reference: str
    principal: str
    event: str
    at: datetime
    by: str
    by_id: str
    purpose: str
    purpose_words: str
    decision: str
    information: tuple[str, ...]
    parties: tuple[tuple[str, str, str, str, str], ...]
    controller: tuple[str, str, str]
    wording: str
    wording_version: str
    wording_digest: str
    language: str
    jurisdiction: str
    act: str
    validity: str
    expires_on: str
    withdrawal: str
    details: Mapping[str, str]
    consequences: str = ""
    reason: str = ""
    pictures: tuple[tuple[str, str], ...] = ()
    renews: str = ""


def receipt(facts: ReceiptFacts) -> dict[str, Any]:
    """The receipt as plain JSON values."""
    name, address, contact = facts.controller
    return {
        "header": {
            "schema_version": SCHEMA,
            "record_id": facts.record_id,
            "receipt_id": facts.receipt_id,
            "pii_principal_id": facts.principal,
            "case_reference": facts.reference,
            "renews_record_id": facts.renews,
        },
        "processing": {
            "privacy_notice": {
                "version": facts.wording_version,
                "sha256": facts.wording_digest,
                "text": facts.wording,
            },
            "language": facts.language,
            "purpose": facts.purpose_words,
            "purpose_type": facts.purpose,
            "details": dict(facts.details),
            "pii_information": [{"pii_type": each, "sensitive_category": True} for each in facts.information],
            "pictures": [{"entry": words, "sha256": digest} for words, digest in facts.pictures],
            "pii_controllers": [_party("clinic", name, address, contact, "controller")],
            "storage_locations": [address],
            "retention_period": "as long as the patient's record is kept",
            "jurisdiction": facts.jurisdiction,
            "lawful_basis": facts.act,
            "recipient_third_parties": [_party(*each) for each in facts.parties],
            "withdrawal_method": facts.withdrawal,
        },
        "event": {
            "event_time": facts.at.isoformat(),
            "validity_duration": facts.validity,
            "expires_on": facts.expires_on,
            "entity_id": facts.by_id,
            "entity_name": facts.by,
            "event_type": "explicit",
            "event_state": facts.event,
            "decision": facts.decision,
            "consequences": facts.consequences,
            "reason": facts.reason,
        },
    }


def _party(key: str, name: str, address: str, contact: str, kind: str) -> dict[str, str]:
    return {"party_id": key, "name": name, "address": address, "contact": contact, "type": kind}


def fhir(body: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt as a FHIR R4 Consent resource."""
    header, processing, event = body["header"], body["processing"], body["event"]
    research = processing["purpose_type"] == "research"
    kept = {
        "resourceType": "Consent",
        "id": header["record_id"],
        "identifier": [{"value": header["receipt_id"]}, {"value": header["case_reference"]}],
        "status": STATUS[event["event_state"]],
        "scope": _code("consentscope", "research" if research else "patient-privacy"),
        "category": [_category(research, processing["purpose"])],
        "patient": {"reference": f"Patient/{header['pii_principal_id']}"},
        "dateTime": event["event_time"],
        "performer": [{"display": event["entity_name"]}],
        "organization": [{"display": processing["pii_controllers"][0]["name"]}],
        "policyRule": {"text": processing["lawful_basis"]},
        "provision": _provision(processing, event),
    }
    return {key: value for key, value in kept.items() if value}


def _provision(processing: Mapping[str, Any], event: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        "type": event["decision"],
        "actor": [
            {
                "role": _code("v3-ParticipationType", "IRCP", "information recipient"),
                "reference": {"display": each["name"]},
            }
            for each in processing["recipient_third_parties"]
        ],
        "purpose": _purposes(processing),
        "code": [{"text": each["pii_type"]} for each in processing["pii_information"]],
        "data": [_picture(each) for each in processing.get("pictures", ())],
    }
    if event["expires_on"]:
        told["period"] = {"end": event["expires_on"]}
    return {key: value for key, value in told.items() if value}


def _picture(picture: Mapping[str, str]) -> dict[str, Any]:
    """The very picture, by its digest: it is nowhere to be fetched from."""
    identifier = {"system": "urn:portal:picture-sha256", "value": picture["sha256"]}
    return {"meaning": "instance", "reference": {"identifier": identifier, "display": picture["entry"]}}


def _category(research: bool, words: str) -> dict[str, Any]:
    """Of the value set consent-category: taking part in research, else a disclosure of information."""
    return _code("consentcategorycodes", "research", words) if research else _code("v3-ActCode", "IDSCL", words)


def _purposes(processing: Mapping[str, Any]) -> list[dict[str, str]]:
    """HL7's word for the purpose, where it has one, and always ours, which says more."""
    ours = {"system": "urn:portal:purpose", "code": processing["purpose_type"], "display": processing["purpose"]}
    code = PURPOSE_OF_USE.get(processing["purpose_type"])
    return [{"system": f"{TERMS}/v3-ActReason", "code": code}, ours] if code else [ours]


def _code(system: str, code: str, words: str = "") -> dict[str, Any]:
    coded: dict[str, Any] = {"coding": [{"system": f"{TERMS}/{system}", "code": code}]}
    return coded | ({"text": words} if words else {})
