"""The clock stands still while the Commissioner has the matter: the law's vectors, entered by the office."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

import pytest

from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.edges import Edge
from portal.services import access_requests, fees, pauses
from portal.services.work import Work
from portal.worker import Worker
from tests.clinic_at_work import ON_PAPER, Week
from tests.conftest import Clockwork

WorkAs = Callable[..., AbstractContextManager[Work]]


@pytest.fixture
def week(work_as: WorkAs, edge: Edge) -> Week:
    return Week(work_as, edge)


def on(clock: Clockwork, day: str) -> None:
    """It is noon of that day at the clinic."""
    clock.at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=19)


def due(work_as: WorkAs, reference: str) -> str:
    with work_as("dov", writes=False) as work:
        return str(access_requests.find(work, reference).due_on)


def asks(event: str, day: str, number: str = "F26-00123") -> Callable[[Work, Any], None]:
    return lambda work, request: pauses.stop(work, request, event, date.fromisoformat(day), number)


def decides(event: str, day: str) -> Callable[[Work, Any], None]:
    return lambda work, request: pauses.restart(work, request, event, date.fromisoformat(day))


def estimated_in_may(week: Week, clock: Clockwork) -> str:
    on(clock, "2026-05-12")
    reference = week.gathered(ON_PAPER)
    on(clock, "2026-05-20")
    return week.does("dov", reference, lambda w, r: fees.estimate(w, r, {"photographs": 3}, deposit=False))


def test_b14_a_fee_review_leaves_out_every_day_from_asking_to_the_decision(
    week: Week, work_as: WorkAs, clock: Clockwork
) -> None:
    reference = estimated_in_may(week, clock)
    assert due(work_as, reference) == "2026-06-24"
    on(clock, "2026-06-10")
    week.does("dov", reference, asks("fee_review", "2026-06-01"))
    week.does("dov", reference, decides("fee_review", "2026-06-10"))
    assert due(work_as, reference) == "2026-07-07"


def test_b15_an_application_to_disregard_leaves_out_both_its_end_days(
    week: Week, work_as: WorkAs, clock: Clockwork
) -> None:
    on(clock, "2026-12-18")
    reference = week.sent()
    on(clock, "2027-01-11")
    week.does("esi", reference, asks("disregard_application", "2027-01-11"))
    on(clock, "2027-02-22")
    week.does("esi", reference, decides("disregard_application", "2027-02-19"))
    assert due(work_as, reference) == "2027-03-16"


def test_the_date_moves_on_each_night_until_the_decision_is_entered(
    week: Week, work_as: WorkAs, clock: Clockwork, worker: Worker
) -> None:
    reference = estimated_in_may(week, clock)
    on(clock, "2026-06-01")
    week.does("dov", reference, asks("fee_review", "2026-06-01"))
    dates = [due(work_as, reference)]
    for day in ("2026-06-02", "2026-06-03", "2026-06-10"):
        on(clock, day)
        worker.drain()
        dates.append(due(work_as, reference))
    assert dates == ["2026-06-25", "2026-06-26", "2026-06-29", "2026-07-07"]
    week.does("dov", reference, decides("fee_review", "2026-06-10"))
    on(clock, "2026-06-20")
    worker.drain()
    assert due(work_as, reference) == "2026-07-07"


@pytest.mark.parametrize(
    ("event", "day", "number", "field"),
    [
        ("clarification", "2026-05-21", "F1", "event"),
        ("identity", "2026-05-21", "F1", "event"),
        ("fee_review", "2026-05-23", "F1", "on"),
        ("fee_review", "2026-05-11", "F1", "on"),
        ("fee_review", "2026-05-21", "   ", "number"),
        ("fee_review", "2026-05-21", "9" * 61, "number"),
    ],
)
def test_what_cannot_be_is_refused_and_the_clock_is_as_it_was(
    week: Week, work_as: WorkAs, clock: Clockwork, event: str, day: str, number: str, field: str
) -> None:
    reference = estimated_in_may(week, clock)
    on(clock, "2026-05-22")
    with pytest.raises(Invalid) as fault:
        week.does("dov", reference, asks(event, day, number))
    assert fault.value.field == field
    assert due(work_as, reference) == "2026-06-24"
    with work_as("dov", writes=False) as work:
        request = access_requests.find(work, reference)
        assert not request.paused_for
        assert [row.kind for row in request.ledger] == ["received"]


def test_a_fee_review_needs_an_estimate_that_was_sent(week: Week) -> None:
    with pytest.raises(Invalid, match="No fee estimate was sent"):
        week.does("dov", week.gathering(), asks("fee_review", "2026-11-23"))


def test_a_matter_is_entered_once_and_decided_after_it_was_asked(week: Week, clock: Clockwork) -> None:
    reference = estimated_in_may(week, clock)
    with pytest.raises(NotPossible, match="Nothing of this case is before the Commissioner"):
        week.does("dov", reference, decides("fee_review", "2026-05-20"))
    week.does("dov", reference, asks("fee_review", "2026-05-20"))
    with pytest.raises(Invalid, match="already"):
        week.does("dov", reference, asks("fee_review", "2026-05-20"))
    for event, day, why in (
        ("fee_review", "2026-05-19", "cannot have been before"),
        ("fee_review", "2026-05-21", "has not come yet"),
        ("disregard_application", "2026-05-20", "not before the Commissioner"),
    ):
        with pytest.raises(Invalid, match=why):
            week.does("dov", reference, decides(event, day))


def test_only_the_office_enters_it_and_she_is_told(week: Week, work_as: WorkAs, edge: Edge, worker: Worker) -> None:
    reference = week.gathering()
    for who in ("amina", "femi", "mei"):
        with pytest.raises((NotAllowed, NotFound)):
            week.does(who, reference, asks("disregard_application", "2026-11-23"))
    worker.drain()
    week.does("dov", reference, asks("disregard_application", "2026-11-23"))
    worker.drain()
    outbox = sorted(edge.config.data_dir.rglob("*.eml"))
    assert any("Our date has changed" in mail.read_text("utf-8") for mail in outbox)
