"""She takes her request back: at every stage the table names, and nothing reaches her afterwards."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from threading import Event, Thread

import pytest
from sqlalchemy import select

from portal.domain.access_requests import WITHDRAWABLE, Outcome, Stage
from portal.domain.errors import NotAllowed, NotFound, NotPossible
from portal.edges import Edge
from portal.models.jobs import Job
from portal.models.letters import StoredFile
from portal.services import access_requests, binding, cases, fees, letters, questions, releases
from portal.services.jobs import JOBS
from portal.services.work import Work
from portal.worker import Worker
from tests.clinic_at_work import ON_PAPER, QUESTION, Week

WorkAs = Callable[..., AbstractContextManager[Work]]
PLACES = (
    "sent", "checked", "gathering", "gathered", "asked", "estimated", "in_review", "judged", "deciding", "preparing",
    "failed", "ready", "ready_by_hand",
)  # fmt: skip

WAITED = {"asked": "question", "estimated": "estimate", "in_review": "physician", "ready": "ready"}


@pytest.fixture
def week(work_as: WorkAs, edge: Edge) -> Week:
    return Week(work_as, edge)


def bring(week: Week, place: str, worker: Worker) -> str:
    """A request at that place."""
    if place == "asked":
        return week.does("dov", week.gathered(), lambda w, r: questions.ask(w, r, QUESTION))
    if place == "estimated":
        sends = lambda w, r: fees.estimate(w, r, {"photographs": 3}, deposit=False)  # noqa: E731
        return week.does("dov", week.gathered(ON_PAPER), sends)
    if place in ("ready", "ready_by_hand"):
        reference = week.preparing(ON_PAPER) if place == "ready_by_hand" else week.preparing()
        worker.drain()
        return reference
    reference: str = getattr(week, place)()
    return reference


def assert_over(reference: str, work_as: WorkAs) -> None:
    """Closed as withdrawn, waiting for nobody, with a letter that says so, and nothing to be had or done."""
    for who in ("amina", "dov", "esi", "femi"):
        with work_as(who, writes=False) as work:
            request = access_requests.find(work, reference)
            assert (request.stage, request.outcome) == (Stage.CLOSED, Outcome.WITHDRAWN)
            assert (request.is_open, request.waiting_for) == (False, None)
            assert cases.offers(work, request) == []
            assert not releases.can_print(work, request)
            assert letters.of_case(work, request)[0][0].kind == "withdrawal"
    for who, act in (("amina", releases.download), ("dov", releases.print_out)):
        with work_as(who) as work, pytest.raises((NotFound, NotPossible, NotAllowed)):
            act(work, access_requests.find(work, reference))


def stages_of(places: tuple[str, ...], week: Week, worker: Worker, work_as: WorkAs) -> set[str]:
    found = set()
    for place in places:
        with work_as("amina", writes=False) as work:
            found.add(str(access_requests.find(work, bring(week, place, worker)).stage))
    return found


def test_the_places_below_are_all_the_stages_of_the_table(week: Week, work_as: WorkAs, worker: Worker) -> None:
    fewest = ("sent", "gathering", "asked", "in_review", "deciding", "preparing", "ready")
    assert set(fewest) <= set(PLACES)
    ready_last = stages_of(fewest, week, worker, work_as)
    assert ready_last == {str(stage) for stage in WITHDRAWABLE}


@pytest.mark.parametrize("place", PLACES)
def test_she_withdraws_and_nothing_comes_after_it(place: str, week: Week, work_as: WorkAs, worker: Worker) -> None:
    reference = bring(week, place, worker)
    week.does("amina", reference, access_requests.withdraw)
    assert_over(reference, work_as)
    worker.drain()
    assert_over(reference, work_as)
    with pytest.raises(NotPossible):
        week.does("amina", reference, access_requests.withdraw)


def until_ready(week: Week, worker: Worker, work_as: WorkAs) -> str:
    """A request whose package is made and whose e-mail about it waits to be sent."""
    reference = week.preparing()
    stage = Stage.PREPARING
    while stage != Stage.READY:
        assert worker.once()
        with work_as("amina", writes=False) as work:
            stage = Stage(access_requests.find(work, reference).stage)
    return reference


@pytest.mark.parametrize("place", ["asked", "estimated", "in_review", "ready"])
def test_no_e_mail_that_waited_when_she_withdrew_goes_out(
    place: str, week: Week, work_as: WorkAs, worker: Worker, edge: Edge
) -> None:
    worker.drain()  # what the demo clinic still has to send
    reference = until_ready(week, worker, work_as) if place == "ready" else bring(week, place, worker)
    waiting = select(Job.payload).where(Job.kind == "notice", Job.status == "waiting")
    with edge.sessions() as db:
        assert any(f'"notice": "{WAITED[place]}"' in payload for payload in db.scalars(waiting))
    week.does("amina", reference, access_requests.withdraw)
    outbox = edge.config.data_dir / "outbox"
    before = set(outbox.glob("*.eml"))
    worker.drain()
    assert set(outbox.glob("*.eml")) == before
    with edge.sessions() as db:
        assert db.scalars(waiting).all() == []


def test_withdrawing_while_the_worker_binds_ends_in_one_state_of_two(
    week: Week, work_as: WorkAs, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both at once, in earnest: she presses in the moment in which the worker begins to keep the package."""
    reference = week.preparing()
    bound, keep = Event(), binding.keep
    faults: list[BaseException] = []

    def withdraws() -> None:
        bound.wait(60)
        try:
            week.does("amina", reference, access_requests.withdraw)
        except BaseException as fault:
            faults.append(fault)

    def keeps(work: Work, payload: dict[str, str], kept: binding.Kept | None) -> None:
        bound.set()
        keep(work, payload, kept)

    monkeypatch.setitem(JOBS, "package", replace(JOBS["package"], keep=keeps))
    she = Thread(target=withdraws)
    she.start()
    Worker(edge).drain()
    she.join(60)
    assert not faults
    Worker(edge).drain()
    assert_over(reference, work_as)
    with edge.sessions() as db:
        packages = select(Job.status).where(Job.kind == "package")
        assert db.scalars(packages).all() == ["done"]
        stored = db.scalars(select(StoredFile).where(StoredFile.purpose == "package")).all()
        assert len(stored) <= 1
