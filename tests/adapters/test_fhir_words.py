"""Codes, dates, amounts, doses and names in the words a patient reads."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal.adapters.fhir import read
from portal.adapters.fhir.amounts import number_words, quantity_words
from portal.adapters.fhir.codes import full_concept_words, plain_code
from portal.adapters.fhir.dates import date_words, day_of, span_words, told_in
from portal.adapters.fhir.labels import extension_label, label_of
from portal.adapters.fhir.people import address_words, contact_words, full_name_words, identifier_words
from portal.adapters.fhir.shapes import Number
from portal.adapters.fhir.timing import timing_words
from portal.domain.errors import Invalid
from portal.domain.words import speaking
from tests.adapters.fhir_exports import (
    AMINA,
    ECZEMA,
    TODAY,
    bundle,
    encoded,
    facts,
    only_item,
)

SNOMED = "http://snomed.info/sct"
HL7 = "http://terminology.hl7.org/CodeSystem/"


def numbers(value: Any) -> Any:
    """Plain Python with its numbers as the reader keeps them."""
    if isinstance(value, dict):
        return {key: numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [numbers(one) for one in value]
    return Number(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2027-02-02", "2 February 2027"),
        ("2027-02", "February 2027"),
        ("2027", None),
        ("2027-02-02T09:30:00-08:00", "2 February 2027, 09:30"),
        ("2027-02-02T09:30:00Z", "2 February 2027, 09:30 (UTC)"),
        ("2027-02-02T09:30:00.123+00:00", "2 February 2027, 09:30 (UTC)"),
        ("2027-02-30", None),
        ("2027-13", None),
        ("2027-02-02T25:00:00Z", None),
        ("2027-02-02 and later", None),
        ("next week", None),
    ],
)
def test_dates_are_said_as_people_say_them(written: str, said: str | None) -> None:
    assert date_words(written) == said


def test_a_time_given_in_utc_is_told_by_the_clinics_clock() -> None:
    night = {**ECZEMA, "onsetDateTime": "2024-05-01T01:30:00Z", "recordedDate": "2024-05-01T01:30:00+02:00"}
    reading = read([("e.json", encoded(bundle(AMINA, night)))], today=TODAY, zone=ZoneInfo("America/Vancouver"))
    item = reading.items[1]
    assert facts(item)["Began"] == "30 April 2024, 18:30"
    assert facts(item)["Recorded"] == "1 May 2024, 01:30"
    assert str(item.occurred_on) == "2024-04-30"
    with told_in(None):
        assert date_words("2024-05-01T01:30:00Z") == "1 May 2024, 01:30 (UTC)"


def test_a_span_says_its_day_once() -> None:
    assert span_words("2024-05-01T09:00:00-07:00", "2024-05-01T09:30:00-07:00") == "1 May 2024, 09:00 to 09:30"
    assert span_words("2024-05-01T09:00:00Z", "2024-05-01T09:30:00Z") == "1 May 2024, 09:00 to 09:30 (UTC)"
    assert span_words("2024-05-01", "2024-05-03") == "1 May 2024 to 3 May 2024"
    assert span_words("2024-05", "") == "from May 2024"
    assert span_words("", "2024") == "until 2024"


def test_a_month_or_a_year_stands_for_its_first_day_and_is_said_as_it_is() -> None:
    assert str(day_of("2024-05")) == "2024-05-01"
    item = only_item({**ECZEMA, "onsetDateTime": "2009"})
    assert (str(item.occurred_on), item.occurred_in_words) == ("2009-01-01", "2009")
    assert only_item({**ECZEMA, "onsetDateTime": "2009-03"}).occurred_in_words == "March 2009"
    assert only_item(ECZEMA).occurred_in_words is None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("61.50", "61.50"),
        ("7", "7"),
        ("-0.5", "-0.5"),
        ("0.000125", "0.000125"),
        ("156.34449398295143", "156.344"),
        ("0.00012345678", "0.000123457"),
        ("1e3", "1e3"),
        ("12345678.123456789", "12345700"),
    ],
)
def test_numbers_stay_as_written_but_for_what_no_instrument_measured(written: str, said: str) -> None:
    assert number_words(written) == said


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        ({"value": 176, "unit": "g/L"}, "176 g/L"),
        ({"value": 120, "unit": "mm[Hg]"}, "120 mmHg"),
        ({"value": 5.9, "unit": "x10*12/L"}, "5.9 ×10¹²/L"),
        ({"value": 6.5, "code": "10*3/uL"}, "6.5 ×10³/uL"),
        ({"value": 37.5, "unit": "Cel"}, "37.5°C"),
        ({"value": 2, "unit": "{score}"}, "2"),
        ({"value": 1, "comparator": "<", "unit": "IU/L"}, "less than 1 IU/L"),
        ({"value": 3, "unit": "years"}, "3 years"),
        ({"value": 1, "code": "a"}, "1 year"),
        ({"value": 90, "code": "min"}, "90 minutes"),
    ],
)
def test_amounts_have_units_that_people_write(quantity: dict[str, Any], said: str) -> None:
    assert quantity_words(numbers(quantity)) == said


@pytest.mark.parametrize(
    ("concept", "said"),
    [
        ({"text": "Rash", "coding": [{"system": SNOMED, "code": "1", "display": "Rash"}]}, "Rash"),
        ({"text": "Rash", "coding": [{"display": "Eruption of skin"}]}, "Rash (also called: Eruption of skin)"),
        ({"coding": [{"system": SNOMED, "code": "1", "display": "Rash (finding)"}]}, "Rash (finding)"),
        ({"coding": [{"display": "A"}, {"display": "B", "userSelected": True}]}, "B (also called: A)"),
        ({"coding": [{"system": "http://loinc.org", "code": "4548-4"}]}, "Code 4548-4 (LOINC)"),
        ({"coding": [{"system": HL7 + "v3-ActCode", "code": "AMB"}]}, "outpatient visit"),
        ({"coding": [{"system": HL7 + "v3-ActCode", "code": "AMB", "display": "ambulatory"}]}, "outpatient visit"),
        ({"coding": [{"system": HL7 + "v3-ActCode", "code": "AMB", "display": "Laser room"}]}, "Laser room"),
        ({"coding": [{"system": HL7 + "condition-clinical", "code": "remission"}]}, "in remission"),
        ({"coding": [{"system": HL7 + "v3-ObservationInterpretation", "code": "HH"}]}, "very high"),
        ({"coding": [{"system": HL7 + "condition-ver-status", "code": "refuted"}]}, "ruled out"),
        ({"coding": [{"system": HL7 + "observation-category", "code": "vital-signs"}]}, "vital signs"),
        ({"coding": [{"system": "urn:ietf:bcp:47", "code": "fr"}]}, "fr"),
        ({"coding": [{"system": "https://emr.example/codes", "code": "C"}]}, "Code C (codes)"),
        ({"coding": []}, ""),
    ],
)
def test_codes_show_their_text_then_their_display_then_a_word_then_the_code(concept: dict[str, Any], said: str) -> None:
    assert full_concept_words(concept) == said


@pytest.mark.parametrize(
    ("repeat", "said"),
    [
        ({"frequency": 2, "period": 1, "periodUnit": "d"}, "twice a day"),
        ({"frequency": 1, "period": 1, "periodUnit": "wk"}, "once a week"),
        ({"frequency": 1, "period": 8, "periodUnit": "h"}, "every 8 hours"),
        ({"frequency": 3, "frequencyMax": 4, "period": 1, "periodUnit": "d"}, "3 to 4 times a day"),
        ({"frequency": 2, "period": 2, "periodUnit": "wk"}, "twice every 2 weeks"),
        ({"period": 4, "periodMax": 6, "periodUnit": "h"}, "every 4–6 hours"),
        ({"frequency": 1, "period": 1, "periodUnit": "d", "when": ["HS"]}, "once a day, at bedtime"),
        ({"dayOfWeek": ["mon", "thu"]}, "on Monday, on Thursday"),
        ({"timeOfDay": ["08:00:00"]}, "at 08:00"),
        ({"count": 1}, "once"),
        (
            {"frequency": 1, "period": 1, "periodUnit": "d", "boundsDuration": {"value": 10, "code": "d"}},
            "once a day, for 10 days",
        ),
        ({"boundsPeriod": {"start": "2024-05-01"}}, "from 1 May 2024"),
    ],
)
def test_how_often_is_said_as_on_a_label(repeat: dict[str, Any], said: str) -> None:
    assert timing_words(numbers({"repeat": repeat})) == said


def test_a_visit_that_is_over_took_place() -> None:
    assert plain_code("finished") == "took place"
    assert plain_code("current") == "in use"


def test_names_addresses_and_numbers_are_written_as_on_a_letter() -> None:
    assert full_name_words({"family": "Solo", "given": ["Leia"], "prefix": ["Dr"]}) == "Dr Leia Solo"
    assert full_name_words({"family": "Organa", "given": ["Leia"], "use": "maiden"}) == "Leia Organa (before marriage)"
    assert full_name_words({"text": "Eve", "family": "Everywoman"}) == "Eve (written also Everywoman)"
    address = {"line": ["12 Main St"], "city": "Nanaimo", "state": "BC", "postalCode": "V9R 0X4", "use": "old"}
    assert address_words(address) == "12 Main St, Nanaimo BC V9R 0X4 (no longer used)"
    assert contact_words({"system": "fax", "value": "250-555-0100", "use": "work"}) == "fax 250-555-0100 (work)"
    assert identifier_words({"type": {"text": "Chart"}, "value": "77"}) == "Chart: 77"
    assert identifier_words({"system": "urn:ietf:rfc:3986", "value": "urn:uuid:1"}) == ""


def test_labels_are_words() -> None:
    assert label_of("clinicalStatus") == "Status"
    assert label_of("onsetAge") == "Began"
    assert label_of("reasonReference") == "Reason"
    assert label_of("daysToCycle") == "Days to cycle"
    assert extension_label("http://hl7.org/fhir/us/core/StructureDefinition/us-core-race") == "Race"
    assert extension_label("http://hl7.org/fhir/StructureDefinition/patient-birthPlace") == "Birth place"


def test_an_entry_is_kept_in_one_language_whoever_brings_it_in() -> None:
    export = [("export.json", encoded(bundle(AMINA, ECZEMA)))]
    with speaking("fr"):
        item = read(export, today=TODAY).items[0]
        with pytest.raises(Invalid, match="export.json est vide"):
            read([("export.json", b"")], today=TODAY)
    assert item == read(export, today=TODAY).items[0]
