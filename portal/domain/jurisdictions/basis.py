"""What a value of a jurisdiction rests on, as every table of its file says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Basis:
    """What a value rests on. ``verified``: V read in the text itself, S second-hand, U still to be confirmed."""

    source: str
    citation: str
    as_of: date
    verified: str
    note: str = ""


def read_basis(table: Mapping[str, Any]) -> Basis:
    """The basis in a table that states something."""
    return Basis(
        source=table["source"],
        citation=table["citation"],
        as_of=table["as_of"],
        verified=table["verified"],
        note=table.get("note", ""),
    )
