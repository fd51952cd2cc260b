"""How values are shown, the same on pages, in letters and in e-mails: dates, times, money, sizes, lists.

Plain functions that speak the language of ``portal.domain.words``. Instants are shown in the clinic's own zone, so the
filters are made once for it: ``filters("America/Vancouver")``. Nothing (``None`` or a name that is not there) shows as
nothing.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache, wraps
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from jinja2 import Undefined
from markupsafe import Markup, escape

from portal.domain import zones
from portal.domain.words import N_, _, language

CURRENCY = "CAD"
# A language without a country is shown as Canadians write it.
COUNTRY = "CA"
# A case by its number: AR-2026-000123-K.
REFERENCE = r"(?<![\w-])[A-Z]{2}-\d{4}-\d{6}-[A-Z0-9](?![\w-])"
# Groups of figures with a mark or a blank between them: 250-555-0100, (250) 555-0100, +1 250 555 0100.
TELEPHONE = r"(?<![\w.-])(?:\+\d{1,3}[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"
POSTAL_CODE = r"(?<![\w-])[A-Z]\d[A-Z] {1,2}\d[A-Z]\d(?![\w-])"
WHOLE = re.compile(f"{REFERENCE}|{TELEPHONE}|{POSTAL_CODE}")
BLANK = re.compile(r"\s")
SIZES = (N_("bytes"), N_("kB"), N_("MB"), N_("GB"), N_("TB"))


@cache
def locale_of(name: str) -> Locale:
    """The locale to show values in: Canada's when the language names no country; English when it is unknown."""
    try:
        locale = Locale.parse(name)
        return locale if locale.territory else Locale.parse(f"{locale.language}_{COUNTRY}")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(f"en_{COUNTRY}")


def _locale() -> Locale:
    return locale_of(language())


def _or_nothing(show: Callable[..., str]) -> Callable[..., str]:
    @wraps(show)
    def shown(value: Any, *args: Any, **kwargs: Any) -> str:
        # An undefined name is nothing on a page and an error on paper, as its environment says.
        if isinstance(value, Undefined):
            return str(value)
        return "" if value is None else show(value, *args, **kwargs)

    return shown


class Clinic:
    """Dates and times as the clinic's wall clock and calendar have them."""

    def __init__(self, zone_name: str) -> None:
        self.zone = zones.zone(zone_name)

    def local(self, at: datetime) -> datetime:
        if at.tzinfo is None:
            raise ValueError("An instant to show needs its offset")
        return at.astimezone(self.zone)

    def day(self, value: date) -> date:
        """The date of a date, or of an instant in the clinic's zone."""
        return self.local(value).date() if isinstance(value, datetime) else value

    def long_date(self, value: date) -> str:
        """Tuesday 2 February 2027"""
        return _date(self.day(value), "EEEE d MMMM y")

    def plain_date(self, value: date) -> str:
        """2 February 2027"""
        return _date(self.day(value), "d MMMM y")

    def short_date(self, value: date) -> str:
        """2 Feb 2027, for tables"""
        return _date(self.day(value), "d MMM y")

    def day_and_month(self, value: date) -> str:
        """2 Feb, where the year is plain"""
        return _date(self.day(value), "d MMM")

    def time(self, at: datetime) -> str:
        """2:05 p.m."""
        return BLANK.sub("\u00a0", format_time(self.local(at).time(), "short", locale=_locale()))

    def date_and_time(self, at: datetime) -> str:
        """Tuesday 2 February 2027 at 2:05 p.m."""
        return _("%(date)s at %(time)s", date=self.long_date(at), time=self.time(at))

    def short_date_and_time(self, at: datetime) -> str:
        """2 Feb 2027, 2:05 p.m."""
        return _("%(date)s, %(time)s", date=self.short_date(at), time=self.time(at))

    def when(self, value: date) -> str:
        """An instant with its time, a date without."""
        return self.date_and_time(value) if isinstance(value, datetime) else self.long_date(value)

    def iso(self, value: date) -> str:
        """For the ``datetime`` of a ``time`` element."""
        return self.local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def _date(day: date, pattern: str) -> str:
    return _written(day, pattern, language())


# A case page writes every day of its clock: the same few hundred dates again and again.
@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, name: str) -> str:
    locale = locale_of(name)
    # French writes the first of a month as an ordinal; no pattern of the locale data does.
    if day.day == 1 and locale.language == "fr":
        pattern = pattern.replace("d MMM", "d'er' MMM")
    return format_date(day, pattern, locale=locale)


def money(amount: Decimal | int | float | str) -> str:
    """An amount in Canadian dollars: $25.00; half a cent goes to the even cent."""
    return _priced(str(amount), language())


@lru_cache(maxsize=1024)
def _priced(amount: str, name: str) -> str:
    return format_currency(Decimal(amount), CURRENCY, locale=locale_of(name))


def cents(amount: int) -> str:
    """An amount kept as whole cents: 2500 is $25.00."""
    return money(Decimal(amount) / 100)


def number(n: int | float | Decimal) -> str:
    """10,000"""
    return format_decimal(n, locale=_locale())


def file_size(size: int) -> str:
    """1.4 MB: thousands, as file managers show them, and one decimal below ten."""
    value = Decimal(size)
    unit = 0
    while value >= 1000 and unit < len(SIZES) - 1:
        value /= 1000
        unit += 1
    rounded = round(value, 1 if unit and value < Decimal("9.95") else 0)
    if rounded >= 1000 and unit < len(SIZES) - 1:
        rounded, unit = Decimal(1), unit + 1
    return _("%(amount)s %(unit)s", amount=number(rounded), unit=_(SIZES[unit]))


def listed(names: Iterable[object]) -> str:
    """Ana, Ben and Cora"""
    *most, last = [str(name) for name in names] or [""]
    return _("%(most)s and %(last)s", most=", ".join(most), last=last) if most else last


def unbroken(text: object) -> Markup:
    """Text whose telephone numbers, postal codes and references stay on one line. What is not safe yet is escaped."""
    return Markup(WHOLE.sub(_whole, str(escape(text))))  # noqa: S704 - escaped just here


def _whole(found: re.Match[str]) -> str:
    return f'<span class="p-nowrap">{found[0]}</span>'


def lines(text: object) -> Markup:
    """Text with its line breaks kept. What is not marked as safe is escaped."""
    return Markup("<br>\n").join(Markup(line) for line in str(escape(text)).splitlines())  # noqa: S704 - escaped just here


def filters(zone_name: str) -> dict[str, Callable[..., Any]]:
    """Every filter of the templates, for a clinic in that zone."""
    clinic = Clinic(zone_name)
    shows: tuple[Callable[..., str], ...] = (
        clinic.long_date,
        clinic.plain_date,
        clinic.short_date,
        clinic.day_and_month,
        clinic.time,
        clinic.date_and_time,
        clinic.short_date_and_time,
        clinic.when,
        clinic.iso,
        money,
        cents,
        number,
        file_size,
        listed,
        lines,
        unbroken,
    )
    return {show.__name__: _or_nothing(show) for show in shows}
