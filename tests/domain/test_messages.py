"""Who answers a message, by when, and what has to be put right."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from portal.domain import messages as rules
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import profile
from portal.domain.messages import NOBODY, Answerer, Targets

BC = profile("ca-bc").calendar
DOV, ESI, FEMI = uuid4(), uuid4(), uuid4()


@pytest.mark.parametrize(
    ("asked_on", "days", "due"),
    [
        (date(2026, 11, 23), 3, date(2026, 11, 26)),  # a Monday
        (date(2026, 11, 27), 3, date(2026, 12, 2)),  # a Friday: the weekend is not counted
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # a Saturday
        (date(2026, 12, 24), 2, date(2026, 12, 30)),  # Christmas, Boxing Day and the weekend
    ],
)
def test_the_day_is_counted_in_working_days_from_the_day_after(asked_on: date, days: int, due: date) -> None:
    found = rules.answer_by(BC, Targets(days), asked_on)
    open_days = [
        day for n in range(asked_on.toordinal() + 1, found.toordinal() + 1) if BC.is_working(day := date.fromordinal(n))
    ]
    assert len(open_days) == days
    assert BC.is_working(found)
    if asked_on.month == 11:
        assert found == due


def test_days_on_which_the_clinic_is_shut_are_not_promised() -> None:
    closed = frozenset(date(2026, 12, day) for day in (28, 29, 30, 31))
    assert rules.answer_by(BC, Targets(1), date(2026, 12, 24), closed) > date(2026, 12, 31)


@pytest.mark.parametrize(
    ("named", "may", "away", "found"),
    [
        ([None, None], {DOV}, {}, NOBODY),
        ([DOV, ESI], {DOV, ESI}, {}, Answerer(DOV)),
        ([None, ESI], {DOV, ESI}, {}, Answerer(ESI)),
        ([DOV, ESI], {ESI}, {}, Answerer(ESI)),  # who took it may not see it any more
        ([DOV, None], {ESI}, {}, NOBODY),
        ([DOV, None], {DOV, ESI}, {DOV: ESI}, Answerer(ESI, stands_in_for=DOV)),
        ([DOV, FEMI], {DOV, FEMI}, {DOV: ESI}, Answerer(FEMI)),  # the cover may not: who looks after the case does
        ([DOV, None], {ESI}, {DOV: ESI}, NOBODY),  # nobody covers a thread that was not hers to answer
    ],
)
def test_who_took_it_answers_else_who_looks_after_the_case_and_her_cover_while_she_is_away(
    named: list[UUID | None], may: set[UUID], away: dict[UUID, UUID], found: Answerer
) -> None:
    assert rules.who_answers(named, may, away) == found


@pytest.mark.parametrize(
    ("today", "closed", "stands"),
    [
        (date(2026, 11, 26), (), "calm"),  # a Thursday
        (date(2026, 11, 27), (), "soon"),
        (date(2026, 11, 29), (), "soon"),
        (date(2026, 11, 30), (), "soon"),
        (date(2026, 12, 1), (), "late"),
        (date(2026, 11, 26), (date(2026, 11, 27),), "soon"),  # the clinic is shut on the Friday
    ],
)
def test_what_is_due_on_monday_is_soon_due_on_the_last_working_day_before(
    today: date, closed: tuple[date, ...], stands: str
) -> None:
    assert rules.urgency(date(2026, 11, 30), today, BC, frozenset(closed)) == stands


def test_lateness_is_said_in_words() -> None:
    today = date(2026, 11, 25)
    said = [(rules.urgency(day, today, BC), rules.worded(day, today)) for day in (
        None, date(2026, 11, 24), today, date(2026, 11, 26), date(2026, 11, 30))]  # fmt: skip
    assert said == [
        ("calm", ""),
        ("late", "1 day late"),
        ("soon", "due today"),
        ("soon", "1 day left"),
        ("calm", "5 days left"),
    ]


@pytest.mark.parametrize(("reason", "words", "field"), [("weather", "", "reason"), ("other", "  ", "words")])
def test_no_answer_needs_a_reason_and_another_reason_its_words(reason: str, words: str, field: str) -> None:
    with pytest.raises(Invalid) as no:
        rules.find_no_answer(reason, words)
    assert no.value.field == field


def test_every_reason_says_something_to_the_patient() -> None:
    assert len(rules.no_answers()) >= 3
    assert all(each.words.endswith(".") for each in rules.no_answers())
    assert rules.find_no_answer("thanks", "").id == "thanks"


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 101])
def test_a_text_is_neither_empty_nor_endless(text: str) -> None:
    with pytest.raises(Invalid):
        rules.check_text(text, "text", 100)


@pytest.mark.parametrize("table", [{"answer_working_days": 0}, {"answer_working_days": True}, {"days": 3}])
def test_a_wrong_target_in_the_clinics_file_is_told(table: dict[str, int]) -> None:
    faults: list[str] = []
    assert rules.targets_of(table, faults) == rules.default_targets()
    assert len(faults) == 1
    assert rules.targets_of({"answer_working_days": 5}, faults) == Targets(5)


def test_whom_to_call_is_kept_by_jurisdiction() -> None:
    here = rules.urgent("ca-bc")
    assert here is not None
    assert here.emergency == "911"
    assert rules.urgent("nowhere") is None
