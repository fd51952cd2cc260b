"""The worker: claims a job, does it, records it; sleeps when there is nothing to do; stops politely."""

import logging
import os
import secrets
import shutil
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from typing import Any
from uuid import UUID

from portal.domain.actors import SYSTEM
from portal.edges import Edge
from portal.services import binding, jobs
from portal.services.jobs import JOBS, Hand
from portal.services.work import Report, Work

log = logging.getLogger("portal.worker")

SLEEP_SECONDS = 1.0
BEAT_EVERY = timedelta(seconds=20)
TELL_EVERY = timedelta(seconds=2)


class Lost(Exception):
    """The lease of a job ran out and somebody else has it: what was made is thrown away."""


class Worker:
    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.name = f"worker-{os.getpid()}-{secrets.token_hex(3)}"
        self.stopping = threading.Event()
        self.beaten_at = edge.now() - BEAT_EVERY

    def run(self) -> None:
        """Work until told to stop (SIGTERM, SIGINT); a job that has begun is finished first."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        sweep_scratch(self.edge)
        while not self.stopping.is_set():
            if not self.once():
                self.stopping.wait(SLEEP_SECONDS)

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
            job = jobs.claim(work)
            if job is None:
                return False
            claimed = (job.id, job.lease, job.kind, job.name, job.payload)
        self._do(*claimed)
        return True

    def _do(self, job_id: UUID, lease: int, kind: str, name: str, payload: str) -> None:
        hand, facts = JOBS[kind], jobs.facts(payload)
        try:
            made = self._make(hand, job_id, lease, name, facts)
            with self.edge.work(SYSTEM) as work:
                if not jobs.finish(work, job_id, lease):
                    raise Lost
                hand.keep(work, facts, made)
        except Lost:
            log.warning("job %s was taken over by another worker", job_id)
        except Exception as error:
            # The kind of the fault only: a message may hold what a patient wrote.
            log.error(
                "job %s (%s) failed: %s", job_id, kind, type(error).__name__, exc_info=self.edge.config.env == "demo"
            )
            with self.edge.work(SYSTEM) as work:
                jobs.fail(work, job_id, lease, type(error).__name__)

    def _make(self, hand: Hand, job_id: UUID, lease: int, name: str, facts: dict[str, Any]) -> Any:
        reading = self.edge.begin(SYSTEM, writes=False)
        try:
            needed = hand.read(reading, facts)
            reading.db.commit()
        finally:
            reading.db.expunge_all()
            reading.db.close()
        reading.now = self.edge.now()
        return hand.make(reading, needed, Report(name, self._teller(job_id, lease, facts)))

    def _teller(self, job_id: UUID, lease: int, facts: dict[str, Any]) -> Callable[[int, int], None]:
        told_at = self.edge.now() - TELL_EVERY

        def tell(done: int, everything: int) -> None:
            nonlocal told_at
            if self.edge.now() - told_at < TELL_EVERY:
                return
            told_at = self.edge.now()
            with self.edge.work(SYSTEM) as work:
                if not jobs.renew(work, job_id, lease):
                    raise Lost
                _progress(work, facts, done, everything)

        return tell

    def _beat(self) -> None:
        if self.edge.now() - self.beaten_at < BEAT_EVERY:
            return
        self.beaten_at = self.edge.now()
        with self.edge.work(SYSTEM) as work:
            jobs.beat(work, self.name)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping.set()


def _progress(work: Work, facts: dict[str, Any], done: int, everything: int) -> None:
    if "package" in facts:
        binding.progress(work, UUID(facts["package"]), done, everything)


def sweep_scratch(edge: Edge) -> None:
    """What a worker that was killed left unsealed is destroyed before anything else is done."""
    for left in edge.outside.scratch.iterdir():
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
