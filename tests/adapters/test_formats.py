"""How values are shown."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from jinja2 import ChainableUndefined, Environment, StrictUndefined, UndefinedError
from markupsafe import Markup

from portal.adapters import formats
from portal.domain.dates import say_date
from portal.domain.words import speaking

SHOW: dict[str, Callable[..., Any]] = formats.filters("America/Vancouver")
DAY = date(2027, 2, 2)
LATE_EVENING = datetime(2026, 12, 19, 5, 30, tzinfo=UTC)


def test_a_date_is_written_in_full_with_its_weekday() -> None:
    assert SHOW["long_date"](DAY) == "Tuesday 2 February 2027"
    assert SHOW["plain_date"](DAY) == "2 February 2027"
    assert SHOW["short_date"](DAY) == "2 Feb 2027"
    assert SHOW["day_and_month"](DAY) == "2 Feb"


def test_pages_and_rules_say_the_same_date_alike() -> None:
    assert SHOW["long_date"](DAY) == say_date(DAY)


def test_french_dates_are_french_with_the_first_of_a_month_as_an_ordinal() -> None:
    with speaking("fr_CA"):
        assert SHOW["long_date"](DAY) == "mardi 2 février 2027"
        assert SHOW["plain_date"](date(2027, 3, 1)) == "1er mars 2027"
        assert SHOW["plain_date"](date(2027, 3, 11)) == "11 mars 2027"


def test_a_language_without_a_country_is_shown_as_canadians_write_it() -> None:
    with speaking("fr"):
        assert SHOW["money"](25) == "25,00\u00a0$"
    with speaking("en"):
        assert SHOW["money"](25) == "$25.00"


def test_a_language_nobody_knows_is_shown_in_english() -> None:
    with speaking("xx"):
        assert SHOW["plain_date"](DAY) == "2 February 2027"


def test_an_instant_falls_on_the_clinics_own_day() -> None:
    assert SHOW["long_date"](LATE_EVENING) == "Friday 18 December 2026"
    assert SHOW["short_date_and_time"](LATE_EVENING) == "18 Dec 2026, 10:30\u00a0p.m."


def test_the_clinics_clock_is_the_pinned_one_which_no_longer_changes() -> None:
    winter, summer = datetime(2026, 12, 1, 20, 5, tzinfo=UTC), datetime(2026, 7, 1, 20, 5, tzinfo=UTC)
    assert SHOW["time"](winter) == SHOW["time"](summer) == "1:05\u00a0p.m."


def test_an_instant_is_shown_with_its_time_and_a_date_without() -> None:
    assert SHOW["when"](LATE_EVENING) == "Friday 18 December 2026 at 10:30\u00a0p.m."
    assert SHOW["when"](DAY) == "Tuesday 2 February 2027"
    assert SHOW["iso"](LATE_EVENING) == "2026-12-18T22:30:00-07:00"
    assert SHOW["iso"](DAY) == "2027-02-02"


def test_an_instant_without_an_offset_is_refused_rather_than_guessed() -> None:
    with pytest.raises(ValueError, match="offset"):
        SHOW["time"](datetime(2026, 12, 1, 9, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "$0.00"), (Decimal("19"), "$19.00"), ("1250.5", "$1,250.50"), (-3, "-$3.00")],
)
def test_money_is_canadian_dollars_with_two_decimals(amount: Any, shown: str) -> None:
    assert SHOW["money"](amount) == shown


def test_whole_cents_are_shown_as_dollars() -> None:
    assert SHOW["cents"](25) == "$0.25"
    assert SHOW["cents"](140000) == "$1,400.00"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (1412345, "1.4 MB"),
        (9_960_000, "10 MB"),
        (999_999, "1 MB"),
        (5 * 10**16, "50,000 TB"),
    ],
)
def test_a_size_is_shown_in_the_unit_that_fits(size: int, shown: str) -> None:
    assert SHOW["file_size"](size) == shown


def test_names_are_listed_as_people_say_them() -> None:
    assert SHOW["listed"]([]) == ""
    assert SHOW["listed"](["Ana"]) == "Ana"
    assert SHOW["listed"](["Ana", "Ben", "Cora"]) == "Ana, Ben and Cora"


def test_lines_keep_their_breaks_and_lose_their_markup() -> None:
    assert SHOW["lines"]("<b>one\ntwo & three") == Markup("&lt;b&gt;one<br>\ntwo &amp; three")
    assert SHOW["lines"](Markup("<b>kept</b>")) == Markup("<b>kept</b>")


@pytest.mark.parametrize("name", sorted(set(SHOW) - {"listed"}))
def test_nothing_is_shown_as_nothing(name: str) -> None:
    assert SHOW[name](None) == ""


def test_a_name_that_is_not_there_is_nothing_on_a_page_and_an_error_on_paper() -> None:
    page = Environment(undefined=ChainableUndefined, autoescape=True)
    paper = Environment(undefined=StrictUndefined, autoescape=True)
    for environment in (page, paper):
        environment.filters.update(SHOW)
    assert page.from_string("{{ due | long_date }}").render() == ""
    with pytest.raises(UndefinedError):
        paper.from_string("{{ due | long_date }}").render()


def test_a_telephone_number_a_postal_code_or_a_reference_is_never_broken_over_two_lines() -> None:
    assert SHOW["unbroken"]("Call 250-555-0100 or (250) 555-0109 <now>.") == (
        'Call <span class="p-nowrap">250-555-0100</span> or <span class="p-nowrap">(250) 555-0109</span> &lt;now&gt;.'
    )
    assert SHOW["unbroken"]("Nanaimo BC V9R 0Y1.") == 'Nanaimo BC <span class="p-nowrap">V9R 0Y1</span>.'
    assert SHOW["unbroken"]("Your AR-2026-000123-K.") == 'Your <span class="p-nowrap">AR-2026-000123-K</span>.'
    for other in ("2026-11-23", "12-418 Machleary Lane", "23 11 2026"):
        assert SHOW["unbroken"](other) == other
