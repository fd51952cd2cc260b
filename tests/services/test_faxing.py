"""Faxes through a real folder: sent once, known wherever they went, and told as given only when they arrived."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.adapters.fax import FaxFolder
from portal.domain.dispatches import Event, Stage, Way
from portal.edges import Edge
from portal.models.dispatches import Dispatch
from portal.services import correspondence, dispatch_tasks, dispatches, posting
from portal.services.correspondence import Tab
from portal.services.work import Work
from portal.worker import Worker
from tests.conftest import Clockwork
from tests.services.test_correspondence import events, faxed, shown

WorkAs = Callable[..., AbstractContextManager[Work]]


class Killed(BaseException):
    """The worker's process is gone: it says nothing any more."""


@dataclass(frozen=True)
class LastAct(FaxFolder):
    """A folder into which a worker puts a fax as the last thing it does."""

    def send(self, number: str, pdf: bytes, name: str) -> None:
        super().send(number, pdf, name)
        raise Killed


@pytest.fixture
def folder(edge: Edge, tmp_path: Path) -> Path:
    """The folder of the fax server, for a worker that is killed between handing over and keeping."""
    made = tmp_path / "faxes"
    made.mkdir()
    object.__setattr__(edge.outside, "fax", LastAct(made))
    return made


def handed_over_and_killed(work_as: WorkAs, edge: Edge, folder: Path, clock: Clockwork) -> UUID:
    key = faxed(work_as)
    with pytest.raises(Killed):
        Worker(edge).drain()
    object.__setattr__(edge.outside, "fax", FaxFolder(folder))
    clock.move(minutes=5)  # its lease is over
    return key


def dialled(folder: Path) -> list[str]:
    """The numbers of the jobs that lie in the folder."""
    jobs = [path for path in folder.glob("*.json") if not path.name.endswith(".result.json")]
    return sorted(json.loads(path.read_text())["number"] for path in jobs)


def recalled(work: Work, key: UUID) -> Dispatch:
    """Its reader has another name by now, so it is taken back."""
    found = dispatches.find(work, key, lock=True)
    found.patient.family_name = "Quist-Lang"
    work.db.flush()
    assert posting.took_back(work, found)
    return found


def strayed(work: Work) -> tuple[Dispatch, str]:
    """The one task about a fax that went out although it was taken back, and the number it may have gone to."""
    (row,) = correspondence.page(work, Tab.BACK).rows
    (line,) = [each for each in correspondence.look(work, row.dispatch).events if each.event == Event.STRAYED]
    assert (row.dispatch.problem, row.dispatch.way) == ("fax_strayed", Way.FAX)
    return row.dispatch, correspondence.words_of(work, row.dispatch, line)


def test_a_worker_killed_after_handing_over_sends_no_second_fax(
    work_as: WorkAs, edge: Edge, folder: Path, clock: Clockwork
) -> None:
    key = handed_over_and_killed(work_as, edge, folder, clock)
    before = {path.name: path.stat().st_ino for path in folder.iterdir()}
    Worker(edge).drain()
    assert {path.name: path.stat().st_ino for path in folder.iterdir()} == before
    with work_as("dov") as work:
        assert dispatches.find(work, key).stage == Stage.SENT
        assert events(work, key) == ["prepared", "confirmed", "dialled", "sent"]
    (job,) = folder.glob("*.json")
    job.with_suffix(".result.json").write_text('{"sent": true}')
    clock.move(minutes=5)
    Worker(edge).drain()
    with work_as("dov") as work:
        assert dispatches.find(work, key).stage == Stage.ARRIVED
        assert correspondence.page(work, Tab.BACK).rows == []


def test_a_fax_to_another_number_than_the_one_before_is_another_fax(
    work_as: WorkAs, edge: Edge, folder: Path, clock: Clockwork
) -> None:
    key = handed_over_and_killed(work_as, edge, folder, clock)
    assert dialled(folder) == ["16045550177"]
    with work_as("dov") as work:
        found = recalled(work, key)
        posting.confirm_fax(work, found, shown(work, found), "604-555-0199", "604-555-0199", True)
    Worker(edge).drain()
    assert dialled(folder) == ["16045550199"]  # the first one was taken out, as far as it still lay there
    with work_as("dov") as work:
        found = dispatches.find(work, key)
        assert (found.stage, dispatches.target_of(work, found)["number"]) == (Stage.SENT, "16045550199")
        task, number = strayed(work)
        assert (task.follows_id, number) == (key, "16045550177")


@pytest.mark.parametrize("settled", [True, False])
def test_a_fax_that_was_handed_over_before_its_letter_was_settled_is_a_task(
    work_as: WorkAs, edge: Edge, folder: Path, clock: Clockwork, settled: bool
) -> None:
    key = handed_over_and_killed(work_as, edge, folder, clock)
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        if settled:
            dispatch_tasks.settle(work, found, dispatch_tasks.NOTHING_MORE, words="She came by.")
        else:
            dispatches.went_elsewhere(work, found.letter_id)
    Worker(edge).drain()
    with work_as("dov") as work:
        assert dispatches.find(work, key).stage == Stage.SETTLED
        task, number = strayed(work)
        assert number == "16045550177"
        assert dispatch_tasks.settle(work, task, dispatch_tasks.NOTHING_MORE, words="It was hers.") is None


def test_a_fax_that_was_taken_back_before_it_was_handed_over_leaves_no_task(
    work_as: WorkAs, edge: Edge, folder: Path, clock: Clockwork
) -> None:
    object.__setattr__(edge.outside, "fax", FaxFolder(folder / "not there"))
    key = faxed(work_as)
    Worker(edge).drain()
    with work_as("dov") as work:
        assert events(work, key)[-1] == "dialled"
        recalled(work, key)
    object.__setattr__(edge.outside, "fax", FaxFolder(folder))
    clock.move(minutes=5)
    Worker(edge).drain()
    assert list(folder.iterdir()) == []
    with work_as("dov") as work:
        assert work.db.scalars(select(Dispatch.id).where(Dispatch.follows_id == key)).all() == []


def test_where_the_gateway_cannot_say_a_recalled_fax_may_have_gone(
    work_as: WorkAs, edge: Edge, folder: Path, clock: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = handed_over_and_killed(work_as, edge, folder, clock)
    monkeypatch.setattr(FaxFolder, "took", lambda _folder, _name: None)  # as a gateway by e-mail says
    with work_as("dov") as work:
        recalled(work, key)
    Worker(edge).drain()
    with work_as("dov") as work:
        assert strayed(work)[1] == "16045550177"
