"""Real exports become items in the clinic's words, and every resource is accounted for."""

import json

import pytest

from portal.adapters.fhir import read
from portal.domain.record_items import Category, Enclosure, Paragraph, Reading, ReadItem, Table
from tests.adapters.fhir_exports import (
    ABOUT_AMINA,
    AMINA,
    CORPUS,
    ECZEMA,
    TODAY,
    adds_up,
    corpus,
    encoded,
    facts,
    read_bundle,
    read_files,
    read_text,
    with_its_patient,
    words,
)

WHOLE_RECORDS = (
    "synthea-r4/Christian_Balistreri.json",
    "synthea-r4/Fannie_Waelchi.json",
    "synthea-r4/Felipa_OKeefe.json",
    "synthea-r4/Garrett_Thompson.json",
    "synthea-r4/Jorge_Brekke.json",
    "synthea-r4/Rickey_Becker.json",
    "ms-fhir-server/R4_SmartPatientA.json",
    "hl7-r4/Bundle-father.json",
    "hl7-r4/Bundle-xds.json",
)
# Bundles and patients have tests of their own.
EXAMPLES = sorted(
    path.name for path in CORPUS.glob("hl7-r4/*.json") if not path.name.startswith(("Bundle-", "Patient-"))
)


def item_named(reading: Reading, title: str) -> ReadItem:
    return next(item for item in reading.items if item.title == title)


@pytest.mark.parametrize("path", WHOLE_RECORDS)
def test_every_resource_of_a_real_bundle_is_an_item_a_part_or_counted_with_a_reason(path: str) -> None:
    file = corpus(path)
    reading = read_files([file])
    assert reading.resources == len(json.loads(file.read_text())["entry"])
    assert adds_up(reading)
    assert all(item.blocks and item.title for item in reading.items)


def test_the_files_of_a_bulk_export_are_read_together() -> None:
    reading = read_files(corpus("bulk-ndjson-one-patient").glob("*.ndjson"))
    assert reading.resources == 284
    assert adds_up(reading)
    assert reading.patient.family_name == "Emmerich580"
    note = next(item for item in reading.items if item.resource_type == "DocumentReference")
    assert note.category is Category.ENCOUNTERS
    assert facts(note)["Written by"].startswith("Dr. ")
    assert any("No complaints." in block.text for block in note.blocks if isinstance(block, Paragraph))


@pytest.mark.parametrize("name", EXAMPLES or ["the examples of the standard"])
def test_every_example_of_the_standard_becomes_a_readable_item(name: str) -> None:
    resource = json.loads(corpus(f"hl7-r4/{name}").read_text())
    reading = read_text(json.dumps(with_its_patient(resource)))
    assert adds_up(reading)
    (item,) = (item for item in reading.items if item.resource_type == resource["resourceType"])
    assert len(words(item)) > len(item.title) + 1
    assert json.loads(item.original) == resource


def test_the_largest_bundle_says_what_a_patient_knows_of_herself() -> None:
    reading = read_files([corpus("synthea-r4/Felipa_OKeefe.json")])
    assert (reading.patient.given_name, reading.patient.family_name) == ("Felipa", "O'Keefe")
    allergies = {item.title for item in reading.items if item.category is Category.ALLERGIES}
    assert allergies == {
        "Allergy to mould",
        "Dander (animal) allergy",
        "Allergy to grass pollen",
        "Shellfish allergy",
        "Allergy to peanuts",
    }
    dermatitis = item_named(reading, "Atopic dermatitis")
    assert facts(dermatitis) == {
        "Condition": "Atopic dermatitis",
        "Status": "active",
        "Certainty": "confirmed",
        "Began": "1 November 1959, 09:52 (UTC)",
        "Recorded": "1 November 1959, 09:52 (UTC)",
        "Visit": "Encounter for problem, 1 November 1959",
    }
    assert sum(reading.parts.values()) == 234
    assert reading.administrative["Claim", "billing and insurance, no care"] == 71


