"""How long a record is kept: the vectors of the law, and what is counted when a day does not exist."""

from dataclasses import replace
from datetime import date

from portal.domain.jurisdictions import profile
from portal.domain.keeping import keeping
from portal.domain.record_items import Category
from portal.domain.retention import kept, years_later

BC = profile("ca-bc").retention
ONTARIO = replace(BC, years_after_last_entry=10, majority_age=18, years_after_majority=10)


def test_k1_an_adults_record_is_kept_sixteen_years_from_its_last_entry() -> None:
    found = kept(BC, date(1970, 1, 1), date(2026, 5, 12))
    assert (found.through, found.earliest_disposal) == (date(2042, 5, 12), date(2042, 5, 13))


def test_k2_a_childs_record_is_kept_sixteen_years_from_the_nineteenth_birthday() -> None:
    assert kept(BC, date(2015, 3, 2), date(2026, 5, 12)).through == date(2050, 3, 2)


def test_k3_other_numbers_of_another_place_need_no_other_code() -> None:
    assert kept(ONTARIO, date(2015, 3, 2), date(2026, 5, 12)).through == date(2043, 3, 2)


def test_what_was_used_for_a_decision_is_kept_a_year_from_then_at_least() -> None:
    old = date(2000, 1, 1)
    assert kept(BC, date(1950, 1, 1), old).through == date(2016, 1, 1)
    found = kept(BC, date(1950, 1, 1), old, [date(2026, 6, 1), date(2025, 1, 1)])
    assert (found.after_use, found.through) == (date(2027, 6, 1), date(2027, 6, 1))


def test_a_day_that_does_not_exist_is_the_day_after_so_that_nothing_goes_too_soon() -> None:
    assert years_later(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_every_kind_of_entry_has_where_from_and_why_in_words() -> None:
    words = keeping()
    assert set(words.record) == set(Category)
    for each in (*words.record.values(), *words.portal):
        assert all(str(value).strip() for value in vars(each).values())
    assert {"account", "sign_in", "access_log", "requests", "notices"} <= {each.id for each in words.portal}
