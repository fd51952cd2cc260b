"""What can be complained about, how long the clinic takes for each rung, and how long a text may be: data, not code."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from portal.domain.counting import last_day
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import Profile, Rollover, Unit, Window
from portal.domain.words import _

SHORTEST = 10
MOST_DAYS = 365


@dataclass(frozen=True)
class Kind:
    """``title`` is what the patient chooses, ``office`` what the office reads; ``body`` which outside body is first."""

    id: str
    title: str
    office: str
    body: str


@dataclass(frozen=True)
class Targets:
    """The clinic's own promise for each rung: working days to acknowledge, calendar days to answer."""

    acknowledge_working_days: int
    answer_days: int


@dataclass(frozen=True)
class Dates:
    """What the targets come to for a rung that began on a day."""

    acknowledge_by: date
    answer_by: date


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files("portal.domain").joinpath("complaints.toml").read_text("utf-8"))


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind, in the order in which people read them."""
    return tuple(Kind(**each) for each in _table()["kinds"])


def find_kind(kind_id: str) -> Kind:
    """Raises Invalid for a kind there is not."""
    found = next((each for each in kinds() if each.id == kind_id), None)
    if found is None:
        raise Invalid(_("Choose what your complaint is about."), "about")
    return found


def default_targets() -> Targets:
    table = _table()["targets"]
    return Targets(table["acknowledge_working_days"], table["answer_days"])


def longest() -> int:
    """The most characters of a complaint."""
    return int(_table()["limits"]["longest"])


def longest_note() -> int:
    """The most characters of what the clinic writes about one."""
    return int(_table()["limits"]["notes_longest"])


def targets_of(table: Mapping[str, Any], faults: list[str]) -> Targets:
    """The table ``[complaints]`` of the clinic's file; every fault is noted, and the default stands in its place."""
    standard = default_targets()
    chosen = {"acknowledge_working_days": standard.acknowledge_working_days, "answer_days": standard.answer_days}
    for key, value in table.items():
        if key not in chosen:
            faults.append(
                _("%(name)s is not a setting we know. Take it out or mend its spelling.", name=f"complaints.{key}")
            )
        elif isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
            faults.append(
                _("%(name)s must be a whole number from 1 to %(most)s.", name=f"complaints.{key}", most=MOST_DAYS)
            )
        else:
            chosen[key] = value
    return Targets(**chosen)


def dates(law: Profile, targets: Targets, began_on: date) -> Dates:
    """The days by which the clinic means to acknowledge and to answer; counting starts the day after."""
    return Dates(
        last_day(law.calendar, _window(law, Unit.STATUTORY_DAY, targets.acknowledge_working_days), began_on),
        last_day(law.calendar, _window(law, Unit.CALENDAR_DAY, targets.answer_days), began_on),
    )


def _window(law: Profile, unit: Unit, length: int) -> Window:
    return Window(unit, length, Rollover.NONE, law.complaint_body.basis)


def check_words(text: str, field: str, most: int, least: int = SHORTEST) -> str:
    """What somebody wrote: not empty, not endless. Raises Invalid with one sentence; nothing is cut off."""
    words = text.strip()
    if len(words) < least:
        raise Invalid(_("Write in a few words what happened."), field)
    if len(words) > most:
        raise Invalid(_("Use at most %(n)s characters here.", n=most), field)
    return words
