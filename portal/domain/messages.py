"""Messages between a patient and the clinic: who answers, by when, how long a text may be, what needs no answer.

The day is the clinic's own target (``messages.toml``, or ``[messages]`` of its file). It is no lawful clock: a message
neither starts, stops nor moves one.
"""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from portal.domain.calendars import ONE_DAY, Calendar
from portal.domain.errors import Invalid
from portal.domain.words import _, ngettext

MOST_DAYS = 60
SOON = 1  # a thread is soon due from so many working days before its day


@dataclass(frozen=True)
class Targets:
    """The clinic's own promise: within how many working days it answers."""

    answer_working_days: int


@dataclass(frozen=True)
class Limits:
    """How much of each: characters of a message, of an internal note and of a snippet, files of one message."""

    longest: int
    notes_longest: int
    files: int
    snippet_title: int
    snippet_longest: int


@dataclass(frozen=True)
class NoAnswer:
    """Why a message needs no answer: ``title`` for the office, ``words`` for the patient."""

    id: str
    title: str
    words: str
    says_more: bool = False


@dataclass(frozen=True)
class Urgent:
    """Whom to call when it cannot wait."""

    emergency: str
    nurse: str


@dataclass(frozen=True)
class Answerer:
    """Who answers today; ``stands_in_for`` is the colleague who is away, if it is a cover."""

    account: UUID | None = None
    stands_in_for: UUID | None = None


NOBODY = Answerer()


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files("portal.domain").joinpath("messages.toml").read_text("utf-8"))


def default_targets() -> Targets:
    return Targets(_table()["targets"]["answer_working_days"])


@cache
def limits() -> Limits:
    return Limits(**_table()["limits"])


@cache
def no_answers() -> tuple[NoAnswer, ...]:
    """Every reason why no answer is needed, in the order in which people read them."""
    return tuple(NoAnswer(**each) for each in _table()["no_answer"])


def urgent(jurisdiction: str) -> Urgent | None:
    """Whom to call there; None where nobody wrote it down."""
    found = _table()["urgent"].get(jurisdiction)
    return Urgent(found["emergency"], found["nurse"]) if found else None


def targets_of(table: Mapping[str, Any], faults: list[str]) -> Targets:
    """The table ``[messages]`` of the clinic's file; every fault is noted, and the default stands in its place."""
    days = default_targets().answer_working_days
    for key, value in table.items():
        name = f"messages.{key}"
        if key != "answer_working_days":
            faults.append(_("%(name)s is not a setting we know. Take it out or mend its spelling.", name=name))
        elif isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
            faults.append(_("%(name)s must be a whole number from 1 to %(most)s.", name=name, most=MOST_DAYS))
        else:
            days = value
    return Targets(days)


def answer_by(calendar: Calendar, targets: Targets, asked_on: date, closed: frozenset[date] = frozenset()) -> date:
    """The day by which the clinic means to answer what was asked on a day.

    Working days are counted from the day after; ``closed`` are days the clinic itself is shut.
    """
    day, left = asked_on, targets.answer_working_days
    while left:
        day += ONE_DAY
        left -= calendar.is_working(day) and day not in closed
    return day


def who_answers(
    named: Sequence[UUID | None], may: Collection[UUID], away: Mapping[UUID, UUID] | None = None
) -> Answerer:
    """Who answers today: the first of ``named`` who may, or who covers for her and may; nobody else steps in unasked.

    ``named`` are whoever took the thread and whoever looks after the case, in this order; ``may`` are those who work
    here, see the thread and are not named in it; ``away`` says who covers for whom today.
    """
    for account in named:
        if account is None:
            continue
        cover = (away or {}).get(account)
        if cover is None and account in may:
            return Answerer(account)
        if cover is not None and account in may and cover in may:
            return Answerer(cover, stands_in_for=account)
    return NOBODY


def urgency(due_on: date | None, today: date, calendar: Calendar, closed: frozenset[date] = frozenset()) -> str:
    """How an unanswered thread stands: late, soon or calm.

    What is due on a Monday is soon due on the Friday before, as long as people are at work then.
    """
    if due_on is None:
        return "calm"
    if due_on < today:
        return "late"
    return "soon" if calendar.working_days_before(due_on, SOON, closed) <= today else "calm"


def worded(due_on: date | None, today: date) -> str:
    """The same in words: colour never speaks alone."""
    if due_on is None:
        return ""
    left = (due_on - today).days
    if left < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -left)
    return _("due today") if left == 0 else ngettext("%(n)s day left", "%(n)s days left", left)


def find_no_answer(reason_id: str, words: str) -> NoAnswer:
    """Raises Invalid for a reason there is not, and for one that lacks the words it needs."""
    found = next((each for each in no_answers() if each.id == reason_id), None)
    if found is None:
        raise Invalid(_("Choose why no answer is needed."), "reason")
    if found.says_more and not words.strip():
        raise Invalid(_("Write a sentence for the patient: why no answer is needed."), "words")
    return found


def check_text(text: str, field: str, most: int) -> str:
    """What somebody wrote: not empty, not endless. Raises Invalid with one sentence; nothing is cut off."""
    words = text.strip()
    if not words:
        raise Invalid(_("Write something first."), field)
    if len(words) > most:
        raise Invalid(_("Use at most %(n)s characters here.", n=most), field)
    return words
