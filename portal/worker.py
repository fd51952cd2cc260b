"""The worker: claims a job, does it, records it; sleeps when there is nothing to do; stops politely."""

import fcntl
import logging
import os
import secrets
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from portal.domain.actors import SYSTEM
from portal.domain.errors import Hopeless, Later
from portal.edges import Edge
from portal.services import binding, jobs, recurring_jobs
from portal.services.jobs import JOBS, LEASE, UNKNOWN_PAUSE, Hand
from portal.services.work import Report, Work

log = logging.getLogger("portal.worker")

SLEEP_SECONDS = 1.0
OUTAGE_SECONDS = 5.0
BEAT_EVERY = timedelta(seconds=20)
TELL_EVERY = timedelta(seconds=2)


class Lost(Exception):
    """The lease of a job ran out and somebody else has it: what was made is thrown away."""


class Stopped(Exception):
    """The worker was told to stop in the middle of a long job: the job is put back for the next worker."""


@dataclass(frozen=True)
class Claimed:
    """A job in this worker's hands, in plain values."""

    id: UUID
    lease: int
    kind: str
    name: str
    facts: dict[str, Any]


class Worker:
    """``lease`` is how long a job stays with a worker that says nothing; it is renewed three times as often."""

    def __init__(self, edge: Edge, lease: timedelta = LEASE) -> None:
        self.edge = edge
        self.lease = lease
        self.name = f"worker-{os.getpid()}-{secrets.token_hex(3)}"
        self.stopping = threading.Event()
        self.beaten_at = edge.now() - BEAT_EVERY

    def run(self) -> None:
        """Work until told to stop (SIGTERM, SIGINT). A short job is finished first, a long one put back.

        A database that is out of reach for a while is waited for.
        """
        with self._at_its_own_place():
            while not self.stopping.is_set():
                try:
                    pause = 0.0 if self.once() else SLEEP_SECONDS
                except SQLAlchemyError as fault:
                    log.error("the database could not be used: %s", type(fault).__name__)
                    pause = OUTAGE_SECONDS
                self.stopping.wait(pause)

    def run_once(self) -> int:
        """Do every job that is ready, in a scratch folder of its own. Gives how many were done."""
        with self._at_its_own_place():
            return self.drain()

    def drain(self) -> int:
        """Do every job that is ready, then stop. Gives how many were done."""
        done = 0
        while not self.stopping.is_set() and self.once():
            done += 1
        return done

    def once(self) -> bool:
        """Do one job; False when none is ready."""
        self._beat()
        with self.edge.work(SYSTEM) as work:
            job = jobs.claim(work, self.lease)
            if job is None:
                return False
            claimed = Claimed(job.id, job.lease, job.kind, job.name, jobs.facts(job.payload))
        self._do(claimed)
        return True

    def _do(self, job: Claimed) -> None:
        hand = JOBS.get(job.kind)
        if hand is None:
            log.error("job %s is of a kind this worker does not know (%s): it is left to a newer one", job.id, job.kind)
            with self.edge.work(SYSTEM) as work:
                jobs.put_back(work, job.id, job.lease, UNKNOWN_PAUSE)
            return
        try:
            self._make_and_keep(hand, job)
        except Lost:
            log.warning("job %s was taken over by another worker", job.id)
        except Stopped:
            with self.edge.work(SYSTEM) as work:
                jobs.put_back(work, job.id, job.lease)
        except Exception as error:
            # The kind of the fault only: a message may hold what a patient wrote.
            kind, demo = type(error).__name__, self.edge.config.env == "demo"
            log.error("job %s (%s) failed: %s", job.id, job.kind, kind, exc_info=demo)
            with self.edge.work(SYSTEM) as work:
                jobs.fail(work, job.id, job.lease, kind, isinstance(error, Hopeless), outside=isinstance(error, Later))

    def _make_and_keep(self, hand: Hand, job: Claimed) -> None:
        with self._held(job) as lost:
            made = self._make(hand, job, lost)
        with self.edge.work(SYSTEM) as work:
            if jobs.finish(work, job.id, job.lease):
                hand.keep(work, job.facts, made)
                return
            hand.drop(work, made)
        raise Lost

    def _make(self, hand: Hand, job: Claimed, lost: threading.Event) -> Any:
        reading = self.edge.begin(SYSTEM, writes=False)
        try:
            needed = hand.read(reading, job.facts)
            reading.db.commit()
        finally:
            reading.db.expunge_all()
            reading.db.close()
        reading.now = self.edge.now()
        made = hand.make(reading, needed, Report(job.name, self._teller(job, lost)))
        if reading.afterwards:
            hand.drop(reading, made)
            raise RuntimeError(f"{job.kind} leaves something to be written after its reading: its keep has to write it")
        return made

    @contextmanager
    def _held(self, job: Claimed) -> Iterator[threading.Event]:
        """Renew the lease from a thread while the job is made, however long a part of it is silent."""
        over, lost = threading.Event(), threading.Event()

        def renew() -> None:
            while not over.wait(self.lease.total_seconds() / 3):
                try:
                    with self.edge.work(SYSTEM) as work:
                        jobs.beat(work, self.name)
                        if not jobs.renew(work, job.id, job.lease, self.lease):
                            lost.set()
                            return
                except SQLAlchemyError as fault:
                    log.error("the lease of job %s could not be renewed: %s", job.id, type(fault).__name__)

        pulse = threading.Thread(target=renew, name="lease", daemon=True)
        pulse.start()
        try:
            yield lost
        finally:
            over.set()
            pulse.join()

    def _teller(self, job: Claimed, lost: threading.Event) -> Callable[[int, int], None]:
        told_at = self.edge.now() - TELL_EVERY

        def tell(done: int, everything: int) -> None:
            nonlocal told_at
            if self.stopping.is_set():
                raise Stopped
            if lost.is_set():
                raise Lost
            if self.edge.now() - told_at < TELL_EVERY:
                return
            told_at = self.edge.now()
            with self.edge.work(SYSTEM) as work:
                if not jobs.renew(work, job.id, job.lease, self.lease):
                    raise Lost
                _progress(work, job.facts, done, everything)

        return tell

    def _beat(self) -> None:
        if self.edge.now() - self.beaten_at < BEAT_EVERY:
            return
        self.beaten_at = self.edge.now()
        with self.edge.work(SYSTEM) as work:
            jobs.beat(work, self.name)
            recurring_jobs.promise_recurring(work)

    @contextmanager
    def _at_its_own_place(self) -> Iterator[None]:
        """Listen for signals, and keep every draft, the libraries' own too, in a scratch folder of this worker's."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        with own_folder(self.edge.outside.scratch, self.name) as folder:
            tempfile.tempdir = str(folder)
            self.edge = replace(self.edge, outside=replace(self.edge.outside, scratch=folder))
            try:
                yield
            finally:
                tempfile.tempdir = None

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping.set()


def _progress(work: Work, facts: dict[str, Any], done: int, everything: int) -> None:
    if "package" in facts:
        binding.progress(work, UUID(facts["package"]), done, everything)


@contextmanager
def own_folder(scratch: Path, name: str) -> Iterator[Path]:
    """A folder below ``scratch`` that is this process's while it lives; what lies there unsealed goes with it.

    What a worker that was killed left behind is destroyed first: nobody holds the lock of its folder any more.
    """
    folder = scratch / name
    with ExitStack() as held:
        with _locked(scratch):  # so that nobody sweeps a folder between its making and its locking
            for left in scratch.iterdir():
                _destroy_abandoned(left)
            folder.mkdir(mode=0o700)
            held.enter_context(_locked(folder))
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


def _destroy_abandoned(left: Path) -> None:
    if not left.is_dir():
        left.unlink(missing_ok=True)
        return
    with suppress(BlockingIOError, FileNotFoundError), _locked(left, fcntl.LOCK_NB):
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _locked(folder: Path, how: int = 0) -> Iterator[None]:
    """Hold a folder's lock; the system lets it go with the process, however that ends."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | how)
        yield
    finally:
        os.close(handle)
