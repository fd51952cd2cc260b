"""One export while it is being read: its patient, its references, and what each entry is called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from portal.adapters.fhir.clinical_kinds import Kind
from portal.adapters.fhir.codes import concept_words, full_concept_words, naming_words, without_tag
from portal.adapters.fhir.dates import date_words
from portal.adapters.fhir.entries import Entry
from portal.adapters.fhir.kinds import kind_of
from portal.adapters.fhir.narrative import clean
from portal.adapters.fhir.people import best_name, name_words
from portal.adapters.fhir.references import References
from portal.adapters.fhir.shapes import Resource, each, objects, shape_of, words_at
from portal.domain.words import N_, _

TITLE_LENGTH = 120
_NO_ALLERGY = frozenset({"nka", "nkda", "nkla", "nkfa", "none", "none known", "nil known", "not on file", "no"})
# What a title must say at once: the entry does not hold.
_NOT_SO = {
    "entered-in-error": N_("%(what)s (entered by mistake)"),
    "not-done": N_("%(what)s (not done)"),
    "refuted": N_("%(what)s (ruled out)"),
}
_PEOPLE = frozenset({"Practitioner", "RelatedPerson", "Person", "Patient"})
_NAMED_DIRECTLY = frozenset({"Practitioner", "Organization"})
# Whose personal details a title must not give away: a title is read even where the entry is withheld.
_NAMELESS = {
    "Patient": N_("Personal details"),
    "RelatedPerson": N_("Related person"),
    "Person": N_("Person"),
}


@dataclass
class Record:
    """What the writers of items need to know about the rest of the export."""

    references: References
    patient: Entry
    parts: Mapping[int, list[Entry]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    @cached_property
    def _patient_words(self) -> frozenset[str]:
        return frozenset(
            part for name in objects(self.patient.resource.get("name")) for part in _name_parts(name_words(name))
        )

    @property
    def patient_name(self) -> str:
        return self.name_of(self.patient.resource)

    def is_patient(self, reference: Resource) -> bool:
        """Whether a reference means the patient, and calls the patient by a name that is the patient's."""
        called = words_at(reference, "display")
        return self.find(reference, {}) is self.patient.resource and (not called or self.is_called(called))

    def is_called(self, name: str) -> bool:
        """Whether ``name`` has any part of the patient's name in it."""
        return bool(set(_name_parts(name)) & self._patient_words)

    def find(self, reference: Resource, around: Resource) -> Resource | None:
        """The resource that a FHIR reference means: contained in ``around``, or elsewhere in the export."""
        address = words_at(reference, "reference")
        if address.startswith("#"):
            return contained(around, address[1:])
        if address:
            entry = self.references.find(address)
            return entry.resource if entry else None
        number = reference.get("identifier")
        if isinstance(number, dict):
            kind, system, value = words_at(reference, "type"), words_at(number, "system"), words_at(number, "value")
            entry = self.references.find_number(kind, system, value)
            return entry.resource if entry else None
        return None

    def name_of(self, resource: Resource) -> str:
        """What another entry calls this one: a person's name, a place's name, a visit with its date."""
        known = self.names.get(id(resource))
        if known is None:
            known = self.names[id(resource)] = clean(self._name(resource)).strip()
        return known

    def _name(self, resource: Resource) -> str:
        kind = words_at(resource, "resourceType")
        if kind in _PEOPLE:
            name = best_name(resource.get("name"))
            return name_words(name) if name else _(kind_of(kind).name)
        if kind == "PractitionerRole":
            return self._role_name(resource)
        title = words_at(resource, "name") or self._called(resource, kind_of(kind), "")
        day = date_words(first_date(resource, kind_of(kind)))
        return _("%(what)s, %(day)s", what=title, day=day.partition(", ")[0]) if day else title

    def _role_name(self, role: Resource) -> str:
        who = role.get("practitioner") or role.get("organization")
        named = words_at(who, "display")
        if isinstance(who, dict) and not named:
            found = self.find(who, role)
            named = self.name_of(found) if found and words_at(found, "resourceType") in _NAMED_DIRECTLY else ""
        work = [concept_words(one) for one in objects(role.get("code") or role.get("specialty"))]
        return f"{named} ({', '.join(work)})" if work and named else named or ", ".join(work) or _("Practitioner")

    def title_of(self, resource: Resource) -> str:
        """The heading of an entry: short, clear, and without the names of other people."""
        resource_type = words_at(resource, "resourceType")
        if resource_type in _NAMELESS:
            return self._nameless(resource, resource_type)
        kind = kind_of(resource_type)
        title = _shortened(self._called(resource, kind, kind.pattern))
        state = _state(resource)
        return _(_NOT_SO[state], what=title) if state in _NOT_SO else title

    def _called(self, resource: Resource, kind: Kind, pattern: str) -> str:
        what = self._what(resource, kind)
        if not what:
            return _(kind.name)
        where = without_tag(self._first_words(resource.get("bodySite"), resource)) if "bodySite" in resource else ""
        if where and where.casefold() not in what.casefold():
            what = _("%(what)s (%(where)s)", what=what, where=where)
        return titled(resource, pattern, what)

    def _nameless(self, resource: Resource, resource_type: str) -> str:
        if resource_type == "Patient" and resource is not self.patient.resource:
            return _("Personal details of another person")
        relation = self._first_words(resource.get("relationship"), resource)
        name = _(_NAMELESS[resource_type])
        return _("%(what)s (%(where)s)", what=name, where=relation) if relation else name

    def _what(self, resource: Resource, kind: Kind) -> str:
        for key in kind.title.split():
            value = resource.get(key)
            if value:
                words = self._first_words(value, resource)
                if words:
                    return without_tag(words)
        return ""

    def _first_words(self, value: object, around: Resource) -> str:
        for one in each(value):
            if isinstance(one, str) and not one.startswith(("http:", "https:", "urn:")):
                return one
            if isinstance(one, dict):
                words = self._words(one, around)
                if words:
                    return words
        return ""

    def _words(self, value: Resource, around: Resource) -> str:
        shape = shape_of(value)
        if shape == "concept":
            return naming_words(value)
        if shape == "coding":
            return naming_words({"coding": [value]})
        if shape == "reference":
            display = words_at(value, "display")
            found = None if display else self.find(value, around)
            # What is named after another entry is named after its code, never after a third one: no going in circles.
            code = found.get("code") or found.get("type") if found else None
            return naming_words(code) if isinstance(code, dict) else display
        return words_at(value, "name")


