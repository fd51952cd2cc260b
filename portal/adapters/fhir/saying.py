"""Any FHIR value in one line of plain words."""

from collections.abc import Callable
from typing import Any

from portal.adapters.fhir.amounts import money_words, quantity_words, range_words, ratio_words
from portal.adapters.fhir.codes import (
    coding_words,
    full_concept_words,
)
from portal.adapters.fhir.dates import date_words, span_words
from portal.adapters.fhir.labels import extension_label, label_of
from portal.adapters.fhir.narrative import html_blocks
from portal.adapters.fhir.people import address_words, contact_words, full_name_words, identifier_words
from portal.adapters.fhir.plumbing import ABOUT, PLUMBING, PLUMBING_EXTENSIONS
from portal.adapters.fhir.referring import reference_words
from portal.adapters.fhir.shapes import STRUCTURE, Resource, each, objects, shape_of, words_at
from portal.adapters.fhir.sheet import Sheet
from portal.adapters.fhir.strings import string_words
from portal.adapters.fhir.timing import timing_words
from portal.domain.record_items import Paragraph, Table
from portal.domain.words import _

DEEPEST = 40

# Elements that name the thing they stand in: said first, without a label of their own.
NAMING = (
    "individual actor member item itemReference itemCodeableConcept detail entity who what party text"
    " conditionCodeableConcept code substance manifestation content contentString contentReference language doseAndRate"
    " doseQuantity doseRange condition location reference name function vaccineCode concept description"
).split()
# Structures that only hold other things: their members are told as if they stood outside.
OPEN = frozenset({"content", "payload", "attachment", "repeat", "detail"})


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
        return _with_asides(words, value, sheet)
    return None


def _with_asides(words: str, value: Resource, sheet: Sheet) -> str:
    """The value with what its extensions, and those of its elements, add to it."""
    asides = [aside_words(one, sheet) for one in objects(value.get("extension"))]
    for key, one in value.items():
        if key == "coding" or key.startswith("_"):
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
    if not told:
        return ""
    return ", ".join(told) if depth and label in ("Text", "Omb category", "Detailed") else f"{label}: {', '.join(told)}"


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
    for place, (key, one) in enumerate(naming_first(value, sheet)):
        named = (place == 0 and key in NAMING) or key in ("text", "extension")
        words = _member_words(key, one, sheet, depth, not named)
        if words:
            parts.append(words if named else f"{label_of(key.removeprefix('_'))}: {words}")
    return "; ".join(parts)


def _member_words(key: str, value: Any, sheet: Sheet, depth: int, bracketed: bool) -> str:
    told = []
    for one in each(value):
        if key == "extension":
            words = aside_words(one, sheet, depth) if isinstance(one, dict) else ""
        else:
            words = said(one, key, sheet) or ""
            if not words and isinstance(one, dict | list):
                words = inline(one, sheet, depth + 1)
                words = f"({words})" if "; " in words and bracketed else words
        told.append(words)
    return ", ".join(dict.fromkeys(words for words in told if words))


def all_patient(value: Any, sheet: Sheet) -> bool:
    """Whether ``value`` is a reference, or a list of them, to the patient and nobody else."""
    found = each(value)
    return bool(found) and all(isinstance(one, dict) and sheet.record.is_patient(one) for one in found)


def naming_first(value: Resource, sheet: Sheet) -> list[tuple[str, Any]]:
    """The members of a structure that mean something, what names it in front."""
    members = [(key, one) for key, one in value.items() if key not in PLUMBING and one not in (None, "", [], {})]
    if value.keys() & ABOUT:
        members = [(key, one) for key, one in members if not (key in ABOUT and all_patient(one, sheet))]
    for place, (key, one) in enumerate(members):
        if key in OPEN and isinstance(one, dict) and shape_of(one) is STRUCTURE and not one.keys() & value.keys():
            members[place : place + 1] = [(inner, told) for inner, told in one.items() if inner not in PLUMBING]
            value = {name: told for name, told in {**value, **one}.items() if name != key}
            break
    for name in NAMING:
        if name in value:
            members.sort(key=lambda member: member[0] != name)
            return members
    return members


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


def dosage_words(dosage: Resource, sheet: Sheet) -> str:
    """How a medicine is taken, as on its label: "1 tablet, by mouth, twice a day, as needed"."""
    told = []
    for key in (*_DOSAGE, *(key for key in dosage if key not in _DOSAGE and key not in PLUMBING)):
        for value in each(dosage.get(key)):
            words = said(value, key, sheet) or (inline(value, sheet) if isinstance(value, dict | list) else "")
            if key == "doseAndRate" and isinstance(value, dict):
                words = _dose_words(value, sheet)
            elif key == "asNeededBoolean":
                words = _("as needed") if value is True else ""
            elif key == "asNeededCodeableConcept":
                words = _("as needed for %(reason)s", reason=words)
            elif key not in _DOSAGE and words and key != "extension":
                words = f"{label_of(key.removeprefix('_'))}: {words}"
            told.append(words)
    return "; ".join(dict.fromkeys(words for words in told if words))


def _dose_words(dose: Resource, sheet: Sheet) -> str:
    kind = dose.get("type")
    amount = inline({key: value for key, value in dose.items() if key != "type"}, sheet)
    sort = (said(kind, "type", sheet) or inline(kind, sheet)) if kind else ""
    return _("%(amount)s (%(sort)s)", amount=amount, sort=sort) if amount and sort else amount or sort


_DOSAGE = (
    "text dose doseAndRate route site method timing asNeededBoolean asNeededCodeableConcept additionalInstruction"
    " patientInstruction rateQuantity rateRange rateRatio"
).split()


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
    "dosage": lambda value, _key, sheet: dosage_words(value, sheet),
    "sampled": _sampled_words,
    "signature": _signature_words,
}