def test_contact_dermatitis_is_a_condition_with_its_care_plan() -> None:
    reading = read_files([corpus("synthea-r4/Christian_Balistreri.json")])
    assert any("dermatitis" in item.title for item in reading.items if item.category is Category.CONDITIONS)
    (plan,) = (item for item in reading.items if item.category is Category.CARE_PLANS)
    assert "Application of moisturizer to skin" in words(plan)
    assert facts(plan)["For"] == "Contact dermatitis, 26 June 2017"


def test_a_blood_count_is_one_table_with_a_row_a_test() -> None:
    reading = read_files([corpus("synthea-r4/Felipa_OKeefe.json")])
    count = next(item for item in reading.items if item.title.startswith("Complete blood count"))
    (table,) = (block for block in count.blocks if isinstance(block, Table))
    assert count.category is Category.RESULTS
    assert table.head == ("Test", "Result")
    assert len(table.rows) == 11
    assert table.rows[2] == ("Hemoglobin [Mass/volume] in Blood", "15.0943 g/dL")


def test_a_laboratory_report_shows_normal_ranges() -> None:
    laboratory = json.loads(corpus("hl7-r4/Bundle-101.json").read_text())
    laboratory["entry"].append({"resource": {**AMINA, "id": "pat2"}})
    reading = read_text(json.dumps(laboratory))
    (report,) = (item for item in reading.items if item.resource_type == "DiagnosticReport")
    (table,) = (block for block in report.blocks if isinstance(block, Table) and block.head[0] == "Test")
    assert table.rows[0][1:3] == ("176 g/L", "135 to 180 g/L")
    assert table.rows[1][1:3] == ("5.9 ×10¹²/L", "4.2 to 6.0 ×10¹²/L")
    assert [file.media_type for file in report.files] == ["application/pdf"]
    assert adds_up(reading)


def test_a_pathology_report_keeps_its_pdf() -> None:
    resource = json.loads(corpus("hl7-r4/DiagnosticReport-gingival-mass.json").read_text())
    reading = read_text(json.dumps(with_its_patient(resource)))
    report = next(item for item in reading.items if item.resource_type == "DiagnosticReport")
    (file,) = report.files
    (enclosure,) = (block for block in report.blocks if isinstance(block, Enclosure))
    assert report.category is Category.REPORTS
    assert file.data.startswith(b"%PDF-")
    assert file.media_type == enclosure.media_type == "application/pdf"
    assert enclosure.file == "0"
    assert "Max Jones" in (report.concerns or "")


def test_a_document_takes_its_file_from_the_binary_it_points_at() -> None:
    reading = read_files([corpus("hl7-r4/Bundle-xds.json")])
    assert reading.parts == {("Binary", "the file of the document it belongs to"): 1}
    document = item_named(reading, "History and Physical")
    assert "asdasdasdasdasd" in words(document)
    assert facts(document)["Written by"] == "Gerald Smitty; Sherry Dopplemeyer"


def test_a_document_bundle_is_its_sections_and_its_entries() -> None:
    reading = read_files([corpus("hl7-r4/Bundle-father.json")])
    summary = item_named(reading, "Discharge Summary")
    assert summary.category is Category.DOCUMENTS
    assert "Was wheezing for days prior to admission" in words(summary)
    assert any(isinstance(block, Table) and ("Doxycycline", "Hives") in block.rows for block in summary.blocks)
    medicine = item_named(reading, "Prescription: Theophylline 200mg")
    assert facts(medicine)["How to take it"] == (
        "1 tablet (Ordered); oral administration of treatment; twice a day; Take with Food"
    )
    assert medicine.concerns == (
        "This entry calls the person it is about “Peter Patient”, and the patient is Eve Everywoman."
    )


