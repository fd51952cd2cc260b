"""Sets out a whole resource on a sheet: what its kind puts first, then everything else it says, whatever it is."""

import re
from collections.abc import Collection
from typing import Any

from portal.adapters.fhir.administrative_kinds import NAMED_ONLY
from portal.adapters.fhir.clinical_kinds import Kind
from portal.adapters.fhir.enclosing import write_attachment, write_narrative
from portal.adapters.fhir.kinds import kind_of
from portal.adapters.fhir.labels import extension_label, label_of
from portal.adapters.fhir.narrative import html_blocks, text_blocks
from portal.adapters.fhir.plumbing import ABOUT, PLUMBING, PLUMBING_EXTENSIONS
from portal.adapters.fhir.saying import (
    DEEPEST,
    NAMING,
    OPEN,
    TooDeep,
    annotation_author,
    aside_words,
    inline,
    naming_first,
    said,
)
from portal.adapters.fhir.shapes import ATTACHMENT, STRUCTURE, Resource, each, objects, shape_of, words_at
from portal.adapters.fhir.sheet import LONGEST_FACT, Sheet
from portal.domain.words import _

# Texts, notes and files: after the facts about them.
LAST = frozenset({"content", "payload", "presentedForm", "note", "photo"})
WIDEST_TABLE = 4
LONGEST_CELL = 90
_WORD = re.compile(r"\w{2,}")
_PARTED = frozenset({STRUCTURE, "attachment", "annotation", "narrative"})


def write(sheet: Sheet, resource: Resource, handled: Collection[str] = ()) -> None:
    """Every element of ``resource`` that says something to a person, except ``handled``, which is written already."""
    kind = kind_of(words_at(resource, "resourceType"))
    first = kind.first.split()
    for key in first:
        if key in resource and key not in handled:
            write_element(sheet, kind, key, resource[key])
    done = {*handled, *first, *sheet.special(sheet, resource)}
    left = [key for key in resource if key not in done and key not in PLUMBING]
    for key in sorted(left, key=LAST.__contains__):
        if key != "text" or not words_at(resource[key], "div"):
            write_element(sheet, kind, key, resource[key])
    _write_confidentiality(sheet, resource)


def write_whole(sheet: Sheet) -> None:
    """The sheet's resource with all its parts, and at the end its narrative where that says more."""
    write(sheet, sheet.resource)
    for part in sheet.parts_left():
        if id(part) not in sheet.written:
            write_part(sheet, part)
    write_narrative(sheet, sheet.resource)


def write_element(sheet: Sheet, kind: Kind, key: str, value: Any) -> None:
    """One element under the label its kind gives it."""
    if key in ABOUT:
        write_about(sheet, key, value)
    elif key.startswith("_"):
        _write_asides(sheet, label_of(key[1:]), value)
    else:
        label = kind.labels.get(key)
        write_value(sheet, _(label) if label else label_of(key), key, value)


def write_about(sheet: Sheet, key: str, value: Any) -> None:
    """Who the entry is about, where that is not plainly the patient."""
    for one in each(value):
        if not isinstance(one, dict) or not sheet.record.is_patient(one):
            write_value(sheet, label_of(key), key, one)


def write_value(sheet: Sheet, label: str, key: str, value: Any, depth: int = 0) -> None:
    """A value of any shape: a fact, several, running text, a table, a file."""
    if depth > DEEPEST:
        raise TooDeep
    if key in ("extension", "modifierExtension"):
        for one in objects(value):
            _write_extension(sheet, one)
    elif isinstance(value, list):
        _write_list(sheet, label, key, value, depth)
    elif isinstance(value, dict) and key.endswith("Attachment") and value.keys() <= ATTACHMENT:
        write_attachment(sheet, label, value)
    elif isinstance(value, dict) and shape_of(value) in _PARTED:
        _write_parted(sheet, label, value, depth)
    else:
        sheet.fact(label, said(value, key, sheet) or "")
    _write_pending(sheet)


def _write_list(sheet: Sheet, label: str, key: str, values: list[Any], depth: int) -> None:
    if len(values) > 1 and not any(isinstance(one, list) for one in values):
        rows = None if key in OPEN else _rows(sheet, label, values)
        if rows:
            sheet.table(*rows)
            return
        if all(_is_brief(sheet, one) for one in values) and not any(_names_part(sheet, one) for one in values):
            told = (said(one, key, sheet) for one in values)
            sheet.fact(label, "; ".join(dict.fromkeys(words for words in told if words)))
            return
    parted = [one for one in values if isinstance(one, dict) and shape_of(one) is STRUCTURE]
    # Parts that take several facts each are numbered, to tell them apart.
    many = len(parted) > 1 and key not in OPEN and any(_one_line(sheet, one, depth) is None for one in parted)
    for number, one in enumerate(values, 1):
        write_value(sheet, f"{label} {number}" if many else label, key, one, depth + 1)


def _is_brief(sheet: Sheet, value: Any) -> bool:
    if isinstance(value, dict):
        return shape_of(value) not in _PARTED
    return not isinstance(value, list) and len(str(value)) <= LONGEST_FACT


def _names_part(sheet: Sheet, value: Any) -> bool:
    if not isinstance(value, dict) or shape_of(value) != "reference":
        return False
    found = sheet.find(value)
    return found is not None and sheet.is_part(found)


