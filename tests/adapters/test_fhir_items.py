"""Each kind of entry becomes an item that a patient understands: its title, its facts, its table of results."""

from typing import Any

import pytest

from portal.domain.record_items import Category, Table
from tests.adapters.fhir_exports import (
    ABOUT_AMINA,
    ECZEMA,
    facts,
    only_item,
    read_with_amina,
    words,
)

HL7 = "http://terminology.hl7.org/CodeSystem/"


def test_a_prescription_says_how_to_take_it_in_one_line() -> None:
    prescription = {
        "resourceType": "MedicationRequest",
        "id": "m",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "Cetirizine 10 mg"},
        "authoredOn": "2024-05-01",
        "dosageInstruction": [
            {
                "sequence": 1,
                "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
                "route": {"text": "by mouth"},
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
                "asNeededCodeableConcept": {"text": "itch"},
                "maxDosePerPeriod": {
                    "numerator": {"value": 2, "unit": "tablet"},
                    "denominator": {"value": 1, "unit": "d"},
                },
            }
        ],
        **ABOUT_AMINA,
    }
    item = only_item(prescription)
    assert (item.title, item.category) == ("Prescription: Cetirizine 10 mg", Category.MEDICATIONS)
    assert facts(item) == {
        "Medicine": "Cetirizine 10 mg",
        "How to take it": (
            "1 tablet; by mouth; once a day; as needed for itch; Max dose per period: 2 tablet per 1 day"
        ),
        "Status": "active",
        "Order or plan": "order",
        "Prescribed": "1 May 2024",
    }


def test_a_medicine_kept_as_an_entry_of_its_own_is_told_where_it_is_prescribed() -> None:
    medicine = {
        "resourceType": "Medication",
        "id": "cream",
        "code": {"text": "Hydrocortisone 1%"},
        "form": {"text": "Cream"},
    }
    use = {
        "resourceType": "MedicationStatement",
        "id": "use",
        "status": "active",
        "medicationReference": {"reference": "Medication/cream"},
        **ABOUT_AMINA,
    }
    (item,) = read_with_amina(medicine, use)
    assert item.title == "Medicine taken: Hydrocortisone 1%"
    assert facts(item)["Hydrocortisone 1% – Form"] == "Cream"


@pytest.mark.parametrize(
    ("resource", "title"),
    [
        ({"resourceType": "AllergyIntolerance", "code": {"text": "Aspirin"}}, "Allergy to Aspirin"),
        (
            {"resourceType": "AllergyIntolerance", "type": "intolerance", "code": {"text": "Lactose"}},
            "Intolerance to Lactose",
        ),
        ({"resourceType": "AllergyIntolerance", "code": {"text": "Penicillin allergy"}}, "Penicillin allergy"),
        ({"resourceType": "AllergyIntolerance", "code": {"text": "NKDA"}}, "NKDA"),
        ({"resourceType": "AllergyIntolerance", "code": {"text": "No known allergies"}}, "No known allergies"),
        (
            {
                "resourceType": "AllergyIntolerance",
                "code": {"text": "Latex"},
                "verificationStatus": {"coding": [{"code": "refuted"}]},
            },
            "Allergy to Latex (ruled out)",
        ),
        ({"resourceType": "Procedure", "status": "not-done", "code": {"text": "Biopsy"}}, "Biopsy (not done)"),
        (
            {"resourceType": "Procedure", "code": {"text": "Skin biopsy"}, "bodySite": [{"text": "Left forearm"}]},
            "Skin biopsy (Left forearm)",
        ),
        (
            {"resourceType": "Observation", "status": "entered-in-error", "code": {"text": "Weight"}},
            "Weight (entered by mistake)",
        ),
        (
            {"resourceType": "Observation", "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4"}]}},
            "Result",
        ),
        ({"resourceType": "Condition", "code": {"coding": [{"display": "Psoriasis (disorder)"}]}}, "Psoriasis"),
        ({"resourceType": "Appointment", "description": "Skin check"}, "Appointment: Skin check"),
        ({"resourceType": "VerificationResult"}, "Verification result"),
        ({"resourceType": "Condition", "code": {"text": "itch " * 60}}, "itch " * 22 + "itch…"),
    ],
)
def test_titles_say_what_an_entry_is(resource: dict[str, Any], title: str) -> None:
    assert only_item({"id": "x", **resource}).title == title


def test_a_title_never_gives_a_result_away() -> None:
    item = only_item(
        {"resourceType": "Observation", "id": "x", "code": {"text": "HIV test"}, "valueString": "negative"}
    )
    assert item.title == "HIV test"
    assert facts(item)["Result"] == "negative"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"valueQuantity": {"value": 61.5, "unit": "kg"}}, "61.5 kg"),
        ({"valueCodeableConcept": {"text": "Never smoker"}}, "Never smoker"),
        ({"valueString": "clear"}, "clear"),
        ({"valueBoolean": False}, "no"),
        ({"valueInteger": 0}, "0"),
        ({"valueRange": {"low": {"value": 1, "unit": "mm"}, "high": {"value": 3, "unit": "mm"}}}, "1 to 3 mm"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "1:128"),
        ({"valueDateTime": "2024-05-01"}, "1 May 2024"),
        ({"valuePeriod": {"start": "2024-05-01"}}, "from 1 May 2024"),
        ({"dataAbsentReason": {"coding": [{"code": "not-performed"}]}}, "no result: not performed"),
    ],
)
def test_every_kind_of_result_is_said(value: dict[str, Any], said: str) -> None:
    assert (
        facts(only_item({"resourceType": "Observation", "id": "x", "code": {"text": "T"}, **value}))["Result"] == said
    )


