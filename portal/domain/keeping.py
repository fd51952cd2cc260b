"""What is held about a patient in words: each kind of entry, each thing the portal keeps; where from, why, how long."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from portal.domain.record_items import Category


@dataclass(frozen=True)
class Reason:
    """Where entries of a kind come from, and why they are kept."""

    comes_from: str
    why: str


@dataclass(frozen=True)
class Kept:
    """Something the portal itself keeps."""

    id: str
    what: str
    comes_from: str
    why: str
    how_long: str


@dataclass(frozen=True)
class Keeping:
    record: dict[Category, Reason]
    portal: tuple[Kept, ...]


@cache
def keeping() -> Keeping:
    """What the data file says; ``KeyError`` where a kind of entry lacks."""
    table = tomllib.loads(files("portal.domain").joinpath("keeping.toml").read_text("utf-8"))
    return Keeping(
        record={category: Reason(**table["record"][category]) for category in Category},
        portal=tuple(Kept(id=name, **said) for name, said in table["portal"].items()),
    )
