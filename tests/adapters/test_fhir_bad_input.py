"""What cannot be read whole is refused in one sentence that names the file, the entry and what to do."""

import json
from typing import Any

import pytest

from portal.adapters.fhir import read
from portal.domain.errors import Invalid
from tests.adapters.fhir_exports import (
    AMINA,
    ECZEMA,
    TODAY,
    bundle,
    corpus,
    encoded,
    read_bundle,
    sentence_for,
    sentence_for_entries,
)

EXPORT = json.dumps(bundle(AMINA, ECZEMA), indent=1)


def test_a_file_that_breaks_off_is_named_with_line_and_column() -> None:
    cut = EXPORT[: EXPORT.index("Hand eczema") + 4]
    line = cut.count("\n") + 1
    assert sentence_for(cut).startswith(f"export.json breaks off at line {line}, column ")
    assert "Export or copy the file again." in sentence_for(cut)


@pytest.mark.parametrize("end", range(2, len(EXPORT) - 1, 7))
def test_a_file_cut_anywhere_is_refused(end: int) -> None:
    assert "export.json" in sentence_for(EXPORT[:end])


def test_a_cut_line_of_a_bulk_export_is_found() -> None:
    lines = json.dumps(AMINA) + "\n" + json.dumps(ECZEMA)[:40]
    assert "export.ndjson breaks off at line 2" in sentence_for(lines, "export.ndjson")


def test_broken_json_is_named_with_line_and_column() -> None:
    broken = '{"resourceType": "Patient",\n "name": [}'
    assert sentence_for(broken).startswith("export.json is not proper JSON at line 2, column 11.")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "export.json is empty."),
        (b" \n ", "export.json is empty."),
        (b'{"hello": "world"}', "does not say what kind of entry it is (resourceType)"),
        (b"hello", "is not FHIR in JSON"),
        (b"42", "is not FHIR in JSON"),
        (b"[{}]", "is a bare list"),
        (b'<Bundle xmlns="http://hl7.org/fhir"/>', "XML or a web page"),
        (b"%PDF-1.7", "It is a PDF."),
        (b"PK\x03\x04abc", "unpack it first"),
        (b"\x1f\x8babc", "unpack it first"),
        (b'{"resourceType": "patient", "id": "a"}', "does not say what kind of entry it is"),
    ],
)
def test_what_is_not_fhir_is_refused(data: bytes, what: str) -> None:
    assert what in sentence_for(data)


def test_a_file_of_fifty_megabytes_is_refused_in_megabytes() -> None:
    assert sentence_for(b" {" + b" " * 50_000_000).startswith(
        "export.json has 50 MB, and we can read files smaller than 50 MB."
    )


def test_other_encodings_are_refused() -> None:
    named = json.dumps({**AMINA, "name": [{"family": "Lévesque", "given": ["Zoë"]}]}, ensure_ascii=False, indent=0)
    assert "UTF-16" in sentence_for(named.encode("utf-16"))
    assert "UTF-16" in sentence_for(named.encode("utf-16-le"))
    assert "UTF-16 or UTF-32" in sentence_for(named.encode("utf-32"))
    latin = sentence_for(named.encode("latin-1"))
    assert "is not written in UTF-8 (line 6" in latin
    assert "Save it as UTF-8." in latin


def test_several_patients_are_both_named() -> None:
    mei = {**AMINA, "id": "mei", "name": [{"text": "Mei Leung"}]}
    told = sentence_for_entries(AMINA, mei, ECZEMA, {**ECZEMA, "id": "b", "subject": {"reference": "Patient/mei"}})
    assert told == (
        "export.json holds the records of several patients: Amina Haddad (Patient/amina), and in"
        " export.json, entry 2 (Patient/mei) Mei Leung (Patient/mei). Export one patient at a time."
    )


def test_patients_without_any_entry_of_care_are_several_too() -> None:
    assert "several patients" in sentence_for(corpus("hl7-r4/Bundle-bundle-transaction.json").read_bytes())


def test_an_export_without_its_patient_is_refused() -> None:
    assert sentence_for_entries(ECZEMA).startswith("export.json holds no patient.")
    assert "holds no patient" in sentence_for(corpus("hl7-r4/Bundle-101.json").read_bytes())


def test_entries_about_somebody_who_is_not_in_the_export_are_refused() -> None:
    stray = {**ECZEMA, "subject": {"reference": "Patient/someone-else"}}
    assert "about Patient/someone-else" in sentence_for_entries(AMINA, stray)


def test_two_entries_under_one_id_that_differ_are_refused() -> None:
    told = sentence_for_entries(AMINA, ECZEMA, {**ECZEMA, "code": {"text": "Psoriasis"}})
    assert told.startswith(
        "export.json, entry 3 (Condition/eczema) has the same id as export.json, entry 2 (Condition/eczema)"
        " and says something else."
    )


