"""The rules of each jurisdiction, as data: one TOML file each beside this one, calendars in their own folder."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from portal.domain.calendars import Calendar
from portal.domain.errors import Invalid
from portal.domain.jurisdictions.profile import (
    Body,
    Event,
    Extension,
    Ground,
    Limit,
    Part,
    Profile,
    Rollover,
    Unit,
    Window,
)
from portal.domain.jurisdictions.reading import read_calendar, read_profile
from portal.domain.words import _

__all__ = [
    "Body",
    "Event",
    "Extension",
    "Ground",
    "Limit",
    "Part",
    "Profile",
    "Rollover",
    "Unit",
    "Window",
    "calendar",
    "known",
    "profile",
    "read_table",
    "spoken",
]

FOLDER = files(__name__)
EARLIER = "@"  # ca-bc@2025-01-01.toml: a version that open cases began under
SPOKEN = frozenset(
    {
        "name",
        "act",
        "provision",
        "title",
        "plain_words",
        "proof_words",
        "words",
        "more_words",
        "clock_words",
        "complaint_words",
        "off_reason",
        "test",
        "example",
        "permission_beyond",
    }
)


@cache
def known() -> tuple[str, ...]:
    """The ids of every jurisdiction there is a file for."""
    names = (entry.name.removesuffix(".toml") for entry in FOLDER.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(name for name in names if EARLIER not in name))


@cache
def profile(name: str, version: str | None = None) -> Profile:
    """The rules of the jurisdiction ``name``; of an earlier ``version`` when a case began under it.

    ``Invalid`` lists the known ids, or says that the version is not kept.
    """
    if name not in known():
        raise Invalid(
            _(
                "We have no rules for the jurisdiction %(id)s. Choose one of: %(known)s.",
                id=name,
                known=", ".join(known()),
            )
        )
    table = read_table(f"{name}.toml")
    if version not in (None, table["version"]):
        table = _earlier(name, str(version))
    return read_profile(table, calendar(table["calendar"]))


@cache
def calendar(name: str) -> Calendar:
    """The calendar of days that are not counted."""
    return read_calendar(read_table("calendars", f"{name}.toml"))


def read_table(*path: str) -> dict[str, Any]:
    """The plain values of a file of this package."""
    return tomllib.loads(FOLDER.joinpath(*path).read_text(encoding="utf-8"))


def spoken() -> Iterator[str]:
    """Every sentence of the files that a person may read, for the translators' catalogue."""
    for name in known():
        table = read_table(f"{name}.toml")
        yield from _spoken({key: value for key, value in table.items() if key not in ("sources", "bodies")})
        for body in table["bodies"].values():
            yield body["words"]
            yield from _spoken(body.get("papers", {}))
        yield from _spoken(read_table("calendars", f"{table['calendar']}.toml"))


def _spoken(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in SPOKEN and isinstance(inner, str):
                yield inner
            else:
                yield from _spoken(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _spoken(inner)


def _earlier(name: str, version: str) -> dict[str, Any]:
    entry = FOLDER.joinpath(f"{name}{EARLIER}{version}.toml")
    if not version.replace("-", "").isalnum() or not entry.is_file():
        raise Invalid(
            _(
                "We no longer have version %(version)s of the rules for %(id)s. Put its file back.",
                version=version,
                id=id,
            )
        )
    return read_table(entry.name)
