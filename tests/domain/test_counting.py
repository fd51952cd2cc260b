"""The units, pauses and roll-overs other jurisdictions need, from data alone: no code knows them by name."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.clocks import DayStatus, LedgerEntry, LedgerKind, due_date, replay
from portal.domain.counting import add_months
from portal.domain.errors import NotPossible
from portal.domain.jurisdictions import Profile, read_table
from portal.domain.jurisdictions.reading import read_calendar, read_profile

SOURCE = {"citation": "a test", "source": "HOUSE", "as_of": date(2026, 11, 22), "verified": "U"}
WEEKEND = [{"weekday": 6, "name": "Saturday"}, {"weekday": 7, "name": "Sunday"}]
HOLIDAYS = {
    "ab": ["2026-04-03", "2026-04-06", "2026-12-25"],
    "on": ["2026-04-03", "2026-04-06", "2026-12-25", "2026-12-26", "2027-01-01", "2027-02-15"],
    "ca": ["2026-04-03", "2026-04-06", "2026-12-25", "2027-01-01"],
    "us": [],
    "eu": [],
}
CLOSED = {"ab": WEEKEND, "on": WEEKEND[1:], "ca": WEEKEND[1:], "us": WEEKEND, "eu": WEEKEND}
RULES: dict[str, dict[str, Any]] = {
    "ab": {"unit": "calendar_day", "length": 30, "rollover": "next_open_day", "max": 30},
    "on": {"unit": "calendar_day", "length": 30, "rollover": "next_open_day", "max": 30},
    "ca": {"unit": "calendar_day", "length": 30, "rollover": "next_open_day", "max": 30},
    "us": {"unit": "calendar_day", "length": 30, "rollover": "none", "max": 30},
    "us amendment": {"unit": "calendar_day", "length": 60, "rollover": "none", "max": 30},
    "eu": {"unit": "month", "length": 1, "rollover": "next_open_day", "max": 2},
}
ESTIMATE_STOPS = {
    "event": "estimate",
    "first_day_excluded": False,
    "last_day_excluded": True,
    "title": "An estimate was sent",
    "words": "Estimate.",
}
VECTORS = [
    ("A4", "ab", "2026-12-18", "2027-01-18", None),
    ("O1", "on", "2026-12-18", "2027-01-18", "2027-02-16"),
    ("O2", "on", "2026-03-06", "2026-04-07", "2026-05-05"),
    ("O3", "on", "2026-11-25", "2026-12-28", "2027-01-25"),
    ("F1", "ca", "2026-12-18", "2027-01-18", None),
    ("F2", "ca", "2026-11-25", "2026-12-26", None),
    ("F3", "ca", "2026-07-09", "2026-08-08", None),
    ("F4", "ca", "2026-07-10", "2026-08-10", None),
    ("H1", "us", "2026-05-12", "2026-06-11", "2026-07-11"),
    ("H2", "us amendment", "2026-05-12", "2026-07-11", "2026-08-10"),
    ("E1", "eu", "2026-05-12", "2026-06-12", "2026-08-12"),
    ("E2", "eu", "2026-01-31", "2026-03-02", "2026-04-30"),
]


def elsewhere(name: str, pauses: list[dict[str, Any]] | None = None, start: list[str] | None = None) -> Profile:
    """A profile as another jurisdiction's file would give it."""
    rule, place = RULES[name], name.split(maxsplit=1)[0]
    table = deepcopy(read_table("ca-bc.toml"))
    window = {key: rule[key] for key in ("unit", "length", "rollover")}
    extension = table["limits"]["access"]["extension"] | {"max": rule["max"]}
    table["limits"] = {
        "access": {
            "window": {**window, "words": "a test", **SOURCE},
            "start": {"events": start or ["received"], **SOURCE},
            "pauses": [{**pause, **SOURCE} for pause in pauses or []],
            "extension": extension,
        }
    }
    holidays = [{"name": "Holiday", "dates": [date.fromisoformat(day) for day in HOLIDAYS[place]]}]
    days = {"id": place, "first": date(2026, 1, 1), "last": date(2027, 12, 31)}
    return read_profile(table, read_calendar({**days, "weekdays": CLOSED[place], "holidays": holidays}))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(("vector", "name", "came", "due", "longest"), VECTORS)
def test_another_jurisdictions_limit_is_counted_from_its_data(
    vector: str, name: str, came: str, due: str, longest: str | None
) -> None:
    rules = elsewhere(name)
    assert due_date(rules, "access", day(came)) == day(due)
    if longest:
        more = LedgerEntry(LedgerKind.EXTENDED, day(came), days=RULES[name]["max"])
        assert replay(rules, "access", [LedgerEntry(LedgerKind.RECEIVED, day(came)), more]).due == day(longest)


def test_a_clock_can_start_with_the_basic_fee_instead_of_the_request() -> None:  # A1
    rules = elsewhere("ab", start=["received", "basic_fee"])
    request = LedgerEntry(LedgerKind.RECEIVED, day("2026-03-02"))
    with pytest.raises(NotPossible, match="basic_fee"):
        replay(rules, "access", [request])
    clock = replay(rules, "access", [request, LedgerEntry(LedgerKind.RECEIVED, day("2026-03-09"), event="basic_fee")])
    assert (clock.received, clock.due) == (day("2026-03-02"), day("2026-04-08"))
    assert [each.on for each in clock.days] == [day("2026-03-02") + timedelta(days=n) for n in range(38)]


def test_an_estimate_can_stop_the_clock_after_its_own_day() -> None:  # A2
    rules = elsewhere("ab", pauses=[ESTIMATE_STOPS], start=["received", "basic_fee"])
    ledger = [
        LedgerEntry(LedgerKind.RECEIVED, day("2026-03-02")),
        LedgerEntry(LedgerKind.RECEIVED, day("2026-03-09"), event="basic_fee"),
        LedgerEntry(LedgerKind.PAUSED, day("2026-03-20"), event="estimate"),
        LedgerEntry(LedgerKind.RESUMED, day("2026-03-30"), event="estimate"),
    ]
    clock = replay(rules, "access", ledger)
    assert clock.due == day("2026-04-20")
    by_day = {each.on: each for each in clock.days}
    assert by_day[day("2026-03-20")].number == 11
    assert by_day[day("2026-03-31")].number == 12
    assert by_day[day("2026-04-18")].number == 30
    assert by_day[day("2026-04-19")].status is DayStatus.SKIPPED
    assert by_day[day("2026-04-20")].status is DayStatus.MOVED


@given(st.dates(date(2026, 1, 1), date(2027, 8, 31)), st.sampled_from(["ab", "on", "ca", "eu"]))
def test_a_last_day_that_rolls_over_always_lands_on_an_open_day(came: date, name: str) -> None:
    rules = elsewhere(name)
    assert rules.calendar.is_open(due_date(rules, "access", came))


def test_a_month_ends_on_the_same_day_or_on_the_months_last() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2026, 11, 15), 3) == date(2027, 2, 15)
