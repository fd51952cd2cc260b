"""A day that somebody typed in three boxes: day, month (a number or its name) and year."""

from datetime import date

from babel.dates import get_month_names

from portal.domain.errors import Invalid
from portal.domain.words import N_, _, language

PART_NAMES = {"day": N_("day"), "month": N_("month"), "year": N_("year")}
FIRST_YEAR, LAST_YEAR = 1850, 2200


class MissingParts(Invalid):
    """A date that is not one yet; ``parts`` are the boxes to put right."""

    def __init__(self, sentence: str, *parts: str) -> None:
        super().__init__(sentence)
        self.parts = parts


def read_date(day: str, month: str, year: str) -> date | None:
    """The date of the three boxes; None when all are empty. Raises MissingParts with one sentence."""
    written = {"day": day, "month": month, "year": year}
    empty = [part for part, text in written.items() if not text]
    if len(empty) == 3:
        return None
    if empty:
        names = _(" and ").join(_(PART_NAMES[part]) for part in empty)
        raise MissingParts(_("The date lacks the %(parts)s. Write it like this: 27 3 2027.", parts=names), *empty)
    numbers = {"day": _whole(day), "month": _month(month), "year": _whole(year)}
    wrong = [part for part, number in numbers.items() if number is None]
    if not wrong and not FIRST_YEAR <= (numbers["year"] or 0) <= LAST_YEAR:
        raise MissingParts(_("Write the year with four digits, such as 2027."), "year")
    try:
        return date(numbers["year"] or 0, numbers["month"] or 0, numbers["day"] or 0)
    except ValueError:
        wrong = wrong or ["day", "month", "year"]
    raise MissingParts(_("There is no such date. Write the day, the month and the year like this: 27 3 2027."), *wrong)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else None


def _month(text: str) -> int | None:
    """A number, or a name in the language spoken now: 3, March, mar."""
    wanted = text.casefold().rstrip(".")
    for width in ("wide", "abbreviated"):
        for number, name in get_month_names(width, locale=language()).items():
            if name.casefold().rstrip(".") == wanted:
                return int(number)
    plain = _whole(text)
    return plain if plain is not None and 1 <= plain <= 12 else None