def test_components_and_interpretation_stand_in_a_table() -> None:
    pressure = {
        "resourceType": "Observation",
        "id": "bp",
        "code": {"text": "Blood pressure"},
        "interpretation": [{"text": "High"}],
        "component": [
            {"code": {"text": "Systolic"}, "valueQuantity": {"value": 150, "unit": "mm[Hg]"}},
            {
                "code": {"text": "Diastolic"},
                "valueQuantity": {"value": 85, "unit": "mm[Hg]"},
                "referenceRange": [{"high": {"value": 90, "unit": "mm[Hg]"}, "text": "Adults"}],
            },
        ],
        **ABOUT_AMINA,
    }
    (table,) = (block for block in only_item(pressure).blocks if isinstance(block, Table))
    assert table.head == ("Test", "Result", "Normal range", "Compared with normal")
    assert table.rows == (
        ("Blood pressure", "", "", "High"),
        ("– Systolic", "150 mmHg", "", ""),
        ("– Diastolic", "85 mmHg", "up to 90 mmHg, Adults", ""),
    )


def test_what_a_result_says_beyond_its_row_is_told_under_its_name() -> None:
    rows = [
        {
            "resourceType": "Observation",
            "id": one,
            "status": "final",
            "code": {"text": one},
            "valueString": "5",
            "method": {"text": "By hand"},
            **ABOUT_AMINA,
        }
        for one in ("Alpha", "Beta")
    ]
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "code": {"text": "Panel"},
        "result": [{"reference": "Observation/Alpha"}, {"reference": "Observation/Beta"}],
        **ABOUT_AMINA,
    }
    (item,) = read_with_amina(report, *rows)
    told = facts(item)
    assert told["Alpha – Method"] == told["Beta – Method"] == "By hand"
    assert "Alpha – Status" not in told


def test_places_and_people_are_called_by_name() -> None:
    visit = {
        "resourceType": "Encounter",
        "id": "v",
        "status": "finished",
        "class": {"system": HL7 + "v3-ActCode", "code": "AMB"},
        "period": {"start": "2024-05-01T09:00:00-07:00", "end": "2024-05-01T09:20:00-07:00"},
        "participant": [
            {"individual": {"reference": "#doctor"}},
            {"individual": {"reference": "PractitionerRole/nurse"}},
        ],
        "location": [{"location": {"reference": "Location?identifier=https://clinic.example|room-2"}}],
        "serviceProvider": {"reference": "Organization/gone"},
        "contained": [{"resourceType": "Practitioner", "id": "doctor", "name": [{"text": "Dr Femi Adeyemi"}]}],
        **ABOUT_AMINA,
    }
    nurse = {
        "resourceType": "PractitionerRole",
        "id": "nurse",
        "practitioner": {"display": "Joy Mabanta"},
        "code": [{"text": "Nurse"}],
    }
    room = {
        "resourceType": "Location",
        "id": "2",
        "name": "Second floor",
        "identifier": [{"system": "https://clinic.example", "value": "room-2"}],
    }
    (item,) = read_with_amina(visit, nurse, room)
    told = facts(item)
    assert told["When"] == "1 May 2024, 09:00 to 09:20"
    assert told["With"] == "Dr Femi Adeyemi\nJoy Mabanta (Nurse)"
    assert told["Location"] == "Second floor"
    assert told["Clinic or hospital"] == "an organization that is not named in the export"


def test_a_confidentiality_label_is_shown() -> None:
    security = [{"system": HL7 + "v3-Confidentiality", "code": "R"}]
    assert facts(only_item({**ECZEMA, "meta": {"security": security}}))["Confidentiality"] == "restricted"


def test_unknown_elements_and_extensions_are_shown_under_their_own_names() -> None:
    item = only_item(
        {
            **ECZEMA,
            "skinTone": "III",
            "measures": [{"place": "left hand", "areaCm2": 12}, {"place": "right hand", "areaCm2": 9}],
            "extension": [{"url": "https://emr.example/itch-score", "valueInteger": 7}],
            "modifierExtension": [{"url": "https://emr.example/not-confirmed", "valueBoolean": True}],
            "_onsetDateTime": {"extension": [{"url": "https://emr.example/season", "valueString": "spring"}]},
        }
    )
    told = facts(item)
    assert told["Skin tone"] == "III"
    assert told["Itch score"] == "7"
    assert told["Not confirmed"] == "yes"
    assert told["Began"] == "1 May 2024\nSeason: spring"
    assert "left hand | 12" in words(item)


def test_a_consent_a_task_and_an_unheard_of_type_are_items_under_their_own_name() -> None:
    items = read_with_amina(
        {
            "resourceType": "Consent",
            "id": "c",
            "scope": {"text": "Research"},
            "patient": {"reference": "Patient/amina"},
        },
        {"resourceType": "Task", "id": "t", "description": "Call back", "for": {"reference": "Patient/amina"}},
        {"resourceType": "SkinMap", "id": "s", "finding": "Two lesions"},
    )
    assert [(item.title, item.category) for item in items] == [
        ("Consent: Research", Category.OTHER),
        ("Call back", Category.OTHER),
        ("Skin map", Category.OTHER),
    ]
    assert facts(items[2]) == {"Finding": "Two lesions"}
