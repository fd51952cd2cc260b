"""Typed powers: whom each is for, what it reaches, when it ends, and who comes before whom."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from portal.domain import representatives as rules
from portal.domain.access_requests import Delivery
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import profile
from portal.domain.jurisdictions.powers import Needs
from portal.domain.record_items import Category
from portal.domain.representatives import EndReason, Life, Standing, Wanted
from portal.domain.rights import EVERYTHING, WHOLE_RECORD, Powers, Right, rights_in, slices_in, to_text
from portal.domain.wishes import Scope, Wishes

LAW = profile("ca-bc").representatives
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 20, tzinfo=UTC)
CHILD, ADULT = Life(date(2014, 3, 9)), Life(date(1991, 5, 17))
DEAD = Life(date(1940, 1, 2), died_on=date(2026, 11, 1))


@dataclass(frozen=True)
class Row:
    """A power as it is kept."""

    power: str = "guardian"
    starts_on: date = TODAY
    ends_on: date | None = None
    rank: int | None = None
    verified_at: datetime | None = NOON
    ended_at: datetime | None = None
    end_reason: str | None = None
    shared_at: datetime | None = None


def life_for(needs: Needs) -> Life:
    return {Needs.MINOR: CHILD, Needs.DECEASED: DEAD}.get(needs, ADULT)


def wanted(power: str, **more: Any) -> Wanted:
    kind = LAW.power(power)
    facts: dict[str, Any] = {"rights": frozenset(kind.rights), "found_incapable": kind.needs == Needs.INCAPABLE}
    return Wanted(power, **facts | more)


@pytest.mark.parametrize("power", LAW.powers, ids=lambda power: power.id)
def test_row_104_every_kind_of_power_says_what_proves_it_and_holds_once_that_was_checked(power: Any) -> None:
    life = life_for(power.needs)
    assert rules.check(LAW, wanted(power.id, rank=1), life, TODAY) is power
    assert power.proof_words
    assert set(power.proofs) <= {proof.id for proof in LAW.proofs}
    assert rules.standing(LAW, Row(power.id), life, TODAY) == Standing.HOLDS
    assert rules.standing(LAW, Row(power.id, verified_at=None), life, TODAY) == Standing.UNCHECKED


def test_row_104_a_proof_that_was_not_seen_is_named() -> None:
    guardian = LAW.power("guardian")
    with pytest.raises(Invalid, match="other parent's authorization"):
        rules.check_proofs(LAW, guardian, ["signed_request", "status", "identity"], "original_seen")
    with pytest.raises(Invalid, match="how the paper was checked"):
        rules.check_proofs(LAW, guardian, guardian.proofs, "")
    rules.check_proofs(LAW, guardian, guardian.proofs, "original_seen")


@pytest.mark.parametrize(
    ("power", "life", "field"),
    [
        ("guardian", ADULT, "power"),
        ("guardian", replace(CHILD, decides_since=NOON), "power"),
        ("guardian", DEAD, "power"),
        ("representation_agreement", CHILD, "power"),
        ("attorney", DEAD, "power"),
        ("estate", ADULT, "power"),
        ("nearest_relative", ADULT, "power"),
        ("friend", ADULT, "power"),
    ],
)
def test_row_103_nobody_acts_for_a_person_whom_the_power_is_not_for(power: str, life: Life, field: str) -> None:
    asked = wanted(power) if LAW.find(power) else Wanted(power, frozenset(Right))
    with pytest.raises(Invalid) as refused:
        rules.check(LAW, asked, life, TODAY)
    assert refused.value.field == field


def test_row_103_a_court_has_to_have_found_that_an_adult_cannot_decide() -> None:
    with pytest.raises(Invalid, match="cannot decide this herself"):
        rules.check(LAW, wanted("committee", found_incapable=False), ADULT, TODAY)


@pytest.mark.parametrize(
    ("born", "of_age"),
    [
        (date(2007, 11, 24), date(2026, 11, 24)),
        (date(2008, 2, 28), date(2027, 2, 28)),
        (date(2008, 2, 29), date(2027, 3, 1)),
        (date(2008, 3, 1), date(2027, 3, 1)),
        (date(2009, 3, 1), date(2028, 3, 1)),
    ],
)
def test_row_105_a_guardians_power_ends_with_the_day_before_the_birthday(born: date, of_age: date) -> None:
    life, row = Life(born), Row(starts_on=date(2020, 1, 1))
    assert LAW.birthday(born) == of_age
    assert rules.last_day(LAW, row, life) == of_age - timedelta(days=1)
    assert rules.standing(LAW, row, life, of_age - timedelta(days=1)) == Standing.HOLDS
    assert rules.standing(LAW, row, life, of_age) == Standing.OF_AGE
    assert "came of age" in rules.why_not(LAW, row, life, of_age)


def test_row_105_the_birthday_and_the_last_birth_of_somebody_of_age_are_the_same_rule() -> None:
    """The database asks by the day of birth, the domain by the birthday: they agree on every day of five years."""
    births = [date(2007, 1, 1) + timedelta(days=n) for n in range(0, 800, 3)] + [date(2008, 2, 29)]
    for n in range(5 * 366):
        day = date(2025, 12, 30) + timedelta(days=n)
        latest = LAW.latest_birth(day)
        assert all((born <= latest) == (day >= LAW.birthday(born)) for born in births), day


def test_row_105_a_young_person_who_decides_comes_before_her_guardian_until_she_shares_again() -> None:
    decides = replace(CHILD, decides_since=NOON)
    hour = timedelta(hours=1)
    assert rules.standing(LAW, Row(), decides, TODAY) == Standing.SHE_DECIDES
    assert rules.standing(LAW, Row(shared_at=NOON - hour), decides, TODAY) == Standing.SHE_DECIDES
    assert rules.standing(LAW, Row(shared_at=NOON + hour), decides, TODAY) == Standing.HOLDS
    assert rules.why_not(LAW, Row(), decides, TODAY) == "The patient decides for herself."


def test_row_106_two_powers_together_reach_what_each_reaches_and_no_more() -> None:
    photographs = Powers.over({Right.ASK}, {Category.PHOTOGRAPHS})
    counts = Powers.over({Right.RECORD})
    both = photographs | counts
    assert both.reach(Right.ASK) == {Category.PHOTOGRAPHS}
    assert both.reach(Right.RECORD) == WHOLE_RECORD
    assert not both.has(Right.DOWNLOAD, Right.COMPLAIN)
    assert (both | EVERYTHING).reach(Right.ASK) == WHOLE_RECORD
    assert Powers().reach(*Right) == frozenset()


def test_row_106_what_a_column_keeps_is_what_was_given() -> None:
    assert rights_in(to_text(Right)) == frozenset(Right)
    assert slices_in("") == WHOLE_RECORD
    assert slices_in(to_text({Category.RESULTS})) == {Category.RESULTS}


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        (Wishes(scope=Scope.EVERYTHING), "scope"),
        (Wishes(scope=Scope.DATES), "scope"),
        (Wishes(scope=Scope.OWN_WORDS, words="All of it"), "scope"),
        (Wishes(scope=Scope.CATEGORIES, categories=(Category.PHOTOGRAPHS, Category.RESULTS)), "categories"),
        (Wishes(scope=Scope.CATEGORIES, categories=(Category.PHOTOGRAPHS,)), None),
        (Wishes(delivery=Delivery.DOWNLOAD), None),
    ],
)
def test_row_106_a_power_over_photographs_asks_for_photographs(wishes: Wishes, field: str | None) -> None:
    rules.check_wishes(wishes, WHOLE_RECORD)
    if field is None:
        rules.check_wishes(wishes, frozenset({Category.PHOTOGRAPHS}))
        return
    with pytest.raises(Invalid, match="these kinds of entries only: Photographs") as refused:
        rules.check_wishes(wishes, frozenset({Category.PHOTOGRAPHS}))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"rights": frozenset()}, "rights"),
        ({"rights": frozenset({Right.COMPLAIN})}, "rights"),
        ({"slices": frozenset()}, "slices"),
        ({"starts_on": TODAY, "ends_on": TODAY - timedelta(days=1)}, "ends_on"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on"),
        ({"note": "x" * 1001}, "note"),
    ],
)
def test_row_106_a_power_that_reaches_nothing_or_too_far_is_refused(more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check(LAW, wanted("attorney", **more), ADULT, TODAY)
    assert refused.value.field == field


def test_row_107_a_power_holds_on_its_last_day_and_not_on_the_next() -> None:
    row = Row("attorney", ends_on=TODAY)
    assert rules.standing(LAW, row, ADULT, TODAY) == Standing.HOLDS
    assert rules.standing(LAW, row, ADULT, TODAY + timedelta(days=1)) == Standing.OVER
    assert rules.standing(LAW, row, ADULT, TODAY - timedelta(days=1)) == Standing.TO_COME


def test_row_107_whatever_ended_a_power_is_said_in_words() -> None:
    for reason in EndReason:
        row = Row("attorney", ended_at=NOON, end_reason=reason)
        assert rules.standing(LAW, row, ADULT, TODAY) == Standing.ENDED
        assert rules.why_not(LAW, row, ADULT, TODAY).endswith(".")
    assert rules.why_not(LAW, Row("attorney"), DEAD, TODAY) == "The patient died on Sunday 1 November 2026."
    assert rules.why_not(LAW, Row("attorney"), ADULT, TODAY) == ""
    assert rules.standing(LAW, Row("estate"), ADULT, TODAY) == Standing.ALIVE
    assert rules.standing(LAW, Row("of an earlier law"), ADULT, TODAY) == Standing.UNKNOWN


def test_after_a_death_the_nearest_relative_comes_in_the_laws_order() -> None:
    relative = LAW.power("nearest_relative")
    ranks = [relation.id for relation in sorted(LAW.relations, key=lambda each: each.rank)]
    assert ranks == ["spouse", "child", "parent", "sibling", "relation"]
    acting = Row("nearest_relative", rank=2)
    for rank, why in product(range(1, 6), ("", "She had no husband.")):
        asked = wanted("nearest_relative", rank=rank, why_not_higher=why)
        if rank > 2 or (rank > 1 and not why):
            with pytest.raises(Invalid):
                rules.check_rank(LAW, relative, asked, [acting])
        else:
            rules.check_rank(LAW, relative, asked, [acting])


def test_after_a_death_no_relative_acts_beside_the_estate_and_none_without_a_rank() -> None:
    relative = LAW.power("nearest_relative")
    with pytest.raises(Invalid, match="comes before any relative"):
        rules.check_rank(LAW, relative, wanted("nearest_relative", rank=1), [Row("estate")])
    with pytest.raises(Invalid, match="how this person is related"):
        rules.check_rank(LAW, relative, wanted("nearest_relative"), [])
    rules.check_rank(LAW, LAW.power("estate"), wanted("estate"), [Row("nearest_relative", rank=1)])