@pytest.mark.parametrize(
    ("birth", "problem"),
    [
        ({}, "has no birth date"),
        ({"birthDate": ""}, "has no birth date"),
        ({"birthDate": "1991"}, "has no whole birth date (1991)"),
        ({"birthDate": "1991-05"}, "has no whole birth date (1991-05)"),
        ({"birthDate": "1991-02-30"}, "has no whole birth date (1991-02-30)"),
        ({"birthDate": 19910517}, "has no whole birth date (19910517)"),
        ({"birthDate": "2027-02-03"}, "has a birth date in the future (2027-02-03)"),
    ],
)
def test_a_birth_date_that_cannot_be_is_refused(birth: dict[str, Any], problem: str) -> None:
    patient = {**{key: value for key, value in AMINA.items() if key != "birthDate"}, **birth}
    assert sentence_for_entries(patient, ECZEMA) == (
        f"export.json, entry 1 (Patient/amina) {problem}."
        " Correct it in the clinic's system and export the record again."
    )


def test_a_child_born_today_is_read() -> None:
    assert read_bundle({**AMINA, "birthDate": TODAY.isoformat()}).patient.birth_date == TODAY


def test_a_patient_without_a_name_is_refused() -> None:
    assert "has no name" in sentence_for_entries({**AMINA, "name": []})


def test_an_animal_is_refused() -> None:
    animal = corpus("hl7-r4/Patient-animal.json").read_bytes()
    assert sentence_for(animal) == (
        "export.json (Patient/animal) is an animal. The portal keeps the records of people only."
    )


def test_ids_that_nobody_filled_in_are_refused() -> None:
    told = sentence_for(corpus("ms-fhir-server/Normative_Import-Patient.ndjson").read_bytes(), "patients.ndjson")
    assert told.startswith("patients.ndjson, line 1 (Patient): ##PatientID## cannot be the id of a real entry.")


@pytest.mark.parametrize("entry", [None, 5, "text", [], [1]])
def test_an_entry_that_is_no_object_is_refused(entry: Any) -> None:
    export = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": AMINA}, entry]}
    assert sentence_for(json.dumps(export)).startswith(
        "export.json, entry 2: this is not FHIR, because it is no object."
    )


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("NaN", "it holds NaN where a number belongs"),
        ("-Infinity", "it holds -Infinity where a number belongs"),
        ("9" * 5000, "it holds a number with 5000 figures"),
        ('"\\ud800"', "it holds half of a letter"),
        ('{"a": 1, "a": 2}', "it says “a” twice in the same place"),
        ("[" * 100_000 + "]" * 100_000, "its parts are nested too deeply"),
    ],
)
def test_what_python_would_take_and_fhir_does_not_is_refused_with_its_entry(value: str, what: str) -> None:
    odd = f'{{"resourceType": "Basic", "id": "odd", "subject": {{"reference": "Patient/amina"}}, "x": {value}}}'
    export = f'{{"resourceType": "Bundle", "entry": [{{"resource": {json.dumps(AMINA)}}}, {{"resource": {odd}}}]}}'
    told = sentence_for(export)
    assert told.startswith(f"export.json, entry 2: {what}")
    assert told.endswith("Export the record again.")


@pytest.mark.parametrize("key", ["item", "extension", "section", "whatever"])
def test_parts_inside_parts_without_end_are_refused(key: str) -> None:
    kind = {"item": "QuestionnaireResponse", "section": "Composition"}.get(key, "Basic")
    deep: Any = {"text": "bottom", "url": "x", "valueString": "bottom"}
    for _level in range(150):
        deep = {key: [deep], "url": "x", "resourceType": "Basic"}
    told = sentence_for_entries(AMINA, {"resourceType": kind, "id": "deep", key: [deep]})
    assert "export.json, entry 2 (" in told
    assert "too deeply" in told


def test_a_name_said_twice_in_a_bundle_is_refused() -> None:
    export = '{"resourceType": "Bundle", "entry": [], "entry": []}'
    assert "says “entry” twice" in sentence_for(export)


def test_a_history_is_refused() -> None:
    assert "is a history of changes" in sentence_for_entries(AMINA, kind="history")


def test_a_bundle_that_holds_nothing_is_refused() -> None:
    assert "is a bundle without entries" in sentence_for('{"resourceType": "Bundle", "type": "collection"}')
    answer = '{"resourceType": "Bundle", "type": "batch-response", "entry": [{"response": {"status": "200"}}]}'
    assert "holds no record" in sentence_for(answer)


def test_the_first_page_of_a_search_is_not_a_record() -> None:
    following = [{"relation": "next", "url": "https://emr.example/fhir?page=2"}]
    first = encoded(bundle(AMINA, kind="searchset", link=following))
    assert "says that more pages follow" in sentence_for(first)
    last = encoded(bundle(ECZEMA, kind="searchset"))
    assert len(read([("1.json", first), ("2.json", last)], today=TODAY).items) == 2


def test_no_file_at_all_is_refused() -> None:
    with pytest.raises(Invalid, match="There is nothing to read"):
        read([], today=TODAY)
