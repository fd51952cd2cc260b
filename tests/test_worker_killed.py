"""A worker in a process of its own is killed in the middle of a package: nothing half, nothing twice, nothing left."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.domain.access_requests import Stage
from portal.domain.errors import NotFound
from portal.edges import Edge
from portal.models.jobs import Job
from portal.models.letters import StoredFile
from portal.models.releases import ReleasePackage
from portal.services import access_requests, releases
from portal.services.work import Work
from tests.cli.conftest import environment
from tests.clinic_at_work import Week
from tests.conftest import Clockwork

WorkAs = Callable[..., AbstractContextManager[Work]]
PATIENCE = 120


def start(edge: Edge) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "portal.cli.run", "worker", "--lease", "3"]
    return subprocess.Popen(command, env={"PATH": "/usr/bin:/bin", **environment(edge)})


def wait(until: Callable[[], object], process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        assert process.poll() is None, "the worker ended by itself"
        assert time.monotonic() < end, "the worker never came so far"
        time.sleep(0.01)


def test_a_killed_worker_leaves_no_half_package_and_the_next_makes_it(
    work_as: WorkAs, edge: Edge, clock: Clockwork
) -> None:
    clock.at = datetime.now(UTC)
    reference = Week(work_as, edge).preparing()
    scratch = edge.config.data_dir / "scratch"

    def half_made() -> list[Path]:
        # os.walk goes on when the worker takes a folder away while it is being looked through.
        return [Path(at, name) for at, _folders, names in os.walk(scratch) for name in names if ".pdf" in name]

    killed = start(edge)
    wait(half_made, killed)
    killed.kill()
    killed.wait()
    assert half_made(), "the worker was quicker than the test"
    with work_as("amina") as work:
        request = access_requests.find(work, reference)
        assert (request.stage, request.package_built) == (Stage.PREPARING, False)
        with pytest.raises(NotFound):
            releases.download(work, request)

    def ready() -> bool:
        with work_as("amina", writes=False) as work:
            return access_requests.find(work, reference).stage == Stage.READY

    def told() -> bool:
        with edge.sessions() as db:
            return not db.scalars(select(Job.id).where(Job.status.in_(["waiting", "running"]))).all()

    following = start(edge)
    wait(ready, following)
    wait(told, following)
    following.terminate()
    assert following.wait(PATIENCE) == 0
    assert list(scratch.iterdir()) == []
    with edge.sessions() as db:
        assert db.scalars(select(Job.tries).where(Job.kind == "package")).all() == [2]
        assert len(db.scalars(select(ReleasePackage).where(ReleasePackage.file_id.is_not(None))).all()) == 1
        assert len(db.scalars(select(StoredFile).where(StoredFile.purpose == "package")).all()) == 1
        promised = set(db.scalars(select(Job.name).where(Job.kind == "notice")))
    mails = [message_from_bytes(mail.read_bytes()) for mail in (edge.config.data_dir / "outbox").glob("*.eml")]
    sent = [str(mail["Message-ID"]) for mail in mails]
    assert {mail.strip("<>").rpartition("@")[0].replace(".", "/") for mail in sent} == promised
    assert len(sent) == len(promised)
