"""The lawful dates: every vector of British Columbia, and what must hold for any ledger."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.clocks import (
    Clock,
    DayStatus,
    Lateness,
    LedgerEntry,
    LedgerKind,
    check_extension,
    due_date,
    lateness,
    local_date,
    order_end,
    replay,
    window_end,
)
from portal.domain.errors import Invalid, NotPossible
from portal.domain.jurisdictions import profile

BC = profile("ca-bc")
LENGTH = BC.limit("access").window.length

# id, received, due, due when extended to the full, and what a holiday library gives in its two settings: the last two
# are negative controls, one day off or more wherever they differ from the third column.
ACCESS = [
    ("B1", "2026-12-18", "2027-02-02", "2027-03-17", "2027-02-02", "2027-02-03"),
    ("B2", "2026-03-02", "2026-04-15", "2026-05-28", "2026-04-14", "2026-04-14"),
    ("B3", "2026-03-23", "2026-05-06", "2026-06-18", "2026-05-05", "2026-05-05"),
    ("B4", "2027-03-01", "2027-04-14", "2027-05-27", "2027-04-13", "2027-04-13"),
    ("B5", "2026-05-12", "2026-06-24", "2026-08-07", "2026-06-24", "2026-06-24"),
    ("B6", "2026-06-30", "2026-08-13", "2026-09-25", "2026-08-13", "2026-08-13"),
    ("B7", "2026-08-31", "2026-10-15", "2026-11-27", "2026-10-15", "2026-10-15"),
    ("B8", "2026-10-01", "2026-11-16", "2026-12-29", "2026-11-16", "2026-11-16"),
    ("B9", "2026-12-24", "2027-02-08", "2027-03-23", "2027-02-08", "2027-02-09"),
    ("B10", "2026-12-26", "2027-02-08", "2027-03-23", "2027-02-08", "2027-02-09"),
    ("B11", "2027-11-30", "2028-01-11", "2028-02-23", "2028-01-13", "2028-01-14"),
    ("B12", "2025-12-15", "2026-01-29", "2026-03-13", "2026-01-28", "2026-01-29"),
]
# id, received, event, from, to, due
EVENTS = [
    ("B13", "2026-05-12", "estimate", "2026-05-20", "2026-06-05", "2026-06-24"),
    ("B13 detail", "2026-05-12", "clarification", "2026-05-20", "2026-06-05", "2026-06-24"),
    ("B13 identity", "2026-05-12", "identity", "2026-05-20", "2026-06-05", "2026-06-24"),
    ("B14", "2026-05-12", "fee_review", "2026-06-01", "2026-06-10", "2026-07-07"),
    ("B15", "2026-12-18", "disregard_application", "2027-01-11", "2027-02-19", "2027-03-16"),
]
INSTANTS = [
    ("T1", "2026-05-13T06:45:00+00:00", "2026-05-12", "2026-06-24", "2026-06-25"),
    ("T2", "2026-12-16T07:30:00+00:00", "2026-12-16", "2027-01-29", "2027-01-28"),
    ("T3", "2027-01-05T07:30:00+00:00", "2027-01-05", "2027-02-17", "2027-02-16"),
]
REVIEWS = [
    ("R1", "2026-06-24", "2026-08-07"),
    ("R2", "2027-02-03", "2027-03-18"),
    ("R3", "2026-12-17", "2027-02-01"),
    ("R4", "2026-03-20", "2026-05-05"),
]

days_of_the_table = st.dates(date(2024, 1, 1), date(2034, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


def received(on: date, *more: LedgerEntry) -> list[LedgerEntry]:
    return [LedgerEntry(LedgerKind.RECEIVED, on), *more]


def paused(event: str, first: date, last: date | None) -> list[LedgerEntry]:
    entries = [LedgerEntry(LedgerKind.PAUSED, first, event=event)]
    return [*entries, LedgerEntry(LedgerKind.RESUMED, last, event=event)] if last else entries


def extended(on: date, days: int = 30) -> LedgerEntry:
    return LedgerEntry(LedgerKind.EXTENDED, on, days=days, ground="volume")


def numbers(clock: Clock) -> list[int]:
    return [each.number for each in clock.days if each.number is not None]


@pytest.mark.parametrize(("vector", "came", "due", "longest", "library", "library_all"), ACCESS)
def test_an_access_request_is_due_on_the_lawful_date(
    vector: str, came: str, due: str, longest: str, library: str, library_all: str
) -> None:
    clock = replay(BC, "access", received(day(came)))
    assert clock.due == clock.original_due == day(due)
    longer = replay(BC, "access", received(day(came), extended(day(came))))
    assert (longer.due, longer.original_due, longer.extended_days) == (day(longest), day(due), 30)


def test_the_controls_show_what_a_general_holiday_list_would_get_wrong() -> None:
    wrong = {vector for vector, _came, due, _longest, library, library_all in ACCESS if {library, library_all} != {due}}
    assert wrong == {"B1", "B2", "B3", "B4", "B9", "B10", "B11", "B12"}


@pytest.mark.parametrize(("vector", "came", "event", "first", "last", "due"), EVENTS)
def test_only_the_events_the_law_names_stop_the_clock(
    vector: str, came: str, event: str, first: str, last: str, due: str
) -> None:
    assert replay(BC, "access", received(day(came), *paused(event, day(first), day(last)))).due == day(due)


def test_a_correction_has_the_same_limit_and_cannot_be_extended() -> None:  # B16
    assert due_date(BC, "correction", day("2026-05-12")) == day("2026-06-24")
    with pytest.raises(NotPossible, match="no more time for a correction"):
        replay(BC, "correction", received(day("2026-05-12"), extended(day("2026-05-20"))))


@pytest.mark.parametrize(("vector", "instant", "local", "due", "wrong"), INSTANTS)
def test_the_day_of_receipt_is_the_local_day_by_the_pinned_zone_tables(
    vector: str, instant: str, local: str, due: str, wrong: str
) -> None:
    came = local_date(BC, datetime.fromisoformat(instant))
    assert came == day(local)
    assert due_date(BC, "access", came) == day(due) != day(wrong)


@pytest.mark.parametrize(("vector", "notified", "last"), REVIEWS)
def test_a_review_can_be_asked_for_until_the_last_day_of_its_window(vector: str, notified: str, last: str) -> None:
    assert window_end(BC, day(notified)) == day(last)


def test_an_order_has_to_be_complied_with_inside_its_window() -> None:  # R5
    assert order_end(BC, day("2026-11-02")) == day("2026-12-15")


@given(days_of_the_table, days_of_the_table)
def test_a_later_receipt_is_never_due_earlier(one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    assert due_date(BC, "access", earlier) <= due_date(BC, "access", later)


@given(days_of_the_table)
def test_as_many_days_are_counted_as_the_law_gives_and_no_closed_day_is_among_them(came: date) -> None:
    clock = replay(BC, "access", received(came))
    assert numbers(clock) == list(range(1, LENGTH + 1))
    assert clock.days[-1].on == clock.due
    assert [each.on for each in clock.days] == [came + timedelta(days=n) for n in range((clock.due - came).days + 1)]
    assert all(BC.calendar.is_open(each.on) for each in clock.days if each.status is DayStatus.COUNTED)
    assert all(not BC.calendar.is_open(each.on) for each in clock.days if each.status is DayStatus.SKIPPED)


@given(days_of_the_table, st.integers(0, 60), st.integers(0, 60))
def test_every_day_of_a_pause_is_left_out_both_ends_included(came: date, wait: int, length: int) -> None:
    first = came + timedelta(days=wait)
    last = first + timedelta(days=length)
    clock = replay(BC, "access", received(came, *paused("fee_review", first, last)))
    inside = [each for each in clock.days if first <= each.on <= last and each.on > came]
    assert all(each.status is DayStatus.PAUSED and each.number is None for each in inside)
    assert all(each.status is not DayStatus.PAUSED for each in clock.days if not first <= each.on <= last)
    assert numbers(clock) == list(range(1, LENGTH + 1))
    assert clock.due >= due_date(BC, "access", came)


@given(days_of_the_table, st.integers(1, 30))
def test_an_extension_never_shortens_and_taking_it_back_restores_the_date(came: date, days: int) -> None:
    plain = replay(BC, "access", received(came))
    longer = replay(BC, "access", received(came, extended(came, days)))
    assert longer.due > plain.due
    back = received(came, extended(came, days), LedgerEntry(LedgerKind.EXTENSION_REMOVED, came))
    assert replay(BC, "access", back) == plain


def test_two_pauses_that_overlap_leave_a_day_out_once() -> None:
    came = day("2026-05-12")
    ledger = received(
        came,
        LedgerEntry(LedgerKind.PAUSED, day("2026-06-01"), event="fee_review"),
        LedgerEntry(LedgerKind.PAUSED, day("2026-06-03"), event="disregard_application"),
        LedgerEntry(LedgerKind.RESUMED, day("2026-06-05"), event="fee_review"),
        LedgerEntry(LedgerKind.RESUMED, day("2026-06-10"), event="disregard_application"),
    )
    assert replay(BC, "access", ledger).due == day("2026-07-07")  # as B14: 1 to 10 June


def test_an_open_pause_shows_since_when_and_moves_the_date_day_by_day() -> None:
    ledger = received(day("2026-05-12"), *paused("fee_review", day("2026-06-01"), None))
    earliest = replay(BC, "access", ledger)
    assert earliest.paused_since == day("2026-06-01")
    assert earliest.due == day("2026-06-25")
    assert replay(BC, "access", ledger, today=day("2026-06-10")).due == day("2026-07-07")


def test_an_event_that_does_not_stop_the_clock_leaves_no_pause_open() -> None:
    ledger = received(day("2026-05-12"), *paused("estimate", day("2026-06-01"), None))
    assert replay(BC, "access", ledger).paused_since is None


def test_the_internal_target_lies_five_working_days_before_the_lawful_date() -> None:
    assert replay(BC, "access", received(day("2026-12-18"))).internal_target == day("2027-01-26")


def test_the_clinics_closure_moves_the_target_and_never_the_lawful_date() -> None:
    closed = [day("2027-01-28"), day("2027-01-29")]
    clock = replay(BC, "access", received(day("2026-12-18")), closed=closed)
    assert (clock.internal_target, clock.due) == (day("2027-01-22"), day("2027-02-02"))


@pytest.mark.parametrize(
    ("today", "expected", "left"),
    [
        ("2027-01-25", Lateness.ON_TIME, 8),
        ("2027-01-26", Lateness.DUE_SOON, 7),
        ("2027-02-02", Lateness.DUE_TODAY, 0),
        ("2027-02-03", Lateness.LATE, -1),
    ],
)
def test_lateness_is_read_off_the_clock(today: str, expected: Lateness, left: int) -> None:
    standing = lateness(replay(BC, "access", received(day("2026-12-18"))), day(today))
    assert (standing.lateness, standing.days_left) == (expected, left)


@pytest.mark.parametrize(
    "ledger",
    [
        received(day("2026-05-12"), LedgerEntry(LedgerKind.RESUMED, day("2026-06-01"), event="fee_review")),
        received(day("2026-05-12"), *paused("fee_review", day("2026-06-10"), day("2026-06-01"))),
        received(day("2026-05-12"), *paused("fee_review", day("2026-05-01"), day("2026-06-01"))),
        received(day("2026-05-12"), *(2 * paused("fee_review", day("2026-06-01"), None))),
        received(day("2026-05-12"), LedgerEntry(LedgerKind.RECEIVED, day("2026-05-13"))),
        received(day("2026-05-12"), LedgerEntry(LedgerKind.EXTENDED, day("2026-05-20"))),
        received(day("2026-05-12"), *paused("holiday", day("2026-06-01"), None)),
    ],
)
def test_a_ledger_that_contradicts_itself_is_refused(ledger: list[LedgerEntry]) -> None:
    with pytest.raises(Invalid, match="ledger"):
        replay(BC, "access", ledger)


def test_a_clock_does_not_start_before_anything_was_received() -> None:
    with pytest.raises(NotPossible, match="not started"):
        replay(BC, "access", [])


def test_a_kind_of_case_without_a_limit_is_refused_with_the_kinds_there_are() -> None:
    with pytest.raises(Invalid, match="access, correction"):
        due_date(BC, "complaint", day("2026-05-12"))


def test_a_count_that_runs_off_the_calendar_is_refused() -> None:
    with pytest.raises(Invalid, match="holiday calendar covers"):
        due_date(BC, "access", day("2035-12-01"))


LEDGER = received(day("2026-05-12"))
BEFORE = day("2026-06-23")


@pytest.mark.parametrize("ground", ["detail", "volume", "consult"])
def test_an_access_request_can_be_extended_on_each_lawful_ground(ground: str) -> None:
    check_extension(BC, "access", LEDGER, ground, 30, BEFORE)


def test_no_other_ground_extends_a_request() -> None:
    with pytest.raises(Invalid, match="detail, volume, consult"):
        check_extension(BC, "access", LEDGER, "holidays", 30, BEFORE)


def test_more_than_the_law_allows_needs_the_commissioners_permission() -> None:
    with pytest.raises(Invalid, match=r"At most 30 more days.*the Commissioner"):
        check_extension(BC, "access", LEDGER, "volume", 31, BEFORE)
    check_extension(BC, "access", LEDGER, "volume", 45, BEFORE, permission="F26-01234")


def test_what_was_extended_before_counts_towards_the_limit() -> None:
    ledger = [*LEDGER, extended(BEFORE, 20)]
    with pytest.raises(Invalid, match="At most 10 more days"):
        check_extension(BC, "access", ledger, "volume", 11, BEFORE)
    check_extension(BC, "access", ledger, "volume", 10, BEFORE)


@pytest.mark.parametrize("days", [0, -5])
def test_an_extension_takes_at_least_a_day(days: int) -> None:
    with pytest.raises(Invalid, match="at least one"):
        check_extension(BC, "access", LEDGER, "volume", days, BEFORE)


@pytest.mark.parametrize("today", ["2026-06-24", "2026-06-25"])
def test_it_is_too_late_to_extend_once_the_answer_is_due(today: str) -> None:
    with pytest.raises(NotPossible, match="Wednesday 24 June 2026"):
        check_extension(BC, "access", LEDGER, "volume", 30, day(today))


def test_a_correction_is_never_extended() -> None:
    with pytest.raises(NotPossible, match="only a request for access"):
        check_extension(BC, "correction", LEDGER, "volume", 1, BEFORE)
