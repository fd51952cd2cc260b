"""What time itself asks for: once a day, however many workers there are; the store keeps what a row names."""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import select, text

from portal.cli.doctor import check_up
from portal.domain.errors import NotAllowed
from portal.edges import Edge
from portal.models.jobs import Job
from portal.models.letters import StoredFile
from portal.services import audit, recurring_jobs, sweeping
from portal.services.work import Work
from portal.worker import Worker
from tests.conftest import Clockwork
from tests.test_concurrency import at_once

WorkAs = Callable[..., AbstractContextManager[Work]]
DAY = 24 * 3600


def recurring(edge: Edge) -> list[tuple[str, str]]:
    with edge.sessions() as db:
        rows = db.scalars(select(Job).where(Job.kind.in_(recurring_jobs.RECURRING)).order_by(Job.made_at, Job.kind))
        return [(job.kind, job.status) for job in rows]


def aged(edge: Edge, digest: str, seconds: float) -> Path:
    path: Path = edge.config.data_dir / "files" / digest
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


def test_several_workers_promise_each_recurring_job_once_a_period(work_as: WorkAs, edge: Edge) -> None:
    def promises() -> None:
        with work_as("system") as work:
            recurring_jobs.promise_recurring(work)

    assert at_once(*[promises] * 6) == [None] * 6
    assert [kind for kind, _status in recurring(edge)] == sorted(recurring_jobs.RECURRING)


def test_they_are_done_once_a_day_and_again_on_the_next(edge: Edge, clock: Clockwork) -> None:
    once = [(kind, "done") for kind in sorted(recurring_jobs.RECURRING)]
    Worker(edge).drain()
    assert recurring(edge) == once
    clock.move(hours=1)
    Worker(edge).drain()
    assert recurring(edge) == once
    clock.move(days=1)
    Worker(edge).drain()
    assert recurring(edge) == once * 2


def test_a_day_of_the_worker_leaves_a_checkpoint(edge: Edge, work_as: WorkAs, clock: Clockwork) -> None:
    for _day in range(2):
        Worker(edge).drain()
        clock.move(days=1)
    with work_as("operator", writes=False) as work:
        found = audit.verify(work)
    assert (found.checkpoints, found.first_bad) == (2, None)


def test_an_old_file_that_no_row_names_is_removed_and_no_other(edge: Edge) -> None:
    with edge.sessions() as db:
        named = list(db.scalars(select(StoredFile.stored_digest)))
    assert named
    for digest in named:
        aged(edge, digest, 30 * DAY)
    old, young = (edge.outside.store.put([word]) for word in (b"left behind", b"of a job that runs"))
    aged(edge, old, 25 * 3600)
    aged(edge, young, 23 * 3600)
    Worker(edge).drain()
    there = set(edge.outside.store.digests())
    assert set(named) | {young} <= there
    assert old not in there


def test_files_are_asked_about_in_several_goes(edge: Edge, work_as: WorkAs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    left = {edge.outside.store.put([b"left %d" % n]) for n in range(5)}
    with work_as("system", writes=False) as work:
        assert sweeping.unwanted(work, {}) == left


def test_nobody_but_the_portal_itself_sweeps(work_as: WorkAs) -> None:
    for who in ("esi", "operator"):
        with work_as(who, writes=False) as work, pytest.raises(NotAllowed):
            sweeping.unwanted(work, {})


def test_the_doctor_tells_what_is_overdue(edge: Edge, clock: Clockwork) -> None:
    assert dict(check_up(edge))["recurring jobs"] is None  # no worker ever ran
    Worker(edge).drain()
    done = f"{clock.at:%Y-%m-%d}"
    clock.move(days=1)
    assert dict(check_up(edge))["recurring jobs"] is None
    clock.move(days=2)
    fault = dict(check_up(edge))["recurring jobs"] or ""
    assert f"sweep (last done {done})" in fault
    assert f"checkpoint (last done {done})" in fault


def test_the_doctor_tells_what_was_never_done(edge: Edge, work_as: WorkAs, clock: Clockwork) -> None:
    with work_as("system") as work:
        recurring_jobs.promise_recurring(work)
    clock.move(days=3)
    assert "sweep (never done)" in (dict(check_up(edge))["recurring jobs"] or "")


def test_an_old_portal_gets_its_jobs_of_today_only(edge: Edge, clock: Clockwork) -> None:
    Worker(edge).drain()
    clock.move(days=30)
    Worker(edge).drain()
    with edge.sessions() as db:
        assert db.scalar(text("SELECT count(*) FROM jobs WHERE kind = 'sweep'")) == 2
