"""A clock's arithmetic for people and machines: one line a day, and the same facts as plain JSON values."""

from collections.abc import Callable, Iterator
from datetime import date

from portal.domain.clocks import Clock, ClockDay, DayStatus
from portal.domain.dates import say_date, weekday_name
from portal.domain.jurisdictions import Profile
from portal.domain.words import _


def deadline_line(clock: Clock) -> str:
    """One line for many dates: ``2026-12-18 due 2027-02-02``."""
    return f"{clock.received.isoformat()} due {clock.due.isoformat()}"


def deadline_lines(profile: Profile, kind: str, clock: Clock, say: Callable[[date], str] = say_date) -> Iterator[str]:
    """The lawful date and how it comes about: a heading, the rule, a line for every day, the result."""
    limit = profile.limit(kind)
    yield _("%(place)s: received on %(day)s", place=_(profile.name), day=say(clock.received))
    yield _("Rule: %(rule)s (%(citation)s)", rule=_(limit.words), citation=limit.window.basis.citation)
    yield from (f"{day.on.isoformat()}  {weekday_name(day.on):<10}  {say_day(day)}" for day in clock.days)
    yield summary(clock)
    yield _("Due on %(day)s (%(iso)s)", day=say(clock.due), iso=clock.due.isoformat())
    yield _("The clinic's own target is %(day)s.", day=say(clock.internal_target))


def say_day(day: ClockDay) -> str:
    """What a day is to the clock, in a few words."""
    if day.status is DayStatus.RECEIVED:
        return _("received: counting starts the next day")
    if day.status is DayStatus.COUNTED:
        return _("day %(number)s", number=day.number)
    if day.status is DayStatus.MOVED:
        return _("the last day moves here")
    return _("not counted: %(why)s", why=day.why)


def summary(clock: Clock) -> str:
    """The count in two short sentences: how many days counted, how many did not."""
    counted = sum(day.status is DayStatus.COUNTED for day in clock.days)
    left_out = sum(day.status in (DayStatus.SKIPPED, DayStatus.PAUSED) for day in clock.days)
    return _("Days counted: %(counted)s. Days left out: %(left_out)s.", counted=counted, left_out=left_out)


def deadline_facts(clock: Clock) -> dict[str, object]:
    """The same facts as plain JSON values: ``received``, ``due`` and every one of the ``days``."""
    return {
        "received": clock.received.isoformat(),
        "due": clock.due.isoformat(),
        "original_due": clock.original_due.isoformat(),
        "internal_target": clock.internal_target.isoformat(),
        "extended_days": clock.extended_days,
        "paused_since": clock.paused_since.isoformat() if clock.paused_since else None,
        "days": [
            {
                "date": day.on.isoformat(),
                "weekday": weekday_name(day.on),
                "number": day.number,
                "status": day.status.value,
                "why": day.why,
            }
            for day in clock.days
        ],
    }
