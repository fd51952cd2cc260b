"""The figures beside the clauses are counted from the cases themselves, once a night."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from sqlalchemy import select, text

from portal.domain.access_requests import Stage
from portal.edges import Edge
from portal.models.access_requests import AccessRequest
from portal.models.base import new_id
from portal.models.cases import CaseEvent, LedgerRow
from portal.models.people import Patient
from portal.services import holdings, patients, promise_figures
from portal.services.work import Work
from portal.worker import Worker
from tests.conftest import Clockwork

WorkAs = Callable[..., AbstractContextManager[Work]]


def answered(work: Work, number: int, took: int, left: int, *steps: str, extended: bool = False) -> None:
    """A closed request: answered ``took`` days after it came, ``left`` days before it was due."""
    patient = work.db.scalars(select(Patient)).first()
    assert patient is not None
    on = work.today - timedelta(days=20)
    case = AccessRequest(
        reference=f"AR-1999-{number:06d}-X", patient_id=patient.id, stage=Stage.CLOSED, channel="portal",
        jurisdiction="ca-bc", rules_version="test", started_at=work.now, is_open=False,
        received_on=on - timedelta(days=took), due_on=on + timedelta(days=left),
    )  # fmt: skip
    work.db.add(case)
    work.db.flush()
    for position, step in enumerate(steps):
        at = work.now - timedelta(days=20) + timedelta(days=position)
        work.db.add(
            CaseEvent(
                case_id=case.id, position=position, event=step, stage_before="deciding", stage_after="closed",
                actor_name="", actor_role="", at=at,
            )
        )  # fmt: skip
    if extended:
        work.db.add(LedgerRow(id=new_id(), case_id=case.id, position=1, kind="extended", on=on))


def test_answers_are_counted_once_each_by_when_the_first_was_there(work_as: WorkAs) -> None:
    with work_as("system") as work:
        for number, step in enumerate(("built", "refuse", "no_record", "offer_viewing") * 3):
            answered(work, number, 10 + number, 5, step, extended=number < 2)
        answered(work, 20, 40, -1, "refuse")  # late by a day
        answered(work, 21, 30, 0, "built", "built")  # on its last day, and made again later
        answered(work, 22, 1, 5, "withdraw")  # no answer
        work.db.flush()
        figures = next(each for each in promise_figures.count(work, {}) if each.kind == "access_request")
        assert (figures.answered, figures.in_time, figures.extended) == (14, 13, 2)
        assert figures.median_days == 17  # 16.5, rounded against us
        waiting = work.db.scalars(select(AccessRequest).where(AccessRequest.is_open.is_(True))).all()
        assert figures.still_open == len([case for case in waiting if case.stage != Stage.DRAFT]) > 0
        assert figures.overdue == 0


def test_the_worker_counts_them_once_a_day_and_shows_when(edge: Edge, work_as: WorkAs, clock: Clockwork) -> None:
    with work_as("cora", writes=False) as work:
        assert promise_figures.shown(work) == {}
    for days in (0, 1):
        clock.move(days=days)
        Worker(edge).drain()
        with work_as("cora", writes=False) as work:
            counted = promise_figures.shown(work)["access_request"]
            assert counted.at == clock()
            assert counted.figures.until == work.today - timedelta(days=1)


def test_the_query_is_led_by_the_index_over_steps(edge: Edge, work_as: WorkAs) -> None:
    with work_as("system", writes=False) as work:
        if work.db.get_bind().dialect.name != "sqlite":
            return  # a small table is read whole there, whatever the index
        plan = work.db.execute(
            text("EXPLAIN QUERY PLAN SELECT min(at) FROM case_events WHERE event IN ('refuse') AND at >= '2026'")
        ).all()
    assert any("ix_case_events_event_at" in str(row) for row in plan)


def test_what_is_held_is_counted_with_its_days_and_what_holds_it(work_as: WorkAs) -> None:
    with work_as("amina", writes=False) as work:
        held = holdings.of_patient(work, patients.own(work))
        assert held.total == sum(kind.number for kind in held.kinds) > 100
        assert held.kept is not None
        assert held.kept.last_entry == max(kind.last_on for kind in held.kinds if kind.last_on)
        assert held.kept.earliest_disposal.year == held.kept.last_entry.year + 16
        assert [number[:3] for number in held.open_cases] == ["AR-"]
