"""What an export tells about somebody else than its patient is kept, and flagged with the reason."""

import json
from typing import Any

import pytest

from portal.domain.errors import Invalid
from tests.adapters.fhir_exports import (
    ABOUT_AMINA,
    AMINA,
    ECZEMA,
    bundle,
    corpus,
    facts,
    only_item,
    read_bundle,
    read_text,
    read_with_amina,
)

SAMIRA = {
    "resourceType": "RelatedPerson",
    "id": "samira",
    "patient": {"reference": "Patient/amina"},
    "relationship": [{"text": "Sister"}],
    "name": [{"given": ["Samira"], "family": "Haddad"}],
}


def example(name: str) -> dict[str, Any]:
    return dict(json.loads(corpus(f"hl7-r4/{name}.json").read_text()))


def entry(number: int, patient: str, **more: Any) -> dict[str, Any]:
    about = {"subject": {"reference": f"Patient/{patient}"}}
    return {"resourceType": "Observation", "id": f"o{number}", "code": {"text": "Weight"}, **about, **more}


def test_an_entry_about_the_patient_alone_raises_no_concern() -> None:
    assert only_item(ECZEMA).concerns is None


def test_a_mother_in_her_childs_record_is_kept_and_flagged() -> None:
    child, mother = example("Patient-infant-twin-1"), example("Patient-infant-mom")
    reading = read_bundle(child, mother, entry(1, "infant-twin-1"), entry(2, "infant-twin-1"), entry(3, "infant-mom"))
    assert reading.patient.given_name == "Jaina"
    told = {item.source_id: item.concerns for item in reading.items}
    assert told == {
        "Patient/infant-twin-1": "This entry names a contact person of the patient: Leia Organa.",
        "Patient/infant-mom": "This entry holds the personal details of another person: Leia Solo.",
        "Observation/o1": None,
        "Observation/o2": None,
        "Observation/o3": "This entry is about Leia Solo, not about Jaina Solo.",
    }


def test_a_mother_linked_through_a_related_person_is_flagged() -> None:
    newborn = {**example("Patient-newborn"), "name": [{"text": "Baby Everywoman"}]}
    related = {"resourceType": "RelatedPerson", "id": "newborn-mom", "patient": {"reference": "Patient/newborn"}}
    reading = read_bundle(newborn, example("Patient-mom"), related, entry(1, "newborn"))
    assert reading.patient.source_id == "Patient/newborn"
    assert [item.source_id for item in reading.items if item.concerns] == ["Patient/mom", "RelatedPerson/newborn-mom"]


def test_twins_are_two_patients() -> None:
    twins = [example("Patient-infant-twin-1"), example("Patient-infant-twin-2")]
    with pytest.raises(Invalid, match="several patients: Jaina Solo .* Jacen Solo"):
        read_bundle(*twins, entry(1, "infant-twin-1"), entry(2, "infant-twin-1"))


def test_a_mother_with_as_much_to_tell_as_her_child_is_a_second_patient() -> None:
    family = [example("Patient-infant-twin-1"), example("Patient-infant-mom")]
    with pytest.raises(Invalid, match="several patients"):
        read_bundle(*family, entry(1, "infant-twin-1"), entry(2, "infant-mom"))


def test_a_related_person_is_flagged_and_named_in_no_title() -> None:
    item = only_item(SAMIRA)
    assert item.title == "Related person (Sister)"
    assert item.concerns == "This entry holds the personal details of another person: Samira Haddad."


def test_an_entry_that_somebody_else_gave_the_information_for_is_flagged() -> None:
    told = {**ECZEMA, "asserter": {"reference": "RelatedPerson/samira"}}
    item = next(one for one in read_with_amina(told, SAMIRA) if one.resource_type == "Condition")
    assert item.concerns == "This entry names another person: Samira Haddad (Sister)."
    assert facts(item)["Told by"] == "Samira Haddad"


def test_what_was_observed_of_somebody_else_is_flagged() -> None:
    item = only_item(entry(1, "amina", focus=[{"reference": "RelatedPerson/baby", "display": "Baby"}]))
    assert item.concerns is None or "another person" in item.concerns
    item = only_item(entry(1, "amina", focus=[{"reference": "RelatedPerson/baby"}]))
    assert item.concerns == "This entry names another person: a related person who is not named in the export."


