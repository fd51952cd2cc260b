"""Dates as people read them: "Tuesday 2 February 2027"."""

from datetime import date

from portal.domain.words import N_, _

WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)


# French has an ordinal for the first of a month only.
FIRST = N_("1")


def weekday_name(day: date) -> str:
    """The day of the week in the language spoken now."""
    return _(WEEKDAYS[day.weekday()])


def say_date(day: date) -> str:
    """A date in full, with its weekday, in the language spoken now."""
    month = _(MONTHS[day.month - 1])
    return _(
        "%(weekday)s %(day)s %(month)s %(year)s", weekday=weekday_name(day), day=_day(day), month=month, year=day.year
    )


def _day(day: date) -> str:
    return _(FIRST) if day.day == 1 else str(day.day)


def say_plain_date(day: date) -> str:
    """A date without its weekday, for lists: "2 February 2027"."""
    return _("%(day)s %(month)s %(year)s", day=_day(day), month=_(MONTHS[day.month - 1]), year=day.year)
