"""The clock of a case: a ledger of events, replayed against the law's rules; no date is ever adjusted in place.

Counting starts the day after the clock does. Days the calendar leaves out are not counted where the law counts
statutory days; days inside a pause are never counted. The result carries every day, so that a person can check it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.domain import zones
from portal.domain.calendars import ONE_DAY
from portal.domain.counting import ClockDay, DayStatus, Span, count, last_day
from portal.domain.dates import say_date
from portal.domain.errors import Invalid, NotPossible
from portal.domain.jurisdictions import Event, Limit, Profile
from portal.domain.words import _

__all__ = [
    "Clock",
    "ClockDay",
    "DayStatus",
    "Lateness",
    "LedgerEntry",
    "LedgerKind",
    "Standing",
    "check_extension",
    "due_date",
    "lateness",
    "local_date",
    "order_end",
    "replay",
    "window_end",
]


class LedgerKind(StrEnum):
    """What can happen to a clock."""

    RECEIVED = "received"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    EXTENSION_REMOVED = "extension_removed"


@dataclass(frozen=True)
class LedgerEntry:
    """One event, on the clinic's local date.

    ``event`` is one of ``Event``: what was received (the request when None), or why the clock may pause. An event that
    the law does not let stop the clock may be in the ledger all the same; it then moves nothing. ``days`` and
    ``ground`` belong to an extension and count in the limit's own unit.
    """

    kind: LedgerKind
    on: date
    days: int | None = None
    ground: str | None = None
    event: str | None = None


@dataclass(frozen=True)
class Clock:
    """A ledger, replayed. ``original_due`` is the date without extensions.

    While a pause is open, ``paused_since`` is set and ``due`` is the earliest date it can still become.
    """

    received: date
    due: date
    original_due: date
    internal_target: date
    extended_days: int
    days: tuple[ClockDay, ...]
    paused_since: date | None


class Lateness(StrEnum):
    """How a case stands against its dates; always computed, never stored."""

    ON_TIME = "on_time"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    LATE = "late"


@dataclass(frozen=True)
class Standing:
    """``days_left`` counts calendar days to the lawful date; it is negative when that date has passed."""

    lateness: Lateness
    days_left: int


def local_date(profile: Profile, instant: datetime) -> date:
    """The date on which ``instant`` falls in the jurisdiction, by the pinned zone tables."""
    return zones.date_in(profile.time_zone, instant)


def replay(
    profile: Profile,
    kind: str,
    entries: Sequence[LedgerEntry],
    today: date | None = None,
    closed: Collection[date] = (),
) -> Clock:
    """What the ledger comes to for a case of ``kind`` (``access``, ``correction``): pure, the same every time.

    An open pause lasts until ``today`` when given. ``closed`` are days the clinic itself is shut: they can move the
    internal target earlier, never the lawful date. ``Invalid`` when the ledger contradicts itself, ``NotPossible`` when
    the clock has not started.
    """
    limit = profile.limit(kind)
    received, start = _start(limit, entries)
    pauses, paused_since = _pauses(limit, entries, received, today)
    extended = _extended(limit, entries)
    days = count(profile.calendar, limit.window, start, extended, pauses)
    original = count(profile.calendar, limit.window, start, 0, pauses) if extended else days
    target = profile.calendar.working_days_before(days[-1].on, profile.internal_target_days, frozenset(closed))
    return Clock(
        received=received,
        due=days[-1].on,
        original_due=original[-1].on,
        internal_target=max(target, received),
        extended_days=extended,
        days=(*_before(received, start), *days),
        paused_since=paused_since,
    )


def due_date(profile: Profile, kind: str, received: date) -> date:
    """The lawful date of a case received on that day when nothing else happens."""
    return replay(profile, kind, [LedgerEntry(LedgerKind.RECEIVED, received)]).due


def window_end(profile: Profile, notified_on: date) -> date:
    """The last day to ask for a review of a decision the patient was told of on that day."""
    return last_day(profile.calendar, profile.review_window, notified_on)


def order_end(profile: Profile, given_on: date) -> date:
    """The last day to comply with an order the clinic was given on that day."""
    return last_day(profile.calendar, profile.order_window, given_on)


def lateness(clock: Clock, today: date) -> Standing:
    """How the case stands on ``today`` (the day it was answered, for one that is closed)."""
    left = (clock.due - today).days
    if left < 0:
        return Standing(Lateness.LATE, left)
    if left == 0:
        return Standing(Lateness.DUE_TODAY, left)
    return Standing(Lateness.DUE_SOON if today >= clock.internal_target else Lateness.ON_TIME, left)


def check_extension(
    profile: Profile,
    kind: str,
    entries: Sequence[LedgerEntry],
    ground: str,
    days: int,
    today: date,
    permission: str = "",
) -> None:
    """Whether ``days`` more may be taken for ``ground`` today; ``permission`` is the reference of a longer allowance.

    ``NotPossible`` where the law gives no extension or the date has come; ``Invalid`` for a ground or a length it does
    not know. The notice to the patient goes out with the extension: ``letters.missing_parts`` checks its content.
    """
    extension = profile.limit(kind).extension
    clock = replay(profile, kind, entries, today)
    if extension is None:
        raise NotPossible(_(profile.limit(kind).no_extension_words))
    extension.ground(ground)
    if days < 1:
        raise Invalid(_("Say how many more days are needed: at least one."), "days")
    if clock.extended_days + days > extension.max and not permission.strip():
        raise Invalid(_too_long(extension.max - clock.extended_days, extension.permission_beyond), "days")
    if today >= clock.due:
        raise NotPossible(
            _(
                "The time can only be extended before the answer is due, and it was due on %(due)s. "
                "Answer as soon as you can.",
                due=say_date(clock.due),
            )
        )


def _too_long(left: int, permission: str) -> str:
    if permission:
        return _(
            "At most %(left)s more days can be taken. For longer, get permission from %(who)s first and give its "
            "reference.",
            left=max(left, 0),
            who=_(permission),
        )
    return _("At most %(left)s more days can be taken.", left=max(left, 0))


def _start(limit: Limit, entries: Sequence[LedgerEntry]) -> tuple[date, date]:
    """When the request came and when its clock starts."""
    came: dict[Event, date] = {}
    for entry in entries:
        if entry.kind is LedgerKind.RECEIVED:
            event = _event(entry.event or Event.RECEIVED)
            if event in came:
                raise Invalid(_("The ledger says twice when %(event)s came. Keep one of the two.", event=event))
            came[event] = entry.on
    missing = [event for event in {Event.RECEIVED: 0, **dict.fromkeys(limit.start_events)} if event not in came]
    if missing:
        raise NotPossible(_("The clock has not started yet: we are waiting for %(event)s.", event=", ".join(missing)))
    return came[Event.RECEIVED], max(came[event] for event in limit.start_events)


def _before(received: date, start: date) -> Iterator[ClockDay]:
    day = received
    while day < start:
        first = day == received
        why = None if first else _("the clock had not started")
        yield ClockDay(day, None, DayStatus.RECEIVED if first else DayStatus.PAUSED, why)
        day += ONE_DAY


def _pauses(
    limit: Limit, entries: Sequence[LedgerEntry], received: date, today: date | None
) -> tuple[list[Span], date | None]:
    """The spans the law leaves out, and since when one of them is open."""
    spans: list[Span] = []
    since: dict[Event, date] = {}
    for entry in entries:
        if entry.kind is LedgerKind.PAUSED:
            event = _event(entry.event)
            if event in since or entry.on < received:
                raise Invalid(_("The ledger stops the clock for %(event)s in the wrong place.", event=event))
            since[event] = entry.on
        elif entry.kind is LedgerKind.RESUMED:
            event = _event(entry.event)
            if entry.on < since.get(event, date.max):
                raise Invalid(_("The ledger restarts the clock for %(event)s in the wrong place.", event=event))
            spans.extend(_span(limit, event, since.pop(event), entry.on))
    still = {event: on for event, on in since.items() if limit.pause(event)}
    for event, on in still.items():
        spans.extend(_span(limit, event, on, max(on, today or on)))
    return spans, min(still.values(), default=None)


def _span(limit: Limit, event: Event, first: date, last: date) -> Iterator[Span]:
    rule = limit.pause(event)
    if rule is None:
        return
    first = first if rule.first_day_excluded else first + ONE_DAY
    last = last if rule.last_day_excluded else last - ONE_DAY
    if first <= last:
        yield Span(first, last, _(rule.words))


def _extended(limit: Limit, entries: Sequence[LedgerEntry]) -> int:
    total = 0
    for entry in entries:
        if entry.kind is LedgerKind.EXTENDED:
            if limit.extension is None:
                raise NotPossible(_(limit.no_extension_words))
            if entry.days is None or entry.days < 1:
                raise Invalid(_("The ledger extends the time without saying by how many days."))
            total += entry.days
        elif entry.kind is LedgerKind.EXTENSION_REMOVED:
            total = 0 if entry.days is None else max(total - entry.days, 0)
    return total


def _event(name: str | None) -> Event:
    try:
        return Event(name or "")
    except ValueError:
        known = ", ".join(Event)
        raise Invalid(
            _("The ledger names an event we do not know: %(name)s. Use one of: %(known)s.", name=name, known=known)
        ) from None
