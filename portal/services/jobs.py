"""Jobs: claimed with a lease, done, recorded. At least once, each safe to repeat; given up after five tries.

A lease carries a fencing number: a worker that slept past its lease cannot mark work done that another has taken over.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update

from portal.models.jobs import Heartbeat, Job
from portal.services import binding, letters, notices
from portal.services.work import Report, Work

LEASE = timedelta(seconds=60)
MOST_TRIES = 5
PAUSES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
WAITING, RUNNING, DONE, DEAD = "waiting", "running", "done", "dead"


def _keep_nothing(_work: Work, _payload: dict[str, Any], _made: Any) -> None:
    return None


@dataclass(frozen=True)
class Hand:
    """How a kind of job is done, in three parts, so that no transaction is open while something slow is made.

    ``read`` gathers what is needed in a reading transaction, ``make`` works on the outside with no database held, and
    ``keep`` records what came of it in the same transaction that marks the job done. ``give_up`` is told when the last
    try has failed.
    """

    read: Callable[[Work, dict[str, Any]], Any]
    make: Callable[[Work, Any, Report], Any]
    keep: Callable[[Work, dict[str, Any], Any], None] = _keep_nothing
    give_up: Callable[[Work, dict[str, Any]], None] | None = None


JOBS: dict[str, Hand] = {
    "notice": Hand(notices.to_send, notices.send),
    "letter": Hand(letters.to_print, letters.print_letter, letters.keep_print),
    "package": Hand(binding.to_bind, binding.bind, binding.keep, binding.give_up),
}


def claim(work: Work) -> Job | None:
    """Take the job that has waited longest, or one whose worker was lost; None when there is nothing to do."""
    ready = or_(
        (Job.status == WAITING) & (Job.run_at <= work.now), (Job.status == RUNNING) & (Job.lease_until < work.now)
    )
    query = select(Job).where(ready).order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)
    job = work.db.scalars(query).one_or_none()
    if job is None:
        return None
    job.status, job.tries, job.lease = RUNNING, job.tries + 1, job.lease + 1
    job.lease_until = work.now + LEASE
    return job


def facts(payload: str) -> dict[str, Any]:
    """What a job was given: keys only."""
    found: dict[str, Any] = json.loads(payload)
    return found


def renew(work: Work, job_id: UUID, lease: int) -> bool:
    """Hold a job for another lease while it takes long; False when it was lost to another worker."""
    held = update(Job).where(Job.id == job_id, Job.lease == lease, Job.status == RUNNING)
    return bool(work.db.execute(held.values(lease_until=work.now + LEASE)).rowcount)  # type: ignore[attr-defined]


def finish(work: Work, job_id: UUID, lease: int) -> bool:
    """Record that the job is done, in the same transaction as what it did; False when the lease was lost."""
    held = update(Job).where(Job.id == job_id, Job.lease == lease, Job.status == RUNNING)
    done = work.db.execute(held.values(status=DONE, done_at=work.now, lease_until=None, fault=None))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def fail(work: Work, job_id: UUID, lease: int, fault: str) -> None:
    """Put a job back to be tried again later, or give it up after the last try. ``fault`` names a kind, no content."""
    job = work.db.get_one(Job, job_id)
    if job.lease != lease or job.status != RUNNING:
        return
    job.fault, job.lease_until = fault[:400], None
    if job.tries >= MOST_TRIES:
        job.status = DEAD
        if give_up := JOBS[job.kind].give_up:
            give_up(work, json.loads(job.payload))
        return
    job.status = WAITING
    job.run_at = work.now + PAUSES[min(job.tries, len(PAUSES)) - 1]


def beat(work: Work, name: str) -> None:
    """Say that a worker is alive."""
    heart = work.db.get(Heartbeat, name)
    if heart is None:
        work.db.add(Heartbeat(name=name, at=work.now))
    else:
        heart.at = work.now


def alive(work: Work, within: timedelta = timedelta(minutes=2)) -> bool:
    """Whether any worker was seen lately."""
    return work.db.scalar(select(Heartbeat.name).where(Heartbeat.at >= work.now - within).limit(1)) is not None
