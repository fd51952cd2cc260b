"""What may be charged, and what must come before it."""

import pytest

from portal.domain.errors import Invalid, NotPossible
from portal.domain.fees import (
    FORMS,
    FeeEstimate,
    FeeLine,
    FeeSchedule,
    check_charge,
    check_form,
    estimate,
    form_of,
    say_cents,
    why_nothing_is_charged,
)
from portal.domain.jurisdictions import profile

BC = profile("ca-bc")
SCHEDULE = FeeSchedule(
    (
        FeeLine("pages", "Copies", "page", "pages", 25, 20, "Paper."),
        FeeLine("base", "Handling", "request", "requests", 3000),
    ),
    50,
)


@pytest.mark.parametrize(("pages", "cents"), [(0, 0), (20, 0), (21, 25), (34, 350), (120, 2500)])
def test_free_units_are_never_charged(pages: int, cents: int) -> None:
    assert estimate(BC, "access", SCHEDULE, {"pages": pages}).total_cents == cents


@pytest.mark.parametrize(("pages", "total"), [(20, "$30.00"), (34, "$33.50"), (120, "$55.00")])
def test_ontarios_benchmark_fits_the_same_schedule(pages: int, total: str) -> None:
    assert say_cents(estimate(BC, "access", SCHEDULE, {"base": 1, "pages": pages}).total_cents) == total


def test_an_estimate_shows_how_each_line_comes_about() -> None:
    (line,) = estimate(BC, "access", SCHEDULE, {"pages": 34, "base": 0}).lines
    assert (line.units, line.charged_units, line.cents_each, line.cents) == (34, 14, 25, 350)
    assert (line.label, line.justification) == ("Copies", "Paper.")


def test_a_deposit_is_the_schedules_part_rounded_up_to_the_cent() -> None:
    assert estimate(BC, "access", SCHEDULE, {"pages": 21}, deposit=True).deposit_cents == 13
    assert estimate(BC, "access", SCHEDULE, {"pages": 21}).deposit_cents == 0


def test_an_estimate_survives_being_kept() -> None:
    made = estimate(BC, "access", SCHEDULE, {"pages": 34, "base": 1}, deposit=True)
    assert FeeEstimate.from_json(made.to_json()) == made


def test_a_correction_never_carries_a_fee() -> None:
    with pytest.raises(NotPossible, match="free of charge"):
        estimate(BC, "correction", SCHEDULE, {"base": 1})
    assert estimate(BC, "correction", SCHEDULE, {"base": 0}).is_free
    with pytest.raises(NotPossible, match="free of charge"):
        check_charge(BC, "correction", 100, accepted_cents=100)


def test_nothing_to_pay_needs_no_estimate() -> None:
    check_charge(BC, "access", 0, accepted_cents=None)


def test_nothing_is_charged_without_an_accepted_estimate_or_above_it() -> None:
    with pytest.raises(NotPossible, match="written estimate"):
        check_charge(BC, "access", 100, accepted_cents=None)
    with pytest.raises(NotPossible, match=r"accepted \$1\.00.*charging \$1\.01"):
        check_charge(BC, "access", 101, accepted_cents=100)
    check_charge(BC, "access", 100, accepted_cents=100)


@pytest.mark.parametrize("units", [-1, 1_000_001, True, 1.5, "3"])
def test_units_are_whole_numbers_from_zero(units: int) -> None:
    with pytest.raises(Invalid, match="whole number") as fault:
        estimate(BC, "access", SCHEDULE, {"pages": units})
    assert fault.value.field == "pages"


def test_a_line_the_schedule_lacks_is_refused() -> None:
    with pytest.raises(Invalid, match="pages, base"):
        estimate(BC, "access", SCHEDULE, {"gold": 1})


def test_money_is_said_with_dollars_and_cents() -> None:
    assert [say_cents(c) for c in (0, 5, 1250, 123456)] == ["$0.00", "$0.05", "$12.50", "$1,234.56"]


POSTAGE = FeeSchedule(
    (
        FeeLine("post", "Registered post", "parcel", "parcels", 1400, charged_for=("post",)),
        FeeLine("gift", "A folder", "folder", "folders", 0),
    )
)


@pytest.mark.parametrize("form", FORMS)
def test_a_line_is_charged_only_for_the_forms_it_names(form: str) -> None:
    if form == "post":
        check_form(POSTAGE, {"post": 1}, form)
    else:
        check_form(POSTAGE, {"post": 0}, form)
        with pytest.raises(Invalid, match="Registered post.*not charged for") as fault:
            check_form(POSTAGE, {"post": 1}, form)
        assert fault.value.field == "post"


def test_only_what_costs_something_for_that_form_is_offered() -> None:
    assert [line.id for line in POSTAGE.fitting("post").lines] == ["post"]
    assert why_nothing_is_charged(POSTAGE, "post") is None
    assert why_nothing_is_charged(POSTAGE, "download") == "Nothing is charged for a download."


def test_a_viewing_is_a_form_of_its_own_whatever_way_a_copy_would_go() -> None:
    assert form_of("view", "download") == "view"
    assert form_of("copy", "post") == "post"


def test_a_unit_is_said_as_its_number_asks() -> None:
    made = [estimate(BC, "access", SCHEDULE, {"pages": n}).lines[0] for n in (1, 140)]
    assert [line.many for line in made] == ["page", "pages"]
    assert [line.free_units for line in made] == [1, 20]
