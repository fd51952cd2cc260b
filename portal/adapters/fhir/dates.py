"""Dates and times the way people read them: 2 February 2027, 09:30."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache

from portal.domain.dates import MONTHS, say_plain_date
from portal.domain.words import _, language

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?\Z")
_NOWHERE = re.compile(r"[Zz]\Z|[+-]00:00\Z")

_zone: ContextVar[tzinfo | None] = ContextVar("zone", default=None)


@contextmanager
def told_in(zone: tzinfo | None) -> Iterator[None]:
    """Tell times that the source gives in UTC by the clocks of ``zone``; others stay as they were written."""
    token = _zone.set(zone)
    try:
        yield
    finally:
        _zone.reset(token)


def date_words(text: str) -> str | None:
    """``text`` in words when it is a FHIR date with at least a month, or a time; else None."""
    if len(text) < 7 or text[4] != "-":
        return None
    return _date_words(text, _zone.get(), language())


def day_of(text: object) -> date | None:
    """The day a FHIR date or time falls on; the first day of what is given only as a month or a year."""
    if not isinstance(text, str):
        return None
    return _day_of(text, _zone.get())


def is_whole_day(text: object) -> bool:
    """Whether ``text`` names a day, and not only a month or a year."""
    return isinstance(text, str) and len(text) >= 10


@lru_cache(maxsize=8192)
def _day_of(text: str, zone: tzinfo | None) -> date | None:
    found = _DATE.match(text)
    if found is None:
        return None
    year, month, day, time = found.groups()
    try:
        if time:
            return _moment(text, zone).date()
        return date(int(year), int(month or 1), int(day or 1))
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=8192)
def _date_words(text: str, zone: tzinfo | None, _language: str) -> str | None:
    found = _DATE.match(text)
    if found is None:
        return None
    try:
        return _in_words(text, found, zone)
    except (ValueError, OverflowError):
        return None


def _in_words(text: str, found: re.Match[str], zone: tzinfo | None) -> str:
    year, month, day, time = found.groups()
    if day is None:
        return _("%(month)s %(year)s", month=_(MONTHS[_month(month)]), year=year)
    if time is None:
        return say_plain_date(date(int(year), int(month), int(day)))
    moment = _moment(text, zone)
    clock = f"{moment:%H:%M}"
    if zone is None and _NOWHERE.search(text):
        return _("%(day)s, %(time)s (UTC)", day=say_plain_date(moment.date()), time=clock)
    return _("%(day)s, %(time)s", day=say_plain_date(moment.date()), time=clock)


def _month(month: str) -> int:
    return date(2000, int(month), 1).month - 1


def _moment(text: str, zone: tzinfo | None) -> datetime:
    moment = datetime.fromisoformat(text)
    if zone is not None and _NOWHERE.search(text):
        return moment.replace(tzinfo=UTC).astimezone(zone)
    return moment


def span_words(start: str | None, end: str | None) -> str:
    """A stretch of time: from when, until when, or both; the day is said once where both fall on it."""
    first, last = (start and date_words(start)) or start, (end and date_words(end)) or end
    if first and last:
        if first == last:
            return first
        day, comma, time = first.partition(", ")
        if comma and last.startswith(day + comma):
            last = last[len(day + comma) :]
            # "(UTC)" is said once, after the later time.
            if time[5:] == last[5:]:
                first = first[: len(day + comma) + 5]
        return _("%(start)s to %(end)s", start=first, end=last)
    if first:
        return _("from %(start)s", start=first)
    return _("until %(end)s", end=last) if last else ""
