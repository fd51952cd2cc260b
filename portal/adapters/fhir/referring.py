"""References in words: who or what another entry means, by name."""

from portal.adapters.fhir.codes import concept_words
from portal.adapters.fhir.labels import humanised
from portal.adapters.fhir.people import identifier_words
from portal.adapters.fhir.shapes import Resource, objects, words_at
from portal.adapters.fhir.sheet import Sheet
from portal.domain.words import N_, _

_PEOPLE = frozenset({"RelatedPerson", "Person", "Patient"})
_UNNAMED = {
    "Practitioner": N_("a practitioner who is not named in the export"),
    "PractitionerRole": N_("a practitioner who is not named in the export"),
    "Organization": N_("an organization that is not named in the export"),
    "Location": N_("a place that is not named in the export"),
    "Patient": N_("another patient who is not named in the export"),
    "RelatedPerson": N_("a related person who is not named in the export"),
    "Encounter": N_("a visit that is not part of the export"),
}


def reference_words(reference: Resource, key: str, sheet: Sheet) -> str:
    """Who or what a reference means, by name; parts of this very entry are set out after it."""
    display = words_at(reference, "display")
    found = sheet.find(reference)
    if found is None:
        return display or _unfound_words(reference, sheet)
    kind = words_at(found, "resourceType")
    if found is sheet.record.patient.resource:
        return display or _("the patient")
    name = display or sheet.record.name_of(found)
    if kind in _PEOPLE:
        sheet.mention(name, _relation(found))
    elif sheet.is_part(found):
        sheet.wait_for(found)
    return name


def _relation(person: Resource) -> str:
    return ", ".join(concept_words(one) for one in objects(person.get("relationship")))


def _unfound_words(reference: Resource, sheet: Sheet) -> str:
    number = reference.get("identifier")
    told = identifier_words(number) if isinstance(number, dict) else ""
    if told:
        return told
    address = words_at(reference, "reference")
    path = address.partition("?")[0].partition("/_history/")[0].split("/")
    kind = words_at(reference, "type") or (path[-1] if "?" in address else path[-2] if len(path) > 1 else "")
    if kind in _PEOPLE:
        sheet.mention(_(_UNNAMED[kind]) if kind in _UNNAMED else humanised(kind).lower())
    if kind in _UNNAMED:
        return _(_UNNAMED[kind])
    if kind.isalpha() and kind[:1].isupper():
        return _("an entry that is not part of the export (%(kind)s)", kind=humanised(kind).lower())
    return _("an entry that is not part of the export") if address else ""
