"""The figures beside the clauses: counted fairly, and silent where they could point to a person."""

from datetime import date, timedelta

import pytest

from portal.domain.promise_figures import FEWEST, Answered, counted, period

TODAY = date(2026, 11, 28)


def answers(*days: int, late: int = 0, on: date = date(2026, 6, 1)) -> list[Answered]:
    """Answers that took so many days each; the last ``late`` of them came the day after they were due."""
    made = []
    for number, took in enumerate(days, 1):
        due = on - timedelta(days=1) if number > len(days) - late else on
        made.append(Answered(on - timedelta(days=took), due, on))
    return made


def test_it_counts_the_twelve_months_that_ended_yesterday() -> None:
    assert period(TODAY) == (date(2025, 11, 28), date(2026, 11, 27))
    assert period(date(2028, 2, 29)) == (date(2027, 3, 1), date(2028, 2, 28))
    edges = [date(2025, 11, 27), date(2025, 11, 28), date(2026, 11, 27), date(2026, 11, 28)]
    found = counted("access_request", TODAY, [each for on in edges for each in answers(5, on=on)], 0, 0)
    assert found.answered == 2


@pytest.mark.parametrize(("days", "median"), [((3,), 3), ((1, 2, 9), 2), ((1, 2), 2), ((2, 4, 6, 9), 5)])
def test_the_median_is_in_whole_days_and_never_better_than_it_was(days: tuple[int, ...], median: int) -> None:
    assert counted("access_request", TODAY, answers(*days), 0, 0).median_days == median


def test_who_was_answered_on_the_last_day_was_answered_in_time() -> None:
    found = counted("access_request", TODAY, answers(*[10] * 12, late=1), 0, 0)
    assert (found.answered, found.in_time, found.share) == (12, 11, 91)  # 91.67, never rounded up


def test_no_answer_gives_no_figure() -> None:
    none = counted("access_request", TODAY, [], 0, 0)
    assert (none.answered, none.median_days, none.share, none.enough) == (0, None, 0, False)


def test_fewer_than_ten_answers_say_nothing_and_ten_do() -> None:
    assert not counted("access_request", TODAY, answers(*[3] * (FEWEST - 1)), 0, 0).enough
    assert counted("access_request", TODAY, answers(*[3] * FEWEST), 0, 0).enough


def test_a_small_number_is_not_told_and_nought_is() -> None:
    figures = counted("access_request", TODAY, [], 12, 3)
    assert [figures.told(n) for n in (0, 1, 9, 10, 12)] == [0, None, None, 10, 12]
