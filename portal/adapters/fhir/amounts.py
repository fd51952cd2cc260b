"""Amounts with their units: numbers as they were measured, units as people write them."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from portal.adapters.fhir.shapes import Resource, words_at
from portal.domain.words import N_, _, language, ngettext

# More digits after the point than this were never measured: they are what a computer makes of a division.
DECIMALS_AS_WRITTEN = 6
FIGURES = 6

_UNITS = {
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "[degF]": "°F",
    "[lb_av]": "lb",
    "[oz_av]": "oz",
    "[in_i]": "in",
    "[ft_i]": "ft",
    "1": "",
    "{score}": "",
    "{#}": "",
    "{ScoreOf}": "",
}
_COMPARATORS = {
    "<": N_("less than %(amount)s"),
    "<=": N_("at most %(amount)s"),
    ">=": N_("at least %(amount)s"),
    ">": N_("more than %(amount)s"),
    "ad": N_("enough to make %(amount)s"),
}
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_POWER = re.compile(r"x?10[*^](\d+)")
_WORDY = re.compile(r"[{}\[\]]")


def number_words(text: str) -> str:
    """A number as written; rounded to six figures where it has more decimals than anybody measures."""
    _whole, point, decimals = text.partition(".")
    if not point or len(decimals) <= DECIMALS_AS_WRITTEN:
        return text
    try:
        rounded = Decimal(f"{Decimal(text):.{FIGURES}g}")
    except (InvalidOperation, ValueError):
        return text
    return f"{rounded:f}" if -12 < rounded.adjusted() < 15 else str(rounded)


def quantity_words(quantity: Resource) -> str:
    """``5.9 ×10¹²/L``, ``less than 0.1 mg/L``, ``3 years``."""
    value = quantity.get("value")
    unit = words_at(quantity, "unit") or words_at(quantity, "code")
    amount = _measured(number_words(value), unit) if isinstance(value, str) else unit_words(unit)
    sign = words_at(quantity, "comparator")
    if sign in _COMPARATORS:
        return _(_COMPARATORS[sign], amount=amount)
    return f"{sign} {amount}".strip()


def unit_words(unit: str) -> str:
    """A unit as people write it: UCUM's brackets and braces are for machines."""
    return _unit_words(unit)


@lru_cache(maxsize=1024)
def _unit_words(unit: str) -> str:
    if unit in _UNITS:
        return _UNITS[unit]
    powered = _POWER.sub(lambda found: "×10" + found.group(1).translate(_POWERS), unit)
    return _WORDY.sub("", powered)


def _measured(value: str, unit: str) -> str:
    return _measured_in(value, unit, language())


@lru_cache(maxsize=4096)
def _measured_in(value: str, unit: str, _language: str) -> str:
    counted = duration_words(value, unit)
    if counted is not None:
        return counted
    said = unit_words(unit)
    return f"{value}{said}" if said.startswith("°") else f"{value} {said}".strip()


def duration_words(value: str, unit: str) -> str | None:
    """``3 days`` for UCUM's and FHIR's units of time; None for any other unit."""
    n = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 2
    words = _duration(unit, n)
    return None if words is None else f"{value} {words}"


def _duration(unit: str, n: int) -> str | None:
    if unit == "s":
        return ngettext("second", "seconds", n)
    if unit == "min":
        return ngettext("minute", "minutes", n)
    if unit == "h":
        return ngettext("hour", "hours", n)
    if unit == "d":
        return ngettext("day", "days", n)
    if unit == "wk":
        return ngettext("week", "weeks", n)
    if unit == "mo":
        return ngettext("month", "months", n)
    if unit == "a":
        return ngettext("year", "years", n)
    return None


def range_words(low: Resource | None, high: Resource | None) -> str:
    """``4.2 to 6.0 ×10¹²/L``; the unit is said once where both ends share it."""
    if low and high:
        first, last = quantity_words(low), quantity_words(high)
        unit = unit_words(words_at(high, "unit") or words_at(high, "code"))
        if unit and first.endswith(" " + unit) and last.endswith(" " + unit):
            first = first[: -len(unit) - 1]
        return _("%(low)s to %(high)s", low=first, high=last)
    if low:
        return _("%(amount)s or more", amount=quantity_words(low))
    return _("up to %(amount)s", amount=quantity_words(high)) if high else ""


def ratio_words(numerator: Resource | None, denominator: Resource | None) -> str:
    """``500 mg per 1 tablet``; ``1:128`` for bare titres."""
    first = quantity_words(numerator) if numerator else "?"
    last = quantity_words(denominator) if denominator else ""
    if not last:
        return first
    if first.isdigit() and last.isdigit():
        return f"{first}:{last}"
    return _("%(amount)s per %(each)s", amount=first, each=last)


def money_words(money: Resource) -> str:
    """``125.00 CAD``."""
    return f"{words_at(money, 'value')} {words_at(money, 'currency')}".strip()
