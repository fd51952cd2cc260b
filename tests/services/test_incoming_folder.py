"""What a scanner writes comes into the tray once, on the day it arrived, and leaves the folder only then."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.adapters.incoming_folder import IncomingFolder
from portal.adapters.uploads.limits import FILE_BYTES
from portal.domain.actors import SYSTEM
from portal.domain.errors import NotAllowed, NotFound
from portal.domain.zones import zone
from portal.edges import Edge
from portal.models.dispatches import IncomingPaper
from portal.models.folder_files import FolderFile
from portal.models.jobs import Job
from portal.services import incoming_folder, keys, paper_lists, recurring_jobs
from portal.services.work import Work
from portal.worker import Worker
from tests.cli.conftest import environment
from tests.conftest import Clockwork
from tests.pages import ReadingClient, text_of
from tests.web.office.test_consents import picture

WorkAs = Callable[..., AbstractContextManager[Work]]
KIND = incoming_folder.KIND


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "scans"
    (made / "fax").mkdir(parents=True)
    return made


@pytest.fixture
def scanning(edge: Edge, folder: Path, clock: Clockwork) -> Edge:
    """A portal whose settings name the folder; its clock is the one of the files."""
    clock.at = datetime.now(UTC)
    return replace(edge, outside=replace(edge.outside, incoming=IncomingFolder(folder, timedelta())))


def rounds(edge: Edge) -> None:
    """What the worker does when a round is due, until nothing more is promised."""
    with edge.work(SYSTEM) as work:
        if not work.db.scalar(select(Job.id).where(Job.kind == KIND, Job.status == "waiting").limit(1)):
            work.promise(KIND, f"{KIND}/test/{datetime.now(UTC).timestamp()}")
    Worker(edge).drain()


def papers(edge: Edge) -> list[tuple[str, date, str]]:
    with edge.sessions() as db:
        rows = db.scalars(select(IncomingPaper).order_by(IncomingPaper.entered_at, IncomingPaper.id))
        return [(row.way, row.received_on, row.media_type) for row in rows]


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_fax_and_a_scan_come_into_the_tray_with_their_way_and_their_day(
    scanning: Edge, folder: Path, clock: Clockwork
) -> None:
    (folder / "scan.png").write_bytes(picture())
    (folder / "fax" / "604-555-0199.png").write_bytes(picture())
    # Half past midnight in London is still the day before at the clinic.
    written = datetime.now(UTC).replace(hour=0, minute=30) - timedelta(days=1)
    os.utime(folder / "fax" / "604-555-0199.png", (written.timestamp(), written.timestamp()))
    rounds(scanning)
    today = clock.at.astimezone(zone(scanning.clinic.time_zone)).date()
    assert sorted(papers(scanning)) == [
        ("fax", written.date() - timedelta(days=1), "image/png"),
        ("post", today, "image/png"),
    ]
    assert files_in(folder) == []
    with scanning.sessions() as db:
        assert db.scalar(select(func.count()).select_from(FolderFile)) == 0
        assert {row.entered_by_name for row in db.scalars(select(IncomingPaper))} == {"The portal"}
    (folder / "scan.png").write_bytes(picture())
    rounds(scanning)
    assert len(papers(scanning)) == 3, "the same again another time is another paper"


# A worker of its own that ends itself, as if the power failed, at one step of a round.
DIES = """
import os, signal, sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from config import Config
from portal import edges
from portal.adapters.incoming_folder import IncomingFolder
from portal.worker import Worker

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Folder(IncomingFolder):
    def read(self, found):
        return die() if sys.argv[2] == "before it is kept" else super().read(found)
    def remove(self, found):
        if sys.argv[2] == "once it is kept":
            die()
        super().remove(found)
        die()