def test_the_familys_health_is_flagged() -> None:
    history = {
        "resourceType": "FamilyMemberHistory",
        "id": "mother",
        "patient": {"reference": "Patient/amina"},
        "relationship": {"text": "Mother"},
        "condition": [{"code": {"text": "Psoriasis"}, "onsetAge": {"value": 30, "unit": "a"}}],
    }
    item = only_item(history)
    assert item.title == "Family history: Mother"
    assert facts(item)["Condition"] == "Psoriasis; Began: 30 years"
    assert item.concerns == "This entry tells about the health of a member of the patient's family."


def test_a_contact_person_is_flagged() -> None:
    patient = {**AMINA, "contact": [{"relationship": [{"text": "Husband"}], "name": {"text": "Ben Lindqvist"}}]}
    (item,) = read_bundle(patient).items
    assert item.concerns == "This entry names a contact person of the patient: Ben Lindqvist."


def test_a_group_is_flagged() -> None:
    group = {"resourceType": "Group", "id": "g", "member": [{"entity": {"reference": "Patient/amina"}}]}
    assert only_item(group).concerns == "This entry is about a group, which may hold other people."


def test_an_entry_that_calls_its_subject_by_another_name_is_flagged() -> None:
    item = only_item({**ECZEMA, "subject": {"reference": "Patient/amina", "display": "Cora Whitfield"}})
    assert item.concerns == "This entry calls the person it is about “Cora Whitfield”, and the patient is Amina Haddad."
    assert facts(item)["About"] == "Cora Whitfield"
    assert only_item({**ECZEMA, "subject": {"reference": "Patient/amina", "display": "HADDAD, A."}}).concerns is None


def test_a_stray_entry_about_a_patient_who_is_not_in_the_export_is_flagged() -> None:
    stray = {**ECZEMA, "id": "stray", "subject": {"reference": "Patient/mei"}}
    items = read_with_amina(ECZEMA, {**ECZEMA, "id": "b"}, stray)
    assert [item.concerns for item in items if item.source_id == "Condition/stray"] == [
        "This entry is about another patient (Patient/mei), not about Amina Haddad."
        " This entry names another person: another patient who is not named in the export."
    ]


def test_the_results_of_somebody_else_are_not_folded_into_the_patients_report() -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "code": {"text": "Blood group"},
        "result": [{"reference": "Observation/o1"}, {"reference": "Observation/o2"}],
        **ABOUT_AMINA,
    }
    mother = {"resourceType": "Patient", "id": "mother", "name": [{"text": "Leila Haddad"}], "birthDate": "1961-01-01"}
    patient = {**AMINA, "link": [{"other": {"reference": "Patient/mother"}, "type": "seealso"}]}
    export = bundle(patient, mother, report, entry(1, "amina"), ECZEMA, entry(2, "mother"))
    reading = read_text(json.dumps(export))
    assert "Observation/o2" in {item.source_id for item in reading.items}
    assert "Observation/o1" not in {item.source_id for item in reading.items}


@pytest.mark.parametrize("reference", ["Patient/amina", "https://emr.example/fhir/Patient/amina", "urn:uuid:amina"])
def test_the_patient_is_found_however_an_entry_points_at_her(reference: str) -> None:
    patient = {"fullUrl": "urn:uuid:amina", "resource": AMINA}
    export = {
        "resourceType": "Bundle",
        "entry": [patient, {"resource": {**ECZEMA, "subject": {"reference": reference}}}],
    }
    assert read_text(json.dumps(export)).items[1].concerns is None


def test_the_patient_is_found_by_number() -> None:
    number = {"system": "https://clinic.example/patient-number", "value": "P-004117"}
    about_her = {"reference": "Patient?identifier=https://clinic.example/patient-number|P-004117"}
    by_number = {"type": "Patient", "identifier": number}
    first, second = {**ECZEMA, "subject": about_her}, {**ECZEMA, "id": "b", "subject": by_number}
    reading = read_bundle({**AMINA, "identifier": [number]}, first, second)
    assert [item.concerns for item in reading.items] == [None, None, None]
