"""Consents from elsewhere come in as evidence, word for word; so do the ones this portal writes."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.domain.consent_receipts import EVENT_NAMES, ReceiptFacts, fhir, receipt
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
