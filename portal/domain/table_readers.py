"""Reading a file of settings: what can be read is read and every fault is noted, so that its writer mends it once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.domain.words import _


@dataclass
class TableReader:
    """A table and the faults found in it, a sentence each. ``where`` is what stands before a key in the sentence."""

    table: Mapping[str, Any]
    faults: list[str] = field(default_factory=list)

    def text(self, table: Mapping[str, Any], key: str, where: str = "", form: Any = None, needed: bool = True) -> str:
        value = table.get(key, "")
        name = f"{where}{key}"
        if not isinstance(value, str) or (needed and not value.strip()):
            self.faults.append(_("%(name)s is missing. Write it as a text in quotes.", name=name))
            return ""
        if value and form is not None and not form.fullmatch(value):
            self.faults.append(_("%(name)s cannot be right: %(value)s. Check it for slips.", name=name, value=value))
        return value.strip()

    def lines(self, table: Mapping[str, Any], key: str, where: str = "") -> tuple[str, ...]:
        value = table.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(v, str) and v.strip() for v in value):
            self.faults.append(_("%(name)s must be a list with at least one text.", name=f"{where}{key}"))
            return ()
        return tuple(line.strip() for line in value)

    def yes_or_no(self, key: str) -> bool:
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self.faults.append(_("%(name)s must be true or false, without quotes.", name=key))
        return value is True

    def sub(self, table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = table.get(key, {})
        if isinstance(value, Mapping):
            return value
        self.faults.append(_("%(name)s must be a table, such as [%(name)s].", name=key))
        return {}

    def tables(self, table: Mapping[str, Any], key: str, where: str = "") -> list[Mapping[str, Any]]:
        value = table.get(key, [])
        if isinstance(value, list) and all(isinstance(entry, Mapping) for entry in value):
            return value
        self.faults.append(_("%(name)s must be a list of tables, such as [[%(name)s]].", name=f"{where}{key}"))
        return []

    def number(self, table: Mapping[str, Any], key: str, where: str, most: int) -> int:
        value = table.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            self.faults.append(_("%(name)s must be a whole number from 0 to %(most)s.", name=where + key, most=most))
            return 0
        return value

    def day(self, table: Mapping[str, Any], key: str, where: str) -> date:
        value = table.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.faults.append(_("%(name)s must be a date, such as 2026-12-28.", name=f"{where}{key}"))
        return date.min

    def unknown(self, table: Mapping[str, Any], names: set[str], where: str) -> None:
        for key in sorted(set(table) - names):
            self.faults.append(
                _("%(name)s is not a setting we know. Take it out or mend its spelling.", name=where + key)
            )