def _rows(sheet: Sheet, label: str, values: list[Any]) -> tuple[list[str], list[list[str]]] | None:
    """A head and rows for a list of like structures, when they fit a narrow table; else None."""
    if not all(isinstance(one, dict) and shape_of(one) is STRUCTURE for one in values):
        return None
    members = [naming_first(one, sheet) for one in values]
    keys = list(dict.fromkeys(key for one in members for key, _value in one))
    if not 2 <= len(keys) <= WIDEST_TABLE or any(key.startswith("_") or key == "extension" for key in keys):
        return None
    rows = []
    for one in members:
        told = dict(one)
        row = [_cell(sheet, key, told.get(key)) for key in keys]
        if None in row:
            return None
        rows.append([cell or "" for cell in row])
    named = label if keys[0] in NAMING else f"{label}: {label_of(keys[0]).lower()}"
    head = [named, *(label_of(key) for key in keys[1:])]
    return (head, rows) if len(set(head)) == len(head) else None


def _cell(sheet: Sheet, key: str, value: Any) -> str | None:
    told = []
    for one in each(value):
        if (isinstance(one, dict) and shape_of(one) in _PARTED) or _names_part(sheet, one):
            return None
        told.append(said(one, key, sheet))
    if None in told:
        return None
    words = "; ".join(dict.fromkeys(one for one in told if one))
    return words if len(words) <= LONGEST_CELL else None


def _in_one_fact(sheet: Sheet, value: Resource) -> bool:
    """Whether a structure is small enough to be said in one line."""
    for key, one in value.items():
        if key in PLUMBING:
            continue
        for part in each(one):
            if isinstance(part, list) or (isinstance(part, dict) and not _is_small(part)) or _names_part(sheet, part):
                return False
            if isinstance(part, str) and ("\n" in part or len(part) > LONGEST_FACT):
                return False
    return True


def _one_line(sheet: Sheet, value: Resource, depth: int) -> str | None:
    if not _in_one_fact(sheet, value):
        return None
    line = inline(value, sheet, depth)
    return line if len(line) <= LONGEST_FACT else None


def _is_small(part: Resource) -> bool:
    shape = shape_of(part)
    if shape == "annotation":
        return len(words_at(part, "text")) <= LONGEST_CELL
    if shape is STRUCTURE:
        return not any(
            isinstance(one, dict) and shape_of(one) in _PARTED for value in part.values() for one in each(value)
        )
    return shape not in _PARTED


def _write_parted(sheet: Sheet, label: str, value: Resource, depth: int) -> None:
    shape = shape_of(value)
    if shape == "attachment":
        write_attachment(sheet, label, value)
    elif shape == "annotation":
        _write_note(sheet, label, value)
    elif shape == "narrative":
        sheet.text(html_blocks(words_at(value, "div")))
    elif (line := _one_line(sheet, value, depth)) is not None:
        sheet.fact(label, line)
    else:
        _write_structure(sheet, label, value, depth)


def _write_structure(sheet: Sheet, label: str, value: Resource, depth: int) -> None:
    for place, (key, one) in enumerate(naming_first(value, sheet)):
        if key == "extension" or key.startswith("_"):
            _write_asides(sheet, label, {"extension": one} if key == "extension" else one)
        elif label and not (place == 0 and _is_plain(one)):
            inner = label_of(key)
            write_value(sheet, inner if key in OPEN else f"{label} – {inner}", key, one, depth + 1)
        else:
            write_value(sheet, label or label_of(key), key, one, depth + 1)


def _is_plain(value: Any) -> bool:
    return not isinstance(value, list | dict) or (isinstance(value, dict) and shape_of(value) not in _PARTED)


def _write_note(sheet: Sheet, label: str, note: Resource) -> None:
    author = annotation_author(note, sheet)
    named = "authorReference" in note or "authorString" in note
    sheet.fact(_("%(label)s by", label=label) if named else label, author)
    sheet.text(text_blocks(words_at(note, "text")))


def _write_extension(sheet: Sheet, extension: Resource) -> None:
    if words_at(extension, "url") in PLUMBING_EXTENSIONS:
        return
    label = extension_label(words_at(extension, "url"))
    inner = objects(extension.get("extension"))
    if inner:
        told = dict.fromkeys(words for one in inner if (words := aside_words(one, sheet, 1)))
        sheet.fact(label, "; ".join(told))
    for key, value in extension.items():
        if key.startswith("value"):
            write_value(sheet, label, key, value, 1)


def _write_asides(sheet: Sheet, label: str, value: Any) -> None:
    for part in objects(value):
        for one in objects(part.get("extension")):
            sheet.fact(label, aside_words(one, sheet))


def _write_confidentiality(sheet: Sheet, resource: Resource) -> None:
    meta = resource.get("meta")
    if isinstance(meta, dict):
        write_value(sheet, label_of("securityLabel"), "security", meta.get("security"))


def _write_pending(sheet: Sheet) -> None:
    while sheet.pending:
        write_part(sheet, sheet.pending.pop(0))


def write_part(sheet: Sheet, part: Resource) -> None:
    """What a contained or folded resource says beyond the name, or the row of a table, that it already has."""
    sheet.written.add(id(part))
    if words_at(part, "resourceType") in NAMED_ONLY:
        return
    heading, around = sheet.heading, sheet.around
    sheet.heading, sheet.around = sheet.record.title_of(part), part if part.get("contained") else around
    write(sheet, part, sheet.rows.get(id(part)) or _naming(sheet, part))
    for inner in objects(part.get("contained")):
        if id(inner) not in sheet.written:
            write_part(sheet, inner)
    write_narrative(sheet, part)
    sheet.heading, sheet.around = heading, around


def _naming(sheet: Sheet, part: Resource) -> set[str]:
    """The element a part is called after, when its name says all that the element says."""
    for key in kind_of(words_at(part, "resourceType")).title.split():
        value = part.get(key)
        if value and said(value, key, sheet) == sheet.record.title_of(part):
            return {key}
    return set()