edge = edges.build(Config.from_environment())
incoming = Folder(Path(sys.argv[1]), timedelta())
Worker(replace(edge, outside=replace(edge.outside, incoming=incoming))).run_once()
"""


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize("killed", ["before it is kept", "once it is kept", "once it is put out"])
def test_whenever_a_worker_is_killed_a_file_is_kept_once(
    scanning: Edge, folder: Path, clock: Clockwork, killed: str
) -> None:
    (folder / "scan.png").write_bytes(picture())
    with scanning.work(SYSTEM) as work:
        work.promise(KIND, f"{KIND}/killed")
    command = [sys.executable, "-c", DIES, str(folder), killed]
    ended = subprocess.run(command, env={"PATH": "/usr/bin:/bin", **environment(scanning)}, timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert len(papers(scanning)) == (0 if killed == "before it is kept" else 1)
    assert files_in(folder) == ([] if killed == "once it is put out" else ["scan.png"])
    clock.move(minutes=5)  # its lease runs out
    rounds(scanning)
    assert len(papers(scanning)) == 1
    assert files_in(folder) == []
    with scanning.sessions() as db:
        assert db.scalar(select(func.count()).select_from(FolderFile)) == 0


class Told:
    name = "test"

    def tell(self, _done: int, _all: int) -> None:
        """Nobody stops this round."""


def test_two_workers_with_the_same_file_keep_one(scanning: Edge, folder: Path) -> None:
    (folder / "scan.png").write_bytes(picture())
    found = []
    for _worker in range(2):
        with scanning.work(SYSTEM, writes=False) as work:
            found.append(incoming_folder.bring(work, incoming_folder.known(work, {}), Told()))
    for each in found:
        with scanning.work(SYSTEM) as work:
            incoming_folder.keep(work, {}, each)
    assert len(papers(scanning)) == 1


def test_what_cannot_be_taken_is_put_aside_and_told_until_somebody_has_looked(
    scanning: Edge, folder: Path, work_as: WorkAs
) -> None:
    (folder / "fax" / "virus.pdf").write_bytes(b"MZ a program")
    with (folder / "huge.pdf").open("wb") as file:
        file.truncate(FILE_BYTES + 1)
    (folder / "half.pdf.part").write_bytes(b"half")
    rounds(scanning)
    left = ["half.pdf.part", "refused/huge.pdf", "refused/huge.pdf.txt", "refused/virus.pdf", "refused/virus.pdf.txt"]
    assert files_in(folder) == left
    assert "larger than 10 MB" in (folder / "refused" / "huge.pdf.txt").read_text()
    assert papers(scanning) == []
    with work_as("dov") as work:
        told = {each.name: each for each in incoming_folder.refusals(work).rows}
        assert set(told) == {"fax/virus.pdf", "huge.pdf"}
        assert told["fax/virus.pdf"].reason in (folder / "refused" / "virus.pdf.txt").read_text()
        assert paper_lists.how_many(work) == 2
        incoming_folder.settle(work, told["huge.pdf"].id)
    with work_as("dov") as work:
        assert [each.name for each in incoming_folder.refusals(work).rows] == ["fax/virus.pdf"]
        with pytest.raises(NotFound):
            incoming_folder.settle(work, told["huge.pdf"].id)
    with scanning.sessions() as db:
        (row,) = db.scalars(select(FolderFile))
        assert b"virus" not in (row.told_sealed or b"")
    with work_as("esi", writes=False) as work:
        assert keys.unreadable(work) == 0
    with work_as("femi", writes=False) as work, pytest.raises(NotAllowed):
        incoming_folder.refusals(work)
    with work_as("dov") as work, pytest.raises(NotAllowed):
        incoming_folder.known(work, {})


def test_many_files_come_in_several_rounds_and_none_is_left(scanning: Edge, folder: Path) -> None:
    for n in range(incoming_folder.AT_ONCE * 2 + 1):
        (folder / f"scan-{n}.png").write_bytes(picture())
    rounds(scanning)
    assert len(papers(scanning)) == incoming_folder.AT_ONCE * 2 + 1
    assert files_in(folder) == []


@pytest.mark.usefixtures("sqlite_only")
def test_a_round_is_promised_every_two_minutes_one_at_a_time_where_there_is_a_folder(
    scanning: Edge, edge: Edge, clock: Clockwork
) -> None:
    def count() -> int:
        with scanning.sessions() as db:
            return db.scalar(select(func.count()).select_from(Job).where(Job.kind == KIND)) or 0

    with edge.work(SYSTEM) as work:
        recurring_jobs.promise_recurring(work)
    assert count() == 0, "no folder, no rounds"
    for _beat in range(3):
        with scanning.work(SYSTEM) as work:
            recurring_jobs.promise_recurring(work)
        clock.move(minutes=3)
    assert count() == 1, "one that waits is not promised again"
    Worker(scanning).drain()
    with scanning.work(SYSTEM) as work:
        recurring_jobs.promise_recurring(work)
    assert count() == 2
    clock.move(days=2)
    Worker(scanning).drain()
    assert count() == 1, "and those that are done are forgotten after a day"


@pytest.mark.usefixtures("sqlite_only")
def test_a_folder_nobody_looks_at_is_said_on_the_page_of_the_tray(
    scanning: Edge, folder: Path, clock: Clockwork, work_as: WorkAs, client_of: Callable[[str], ReadingClient]
) -> None:
    (folder / "virus.pdf").write_bytes(b"MZ a program")
    rounds(scanning)
    page = client_of("dov").get("/office/correspondence/incoming")
    assert "virus.pdf" in text_of(page)
    place = page.text.split('action="/office/correspondence/incoming/put-aside/', 1)[1].split('"', 1)[0]
    done = client_of("dov").post(f"/office/correspondence/incoming/put-aside/{place}", follow_redirects=True)
    assert "virus.pdf" not in text_of(done)

    def silent() -> bool:
        with work_as("dov", writes=False) as work:
            return incoming_folder.is_silent(replace(work, outside=scanning.outside))

    assert not silent()
    clock.move(minutes=20)
    assert silent()
