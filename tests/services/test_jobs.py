"""Jobs: done at least once, kept exactly once, never by a worker that lost its lease, given up after five tries."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.adapters.mail import MailLater, MailRefused
from portal.domain.access_requests import Outcome, Stage
from portal.domain.actors import SYSTEM
from portal.domain.errors import NotFound
from portal.edges import Edge
from portal.models.accounts import Account
from portal.models.jobs import Heartbeat, Job
from portal.models.letters import StoredFile
from portal.models.releases import ReleasePackage
from portal.services import access_requests, audit, jobs, recurring_jobs, releases
from portal.services.jobs import JOBS, Hand
from portal.services.work import Work
from portal.worker import Worker, own_folder
from tests.clinic_at_work import Week
from tests.conftest import Clockwork

WorkAs = Callable[..., AbstractContextManager[Work]]


@pytest.fixture
def preparing(work_as: WorkAs, edge: Edge) -> str:
    """A request whose package is promised, all else done: its number."""
    reference = Week(work_as, edge).preparing()
    with work_as("system") as work:
        for job in work.db.scalars(select(Job).where(Job.kind != "package")):
            work.db.delete(job)
    return reference


def before_keeping(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], kind: str = "package") -> None:
    """Let ``act`` happen once, when a job of this kind was made and is not kept yet."""
    hand, done = JOBS[kind], threading.Event()

    def make(work: Work, needed: Any, report: Any) -> Any:
        made = hand.make(work, needed, report)
        if not done.is_set():
            done.set()
            act()
        return made

    monkeypatch.setitem(JOBS, kind, replace(hand, make=make))


def unreferenced(edge: Edge) -> set[str]:
    """What lies in the store and no row names."""
    with edge.sessions() as db:
        return set(edge.outside.store.digests()) - set(db.scalars(select(StoredFile.stored_digest)))  # type: ignore[attr-defined]


def packages(edge: Edge) -> list[ReleasePackage]:
    with edge.sessions() as db:
        return list(db.scalars(select(ReleasePackage).where(ReleasePackage.file_id.is_not(None))))


def the_job(edge: Edge, kind: str = "package") -> Job:
    with edge.sessions() as db:
        return db.scalars(select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(1)).one()


def test_a_worker_that_lost_its_lease_keeps_nothing(
    preparing: str, edge: Edge, clock: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = unreferenced(edge)

    def sleeps_too_long() -> None:
        clock.move(seconds=61)
        assert Worker(edge).drain() >= 1

    before_keeping(monkeypatch, sleeps_too_long)
    Worker(edge).once()
    assert len(packages(edge)) == 1
    assert (the_job(edge).status, the_job(edge).lease) == ("done", 2)
    assert unreferenced(edge) == before


def test_a_long_silent_job_stays_with_its_worker(
    preparing: str, edge: Edge, clock: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def takes_long() -> None:
        begun = the_job(edge).lease_until
        assert begun is not None
        clock.move(seconds=0.25)
        for _look in range(400):
            if (the_job(edge).lease_until or begun) > begun:
                return
            threading.Event().wait(0.02)
        raise AssertionError("nobody renewed the lease")

    before_keeping(monkeypatch, takes_long)
    Worker(edge, lease=timedelta(seconds=0.3)).once()
    assert (the_job(edge).status, the_job(edge).tries) == ("done", 1)


def test_a_request_that_is_withdrawn_while_its_package_waits_gets_none(
    preparing: str, edge: Edge, work_as: WorkAs, worker: Worker
) -> None:
    with work_as("amina") as work:
        access_requests.withdraw(work, access_requests.find(work, preparing))
    worker.drain()
    assert_withdrawn(preparing, edge, work_as)


def test_a_request_that_is_withdrawn_while_its_package_is_made_gets_none(
    preparing: str, edge: Edge, work_as: WorkAs, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = unreferenced(edge)

    def withdraws() -> None:
        with work_as("amina") as work:
            access_requests.withdraw(work, access_requests.find(work, preparing))

    before_keeping(monkeypatch, withdraws)
    worker.drain()
    assert_withdrawn(preparing, edge, work_as)
    assert unreferenced(edge) == before


def assert_withdrawn(reference: str, edge: Edge, work_as: WorkAs) -> None:
    assert the_job(edge).status == "done"
    assert packages(edge) == []
    with work_as("amina") as work:
        request = access_requests.find(work, reference)
        assert (request.stage, request.outcome) == (Stage.CLOSED, Outcome.WITHDRAWN)
        assert not request.package_built
        with pytest.raises(NotFound):
            releases.download(work, request)


def test_a_job_that_takes_its_worker_down_every_time_is_given_up(
    preparing: str, edge: Edge, work_as: WorkAs, clock: Clockwork
) -> None:
    for _crash in range(jobs.MOST_TRIES):
        with work_as("system") as work:
            assert jobs.claim(work) is not None
        clock.move(minutes=2)
    with work_as("system") as work:
        assert jobs.claim(work) is None
    assert (the_job(edge).status, the_job(edge).fault) == ("dead", jobs.WORKER_LOST)
    with work_as("dov") as work:
        assert access_requests.find(work, preparing).package_failed


def test_a_worker_that_is_told_to_stop_puts_a_long_job_back(
    preparing: str, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, hand = Worker(edge), JOBS["package"]

    def make(work: Work, needed: Any, report: Any) -> Any:
        worker.stopping.set()
        return hand.make(work, needed, report)

    with monkeypatch.context() as patched:
        patched.setitem(JOBS, "package", replace(hand, make=make))
        worker.drain()
    assert (the_job(edge).status, the_job(edge).tries) == ("waiting", 0)
    assert packages(edge) == []
    assert not list(edge.outside.scratch.iterdir())
    Worker(edge).drain()
    assert len(packages(edge)) == 1


def test_a_job_that_failed_waits_longer_each_time(
    preparing: str, edge: Edge, worker: Worker, clock: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def falls_over(*_given: object) -> None:
        raise RuntimeError("what Amina wrote")

    monkeypatch.setitem(JOBS, "package", replace(JOBS["package"], make=falls_over))
    waits = []
    for _try in range(4):
        worker.drain()
        assert the_job(edge).fault == "RuntimeError"  # the kind alone: the words may be a patient's
        waits.append(the_job(edge).run_at - clock.at)
        clock.at = the_job(edge).run_at
    assert waits == sorted(set(waits))
    worker.drain()
    assert the_job(edge).status == "dead"


@dataclass
class Postbox:
    """Takes mails; ``sent`` has the Message-ID of each, as often as it came."""

    sent: list[str] = field(default_factory=list)

    def send(self, _to: str, _subject: str, _text: str, message_id: str) -> None:
        self.sent.append(message_id)


@dataclass
class Closed:
    """Takes nothing, in the way it was told."""

    answer: type[Exception]
    asked: int = 0

    def send(self, _to: str, _subject: str, _text: str, _message_id: str) -> None:
        self.asked += 1
        raise self.answer("the mail server answered")


@pytest.mark.parametrize(
    ("answer", "status", "fault"),
    [(MailRefused, "dead", "MailRefused"), (MailLater, "waiting", f"{jobs.OUTSIDE}: MailLater")],
)
def test_a_mail_that_is_refused_for_good_is_given_up_at_once_and_any_other_is_not(
    work_as: WorkAs, edge: Edge, answer: type[Exception], status: str, fault: str
) -> None:
    Week(work_as, edge).sent()
    Worker(replace(edge, outside=replace(edge.outside, mail=(closed := Closed(answer))))).drain()
    with edge.sessions() as db:
        tried = db.scalars(select(Job).where(Job.kind == "notice")).all()
    assert closed.asked == len(tried) > 0
    assert {(job.status, job.fault, job.tries) for job in tried} == {(status, fault, 1)}


def test_a_kind_of_job_that_a_worker_does_not_know_is_left_and_the_others_are_done(
    preparing: str, edge: Edge, work_as: WorkAs, clock: Clockwork, caplog: pytest.LogCaptureFixture
) -> None:
    with work_as("system") as work:
        work.promise("telegram", "telegram/1", run_at=work.now - timedelta(hours=1))
    Worker(edge).drain()
    assert len(packages(edge)) == 1
    left = the_job(edge, "telegram")
    assert (left.status, left.tries) == ("waiting", 0)
    assert clock.at < left.run_at < clock.at + timedelta(hours=1)
    assert "telegram" in caplog.text


def test_a_kind_of_job_that_nobody_knows_can_be_buried(edge: Edge, work_as: WorkAs) -> None:
    with work_as("system") as work:
        work.promise("telegram", "telegram/1", run_at=work.now - timedelta(days=99)).tries = jobs.MOST_TRIES
    with work_as("system") as work:
        jobs.claim(work)
    assert (the_job(edge, "telegram").status, the_job(edge, "telegram").fault) == ("dead", jobs.WORKER_LOST)


def test_what_is_left_to_be_written_after_a_reading_is_not_lost_in_silence(
    preparing: str, edge: Edge, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand, before = JOBS["package"], unreferenced(edge)

    def make(work: Work, needed: Any, report: Any) -> Any:
        audit.record(work, "package.built")
        return hand.make(work, needed, report)

    monkeypatch.setitem(JOBS, "package", replace(hand, make=make))
    worker.drain()
    assert (the_job(edge).status, the_job(edge).fault) == ("waiting", "RuntimeError")
    assert packages(edge) == []
    assert unreferenced(edge) == before


def test_a_mail_that_is_sent_again_after_a_crash_has_the_same_message_id(
    work_as: WorkAs, edge: Edge, clock: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    Week(work_as, edge).sent()
    postbox = Postbox()
    edge = replace(edge, outside=replace(edge.outside, mail=postbox))

    def dies() -> None:
        raise SystemExit(137)

    before_keeping(monkeypatch, dies, "notice")
    with pytest.raises(SystemExit):
        Worker(edge).drain()
    clock.move(seconds=61)
    Worker(edge).drain()
    assert sorted(Counter(postbox.sent).values())[-1] == 2
    with edge.sessions() as db:
        assert len(set(postbox.sent)) == len(db.scalars(select(Job).where(Job.kind == "notice")).all())


def test_nobody_writes_to_a_closed_account(work_as: WorkAs, edge: Edge) -> None:
    Week(work_as, edge).sent()
    with work_as("system") as work:
        amina = work.db.scalars(select(Account).where(Account.email == "amina@patients.example")).one()
        amina.disabled_at = work.now
    postbox = Postbox()
    Worker(replace(edge, outside=replace(edge.outside, mail=postbox))).drain()
    assert postbox.sent == []


def test_a_promise_made_twice_is_refused_by_the_database(edge: Edge) -> None:
    work = edge.begin(SYSTEM, writes=True)
    work.promise("notice", "one/name")
    work.promise("notice", "one/name")
    with pytest.raises(IntegrityError):
        work.db.flush()
    work.db.close()


def test_a_worker_is_seen_while_it_lives(edge: Edge, work_as: WorkAs, clock: Clockwork) -> None:
    with work_as("system") as work:
        assert not jobs.alive(work)
    Worker(edge).once()
    with work_as("system") as work:
        assert jobs.alive(work)
    clock.move(minutes=3)
    with work_as("system") as work:
        assert not jobs.alive(work)
    clock.move(days=2)
    Worker(edge).once()
    with edge.sessions() as db:
        assert len(db.scalars(select(Heartbeat)).all()) == 1


def test_what_a_dead_worker_left_is_destroyed_and_a_living_ones_is_not(tmp_path: Path) -> None:
    (tmp_path / "worker-dead").mkdir()
    (tmp_path / "worker-dead" / "package.pdf").write_bytes(b"%PDF")
    (tmp_path / "stray.pdf").write_bytes(b"%PDF")
    with own_folder(tmp_path, "worker-alive") as alive:
        (alive / "package.pdf").write_bytes(b"%PDF")
        assert list(tmp_path.iterdir()) == [alive]
        with own_folder(tmp_path, "worker-too") as too:
            assert set(tmp_path.iterdir()) == {alive, too}
            assert (alive / "package.pdf").exists()
        assert list(tmp_path.iterdir()) == [alive]
    assert list(tmp_path.iterdir()) == []


def test_every_kind_of_job_says_how_it_is_done() -> None:
    assert set(JOBS) >= {"notice", "invitation", "recovery", "letter", "package", "clock", "checkpoint", "sweep"}
    assert set(recurring_jobs.RECURRING) <= set(JOBS)
    assert all(isinstance(hand, Hand) for hand in JOBS.values())
