"""Whom an export is about, and which of its entries tell about somebody else."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from portal.adapters.fhir.entries import Entry
from portal.adapters.fhir.kinds import administrative_reason
from portal.adapters.fhir.people import best_name, name_words
from portal.adapters.fhir.references import References
from portal.adapters.fhir.shapes import Resource, each, objects, words_at
from portal.domain.errors import Invalid
from portal.domain.words import _

# At most this share of a record may be about other people; with more it is the record of several.
LARGEST_SHARE_OF_OTHERS = 1 / 3
NOBODY = ""

_SUBJECTS = ("subject", "patient", "for", "individual", "beneficiary")


def about_whom(entries: list[Entry], references: References) -> dict[int, str]:
    """For each resource (by ``id()``) the source id of the patient it is about; NOBODY where it does not say."""
    return {id(entry.resource): _about(entry, references) for entry in entries}


def _about(entry: Entry, references: References) -> str:
    if entry.type == "Patient":
        return entry.source_id
    for reference in _subject_references(entry.resource):
        address = words_at(reference, "reference")
        found = references.find(address) or _by_number(reference, references)
        if found is not None and found.type == "Patient":
            return found.source_id
        if "Patient/" in address:
            return "Patient/" + address.rpartition("Patient/")[2].partition("/")[0]
        if address.startswith("urn:") and found is None:
            return address
    return NOBODY


def _subject_references(resource: Resource) -> Iterator[Resource]:
    for key in _SUBJECTS:
        yield from objects(resource.get(key))
    for participant in objects(resource.get("participant")):
        actor = participant.get("actor")
        if isinstance(actor, dict) and "Patient/" in words_at(actor, "reference"):
            yield actor


def _by_number(reference: Resource, references: References) -> Entry | None:
    number = reference.get("identifier")
    if not isinstance(number, dict):
        return None
    return references.find_number("Patient", words_at(number, "system"), words_at(number, "value"))


def main_patient(entries: list[Entry], about: Mapping[int, str]) -> Entry:
    """The Patient this is the record of. Raises Invalid for none, for several, and for the wrong one."""
    patients = {entry.source_id: entry for entry in entries if entry.type == "Patient"}
    if not patients:
        raise Invalid(
            _(
                "%(file)s holds no patient. Export the record again together with the entry of its patient (Patient).",
                file=entries[0].file,
            )
        )
    counted = Counter(
        about[id(entry.resource)]
        for entry in entries
        if entry.type != "Patient" and not administrative_reason(entry.type)
    )
    counted.pop(NOBODY, None)
    if len(patients) == 1:
        return _only(next(iter(patients.values())), counted)
    return _chosen(entries, patients, counted)


def _only(patient: Entry, counted: Counter[str]) -> Entry:
    others = {whom: n for whom, n in counted.items() if whom != patient.source_id}
    if sum(others.values()) > LARGEST_SHARE_OF_OTHERS * sum(counted.values()):
        raise Invalid(
            _(
                "%(file)s holds the patient %(patient)s, but many of its entries are about %(other)s."
                " Export the record of one patient.",
                file=patient.file,
                patient=described(patient),
                other=max(others, key=lambda whom: others[whom])[:100],
            )
        )
    return patient


def _chosen(entries: list[Entry], patients: dict[str, Entry], counted: Counter[str]) -> Entry:
    """One of several patients: almost all is about this one, and the others are their family."""
    first = max(patients, key=lambda whom: counted[whom])
    second = max((whom for whom in patients if whom != first), key=lambda whom: counted[whom])
    others = sum(counted.values()) - counted[first]
    if counted[first] == 0 or others > LARGEST_SHARE_OF_OTHERS * sum(counted.values()):
        raise _several(patients[first], patients[second])
    for whom, other in patients.items():
        if whom != first and not _linked(entries, patients[first], other):
            raise _several(patients[first], other)
    return patients[first]


def _several(one: Entry, other: Entry) -> Invalid:
    return Invalid(
        _(
            "%(file)s holds the records of several patients: %(one)s, and in %(place)s %(other)s."
            " Export one patient at a time.",
            file=one.file,
            one=described(one),
            other=described(other),
            place=other.place,
        )
    )


def described(patient: Entry) -> str:
    """A patient by name and id: two patients may have one name."""
    name = best_name(patient.resource.get("name"))
    called = name_words(name) if name else ""
    return _("%(name)s (%(id)s)", name=called, id=patient.source_id) if called else patient.source_id


def _linked(entries: list[Entry], main: Entry, other: Entry) -> bool:
    """Whether the export itself says what the other person has to do with the patient."""
    if _called(other) & {name for contact in objects(main.resource.get("contact")) for name in _called_in(contact)}:
        return True
    for entry in entries:
        if entry is main or entry is other:
            if _points_at(entry.resource.get("link"), main if entry is other else other):
                return True
        elif entry.type == "RelatedPerson":
            linked = _points_at(other.resource.get("link"), entry) or _points_at(main.resource.get("link"), entry)
            if linked or _called(other) & _called(entry):
                return True
        elif entry.type != "Group" and _points_at(entry.resource, main) and _points_at(entry.resource, other):
            return True
    return False


def _called(entry: Entry) -> set[str]:
    return _called_in(entry.resource)


def _called_in(holder: Resource) -> set[str]:
    """A person's names, each as its words in order of the alphabet; names of one word prove nothing."""
    names = (" ".join(sorted(name_words(name).casefold().split())) for name in objects(holder.get("name")))
    return {name for name in names if " " in name}


def _points_at(value: Any, entry: Entry) -> bool:
    """Whether any reference inside ``value`` means ``entry``."""
    addresses = {entry.source_id, entry.full_url} - {""}
    waiting: list[Any] = each(value)[:]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            address = one.get("reference")
            if isinstance(address, str) and (address in addresses or address.endswith("/" + entry.source_id)):
                return True
            waiting += one.values()
    return False
