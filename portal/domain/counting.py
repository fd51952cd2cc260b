"""Counting a period day by day, so that every day of it can be shown: counted, skipped, paused or moved to."""

import calendar as months
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.domain.calendars import ONE_DAY, Calendar
from portal.domain.jurisdictions import Rollover, Unit, Window


class DayStatus(StrEnum):
    """What a day is to the clock. MOVED: the open day to which a last day rolls over."""

    RECEIVED = "received"
    COUNTED = "counted"
    SKIPPED = "skipped"
    PAUSED = "paused"
    MOVED = "moved"


@dataclass(frozen=True)
class ClockDay:
    """One day of the arithmetic: its number when counted, else why it is not."""

    on: date
    number: int | None
    status: DayStatus
    why: str | None = None


@dataclass(frozen=True)
class Span:
    """Days that are left out from ``first`` to ``last``, both included."""

    first: date
    last: date
    why: str

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def count(
    calendar: Calendar, window: Window, start: date, extra: int = 0, pauses: Sequence[Span] = ()
) -> tuple[ClockDay, ...]:
    """Every day from ``start``, which is day 0, to the last day of ``window`` made longer by ``extra`` of its units."""
    days = [ClockDay(start, None, DayStatus.RECEIVED)]
    wanted = _length_in_days(window.unit, window.length + extra, start)
    skipping = window.unit is Unit.STATUTORY_DAY
    number = 0
    day = start
    while number < wanted:
        day += ONE_DAY
        if why := _paused(day, pauses):
            days.append(ClockDay(day, None, DayStatus.PAUSED, why))
        elif skipping and (why := calendar.why_skipped(day)):
            days.append(ClockDay(day, None, DayStatus.SKIPPED, why))
        else:
            number += 1
            days.append(ClockDay(day, number, DayStatus.COUNTED))
    if window.rollover is Rollover.NEXT_OPEN_DAY:
        days.extend(_moved(calendar, day, pauses))
    return tuple(days)


def last_day(calendar: Calendar, window: Window, start: date) -> date:
    """The last day of ``window`` when the event was on ``start``."""
    return count(calendar, window, start)[-1].on


def add_months(day: date, number: int) -> date:
    """The same day ``number`` months later, or the last day of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _length_in_days(unit: Unit, length: int, start: date) -> int:
    return (add_months(start, length) - start).days if unit is Unit.MONTH else length


def _paused(day: date, pauses: Sequence[Span]) -> str | None:
    return next((pause.why for pause in pauses if day in pause), None)


def _moved(calendar: Calendar, day: date, pauses: Sequence[Span]) -> Iterator[ClockDay]:
    closed = calendar.why_skipped(day)
    while closed:
        day += ONE_DAY
        closed = _paused(day, pauses) or calendar.why_skipped(day)
        yield ClockDay(day, None, DayStatus.SKIPPED if closed else DayStatus.MOVED, closed)
