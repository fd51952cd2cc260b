"""The holiday table of British Columbia, checked against rules worked out another way than the table was."""

from datetime import date, timedelta

import pytest

from portal.domain.calendars import Calendar
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import calendar

BC = calendar("ca-bc")
YEARS = range(2024, 2036)


def easter_by_the_moon(year: int) -> date:
    """Easter Sunday from the church's own tables: golden number, epact, the Sunday after the paschal full moon."""
    century = year // 100 + 1
    dropped, moon = 3 * century // 4 - 12, (8 * century + 5) // 25 - 5
    golden = year % 19 + 1
    epact = (11 * golden + 20 + moon - dropped) % 30
    if epact == 24 or (epact == 25 and golden > 11):
        epact += 1
    full_moon = 44 - epact
    day = date(year, 3, 1) + timedelta(days=(full_moon if full_moon >= 21 else full_moon + 30) - 1)
    return day + timedelta(days=7 - day.isoweekday() % 7)


def monday(year: int, month: int, earliest: int) -> date:
    """The first Monday on or after that day."""
    return next(day for day in (date(year, month, earliest + n) for n in range(7)) if day.isoweekday() == 1)


def expected(year: int) -> dict[date, str]:
    easter = easter_by_the_moon(year)
    return {
        date(year, 1, 1): "New Year's Day",
        monday(year, 2, 15): "Family Day",
        easter - timedelta(days=2): "Good Friday",
        easter + timedelta(days=1): "Easter Monday",
        monday(year, 5, 18): "Victoria Day",
        date(year, 7, 1): "Canada Day",
        monday(year, 8, 1): "British Columbia Day",
        monday(year, 9, 1): "Labour Day",
        date(year, 9, 30): "National Day for Truth and Reconciliation",
        monday(year, 10, 8): "Thanksgiving Day",
        date(year, 11, 11): "Remembrance Day",
        date(year, 12, 25): "Christmas Day",
        date(year, 12, 26): "December 26",
    }


@pytest.mark.parametrize("year", YEARS)
def test_the_table_holds_exactly_the_holidays_of_the_act(year: int) -> None:
    assert {day: name for day, name in BC.holidays.items() if day.year == year} == expected(year)


def test_the_table_covers_every_year_it_claims_to() -> None:
    assert (BC.first, BC.last) == (date(2024, 1, 1), date(2035, 12, 31))
    assert {day.year for day in BC.holidays} == set(YEARS)


@pytest.mark.parametrize("day", ["2025-04-21", "2026-04-06", "2027-03-29", "2028-04-17", "2029-04-02", "2030-04-22"])
def test_easter_monday_is_left_out_although_employment_lists_lack_it(day: str) -> None:
    assert BC.why_skipped(date.fromisoformat(day)) == "Easter Monday"


@pytest.mark.parametrize("day", ["2027-12-27", "2028-01-03", "2028-10-02", "2029-07-02", "2029-10-01", "2026-12-28"])
def test_there_are_no_in_lieu_days_although_employment_lists_have_them(day: str) -> None:
    assert BC.why_skipped(date.fromisoformat(day)) is None


def test_saturdays_and_sundays_are_left_out_under_their_own_name() -> None:
    assert BC.why_skipped(date(2026, 5, 16)) == "Saturday"
    assert BC.why_skipped(date(2026, 5, 17)) == "Sunday"
    assert BC.why_skipped(date(2026, 5, 15)) is None


def test_a_holiday_on_a_weekend_goes_by_the_holidays_name() -> None:
    assert BC.why_skipped(date(2026, 12, 26)) == "December 26"


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2036, 1, 1)])
def test_a_day_outside_the_table_is_refused_in_words_and_never_guessed(day: date) -> None:
    with pytest.raises(Invalid, match="covers Monday 1 January 2024 to Monday 31 December 2035"):
        BC.why_skipped(day)


def test_working_days_before_leaves_out_weekends_holidays_and_the_clinics_own_closures() -> None:
    tuesday = date(2027, 2, 16)  # after Family Day
    assert BC.working_days_before(tuesday, 1) == date(2027, 2, 12)
    assert BC.working_days_before(tuesday, 1, frozenset({date(2027, 2, 12)})) == date(2027, 2, 11)


def test_a_calendar_that_counts_saturdays_does_not_make_them_working_days() -> None:
    sundays = Calendar("x", date(2026, 1, 1), date(2026, 12, 31), {7: "Sunday"}, {})
    assert sundays.is_open(date(2026, 5, 16))
    assert not sundays.is_working(date(2026, 5, 16))
