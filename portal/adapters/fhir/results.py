"""Results as a table: what was tested, what was found, the normal range, and how the two compare."""

from collections.abc import Iterator

from portal.adapters.fhir.amounts import range_words
from portal.adapters.fhir.codes import full_concept_words
from portal.adapters.fhir.labels import label_of
from portal.adapters.fhir.plumbing import PLUMBING
from portal.adapters.fhir.saying import inline, said
from portal.adapters.fhir.shapes import Resource, each, objects, words_at
from portal.adapters.fhir.sheet import Sheet
from portal.adapters.fhir.writing import LONGEST_CELL, write_value
from portal.domain.words import _

_ROW = frozenset({"code", "referenceRange", "interpretation", "component", "hasMember", "dataAbsentReason"})
Row = tuple[str, str, str, str]


def write_observation(sheet: Sheet, observation: Resource) -> frozenset[str]:
    """The result of an Observation with its components and members; returns the elements that are written."""
    if id(observation) in sheet.rows:
        return _shown(observation)
    _write_results(sheet, [observation, *_members(sheet, observation, "hasMember")])
    _write_component_remarks(sheet, observation)
    shown = _shown(observation) - {"code"}
    return shown if _all_rows(sheet, observation, "hasMember") else shown - {"hasMember"}


def write_report(sheet: Sheet, report: Resource) -> frozenset[str]:
    """The results a report stands on, in one table; returns the elements that are written."""
    members = list(_members(sheet, report, "result"))
    _write_results(sheet, members)
    for one in members:
        _write_component_remarks(sheet, one)
    return frozenset({"result"} if _all_rows(sheet, report, "result") else ())


def _shown(observation: Resource) -> frozenset[str]:
    return _ROW | {key for key in observation if key.startswith("value")}


def _members(sheet: Sheet, resource: Resource, key: str) -> Iterator[Resource]:
    """The results that ``resource`` takes up as rows of its own, and theirs in turn."""
    for reference in objects(resource.get(key)):
        found = sheet.find(reference)
        if found is None or id(found) in sheet.rows or not sheet.is_part(found):
            continue
        if words_at(found, "resourceType") == "Observation" and found is not resource:
            sheet.rows[id(found)] = _shown(found)
            yield found
            yield from _members(sheet, found, "hasMember")


def _all_rows(sheet: Sheet, resource: Resource, key: str) -> bool:
    """Whether every result named is now a row; the names of others (not in the export, say) are shown."""
    found = [sheet.find(reference) if isinstance(reference, dict) else None for reference in each(resource.get(key))]
    return all(one is not None and id(one) in sheet.rows for one in found)


def _rows(sheet: Sheet, observation: Resource) -> list[Row]:
    components = objects(observation.get("component"))
    own = _row(sheet, _name(sheet, observation), observation)
    if components and not any(own[1:]):
        return [_row(sheet, _name(sheet, one) or own[0], one) for one in components]
    return [own, *(_row(sheet, f"– {_name(sheet, one)}", one) for one in components)]


def _name(sheet: Sheet, holder: Resource) -> str:
    code = holder.get("code")
    if isinstance(code, dict):
        return full_concept_words(code)
    return sheet.record.title_of(holder) if "resourceType" in holder else ""


def _row(sheet: Sheet, name: str, holder: Resource) -> Row:
    told = []
    for key, value in holder.items():
        if key.startswith("value"):
            told.append(said(value, key, sheet) or inline(value, sheet))
    absent = holder.get("dataAbsentReason")
    if isinstance(absent, dict):
        told.append(_("no result: %(reason)s", reason=full_concept_words(absent)))
    compared = "; ".join(full_concept_words(one) for one in objects(holder.get("interpretation")))
    return name, "; ".join(one for one in told if one), _ranges(sheet, holder), compared


def _ranges(sheet: Sheet, holder: Resource) -> str:
    return "; ".join(words for one in objects(holder.get("referenceRange")) if (words := _range(sheet, one)))


def _range(sheet: Sheet, value: Resource) -> str:
    low, high = (value[end] if isinstance(value.get(end), dict) else None for end in ("low", "high"))
    rest = {key: one for key, one in value.items() if key not in ("low", "high", "text", "id")}
    plain = range_words(low, high)
    text = words_at(value, "text")
    told = [plain, text if text != plain else "", inline(rest, sheet) if rest else ""]
    return ", ".join(one for one in told if one)


def _write_results(sheet: Sheet, observations: list[Resource]) -> None:
    rows = [row for one in observations for row in _rows(sheet, one)]
    alone = len(rows) == 1 and observations == [sheet.resource]
    # Long words and texts of several lines make no table: they are set out below one another.
    if (alone and not any(rows[0][2:])) or any(_is_long(cell) for row in rows for cell in row[1:]):
        for row in rows:
            _write_row(sheet, row, alone)
    elif len(rows) > 1 or any(any(row[1:]) for row in rows):
        sheet.table((_("Test"), _("Result"), _("Normal range"), _("Compared with normal")), rows)


def _is_long(cell: str) -> bool:
    return len(cell) > LONGEST_CELL or "\n" in cell


def _write_row(sheet: Sheet, row: Row, alone: bool) -> None:
    name, result, usual, compared = row
    sheet.fact(_("Result") if alone else name, result or ("" if alone else "–"))
    sheet.fact(_("Normal range") if alone else _("%(what)s: normal range", what=name), usual)
    sheet.fact(_("Compared with normal") if alone else _("%(what)s: compared with normal", what=name), compared)


def _write_component_remarks(sheet: Sheet, observation: Resource) -> None:
    """What a component says beyond its row: extensions, mostly."""
    for one in objects(observation.get("component")):
        for key, value in one.items():
            if key not in _ROW and key not in PLUMBING and not key.startswith("value"):
                write_value(sheet, f"{_name(sheet, one)} – {label_of(key)}", key, value)
