"""The office's lists: every case once, the most urgent first, and nobody sees what is not theirs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise

import pytest

from portal.domain.actors import OPERATOR, Actor, Role
from portal.domain.errors import Invalid, NotAllowed
from portal.edges import Edge
from portal.services import access_requests, loading, queues
from portal.services.queues import PAGE, Row, Which
from portal.services.work import Work
from tests.clinic_at_work import Week

WorkAs = Callable[..., AbstractContextManager[Work]]
CASES = 150


@pytest.fixture
def full(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> Edge:
    """An office with many cases besides the demo's own."""
    monkeypatch.setattr(loading.demo, "is_empty", lambda _work: True)
    with edge.work(OPERATOR) as work:
        loading.fill(work, CASES)
    return edge


def whole(work: Work, which: Which, stage: str | None = None) -> list[Row]:
    """Every page of a list, one after the other."""
    rows: list[Row] = []
    after = None
    while True:
        page = queues.page(work, which, after, stage)
        rows += page.rows
        assert len(page.rows) == PAGE or page.next is None
        if page.next is None:
            return rows
        after = page.next


def test_pages_hold_every_open_case_once_the_most_urgent_first(full: Edge, work_as: WorkAs) -> None:
    with work_as("dov", writes=False) as work:
        rows = whole(work, Which.OPEN)
        closed = whole(work, Which.CLOSED)
    assert len({row.reference for row in (*rows, *closed)}) == len(rows) + len(closed) == CASES + 1  # Amina's is open
    assert all(one.due_on and two.due_on and one.due_on <= two.due_on for one, two in pairwise(rows))


def test_late_soon_and_the_rest_are_told_apart_by_the_dates(full: Edge, work_as: WorkAs) -> None:
    with work_as("dov", writes=False) as work:
        late, soon, rows = (whole(work, which) for which in (Which.LATE, Which.SOON, Which.OPEN))
        today = work.today
    assert late
    assert soon
    assert all(row.due_on and row.due_on < today and row.urgency == "late" for row in late)
    assert all(row.target_on and row.due_on and row.target_on <= today <= row.due_on for row in soon)
    assert {row.reference for row in late} | {row.reference for row in soon} == {
        row.reference for row in rows if row.urgency in ("late", "soon")
    }


def test_a_physician_sees_her_own_patients_cases_only(full: Edge, work_as: WorkAs) -> None:
    with work_as("dov", writes=False) as work:
        everything = whole(work, Which.OPEN)
    with work_as("femi", writes=False) as work:
        theirs = whole(work, Which.OPEN)
    assert [row.patient for row in theirs] == ["Amina Haddad"]
    assert len(everything) > len(theirs)
    with work_as("lena", writes=False) as work:
        assert whole(work, Which.OPEN) == []


def test_drafts_are_in_no_list(edge: Edge, work_as: WorkAs) -> None:
    from portal.services import patients

    with work_as("mei") as work:
        access_requests.start(work, patients.own(work))
    for who in ("dov", "esi", "femi"):
        with work_as(who, writes=False) as work:
            assert not any(row.patient == "Mei Leung" for which in Which for row in whole(work, which))


def test_mine_is_what_i_look_after_and_unassigned_what_nobody_does(edge: Edge, work_as: WorkAs) -> None:
    reference = Week(work_as, edge).gathering()
    with work_as("dov", writes=False) as work:
        assert [row.reference for row in whole(work, Which.MINE)] == [reference]
        assert reference not in {row.reference for row in whole(work, Which.UNASSIGNED)}
    with work_as("esi", writes=False) as work:
        assert whole(work, Which.MINE) == []


def test_a_stage_narrows_a_list_and_an_unknown_one_is_told(full: Edge, work_as: WorkAs) -> None:
    with work_as("dov", writes=False) as work:
        rows = whole(work, Which.OPEN, "in_review")
        assert rows
        assert {row.stage for row in rows} == {"in_review"}
        with pytest.raises(Invalid):
            queues.page(work, Which.OPEN, None, "in_orbit")


@pytest.mark.parametrize("after", ["x", "2026-11-11", "2026-11-11~x", "~", "2026-99-11~0"])
def test_a_page_address_that_is_cut_off_is_told(after: str, sqlite_only: None, work_as: WorkAs) -> None:
    with work_as("dov", writes=False) as work, pytest.raises(Invalid, match="cut off"):
        queues.page(work, Which.OPEN, after)


def test_a_count_stops_where_it_costs_too_much(full: Edge, work_as: WorkAs) -> None:
    with work_as("dov", writes=False) as work:
        assert queues.count(work, Which.OPEN) == queues.MOST_COUNTED
        assert queues.count(work, Which.LATE) == min(queues.MOST_COUNTED, len(whole(work, Which.LATE)))
        assert queues.count(work, Which.MINE) == 0


def test_patients_have_no_queue(sqlite_only: None, work_as: WorkAs, edge: Edge) -> None:
    nobody = Actor(None, "", frozenset({Role.PATIENT}))
    for actor_work in (work_as("amina", writes=False), edge.work(nobody, writes=False)):
        with actor_work as work, pytest.raises(NotAllowed):
            queues.page(work, Which.OPEN)


def test_a_case_on_a_page_boundary_is_neither_lost_nor_doubled_when_dates_are_equal(
    edge: Edge, work_as: WorkAs
) -> None:
    week = Week(work_as, edge)
    sent = {week.sent() for _case in range(PAGE + 2)}  # all received, and due, on the same day
    with work_as("dov", writes=False) as work:
        rows = [row.reference for row in whole(work, Which.OPEN)]
    assert len(rows) == len(set(rows))
    assert sent <= set(rows)
