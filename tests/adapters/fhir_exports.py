"""Small FHIR exports for tests, and the way to the real ones."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.adapters.fhir import read
from portal.domain.errors import Invalid
from portal.domain.record_items import Enclosure, Field, Paragraph, Reading, ReadItem, Table

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "fhir"
TODAY = date(2027, 2, 2)

Resource = dict[str, Any]

AMINA: Resource = {
    "resourceType": "Patient",
    "id": "amina",
    "name": [{"given": ["Amina"], "family": "Haddad"}],
    "birthDate": "1991-05-17",
}
ABOUT_AMINA = {"subject": {"reference": "Patient/amina"}}
ECZEMA: Resource = {
    "resourceType": "Condition",
    "id": "eczema",
    "code": {"text": "Hand eczema"},
    "onsetDateTime": "2024-05-01",
    **ABOUT_AMINA,
}


def corpus(path: str) -> Path:
    """A file or folder of real exports; the test is skipped where they are not at hand."""
    found = CORPUS / path
    if not found.exists():
        pytest.skip(f"the real exports are not here (shared/data/fhir/{path})")
    return found


def bundle(*resources: Resource, kind: str = "collection", **more: Any) -> Resource:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources], **more}


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def read_bundle(*resources: Resource, **more: Any) -> Reading:
    return read([("export.json", encoded(bundle(*resources, **more)))], today=TODAY)


def read_text(text: str | bytes, name: str = "export.json") -> Reading:
    return read([(name, text.encode() if isinstance(text, str) else text)], today=TODAY)


def read_with_amina(*resources: Resource) -> list[ReadItem]:
    """The items of Amina's record, her personal details left out."""
    return [item for item in read_bundle(AMINA, *resources).items if item.source_id != "Patient/amina"]


def only_item(resource: Resource) -> ReadItem:
    (item,) = read_with_amina(resource)
    return item


def read_files(paths: Iterable[Path]) -> Reading:
    return read([(path.name, path.read_bytes()) for path in sorted(paths)], today=TODAY)


def facts(item: ReadItem) -> dict[str, str]:
    """The labelled facts of an item; those of one label one below the other."""
    told: dict[str, str] = {}
    for block in item.blocks:
        if isinstance(block, Field):
            told[block.label] = f"{told[block.label]}\n{block.text}" if block.label in told else block.text
    return told


def words(item: ReadItem) -> str:
    """Everything a person reads of an item, its title last."""
    return "\n".join([*_words(item), item.title])


def _words(item: ReadItem) -> Iterator[str]:
    for block in item.blocks:
        match block:
            case Field(label=label, text=text):
                yield f"{label}: {text}"
            case Paragraph(text=text):
                yield text
            case Table(head=head, rows=rows):
                yield from (" | ".join(row) for row in (head, *rows))
            case Enclosure(name=name, media_type=media_type):
                yield f"{name} {media_type}"
            case _:
                raise AssertionError(block)


def adds_up(reading: Reading) -> bool:
    told = len(reading.items) + sum(reading.parts.values()) + sum(reading.administrative.values())
    return told == reading.resources


def about(resource: Resource) -> str:
    """The id of the patient that a resource says it is about."""
    for key in ("subject", "patient", "for"):
        value = resource.get(key)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and "Patient/" in one.get("reference", ""):
                return str(one["reference"]).rpartition("/")[2]
    return "amina"


def with_its_patient(resource: Resource) -> Resource:
    """A bundle of one resource and the patient it is about."""
    return bundle({**AMINA, "id": about(resource)}, resource)


def outcome(data: bytes) -> str:
    """Nothing where an export is read, with something in each of its items; else the sentence of the refusal."""
    try:
        reading = read_text(data)
    except Invalid as refused:
        return refused.sentence
    assert all(item.title and item.blocks for item in reading.items)
    return ""


def sentence_for(data: bytes | str, name: str = "export.json") -> str:
    with pytest.raises(Invalid) as refused:
        read_text(data, name)
    return refused.value.sentence


def sentence_for_entries(*resources: Any, **more: Any) -> str:
    return sentence_for(encoded(bundle(*resources, **more)))
