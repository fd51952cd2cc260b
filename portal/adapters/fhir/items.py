"""One entry of an export as an item of the record."""

from portal.adapters.fhir.concerns import concerns_about
from portal.adapters.fhir.dates import date_words, day_of, is_whole_day
from portal.adapters.fhir.documents import write_answers, write_binary, write_sections
from portal.adapters.fhir.entries import Entry
from portal.adapters.fhir.kinds import category_of, kind_of
from portal.adapters.fhir.record import Record, first_date
from portal.adapters.fhir.results import write_observation, write_report
from portal.adapters.fhir.shapes import Resource, words_at
from portal.adapters.fhir.sheet import Sheet, Special
from portal.adapters.fhir.writing import write_whole
from portal.domain.record_items import Category, Field, ReadItem
from portal.domain.words import _

_SPECIAL: dict[str, Special] = {
    "Binary": write_binary,
    "Composition": write_sections,
    "DiagnosticReport": write_report,
    "Observation": write_observation,
    "QuestionnaireResponse": write_answers,
}
_NOTHING: frozenset[str] = frozenset()


def read_item(entry: Entry, record: Record, about: str) -> ReadItem:
    """The item; ``about`` is the source id of the patient the entry says it is about."""
    sheet = Sheet(record, entry.resource, _special)
    write_whole(sheet)
    kind = kind_of(entry.type)
    when = first_date(entry.resource, kind)
    return ReadItem(
        source_id=entry.source_id,
        resource_type=entry.type,
        category=_category(entry, sheet),
        title=record.title_of(entry.resource),
        occurred_on=day_of(when),
        blocks=tuple(sheet.blocks) or (Field(_(kind.name), _("The entry says nothing more.")),),
        original=_original(entry, record),
        files=tuple(sheet.files),
        concerns=concerns_about(sheet, about),
        occurred_in_words=None if not when or is_whole_day(when) else date_words(when) or when,
    )


def _category(entry: Entry, sheet: Sheet) -> Category:
    # A report that is a table of results belongs where people look for results.
    return Category.RESULTS if entry.type == "DiagnosticReport" and sheet.rows else category_of(entry.resource)


def _special(sheet: Sheet, resource: Resource) -> frozenset[str]:
    writer = _SPECIAL.get(words_at(resource, "resourceType"))
    return writer(sheet, resource) if writer else _NOTHING


def _original(entry: Entry, record: Record) -> str:
    """The source's own JSON; a list, the entry first, where other entries are told inside it."""
    texts = [entry.text, *(part.text for part in record.parts.get(id(entry.resource), ()))]
    return texts[0] if len(texts) == 1 else "[" + ",\n".join(texts) + "]"
