"""Time zones from the pinned ``tzdata`` package, never from the machine's own tables.

British Columbia stopped changing its clocks in 2026 and many machines do not know it yet: their table would put a
request that arrives just after midnight on the wrong day. So a zone is read out of the installed package itself,
whatever ``TZPATH`` or the operating system say.
"""

from datetime import date, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from portal.domain.errors import Invalid
from portal.domain.words import _


@cache
def names() -> frozenset[str]:
    """Every zone name of the pinned package."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@cache
def zone(name: str) -> ZoneInfo:
    """The zone ``name`` (such as ``America/Vancouver``) from the pinned package; ``Invalid`` for a name it lacks."""
    if name not in names():
        raise Invalid(_("We do not know the time zone %(name)s. Use a name such as America/Vancouver.", name=name))
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def version() -> str:
    """The version of the zone tables in use, such as ``2026a``."""
    return files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="utf-8").split("\n", 1)[0].split()[-1]


def date_in(name: str, instant: datetime) -> date:
    """The calendar date of ``instant`` in the zone ``name``; ``instant`` must know its own offset."""
    if instant.tzinfo is None:
        raise Invalid(_("The time %(time)s has no time zone. Add one, such as Z for UTC.", time=instant.isoformat()))
    return instant.astimezone(zone(name)).date()
