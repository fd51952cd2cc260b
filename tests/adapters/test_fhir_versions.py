"""R4 is told from its older and newer versions, and those are refused with the entry that gave them away."""

from typing import Any

import pytest

from tests.adapters.fhir_exports import (
    ABOUT_AMINA,
    AMINA,
    corpus,
    outcome,
    sentence_for_entries,
)

OTHER_VERSIONS = [
    ("FHIR STU3", {"resourceType": "Condition", "clinicalStatus": "active"}),
    (
        "FHIR STU3",
        {"resourceType": "AllergyIntolerance", "clinicalStatus": "active", "verificationStatus": "confirmed"},
    ),
    ("FHIR STU3", {"resourceType": "Encounter", "reason": [{"text": "Rash"}]}),
    ("FHIR STU3", {"resourceType": "Observation", "related": [{"target": {"reference": "Observation/b"}}]}),
    ("FHIR STU3", {"resourceType": "Observation", "context": {"reference": "Encounter/a"}}),
    ("FHIR STU3", {"resourceType": "Goal", "status": "in-progress"}),
    ("FHIR STU3", {"resourceType": "Immunization", "notGiven": False}),
    ("FHIR STU3", {"resourceType": "ProcedureRequest"}),
    (
        "FHIR STU3",
        {"resourceType": "Basic", "meta": {"profile": ["http://hl7.org/fhir/3.0/StructureDefinition/Basic"]}},
    ),
    ("FHIR DSTU2", {"resourceType": "MedicationOrder"}),
    ("FHIR DSTU2", {"resourceType": "AllergyIntolerance", "substance": {"text": "Latex"}}),
    ("FHIR R5", {"resourceType": "MedicationRequest", "medication": {"concept": {"text": "Methotrexate"}}}),
    ("FHIR R5", {"resourceType": "Encounter", "class": [{"coding": [{"code": "AMB"}]}]}),
    ("FHIR R5", {"resourceType": "Encounter", "reason": [{"value": [{"concept": {"text": "Rash"}}]}]}),
    ("FHIR R5", {"resourceType": "Procedure", "occurrenceDateTime": "2024-01-01"}),
    ("FHIR R5", {"resourceType": "AllergyIntolerance", "type": {"coding": [{"code": "allergy"}]}}),
    ("FHIR R5", {"resourceType": "CarePlan", "addresses": [{"reference": {"reference": "Condition/a"}}]}),
    ("FHIR R5", {"resourceType": "DeviceUsage"}),
    ("FHIR R5", {"resourceType": "CapabilityStatement", "fhirVersion": "5.0.0"}),
]


@pytest.mark.parametrize(("version", "resource"), OTHER_VERSIONS)
def test_another_version_of_fhir_is_named_with_the_entry(version: str, resource: dict[str, Any]) -> None:
    entry = {**resource, "id": "odd", **ABOUT_AMINA}
    assert sentence_for_entries(AMINA, entry) == (
        f"export.json, entry 2 ({resource['resourceType']}/odd) is written in {version}, and we read FHIR R4."
        " Export the record again as FHIR R4 (4.0.1)."
    )


def test_no_example_of_r4_is_taken_for_another_version() -> None:
    for path in corpus("hl7-r4").glob("*.json"):
        assert "is written in FHIR" not in outcome(path.read_bytes()), path.name
