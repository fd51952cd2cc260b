"""Any FHIR value in one line of plain words."""

from collections.abc import Callable
from typing import Any

from portal.adapters.fhir.amounts import money_words, number_words, quantity_words, range_words, ratio_words
from portal.adapters.fhir.codes import coding_words, concept_words, full_concept_words, plain_code
from portal.adapters.fhir.dates import date_words, span_words
from portal.adapters.fhir.labels import extension_label, humanised, label_of
from portal.adapters.fhir.narrative import html_blocks
from portal.adapters.fhir.people import address_words, contact_words, full_name_words, identifier_words
from portal.adapters.fhir.plumbing import PLUMBING, PLUMBING_EXTENSIONS
from portal.adapters.fhir.shapes import Number, Resource, each, objects, shape_of, words_at
from portal.adapters.fhir.sheet import Sheet
from portal.adapters.fhir.timing import timing_words
from portal.domain.record_items import Paragraph, Table
from portal.domain.words import N_, _

DEEPEST = 40

# Elements that hold one of FHIR's bare codes.
CODES = frozenset(
    "action actuality category certainty clinicalStatus code confidentiality criticality direction docStatus gender"
    " intent kind language lifecycleStatus linkType mode outcome priority required severity sex status type use"
    " valueCode verificationStatus participantStatus daysOfWeek presence relationship comparator".split()
)
# Elements that name the thing they stand in: said first, without a label of their own.
NAMING = (
    "individual actor member item itemReference itemCodeableConcept detail entity who what party text conditionCodeableConcept"
    " code substance manifestation content contentString contentReference language doseAndRate doseQuantity doseRange"
    " condition location reference name function vaccineCode concept"
).split()
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


class TooDeep(Exception):
    """Parts inside parts without end."""


def said(value: Any, key: str, sheet: Sheet) -> str | None:
    """``value`` in one line; None when it has parts that must be set out one by one."""
    if isinstance(value, str):
        return string_words(value, key)
    if value is True:
        return _("yes")
    if value is False:
        return _("no")
    if isinstance(value, dict):
        sayer = _SAYERS.get(shape_of(value))
        if sayer is None:
            return None
        words = sayer(value, key, sheet)
        return words if len(value) < 2 else _with_asides(words, value, sheet)
    return None


def string_words(value: str, key: str) -> str:
    """A plain value: numbers and dates as people read them, bare codes in words, everything else as it is."""
    if isinstance(value, Number):
        return number_words(value)
    if value[:4].isdigit():
        return date_words(value) or value
    return plain_code(value) if key in CODES else value


def _with_asides(words: str, value: Resource, sheet: Sheet) -> str:
    """The value with what its extensions, and those of its elements, add to it."""
    asides = [aside_words(one, sheet) for one in objects(value.get("extension"))]
    for key, one in value.items():
        if key.startswith("_"):
            asides += [aside_words(more, sheet) for part in objects(one) for more in objects(part.get("extension"))]
    told = "; ".join(aside for aside in asides if aside)
    return f"{words}; {told}" if told and words else words or told


def aside_words(extension: Resource, sheet: Sheet, depth: int = 0) -> str:
    """ "Label: value" of an extension, with the extensions inside it."""
    url = words_at(extension, "url")
    if depth > DEEPEST:
        raise TooDeep
    if url in PLUMBING_EXTENSIONS:
        return ""
    values = [_value_words(one, key, sheet, depth) for key, one in extension.items() if key.startswith("value")]
    values += [aside_words(one, sheet, depth + 1) for one in objects(extension.get("extension"))]
    told = dict.fromkeys(value for value in values if value)
    label = extension_label(url)
    return f"{label}: {', '.join(told)}" if told else ""


def _value_words(value: Any, key: str, sheet: Sheet, depth: int) -> str:
    words = said(value, key, sheet)
    return inline(value, sheet, depth + 1) if words is None else words


def inline(value: Any, sheet: Sheet, depth: int = 0) -> str:
    """A structure in one line: what it is, then "label: value" of the rest, parted by semicolons."""
    if depth > DEEPEST:
        raise TooDeep
    if isinstance(value, list):
        told = (_value_words(one, "", sheet, depth) for one in value)
        return "; ".join(dict.fromkeys(words for words in told if words))
    if not isinstance(value, dict):
        return said(value, "", sheet) or ""
    parts = []
    for place, (key, one) in enumerate(naming_first(value)):
        words = _member_words(key, one, sheet, depth)
        if words:
            named = place == 0 and key in NAMING or key in ("text", "extension")
            parts.append(words if named else f"{label_of(key.removeprefix('_'))}: {words}")
    return "; ".join(parts)