def test_a_patient_who_speaks_french_and_one_who_has_died_are_read() -> None:
    assert read_files([corpus("synthea-r4/Rickey_Becker.json")]).patient.language == "fr"
    died = read_files([corpus("synthea-r4/Garrett_Thompson.json")])
    assert "Has died" in facts(item_named(died, "Personal details"))


@pytest.mark.parametrize("kind", ["collection", "transaction", "batch", "searchset", "document", "message"])
def test_bundles_of_every_kind_that_holds_a_record_are_read(kind: str) -> None:
    reading = read_bundle(AMINA, ECZEMA, kind=kind)
    assert [item.title for item in reading.items] == ["Personal details", "Hand eczema"]


def test_single_resources_make_a_record_together() -> None:
    files = [("patient.json", encoded(AMINA)), ("condition.json", encoded(ECZEMA))]
    reading = read(files, today=TODAY)
    assert reading.resources == 2
    assert reading.patient.source_id == "Patient/amina"


def test_a_byte_order_mark_blank_lines_and_line_ends_do_no_harm() -> None:
    lines = b"\xef\xbb\xbf" + encoded(AMINA) + b"\r\n\r\n" + encoded(ECZEMA) + b"\r\n"
    assert len(read_text(lines, "export.ndjson").items) == 2


def test_a_bundle_inside_a_bundle_is_opened() -> None:
    inner = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": ECZEMA}]}
    reading = read_bundle(AMINA, inner)
    assert [item.title for item in reading.items] == ["Personal details", "Hand eczema"]
    assert reading.resources == 2


def test_an_entry_without_a_resource_is_counted() -> None:
    export = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": AMINA}, {"request": {"method": "DELETE", "url": "Patient/234"}}],
    }
    reading = read_text(json.dumps(export))
    assert reading.administrative == {
        ("Entry without a resource", "asks a computer to do something and holds no record"): 1
    }
    assert adds_up(reading)


def test_the_same_entry_twice_is_one_item_and_counted() -> None:
    reading = read_bundle(AMINA, ECZEMA, ECZEMA)
    assert len(reading.items) == 2
    assert reading.administrative == {("Condition", "the same entry a second time"): 1}
    assert adds_up(reading)


def test_a_resource_without_an_id_has_the_same_source_id_whenever_it_is_read() -> None:
    nameless = {key: value for key, value in ECZEMA.items() if key != "id"}
    first, again = (read_bundle(AMINA, nameless).items[1].source_id for _time in range(2))
    assert first == again
    assert first.startswith("Condition/")


def test_the_original_is_the_sources_own_text() -> None:
    text = '{"resourceType":"Observation",  "id":"weight","valueQuantity":{"value":61.50,"unit":"kg"}}'
    export = f'{{"resourceType":"Bundle","entry":[{{"resource":{json.dumps(AMINA)}}},{{"resource":{text}}}]}}'
    item = read_text(export).items[1]
    assert item.original == text
    assert facts(item)["Result"] == "61.50 kg"


def test_what_is_told_inside_another_entry_is_kept_in_its_original() -> None:
    goal = {"resourceType": "Goal", "id": "sleep", "description": {"text": "Sleep without itch"}, **ABOUT_AMINA}
    plan = {"resourceType": "CarePlan", "id": "plan", "goal": [{"reference": "Goal/sleep"}], **ABOUT_AMINA}
    reading = read_bundle(AMINA, plan, goal)
    item = next(one for one in reading.items if one.resource_type == "CarePlan")
    assert facts(item)["Goal"] == "Sleep without itch"
    assert json.loads(item.original) == [plan, goal]
    assert reading.parts == {("Goal", "told in the care plan it belongs to"): 1}


def test_entries_that_only_hold_one_another_are_still_told() -> None:
    panels = [
        {"resourceType": "Observation", "id": one, "hasMember": [{"reference": f"Observation/{other}"}], **ABOUT_AMINA}
        for one, other in (("a", "b"), ("b", "a"))
    ]
    reading = read_bundle(AMINA, *panels)
    assert len(reading.items) == 2
    assert adds_up(reading)
