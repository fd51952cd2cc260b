"""Jobs: claimed with a lease, done, recorded. At least once, each safe to repeat; given up after five tries.

What fails because something outside is out of reach, a mail server, is tried with growing pauses for a day.

A lease carries a fencing number: a worker that slept past its lease cannot mark work done that another has taken over.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from portal.models.jobs import Heartbeat, Job
from portal.models.letters import StoredFile
from portal.services import (
    account_notices,
    account_requests,
    binding,
    checkpoints,
    complaint_bundles,
    complaint_climbs,
    consent_ends,
    consent_pictures,
    disclosure_notices,
    dispatch_faxing,
    dispatch_printing,
    dispatch_tasks,
    email_changes,
    identity_papers,
    incoming_folder,
    invitations,
    left_forms,
    letter_printing,
    message_notices,
    notices,
    old_ways,
    papers_aside,
    patient_invitations,
    pauses,
    promise_figures,
    recoveries,
    representative_notices,
    sweeping,
    untold_messages,
)
from portal.services.work import Report, Work

LEASE = timedelta(seconds=60)
MOST_TRIES = 5
PAUSES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
PAUSES_OUTSIDE = (*PAUSES, *(timedelta(minutes=each) for each in (30, 60, 60, 120, 120, 180, 240, 300, 330)))
OUTSIDE = "out of reach"
FORGOTTEN_AFTER = timedelta(days=1)
UNKNOWN_PAUSE = timedelta(minutes=10)
WORKER_LOST = "WorkerLost"
WAITING, RUNNING, DONE, DEAD = "waiting", "running", "done", "dead"


def _keep_nothing(_work: Work, _payload: dict[str, Any], _made: Any) -> None:
    return None


def _drop_nothing(_work: Work, _made: Any) -> None:
    return None


def _read_nothing(_work: Work, _payload: dict[str, Any]) -> None:
    return None


def _make_nothing(_work: Work, _needed: Any, _report: Report) -> None:
    return None


def _drop_file(work: Work, file: StoredFile | None) -> None:
    if file is not None:
        work.outside.store.delete(file.stored_digest)


@dataclass(frozen=True)
class Hand:
    """How a kind of job is done, in three parts, so that no transaction is open while something slow is made.

    ``read`` gathers what is needed in a reading transaction, ``make`` works on the outside with no database held, and
    ``keep`` records what came of it in the same transaction that marks the job done. ``drop`` takes back what was made
    for a job that was lost to another worker, and ``give_up`` is told when the last try has failed.
    """

    read: Callable[[Work, dict[str, Any]], Any]
    make: Callable[[Work, Any, Report], Any]
    keep: Callable[[Work, dict[str, Any], Any], None] = _keep_nothing
    drop: Callable[[Work, Any], None] = _drop_nothing
    give_up: Callable[[Work, dict[str, Any]], None] | None = None


JOBS: dict[str, Hand] = {
    "message_notice": Hand(
        message_notices.to_send, notices.send, untold_messages.notice_sent, give_up=untold_messages.given_up
    ),
    "notice": Hand(notices.to_send, notices.send, dispatch_tasks.notice_sent, give_up=dispatch_tasks.notice_given_up),
    "dispatch": Hand(
        dispatch_printing.to_print,
        dispatch_printing.print_sheets,
        dispatch_printing.keep_print,
        dispatch_printing.drop,
        dispatch_printing.give_up,
    ),
    "fax": Hand(
        dispatch_faxing.to_print,
        dispatch_printing.print_sheets,
        dispatch_faxing.keep_sheets,
        dispatch_printing.drop,
        dispatch_faxing.give_up_printing,
    ),
    "fax_send": Hand(
        dispatch_faxing.to_send, dispatch_faxing.send, dispatch_faxing.keep_sent, give_up=dispatch_faxing.give_up
    ),
    "fax_outcome": Hand(
        dispatch_faxing.to_ask,
        dispatch_faxing.ask,
        dispatch_faxing.keep_outcome,
        give_up=dispatch_faxing.give_up_asking,
    ),
    "account_notice": Hand(account_notices.to_send, account_notices.send),
    "recovery": Hand(recoveries.to_send, recoveries.send, recoveries.keep),
    "old_way": Hand(old_ways.to_send, old_ways.send),
    "email_change": Hand(email_changes.to_send, email_changes.send),
    "invitation": Hand(invitations.to_send, invitations.send, invitations.keep),
    "patient_invitation": Hand(
        patient_invitations.to_send,
        patient_invitations.send,
        patient_invitations.keep,
        give_up=patient_invitations.give_up,
    ),
    "invitations_over": Hand(patient_invitations.over, patient_invitations.as_they_are, patient_invitations.clear),
    "account_answer": Hand(account_requests.to_send, account_requests.send_answer),
    "letter": Hand(letter_printing.to_print, letter_printing.print_letter, letter_printing.keep_print, _drop_file),
    "clock": Hand(pauses.to_set, pauses.as_it_is, pauses.set_dates),
    "left_form": Hand(left_forms.to_forget, left_forms.as_it_is, left_forms.destroy),
    "package": Hand(binding.to_bind, binding.bind, binding.keep, binding.drop, binding.give_up),
    "representative_notice": Hand(representative_notices.to_send, representative_notices.send),
    "powers_ending": Hand(
        representative_notices.ending_soon, representative_notices.as_it_is, representative_notices.tell_of_ends
    ),
    "sweep": Hand(sweeping.unwanted, sweeping.sweep),
    "identity_papers": Hand(identity_papers.due, identity_papers.delete_files, identity_papers.destroyed),
    "figures": Hand(promise_figures.count, promise_figures.as_they_are, promise_figures.keep),
    "complaints": Hand(complaint_climbs.due, complaint_climbs.as_it_is, complaint_climbs.carry_out),
    "disclosure_notices": Hand(disclosure_notices.due, disclosure_notices.as_it_is, disclosure_notices.carry_out),
    "papers_aside": Hand(papers_aside.due, papers_aside.as_it_is, papers_aside.carry_out),
    "bundle": Hand(complaint_bundles.to_bind, complaint_bundles.bind, complaint_bundles.keep, complaint_bundles.drop),
    "consents": Hand(consent_ends.due, consent_ends.as_it_is, consent_ends.carry_out),
    "thumbnail": Hand(consent_pictures.to_shrink, consent_pictures.shrink, consent_pictures.keep, _drop_file),
    "incoming_folder": Hand(incoming_folder.known, incoming_folder.bring, incoming_folder.keep),
    "checkpoint": Hand(_read_nothing, _make_nothing, checkpoints.write),
}


def claim(work: Work, lease: timedelta = LEASE) -> Job | None:
    """Take the job that has waited longest, or one whose worker was lost; None when there is nothing to do.

    A job that took its worker down with it every time is given up here, since nobody was left to say that it failed.
    """
    while (job := _ready(work)) is not None and job.tries >= _most_tries(job):
        _bury(work, job, WORKER_LOST)
        work.db.flush()
    if job is not None:
        job.status, job.tries, job.lease = RUNNING, job.tries + 1, job.lease + 1
        job.lease_until = work.now + lease
    return job


def _most_tries(job: Job) -> int:
    return len(PAUSES_OUTSIDE) + 1 if (job.fault or "").startswith(OUTSIDE) else MOST_TRIES


def _ready(work: Work) -> Job | None:
    ready = or_(
        (Job.status == WAITING) & (Job.run_at <= work.now), (Job.status == RUNNING) & (Job.lease_until < work.now)
    )
    query = select(Job).where(ready).order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)
    return work.db.scalars(query).one_or_none()


def facts(payload: str) -> dict[str, Any]:
    """What a job was given: keys only."""
    found: dict[str, Any] = json.loads(payload)
    return found


def renew(work: Work, job_id: UUID, lease: int, length: timedelta = LEASE) -> bool:
    """Hold a job for another lease while it takes long; False when it was lost to another worker."""
    held = update(Job).where(Job.id == job_id, Job.lease == lease, Job.status == RUNNING)
    return bool(work.db.execute(held.values(lease_until=work.now + length)).rowcount)  # type: ignore[attr-defined]


def put_back(work: Work, job_id: UUID, lease: int, pause: timedelta = timedelta()) -> None:
    """Give a job back undone, to be taken up after a pause, which is no failed try.

    Its worker was told to stop, or does not know this kind of job.
    """
    held = update(Job).where(Job.id == job_id, Job.lease == lease, Job.status == RUNNING)
    work.db.execute(held.values(status=WAITING, lease_until=None, tries=Job.tries - 1, run_at=work.now + pause))


def finish(work: Work, job_id: UUID, lease: int) -> bool:
    """Record that the job is done, in the same transaction as what it did; False when the lease was lost."""
    held = update(Job).where(Job.id == job_id, Job.lease == lease, Job.status == RUNNING)
    done = work.db.execute(held.values(status=DONE, done_at=work.now, lease_until=None, fault=None))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def fail(work: Work, job_id: UUID, lease: int, fault: str, for_good: bool = False, outside: bool = False) -> None:
    """Put a job back to be tried again later; give it up after the last try, or when it failed ``for_good``.

    ``fault`` names a kind, no content; ``outside`` says that it is no fault of the job, and gives it a day.
    """
    job = work.db.get_one(Job, job_id, with_for_update=True)
    if job.lease != lease or job.status != RUNNING:
        return
    pauses_between = PAUSES_OUTSIDE if outside else PAUSES
    if for_good or job.tries > len(pauses_between):
        _bury(work, job, fault)
        return
    job.status, job.fault, job.lease_until = WAITING, f"{OUTSIDE}: {fault}" if outside else fault[:400], None
    job.run_at = work.now + pauses_between[job.tries - 1]


def _bury(work: Work, job: Job, fault: str) -> None:
    job.status, job.fault, job.lease_until = DEAD, fault[:400], None
    hand = JOBS.get(job.kind)
    if hand is not None and hand.give_up is not None:
        hand.give_up(work, json.loads(job.payload))


def beat(work: Work, name: str) -> None:
    """Say that a worker is alive; those not heard of for a day are forgotten."""
    heart = work.db.get(Heartbeat, name)
    if heart is None:
        work.db.execute(delete(Heartbeat).where(Heartbeat.at < work.now - FORGOTTEN_AFTER))
        work.db.add(Heartbeat(name=name, at=work.now))
    else:
        heart.at = work.now


def alive(work: Work, within: timedelta = timedelta(minutes=2)) -> bool:
    """Whether any worker was seen lately."""
    return work.db.scalar(select(Heartbeat.name).where(Heartbeat.at >= work.now - within).limit(1)) is not None
