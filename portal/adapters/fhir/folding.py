"""Which entries are told inside another one: results in their report, a goal in its plan, a file in its document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.adapters.fhir.entries import Entry
from portal.adapters.fhir.references import References
from portal.adapters.fhir.shapes import Resource, objects, words_at
from portal.adapters.fhir.subjects import NOBODY
from portal.domain.words import N_

IN_REPORT = N_("a row in the report or result it belongs to")
IN_PLAN = N_("told in the care plan it belongs to")
IN_PRESCRIPTION = N_("told in the entry about this medicine")
IN_SPECIMEN = N_("told in the result or report it belongs to")
IN_DOCUMENT = N_("the file of the document it belongs to")

# (type of the part, elements that name it, reason)
_BELONGS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "Observation": (("result", "hasMember"), IN_REPORT),
    "Goal": (("goal",), IN_PLAN),
    "Medication": (("medicationReference",), IN_PRESCRIPTION),
    "Specimen": (("specimen",), IN_SPECIMEN),
}
_ELEMENTS = tuple((key, kind) for kind, (keys, _reason) in _BELONGS.items() for key in keys)
_HOLDERS = {"result": "DiagnosticReport", "hasMember": "Observation", "goal": "CarePlan"}


@dataclass
class Folding:
    """By the ``id()`` of a resource: ``into`` has the entries told inside it, ``reasons`` why it is told in another."""

    into: dict[int, list[Entry]] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)


def fold(entries: list[Entry], references: References, about: Mapping[int, str]) -> Folding:
    """Finds the parts among ``entries``. ``about`` says of each resource whom it is about: parts never change hands."""
    belongs: dict[int, list[Entry]] = {}
    reasons: dict[int, str] = {}
    holds_files = any(entry.type == "Binary" for entry in entries)
    for entry in entries:
        found = list(_parts(entry, references))
        if holds_files:
            found += [(part, IN_DOCUMENT) for part in _files(entry, references)]
        for part, reason in found:
            if part is not entry and about.get(id(part.resource)) in (NOBODY, about.get(id(entry.resource))):
                belongs.setdefault(id(entry.resource), []).append(part)
                reasons[id(part.resource)] = reason
    return _without_loops(entries, belongs, reasons)


def _parts(entry: Entry, references: References) -> Iterator[tuple[Entry, str]]:
    for key, kind in _ELEMENTS:
        if key not in entry.resource or _HOLDERS.get(key, entry.type) != entry.type:
            continue
        for reference in objects(entry.resource[key]):
            part = references.find(words_at(reference, "reference"))
            if part is not None and part.type == kind:
                yield part, _BELONGS[kind][1]


def _files(entry: Entry, references: References) -> Iterator[Entry]:
    for address in _addresses(entry.resource):
        part = references.find(address)
        if part is not None and part.type == "Binary":
            yield part


def _addresses(resource: Resource) -> Iterator[str]:
    waiting: list[Any] = [resource]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("url"), str) and ("contentType" in value or "title" in value or len(value) == 1):
                yield value["url"]
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _without_loops(entries: list[Entry], belongs: dict[int, list[Entry]], reasons: dict[int, str]) -> Folding:
    """Each part with those of its own parts, told in the outermost entry; what only holds itself stays an entry."""
    folding = Folding()
    for entry in entries:
        if id(entry.resource) not in reasons:
            inside = _reach(entry, belongs)
            folding.into[id(entry.resource)] = inside
            folding.reasons.update({id(part.resource): reasons[id(part.resource)] for part in inside})
    for entry in entries:
        # Only rings of entries are left: the first of each ring is told, the others inside it.
        if id(entry.resource) in reasons and id(entry.resource) not in folding.reasons:
            inside = [one for one in _reach(entry, belongs) if id(one.resource) not in folding.reasons]
            folding.into[id(entry.resource)] = inside
            folding.reasons.update({id(part.resource): reasons[id(part.resource)] for part in inside})
    return folding


def _reach(entry: Entry, belongs: Mapping[int, list[Entry]]) -> list[Entry]:
    reached: dict[int, Entry] = {}
    waiting = list(belongs.get(id(entry.resource), ()))
    while waiting:
        part = waiting.pop(0)
        if id(part.resource) not in reached and part is not entry:
            reached[id(part.resource)] = part
            waiting += belongs.get(id(part.resource), ())
    return list(reached.values())