def _state(resource: Resource) -> str:
    certainty = resource.get("verificationStatus")
    for coding in objects(certainty.get("coding")) if isinstance(certainty, dict) else ():
        if words_at(coding, "code") in _NOT_SO:
            return words_at(coding, "code")
    return words_at(resource, "status")


def titled(resource: Resource, pattern: str, what: str) -> str:
    """``what`` in ``pattern``; an allergy says that it is one."""
    if words_at(resource, "resourceType") != "AllergyIntolerance":
        return _(pattern, what=what) if pattern else what
    code = resource.get("code")
    said = (full_concept_words(code) if isinstance(code, dict) else what).casefold()
    if what.casefold() in _NO_ALLERGY or any(word in said for word in ("allerg", "intoleran", "sensitiv", "no known")):
        return what
    if words_at(resource, "type") == "intolerance":
        return _("Intolerance to %(what)s", what=what)
    return _("Allergy to %(what)s", what=what)


def contained(around: Resource, local_id: str) -> Resource | None:
    """The resource with this id that stands inside ``around``."""
    for one in objects(around.get("contained")):
        if words_at(one, "id") == local_id:
            return one
    return None


def first_date(resource: Resource, kind: Kind) -> str:
    """When it happened, as the source writes it: the first date its kind is dated by."""
    for key in kind.when.split():
        value = resource.get(key)
        if isinstance(value, dict):
            period = value.get("period") if key == "context" else value
            value = period.get("start") or period.get("end") if isinstance(period, dict) else None
        if isinstance(value, str) and value[:4].isdigit():
            return value
    return ""


def _name_parts(name: str) -> list[str]:
    return [part for part in name.casefold().replace(",", " ").replace(".", " ").split() if len(part) > 1]


def _shortened(title: str) -> str:
    title = " ".join(clean(title).split())
    if len(title) <= TITLE_LENGTH:
        return title
    return title[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
