"""Reads the export of one patient's record, FHIR R4 in JSON or NDJSON, into record items."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, tzinfo

from portal.adapters.fhir.administrative_kinds import NO_RESOURCE, REPEATED
from portal.adapters.fhir.bundles import entries_of
from portal.adapters.fhir.dates import told_in
from portal.adapters.fhir.entries import EMPTY, Entry
from portal.adapters.fhir.folding import fold
from portal.adapters.fhir.items import read_item
from portal.adapters.fhir.kinds import administrative_reason
from portal.adapters.fhir.patients import read_patient
from portal.adapters.fhir.record import Record
from portal.adapters.fhir.references import References
from portal.adapters.fhir.saying import TooDeep
from portal.adapters.fhir.subjects import about_whom, main_patient
from portal.domain.errors import Invalid
from portal.domain.record_items import Reading, ReadItem
from portal.domain.words import N_, SOURCE_LANGUAGE, _, language, speaking

NO_TYPE = N_("Entry without a resource")


def read(files: Sequence[tuple[str, bytes]], *, today: date, zone: tzinfo | None = None) -> Reading:
    """All that ``files`` (name and bytes of each) hold about one patient, every resource accounted for.

    ``today`` is what no birth date may be after. Times that the source gives in UTC are told in ``zone`` when it is
    given. Raises Invalid, with the file, the entry and what to do, for anything that cannot be read whole.

    What is read is kept, so it is said in the source language whoever brings it in; labels are translated where they
    are shown. A fault is said to the person who is there.
    """
    with told_in(zone):
        try:
            with speaking(SOURCE_LANGUAGE):
                return _read(files, today)
        except Invalid:
            if language() == SOURCE_LANGUAGE:
                raise
            return _read(files, today)


def _read(files: Sequence[tuple[str, bytes]], today: date) -> Reading:
    everything = entries_of(files)
    entries, administrative = _without_repeats(everything)
    references = References(entries)
    about = about_whom(entries, references)
    patient = main_patient(entries, about)
    folding = fold(entries, references, about)
    record = Record(references, patient, folding.into)
    read = read_patient(patient, today)
    items, parts = [], Counter[tuple[str, str]]()
    for entry in entries:
        reason = administrative_reason(entry.type)
        if reason:
            administrative[entry.type, reason] += 1
        elif id(entry.resource) in folding.reasons:
            parts[entry.type, _(folding.reasons[id(entry.resource)])] += 1
        else:
            items.append(_item(entry, record, about[id(entry.resource)]))
    return Reading(read, tuple(items), len(everything), dict(parts), dict(administrative))


def _without_repeats(everything: list[Entry]) -> tuple[list[Entry], Counter[tuple[str, str]]]:
    """The entries with a resource, each once; and the count of those left out. Raises Invalid for two under one id."""
    kept: dict[str, Entry] = {}
    left_out: Counter[tuple[str, str]] = Counter()
    for entry in everything:
        if entry.state == EMPTY:
            left_out[_(NO_TYPE), _(NO_RESOURCE)] += 1
            continue
        first = kept.setdefault(entry.source_id, entry)
        if first is entry:
            continue
        if first.resource != entry.resource:
            raise Invalid(
                _(
                    "%(place)s has the same id as %(first)s and says something else."
                    " Export the record again, with each entry once.",
                    place=entry.place,
                    first=first.place,
                )
            )
        left_out[entry.type, _(REPEATED)] += 1
    return list(kept.values()), left_out


def _item(entry: Entry, record: Record, about: str) -> ReadItem:
    try:
        return read_item(entry, record, about)
    except (TooDeep, RecursionError):
        raise Invalid(
            _(
                "%(place)s is nested too deeply to be an entry of a record. Export the record again without it.",
                place=entry.place,
            )
        ) from None
