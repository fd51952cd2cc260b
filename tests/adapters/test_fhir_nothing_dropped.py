"""Whatever an entry says to a person stands in its item; what does not is on the short list below."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.adapters.fhir.amounts import duration_words, number_words, unit_words
from portal.adapters.fhir.codes import confidentiality_words, plain_code
from portal.adapters.fhir.dates import date_words
from portal.adapters.fhir.people import identifier_words
from portal.adapters.fhir.plumbing import PLUMBING, PLUMBING_EXTENSIONS
from portal.adapters.fhir.shapes import Number
from portal.adapters.fhir.strings import BY_ELEMENT
from portal.domain.record_items import ReadItem
from tests.adapters.fhir_exports import CORPUS, corpus, read_files, read_text, with_its_patient, words

MADE = Path(__file__).resolve().parents[2] / "portal" / "demo" / "records"
EXPORTS = (
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
EXAMPLES = sorted(
    path.name for path in CORPUS.glob("hl7-r4/*.json") if not path.name.startswith(("Bundle-", "Patient-"))
)

# Besides the reader's own list: who an entry is about, what a reference points at, and how a word or a file is packed.
UNSHOWN = PLUMBING | {
    "reference",
    "system",
    "version",
    "url",
    "data",
    "div",
    "subject",
    "patient",
    "for",
    # The number beside a reference that has been said by name.
    "identifier.of.reference",
    # A file read out as text shows its text, and neither its kind nor its language.
    "contentType",
    "language",
}
# Said inside a sentence ("less than 1 IU/L", "as needed"), or unpacked.
IN_A_SENTENCE = {"asNeededBoolean", "comparator", "valueBase64Binary", "query"}
# A visit's class is called by HL7's term of art, and said in plain words.
TERMS_OF_ART = {
    ("AMB", "ambulatory"): "outpatient visit",
    ("IMP", "inpatient encounter"): "hospital stay",
    ("VR", "virtual"): "visit by telephone or video",
}
COUNTS = {"1": ("once", "every", "a day"), "2": ("twice",)}
NAMED_ONLY = {"Organization", "Practitioner", "PractitionerRole", "Location"}


def values(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each plain value of a resource that a person should be told, with where it stands."""
    if isinstance(value, list):
        for one in value:
            yield from values(one, path)
    elif isinstance(value, dict):
        if (path and value.get("resourceType") in NAMED_ONLY) or value.get("url") in PLUMBING_EXTENSIONS:
            return
        for key, one in _told(value, path):
            yield from values(one, (*path, key))
    elif value is not None and value != "":
        yield path, value


def _told(value: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    named = value.keys() & {"display", "text", "unit"}
    for key, one in value.items():
        if key in UNSHOWN or key in IN_A_SENTENCE:
            continue
        if key == "code" and (named or "system" in value) and isinstance(one, str):
            continue  # a code with a name of its own, or said as "Code ... (LOINC)" or in a word
        if key == "text" and isinstance(one, dict) and "div" in one:
            continue  # narratives have a test of their own
        if key == "display" and (value.get("code"), one) in TERMS_OF_ART:
            one = TERMS_OF_ART[value["code"], one]
        if key == "coding" and "text" in value:
            one = [coding for coding in one if coding.get("display")]
        if key == "identifier" and ("reference" in value or "display" in value):
            continue
        if key in ("identifier", "masterIdentifier", "type") and _is_for_computers(value, one, path):
            continue
        yield key, one


def _is_for_computers(value: dict[str, Any], one: Any, path: tuple[str, ...]) -> bool:
    if path and path[-1] == "identifier" and not identifier_words(value):
        return True
    numbers = one if isinstance(one, list) else [one]
    return all(isinstance(number, dict) and "value" in number and not identifier_words(number) for number in numbers)


def ways_to_say(path: tuple[str, ...], value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, Number):
        return [number_words(value), *COUNTS.get(str(value), ())]
    if path[-1] in ("unit", "periodUnit", "durationUnit"):
        lengths = [duration_words(n, value) or "" for n in ("1", "2")]
        return [value, unit_words(value), *(length[2:] for length in lengths if length)]
    day = date_words(value) or value
    known = BY_ELEMENT.get(path[-1], {}).get(value, value)
    # A time on a day already said is said alone.
    return [value, day, day.rpartition(", ")[2].removesuffix(" (UTC)"), plain_code(value), known] + (
        [confidentiality_words(value)] if path[-1] == "confidentiality" else []
    )


def bare(text: str) -> str:
    return " " + " ".join(re.findall(r"\w+", text.casefold())) + " "


def unsaid(item: ReadItem) -> list[str]:
    told = bare(words(item))
    originals = json.loads(item.original, parse_float=Number, parse_int=Number)
    missing = []
    for resource in originals if isinstance(originals, list) else [originals]:
        for path, value in values(resource):
            said = [bare(re.sub(r" \([a-z ]+\)$", "", way, flags=re.IGNORECASE)) for way in ways_to_say(path, value)]
            if isinstance(value, str) and value.startswith(("urn:uuid:", "urn:oid:")):
                continue
            # What has no letter or figure ("%") is looked for as it stands.
            if not any(way in told if way.strip() else str(value) in words(item) for way in said):
                missing.append(f"{resource['resourceType']}.{'.'.join(path)}: {value!r}")
    return missing


@pytest.mark.parametrize("path", EXPORTS)
def test_everything_a_real_record_says_stands_in_its_items(path: str) -> None:
    for item in read_files([corpus(path)]).items:
        assert not unsaid(item), item.source_id


def test_everything_a_bulk_export_says_stands_in_its_items() -> None:
    for item in read_files(corpus("bulk-ndjson-one-patient").glob("*.ndjson")).items:
        assert not unsaid(item), item.source_id


@pytest.mark.parametrize("owner", ["amina", "cora", "mei"])
def test_everything_our_own_records_say_stands_in_their_items(owner: str) -> None:
    for item in read_files([MADE / f"{owner}.json"]).items:
        assert not unsaid(item), item.source_id


@pytest.mark.parametrize("name", EXAMPLES or ["the examples of the standard"])
def test_everything_an_example_of_the_standard_says_stands_in_its_item(name: str) -> None:
    resource = json.loads(corpus(f"hl7-r4/{name}").read_text())
    for item in read_text(json.dumps(with_its_patient(resource))).items:
        assert not unsaid(item), item.source_id


def test_this_test_finds_what_is_missing() -> None:
    item = read_files([MADE / "cora.json"]).items[0]
    poorer = ReadItem(**{**vars(item), "blocks": item.blocks[1:]})
    assert unsaid(poorer)
