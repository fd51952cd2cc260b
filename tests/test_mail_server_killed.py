"""The mail server is killed in the middle of two hundred notices: nothing is lost, and nothing comes thrice."""

import email
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.adapters.mail import SmtpMail
from portal.edges import Edge
from portal.models.accounts import Account
from portal.models.jobs import Job
from portal.services import jobs
from portal.services.work import Work
from portal.worker import Worker
from tests.conftest import Clockwork

WorkAs = Callable[..., AbstractContextManager[Work]]
NOTICES, KILLED_AFTER = 200, 60
OURS = "notice/many/"
ROOT = Path(__file__).resolve().parents[1]


class PostOffice:
    """The server on one port, however often it is opened."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.process = folder, None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    process: "subprocess.Popen[bytes] | None"

    def open(self) -> None:
        command = [sys.executable, "-m", "tests.postoffice", str(self.port), str(self.folder)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == b"open"

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def arrived(self) -> Counter[str]:
        """How often each Message-ID of ours came."""
        names = (str(email.message_from_bytes(path.read_bytes())["Message-ID"]) for path in self.mails())
        return Counter(name for name in names if ".many." in name)

    def mails(self) -> list[Path]:
        return list(self.folder.glob("*.eml"))


@pytest.fixture
def post_office(tmp_path: Path) -> Iterator[PostOffice]:
    (tmp_path / "post").mkdir()
    office = PostOffice(tmp_path / "post")
    office.open()
    yield office
    office.kill()


def promise_all(work: Work) -> None:
    account = work.db.scalars(select(Account.id).where(Account.email == "mei@patients.example")).one()
    for number in range(NOTICES):
        work.promise("notice", f"{OURS}{number:03}", account=str(account), notice="letter")


def standing(edge: Edge) -> dict[str, int]:
    with edge.sessions() as db:
        counted = select(Job.status, func.count()).where(Job.name.startswith(OURS)).group_by(Job.status)
        return {str(status): number for status, number in db.execute(counted)}


def test_each_of_two_hundred_notices_arrives_once_or_at_worst_twice_with_the_same_name(
    edge: Edge, work_as: WorkAs, clock: Clockwork, post_office: PostOffice
) -> None:
    mail = SmtpMail("127.0.0.1", post_office.port, "Procerus <privacy@clinic.example>", timeout=5)
    edge = replace(edge, outside=replace(edge.outside, mail=mail))
    with work_as("system") as work:
        promise_all(work)

    def kill_in_the_middle() -> None:
        while len(post_office.mails()) < KILLED_AFTER:
            time.sleep(0.002)
        post_office.kill()

    killer = threading.Thread(target=kill_in_the_middle)
    killer.start()
    Worker(edge).drain()
    killer.join()
    before = post_office.arrived()
    assert KILLED_AFTER // 2 <= len(before) < NOTICES
    assert standing(edge).get("waiting", 0) >= NOTICES - len(before)
    for pause in jobs.PAUSES_OUTSIDE[:3]:
        clock.at += pause
        Worker(edge).drain()
    assert "dead" not in standing(edge)
    post_office.open()
    clock.at += jobs.PAUSES_OUTSIDE[3]
    Worker(edge).drain()
    after = post_office.arrived()
    assert standing(edge) == {"done": NOTICES}
    assert len(after) == NOTICES
    assert max(after.values()) <= 2
    assert sum(after.values()) <= NOTICES + 1  # one at most was on its way when the server fell


def test_a_mail_server_that_is_away_for_more_than_a_day_leaves_each_notice_given_up_for_all_to_see(
    edge: Edge, work_as: WorkAs, clock: Clockwork, post_office: PostOffice
) -> None:
    post_office.kill()
    mail = SmtpMail("127.0.0.1", post_office.port, "Procerus <privacy@clinic.example>", timeout=5)
    edge = replace(edge, outside=replace(edge.outside, mail=mail))
    with work_as("system") as work:
        account = work.db.scalars(select(Account.id).where(Account.email == "mei@patients.example")).one()
        work.promise("notice", f"{OURS}one", account=str(account), notice="letter")
    since = clock.at
    for pause in jobs.PAUSES_OUTSIDE:
        Worker(edge).drain()
        assert standing(edge) == {"waiting": 1}
        clock.at += pause
    Worker(edge).drain()
    assert standing(edge) == {"dead": 1}
    assert (clock.at - since).total_seconds() >= 24 * 3600
