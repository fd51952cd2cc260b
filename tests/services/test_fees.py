"""A fee: told in writing before any work is charged for, and hers to accept, decline or ask to have waived."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest

from portal.domain.access_requests import Delivery, FeeStage, Mode, Stage
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.domain.wishes import Wishes
from portal.edges import Edge
from portal.services import access_requests, fees, letters
from portal.services.work import Work
from tests.clinic_at_work import A_LITTLE, ON_PAPER, Week

WorkAs = Callable[..., AbstractContextManager[Work]]
PHOTOGRAPHS = {"photographs": 3}  # at $2.00 a print


def sends(units: dict[str, int], deposit: bool = False) -> Callable[[Work, Any], object]:
    return lambda work, request: fees.estimate(work, request, units, deposit)


@pytest.fixture
def week(work_as: WorkAs, edge: Edge) -> Week:
    return Week(work_as, edge)


@pytest.fixture
def estimated(week: Week) -> str:
    """A request whose patient has a written estimate of six dollars before her."""
    return week.does("dov", week.gathered(ON_PAPER), sends(PHOTOGRAPHS))


def standing(work_as: WorkAs, reference: str) -> tuple[str, str]:
    with work_as("amina", writes=False) as work:
        request = access_requests.find(work, reference)
        return request.stage, request.fee_stage


def test_an_estimate_is_a_letter_and_waits_for_her(work_as: WorkAs, estimated: str) -> None:
    assert standing(work_as, estimated) == (Stage.AWAITING_PATIENT, FeeStage.SENT)
    with work_as("amina") as work:
        request = access_requests.find(work, estimated)
        drawn = fees.latest(work, request)
        assert drawn is not None
        assert (drawn.total_cents, drawn.lines[0].units, drawn.lines[0].charged_units) == (600, 3, 3)
        assert letters.of_case(work, request)[0][0].kind == "estimate"


def test_what_comes_to_nothing_needs_no_estimate(week: Week, work_as: WorkAs) -> None:
    reference = week.gathered(ON_PAPER)
    for units in ({"pages": 40}, {}, {"pages": 0, "photographs": 0}):
        with pytest.raises(Invalid, match="comes to nothing"):
            week.does("dov", reference, sends(units))
    assert standing(work_as, reference) == (Stage.GATHERING, FeeStage.NONE)


@pytest.mark.parametrize("units", [{"tea": 1}, {"photographs": -1}, {"photographs": 10**9}])
def test_an_estimate_that_cannot_be_is_refused_and_nothing_is_kept(
    units: dict[str, int], week: Week, work_as: WorkAs
) -> None:
    reference = week.gathered(ON_PAPER)
    with pytest.raises(Invalid):
        week.does("dov", reference, sends(units))
    with work_as("dov") as work:
        assert fees.latest(work, access_requests.find(work, reference)) is None


def test_a_deposit_is_the_schedules_share(week: Week, work_as: WorkAs) -> None:
    reference = week.does("dov", week.gathered(ON_PAPER), sends(PHOTOGRAPHS, deposit=True))
    with work_as("amina") as work:
        drawn = fees.latest(work, access_requests.find(work, reference))
    assert drawn is not None
    assert (drawn.total_cents, drawn.deposit_cents) == (600, 300)


def test_she_accepts_and_the_office_goes_on(week: Week, work_as: WorkAs, estimated: str) -> None:
    week.does("amina", estimated, fees.accept)
    assert standing(work_as, estimated) == (Stage.GATHERING, FeeStage.ACCEPTED)
    week.does("dov", estimated, access_requests.refer)
    assert standing(work_as, estimated)[0] == Stage.IN_REVIEW


def test_what_she_declined_is_not_referred_until_it_is_settled(week: Week, work_as: WorkAs, estimated: str) -> None:
    week.does("amina", estimated, fees.decline)
    with pytest.raises(NotPossible, match="not accepted the fee"):
        week.does("dov", estimated, access_requests.refer)
    week.does("dov", estimated, sends({"photographs": 1}))
    with work_as("amina") as work:
        drawn = fees.latest(work, access_requests.find(work, estimated))
    assert drawn is not None
    assert drawn.total_cents == 200  # the newest estimate is the one before her
    week.does("amina", estimated, fees.accept)
    week.does("dov", estimated, access_requests.refer)


def test_a_waiver_is_asked_with_or_without_a_reason(week: Week, work_as: WorkAs, estimated: str) -> None:
    week.does("amina", estimated, lambda w, r: fees.ask_waiver(w, r, " I am a student with no income. "))
    with work_as("dov") as work:
        assert fees.waiver_reason(work, access_requests.find(work, estimated)) == "I am a student with no income."
    week.does("dov", estimated, fees.waive)
    assert standing(work_as, estimated) == (Stage.GATHERING, FeeStage.WAIVED)
    week.does("dov", estimated, access_requests.refer)


def test_a_waiver_that_is_refused_is_explained_and_she_may_still_choose(
    week: Week, work_as: WorkAs, estimated: str
) -> None:
    week.does("amina", estimated, lambda w, r: fees.ask_waiver(w, r, ""))
    for reason in ("", "   ", "no"):
        with pytest.raises(Invalid, match="full sentence"):
            week.does("dov", estimated, lambda w, r, why=reason: fees.keep(w, r, why))  # type: ignore[misc]
    week.does("dov", estimated, lambda w, r: fees.keep(w, r, "The print shop charges us the same."))
    assert standing(work_as, estimated) == (Stage.AWAITING_PATIENT, FeeStage.SENT)
    week.does("amina", estimated, fees.accept)
    assert standing(work_as, estimated) == (Stage.GATHERING, FeeStage.ACCEPTED)


def test_a_reason_that_never_ends_is_refused(week: Week, estimated: str) -> None:
    with pytest.raises(Invalid, match="2000"):
        week.does("amina", estimated, lambda w, r: fees.ask_waiver(w, r, "x" * 2001))


def test_only_she_answers_and_only_the_office_decides(week: Week, estimated: str) -> None:
    for who, act in (("dov", fees.accept), ("esi", fees.decline), ("femi", fees.accept)):
        with pytest.raises((NotAllowed, NotFound)):
            week.does(who, estimated, act)
    with pytest.raises(NotFound):
        week.does("mei", estimated, fees.accept)
    week.does("amina", estimated, lambda w, r: fees.ask_waiver(w, r, ""))
    for who in ("amina", "femi"):
        with pytest.raises(NotAllowed):
            week.does(who, estimated, fees.waive)


@pytest.mark.parametrize(
    ("wishes", "charged", "never"),
    [
        (A_LITTLE, {}, {"pages", "photographs", "post", "viewing"}),
        (ON_PAPER, {"pages": 100, "photographs": 1}, {"post", "viewing"}),
        (replace(A_LITTLE, delivery=Delivery.POST, delivery_to="12 Reed Street"), {"post": 1}, {"viewing"}),
        (replace(A_LITTLE, mode=Mode.VIEW, delivery=None), {"viewing": 4}, {"pages", "photographs", "post"}),
    ],
    ids=["download", "pick_up", "post", "view"],
)
def test_nothing_is_charged_that_does_not_fit_the_form_of_the_answer(
    week: Week, work_as: WorkAs, wishes: Wishes, charged: dict[str, int], never: set[str]
) -> None:
    reference = week.gathered(wishes)
    for line in sorted(never):
        with pytest.raises(Invalid, match="is not charged for") as fault:
            week.does("dov", reference, sends({**charged, line: 100}))
        assert fault.value.field == line
    assert standing(work_as, reference) == (Stage.GATHERING, FeeStage.NONE)
    if charged:
        week.does("dov", reference, sends(charged))
        assert standing(work_as, reference) == (Stage.AWAITING_PATIENT, FeeStage.SENT)
