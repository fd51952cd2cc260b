"""Who points at whom inside an export: ids, full URLs, urn:uuid, absolute addresses and search-style references."""

from collections.abc import Iterable
from functools import cached_property

from portal.adapters.fhir.entries import Entry
from portal.adapters.fhir.shapes import objects, words_at


class References:
    """Finds the entry that a reference means, when it is part of the export."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = list(entries)
        self._by_address: dict[str, Entry] = {}
        for entry in self._entries:
            self._by_address.setdefault(entry.source_id, entry)
            if entry.full_url:
                self._by_address.setdefault(entry.full_url, entry)

    def find(self, reference: str) -> Entry | None:
        """The entry that ``reference`` means; None when it is not part of the export."""
        found = self._by_address.get(reference)
        if found is not None or not reference:
            return found
        if "?" in reference:
            return self._by_search(reference)
        if reference.startswith("urn:uuid:"):
            return self._by_id.get(reference.removeprefix("urn:uuid:"))
        path = reference.partition("/_history/")[0].rstrip("/").split("/")
        return self._by_address.get("/".join(path[-2:])) if len(path) > 1 else None

    def find_number(self, resource_type: str, system: str, value: str) -> Entry | None:
        """The entry of this type that carries this identifier."""
        return self._by_number.get((resource_type, system, value))

    def _by_search(self, reference: str) -> Entry | None:
        address, _mark, query = reference.partition("?")
        wanted = query.partition("identifier=")[2].partition("&")[0]
        system, bar, value = wanted.partition("|")
        if not bar:
            system, value = "", wanted
        return self.find_number(address.rpartition("/")[2], system, value)

    @cached_property
    def _by_id(self) -> dict[str, Entry]:
        return {entry.id: entry for entry in reversed(self._entries)}

    @cached_property
    def _by_number(self) -> dict[tuple[str, str, str], Entry]:
        numbers: dict[tuple[str, str, str], Entry] = {}
        for entry in self._entries:
            for one in objects(entry.resource.get("identifier")):
                value = words_at(one, "value")
                numbers.setdefault((entry.type, words_at(one, "system"), value), entry)
                numbers.setdefault((entry.type, "", value), entry)
        return numbers