def _member_words(key: str, value: Any, sheet: Sheet, depth: int) -> str:
    told = []
    for one in each(value):
        if key == "extension":
            words = aside_words(one, sheet, depth) if isinstance(one, dict) else ""
        else:
            words = said(one, key, sheet) or ""
            if not words and isinstance(one, dict | list):
                words = inline(one, sheet, depth + 1)
                words = f"({words})" if "; " in words else words
        told.append(words)
    return ", ".join(dict.fromkeys(words for words in told if words))


def naming_first(value: Resource) -> list[tuple[str, Any]]:
    """The members of a structure that mean something, what names it in front."""
    members = [(key, one) for key, one in value.items() if key not in PLUMBING and one not in (None, "", [], {})]
    for name in NAMING:
        if name in value:
            members.sort(key=lambda member: member[0] != name)
            return members
    return members


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
    if kind in _PEOPLE and kind != "Patient":
        sheet.mention(_(_UNNAMED["RelatedPerson"]))
    if kind in _UNNAMED:
        return _(_UNNAMED[kind])
    if kind.isalpha() and kind[:1].isupper():
        return _("an entry that is not part of the export (%(kind)s)", kind=humanised(kind).lower())
    return _("an entry that is not part of the export") if address else ""


def narrative_words(narrative: Resource, _key: str, _sheet: Sheet) -> str:
    """The text of a narrative in one line, for where no paragraph fits."""
    told = []
    for block in html_blocks(words_at(narrative, "div")):
        if isinstance(block, Paragraph):
            told.append(block.text.replace("\n", " "))
        elif isinstance(block, Table):
            told += [" · ".join(row) for row in (block.head, *block.rows)]
    return " ".join(told)


def annotation_words(note: Resource, _key: str, sheet: Sheet) -> str:
    """A note with who wrote it and when."""
    author = annotation_author(note, sheet)
    return _("%(text)s (%(author)s)", text=words_at(note, "text"), author=author) if author else words_at(note, "text")


def annotation_author(note: Resource, sheet: Sheet) -> str:
    """Who wrote a note, and when."""
    who = note.get("authorReference")
    name = reference_words(who, "author", sheet) if isinstance(who, dict) else words_at(note, "authorString")
    time = words_at(note, "time")
    return ", ".join(part for part in (name, date_words(time) or time) if part)


def _part(value: Resource, key: str) -> Resource | None:
    found = value.get(key)
    return found if isinstance(found, dict) else None


def _sampled_words(value: Resource, _key: str, _sheet: Sheet) -> str:
    origin = _part(value, "origin")
    return _(
        "a recorded curve (values %(data)s; every %(period)s ms from %(origin)s)",
        data=words_at(value, "data"),
        period=words_at(value, "period"),
        origin=quantity_words(origin) if origin else "0",
    )


def _signature_words(value: Resource, key: str, sheet: Sheet) -> str:
    kinds = ", ".join(coding_words(one) for one in objects(value.get("type")))
    who = [reference_words(one, key, sheet) for one in objects([value.get("who"), value.get("onBehalfOf")])]
    time = words_at(value, "when")
    return ", ".join(part for part in (kinds, *who, date_words(time) or time) if part)


Sayer = Callable[[Resource, str, Sheet], str]


def _plainly(words: Callable[[Resource], str]) -> Sayer:
    return lambda value, _key, _sheet: words(value)


_SAYERS: dict[str, Sayer] = {
    "concept": _plainly(full_concept_words),
    "coding": _plainly(coding_words),
    "reference": reference_words,
    "quantity": _plainly(quantity_words),
    "money": _plainly(money_words),
    "range": _plainly(lambda value: range_words(_part(value, "low"), _part(value, "high"))),
    "ratio": _plainly(lambda value: ratio_words(_part(value, "numerator"), _part(value, "denominator"))),
    "period": _plainly(lambda value: span_words(words_at(value, "start"), words_at(value, "end"))),
    "contact": _plainly(contact_words),
    "identifier": _plainly(identifier_words),
    "name": _plainly(full_name_words),
    "address": _plainly(address_words),
    "annotation": annotation_words,
    "timing": _plainly(timing_words),
    "narrative": narrative_words,
    "sampled": _sampled_words,
    "signature": _signature_words,
}
