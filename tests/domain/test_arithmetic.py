"""The arithmetic a person reads and a machine reads is the same."""

import json
from datetime import date

from portal.domain.arithmetic import deadline_facts, deadline_line, deadline_lines
from portal.domain.clocks import LedgerEntry, LedgerKind, replay
from portal.domain.dates import say_date
from portal.domain.jurisdictions import profile

BC = profile("ca-bc")
CLOCK = replay(BC, "access", [LedgerEntry(LedgerKind.RECEIVED, date(2026, 12, 18))])


def test_every_day_is_printed_with_its_number_or_why_it_is_left_out() -> None:
    lines = list(deadline_lines(BC, "access", CLOCK))
    assert lines[0] == "British Columbia: received on Friday 18 December 2026"
    assert "2026-12-18  Friday      received: counting starts the next day" in lines
    assert "2026-12-19  Saturday    not counted: Saturday" in lines
    assert "2026-12-21  Monday      day 1" in lines
    assert "2026-12-25  Friday      not counted: Christmas Day" in lines
    assert "2027-02-02  Tuesday     day 30" in lines
    assert lines[-3] == "Days counted: 30. Days left out: 16."
    assert lines[-2] == "Due on Tuesday 2 February 2027 (2027-02-02)"
    assert sum(line.startswith("202") for line in lines) == 47


def test_the_rule_is_printed_with_its_source() -> None:
    rule = list(deadline_lines(BC, "access", CLOCK))[1]
    assert "30 days, not counting Saturdays, Sundays and holidays" in rule
    assert "PIPA s.29(1)(a)" in rule


def test_one_date_fits_on_one_line() -> None:
    assert deadline_line(CLOCK) == "2026-12-18 due 2027-02-02"


def test_the_facts_for_machines_are_plain_json_and_tell_the_same() -> None:
    facts = json.loads(json.dumps(deadline_facts(CLOCK)))
    assert (facts["received"], facts["due"]) == ("2026-12-18", "2027-02-02")
    assert len(facts["days"]) == 47
    assert facts["days"][-1] == {
        "date": "2027-02-02",
        "weekday": "Tuesday",
        "number": 30,
        "status": "counted",
        "why": None,
    }
    assert facts["days"][7]["why"] == "Christmas Day"


def test_a_date_is_said_in_full() -> None:
    assert say_date(date(2027, 2, 2)) == "Tuesday 2 February 2027"
