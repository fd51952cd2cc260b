"""One export while it is being read: its patient, its references, and what each entry is called."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.adapters.fhir.codes import concept_words, coding_words, without_tag
from portal.adapters.fhir.dates import date_words
from portal.adapters.fhir.entries import Entry
from portal.adapters.fhir.kinds import Kind, kind_of
from portal.adapters.fhir.people import best_name, name_words
from portal.adapters.fhir.references import References
from portal.adapters.fhir.shapes import Resource, each, objects, shape_of, words_at
from portal.domain.words import N_, _

TITLE_LENGTH = 120
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

    @property
    def patient_name(self) -> str:
        return self.name_of(self.patient.resource)

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
            known = self.names[id(resource)] = self._name(resource)
        return known

    def _name(self, resource: Resource) -> str:
        kind = words_at(resource, "resourceType")
        if kind in _PEOPLE:
            name = best_name(resource.get("name"))
            return name_words(name) if name else _(kind_of(kind).name)
        if kind == "PractitionerRole":
            return self._role_name(resource)
        title = self.title_of(resource)
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
        what = self._what(resource, kind)
        if not what:
            return _(kind.name)
        where = self._first_words(resource.get("bodySite"), resource) if "bodySite" in resource else ""
        if where and where.casefold() not in what.casefold():
            what = _("%(what)s (%(where)s)", what=what, where=where)
        return _shortened(titled(resource, kind, what))

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
            return concept_words(value)
        if shape == "coding":
            return coding_words(value)
        if shape == "reference":
            display = words_at(value, "display")
            found = None if display else self.find(value, around)
            # What is named after another entry is named after its code, never after a third one: no going in circles.
            code = found.get("code") or found.get("type") if found else None
            return concept_words(code) if isinstance(code, dict) else display
        return words_at(value, "name")


def titled(resource: Resource, kind: Kind, what: str) -> str:
    """``what`` in the pattern of its kind; an allergy says that it is one."""
    if words_at(resource, "resourceType") != "AllergyIntolerance":
        return _(kind.pattern, what=what) if kind.pattern else what
    said = what.casefold()
    if any(word in said for word in ("allerg", "intoleran", "sensitiv", "no known", "not on file")):
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


def _shortened(title: str) -> str:
    title = " ".join(title.split())
    if len(title) <= TITLE_LENGTH:
        return title
    return title[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
