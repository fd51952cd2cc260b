"""Consents from elsewhere come in as evidence, word for word; so do the ones this portal writes."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fhir.resources.R4B.consent import Consent
from pydantic import ValidationError

from portal.domain import purposes
from portal.domain.consent_receipts import EVENT_NAMES, PURPOSE_OF_USE, ReceiptFacts, fhir, receipt
from tests.adapters.fhir_exports import AMINA, CORPUS, bundle, encoded, read_text, with_its_patient

OFFICIAL = sorted(path.name for path in CORPUS.glob("hl7-r4/Consent-*.json"))
OURS = ReceiptFacts(
    receipt_id="r-1", record_id="c-1", reference="CC-2026-000001-A", principal="amina", event="accepted",
    at=datetime(2026, 11, 23, 20, 0, tzinfo=UTC), by="Amina Haddad", by_id="a", purpose="research",
    purpose_words="Research or a clinical trial", decision="permit", information=("Results",),
    parties=(("1", "The Lesion Study", "1 Quad", "by post", "researcher"),), controller=("Clinic", "Street", "mail"),
    wording="words", wording_version="1", wording_digest="0" * 64, language="en", jurisdiction="ca-bc", act="PIPA",
    validity="Until 31 March 2027", expires_on="2027-03-31", withdrawal="Any time", details={},
)  # fmt: skip
# The value sets of HL7 FHIR R4B for the elements that this portal fills in with codes of others.
STATUS = {"draft", "proposed", "active", "rejected", "inactive", "entered-in-error"}
SCOPE = {"adr", "research", "patient-privacy", "treatment"}
ACT_CODES = {"ICOL", "IDSCL", "INFA", "INFAO", "INFASO", "IRDSCL", "RESEARCH", "RSDID", "RSREID"}
CATEGORY = {
    "consentcategorycodes": {"acd", "dnr", "emrgonly", "hcd", "npp", "polst", "research", "rsdid", "rsreid"},
    "v3-ActCode": ACT_CODES,
}
PURPOSES = {"TREAT", "HRESCH", "TRAIN", "HMARKT", "COVERAGE", "HPAYMT", "HLEGAL", "PATRQT", "PUBHLTH"}
MEANINGS = {"instance", "related", "dependents", "authoredby"}
ROLES = {"IRCP", "PRCP", "CST", "INF", "CONSENTER", "GRANTEE"}


def kept(resource: dict[str, Any], export: dict[str, Any]) -> Any:
    """What is kept of a consent after it was read: its original, taken apart again."""
    found = [item for item in read_text(encoded(export)).items if item.resource_type == "Consent"]
    assert len(found) == 1
    assert found[0].source_id == f"Consent/{resource['id']}"
    original = json.loads(found[0].original)
    return original[0] if isinstance(original, list) else original


@pytest.mark.parametrize("name", OFFICIAL)
def test_an_official_example_is_kept_without_loss(name: str) -> None:
    resource = json.loads((CORPUS / "hl7-r4" / name).read_text("utf-8"))
    assert kept(resource, with_its_patient(resource)) == resource


@pytest.mark.parametrize("event", sorted(EVENT_NAMES))
def test_a_consent_of_this_portal_is_read_back_without_loss(event: str) -> None:
    resource = fhir(receipt(replace(OURS, event=event)))
    assert kept(resource, bundle(AMINA, resource)) == resource


def a_valid_consent(ours: dict[str, Any]) -> Consent:
    """The resource as the specification's own model reads it: nothing lost, every code of its value set."""
    read = Consent.model_validate(ours)
    at = ours["dateTime"].replace("+00:00", "Z")
    assert json.loads(read.model_dump_json()) == ours | {"dateTime": at}, "nothing of it is lost"
    assert read.status in STATUS
    assert read.scope.coding[0].code in SCOPE
    system, code = read.category[0].coding[0].system.rpartition("/")[2], read.category[0].coding[0].code
    assert code in CATEGORY[system]
    assert read.policyRule or read.policy, "invariant ppc-1"
    assert not (read.patient is None and read.scope.coding[0].code in SCOPE - {"treatment"}), "ppc-2 to ppc-5"
    assert all(actor.role.coding[0].code in ROLES for actor in read.provision.actor or [])
    for data in read.provision.data or []:
        assert data.meaning in MEANINGS
        assert data.reference.display
        assert re.fullmatch(r"urn:[a-z0-9][a-z0-9-]{1,31}:\S+", data.reference.identifier.system), "an absolute URI"
        assert re.fullmatch("[0-9a-f]{64}", data.reference.identifier.value), "SHA-256"
    return read


@pytest.mark.parametrize("purpose", [each.id for each in purposes.every()])
@pytest.mark.parametrize("event", sorted(EVENT_NAMES))
def test_a_consent_of_this_portal_is_a_valid_fhir_consent_with_codes_of_its_value_sets(
    event: str, purpose: str
) -> None:
    denial = "deny" if event in ("limited", "lifted") else "permit"
    read = a_valid_consent(fhir(receipt(replace(OURS, event=event, purpose=purpose, decision=denial))))
    assert read.provision.type == denial
    theirs = [each.code for each in read.provision.purpose if each.system.endswith("v3-ActReason")]
    assert set(theirs) <= PURPOSES
    assert theirs == ([PURPOSE_OF_USE[purpose]] if purpose in PURPOSE_OF_USE else [])


PICTURES = (
    ("Photograph of 3 March 2026, left forearm", "a" * 64),
    ("Photograph of 4 May 2026", "0123456789abcdef" * 4),
)
OF_PICTURES = [each.id for each in purposes.every() if each.pictures]


@pytest.mark.parametrize("purpose", OF_PICTURES)
@pytest.mark.parametrize("event", sorted(set(EVENT_NAMES) - {"limited", "lifted"}))
def test_a_consent_about_pictures_is_a_valid_one_that_names_each_by_its_digest(event: str, purpose: str) -> None:
    facts = replace(OURS, event=event, purpose=purpose, pictures=PICTURES, renews="c-0" if event == "renewed" else "")
    ours = fhir(receipt(facts))
    read = a_valid_consent(ours)
    assert [each.reference.identifier.value for each in read.provision.data] == [digest for _words, digest in PICTURES]
    assert kept(ours, bundle(AMINA, ours)) == ours, "and comes back in without loss"


def test_a_picture_without_a_digest_or_with_another_meaning_would_not_pass() -> None:
    ours = fhir(receipt(replace(OURS, purpose=OF_PICTURES[0], pictures=PICTURES)))
    short = json.loads(json.dumps(ours).replace("a" * 64, "a" * 63))
    with pytest.raises(AssertionError):
        a_valid_consent(short)
    with pytest.raises(AssertionError):
        a_valid_consent(json.loads(json.dumps(ours).replace('"instance"', '"picture"')))
    del ours["provision"]["data"][0]["reference"]
    with pytest.raises(ValidationError):
        a_valid_consent(ours)


def test_what_is_no_consent_is_not_taken_for_one() -> None:
    ours = fhir(receipt(OURS))
    for wrong in ({"status": None}, {"patient": "Amina"}, {"dateTime": "yesterday"}, {"grantee": []}):
        with pytest.raises(ValidationError):
            Consent.model_validate(ours | wrong)
