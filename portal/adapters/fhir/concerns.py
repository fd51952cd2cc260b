"""Why an item may tell about somebody else than the patient: whole sentences for the physician who severs."""

from collections.abc import Iterator

from portal.adapters.fhir.codes import concept_words
from portal.adapters.fhir.record import Record
from portal.adapters.fhir.shapes import Resource, objects, words_at
from portal.adapters.fhir.sheet import Sheet
from portal.adapters.fhir.subjects import NOBODY
from portal.domain.words import _


def concerns_about(sheet: Sheet, about: str) -> str | None:
    """The sentences for one item; ``about`` is whom its resource says it is about."""
    told = list(dict.fromkeys(_sentences(sheet, about)))
    return " ".join(told) if told else None


def _sentences(sheet: Sheet, about: str) -> Iterator[str]:
    resource, record = sheet.resource, sheet.record
    kind = words_at(resource, "resourceType")
    if kind == "Patient":
        yield from _patient_sentences(resource, record)
    elif kind in ("RelatedPerson", "Person"):
        yield _("This entry holds the personal details of another person: %(name)s.", name=record.name_of(resource))
    elif kind == "FamilyMemberHistory":
        yield _("This entry tells about the health of a member of the patient's family.")
    elif kind == "Group":
        yield _("This entry is about a group, which may hold other people.")
    elif about not in (NOBODY, record.patient.source_id):
        yield _(
            "This entry is about %(other)s, not about %(patient)s.",
            other=_other(record, about),
            patient=record.patient_name,
        )
    yield from _misnamed(resource, record, about)
    for name in sheet.people:
        if kind not in ("RelatedPerson", "Person") and not (about and _other(record, about) == name):
            yield _("This entry names another person: %(name)s.", name=name)


def _other(record: Record, about: str) -> str:
    found = record.references.find(about)
    return record.name_of(found.resource) if found else _("another patient (%(id)s)", id=about[:80])


def _patient_sentences(resource: Resource, record: Record) -> Iterator[str]:
    if resource is not record.patient.resource:
        yield _("This entry holds the personal details of another person: %(name)s.", name=record.name_of(resource))
    for contact in objects(resource.get("contact")):
        name = contact.get("name")
        relation = ", ".join(concept_words(one) for one in objects(contact.get("relationship")))
        called = record.name_of({"resourceType": "Person", "name": name}) if isinstance(name, dict) else relation
        if called:
            yield _("This entry names a contact person of the patient: %(name)s.", name=called)


def _misnamed(resource: Resource, record: Record, about: str) -> Iterator[str]:
    """An entry filed under the patient that calls its subject by somebody else's name."""
    if about not in (NOBODY, record.patient.source_id):
        return
    for key in ("subject", "patient", "for"):
        for reference in objects(resource.get(key)):
            called = words_at(reference, "display")
            if called and not record.is_called(called) and not _is_thing(reference):
                yield _(
                    "This entry calls the person it is about “%(name)s”, and the patient is %(patient)s.",
                    name=called,
                    patient=record.patient_name,
                )


def _is_thing(reference: Resource) -> bool:
    """Whether an entry is about a place, a device or another thing."""
    address = words_at(reference, "reference") or words_at(reference, "type")
    return any(kind in address for kind in ("Device", "Location", "Organization", "Medication", "Substance"))
