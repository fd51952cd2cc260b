"""From files to entries: bundles of every kind that holds a record, single resources, and NDJSON."""

from collections.abc import Sequence

from portal.adapters.fhir.entries import BROKEN, EMPTY, Entry, check_identity
from portal.adapters.fhir.files import text_of
from portal.adapters.fhir.json_text import JsonText
from portal.adapters.fhir.shapes import Resource, objects, words_at
from portal.adapters.fhir.versions import check_version, stated_version
from portal.domain.errors import Invalid
from portal.domain.words import _

_ANSWERS = frozenset({"transaction-response", "batch-response"})


def entries_of(files: Sequence[tuple[str, bytes]]) -> list[Entry]:
    """All entries of all files, in order. Raises Invalid for what is not the current record in FHIR R4."""
    entries: list[Entry] = []
    pages = []
    for name, data in files:
        for bundle, found in JsonText(name, text_of(name, data)).entries():
            if bundle is not None:
                _check_bundle(name, bundle, found)
                pages.append((name, bundle))
            entries += found
    _check_pages(pages)
    for entry in entries:
        if entry.state == BROKEN:
            raise Invalid(
                _(
                    "%(file)s, entry %(n)s: this is not FHIR, because it is no object. Export the record again.",
                    file=entry.file,
                    n=entry.number,
                )
            )
        if entry.state != EMPTY:
            check_identity(entry)
            check_version(entry)
    if not entries:
        raise Invalid(_("There is nothing to read. Name at least one FHIR file."))
    return entries


def _check_bundle(file: str, bundle: Resource, entries: list[Entry]) -> None:
    version = stated_version(bundle)
    if version is not None:
        raise Invalid(
            _(
                "%(file)s is written in %(version)s, and we read FHIR R4. Export the record again as FHIR R4 (4.0.1).",
                file=file,
                version=version,
            )
        )
    kind = words_at(bundle, "type")
    if kind == "history":
        raise Invalid(
            _(
                "%(file)s is a history of changes, in which one entry stands many times."
                " Export the record as it is now (a collection, document or searchset).",
                file=file,
            )
        )
    if all(entry.state == EMPTY for entry in entries):
        sentence = (
            _("%(file)s is a computer's answer and holds no record. Export the record itself.", file=file)
            if kind in _ANSWERS
            else _("%(file)s is a bundle without entries. Export the record again.", file=file)
        )
        raise Invalid(sentence)


def _check_pages(bundles: list[tuple[str, Resource]]) -> None:
    """Refuse the first pages of a search without its last: what follows would be missing from the record."""
    pages = [(name, bundle) for name, bundle in bundles if words_at(bundle, "type") == "searchset"]
    unfinished = [name for name, bundle in pages if _says_more_follows(bundle)]
    if pages and len(unfinished) == len(pages):
        raise Invalid(
            _(
                "%(file)s is one page of a search and says that more pages follow."
                " Fetch the pages that follow and hand over all of them together.",
                file=unfinished[-1],
            )
        )


def _says_more_follows(bundle: Resource) -> bool:
    return any(words_at(link, "relation") == "next" for link in objects(bundle.get("link")))
