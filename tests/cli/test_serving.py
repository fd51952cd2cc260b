"""``portal serve --demo`` as ``make run`` starts it: real processes on a real port, started, used and stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from portal.demo import people as cast

PATIENCE = 90
SERVE = [sys.executable, "-m", "portal.cli.run", "serve", "--demo"]


class Portal:
    """One running portal in a folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.printed = folder / "printed.txt"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        home = {"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}
        return {**home, "PORT": str(self.port), "PORTAL_DATA_DIR": str(self.folder / "var")}

    def start(self) -> "subprocess.Popen[bytes]":
        with self.printed.open("wb") as out:
            self.process = subprocess.Popen(
                SERVE, env=self.environment, cwd=self.folder, stdout=out, stderr=out, start_new_session=True
            )
        self.wait(lambda: self.get("/readyz")[0] == 200)
        return self.process

    def wait(self, until: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not until():
            assert self.process is None or self.process.poll() is None, self.printed.read_text()
            assert time.monotonic() < end, self.printed.read_text()
            time.sleep(0.1)

    def get(self, path: str) -> tuple[int, str]:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
        return 0, ""

    def children(self) -> dict[str, int]:
        """The web server and the worker, by what they are."""
        assert self.process is not None
        found = {}
        for number in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            command = Path(f"/proc/{number}/cmdline").read_text()
            found["web" if "gunicorn" in command else "worker"] = int(number)
        return found

    def still_running(self) -> list[str]:
        """Processes with this portal's data folder in their environment."""
        mark = str(self.folder / "var").encode()
        running = []
        for environ in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if mark in environ.read_bytes():
                    running.append(environ.parent.name)
        return running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """The demo clinic is loaded once for all of these tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Portal(tmp_path_factory.mktemp("serving"), probe.getsockname()[1])


@pytest.fixture
def portal(house: Portal) -> Iterator[Portal]:
    yield house
    if house.process is not None and house.process.poll() is None:
        house.process.terminate()
        house.process.wait(PATIENCE)
    house.process = None


def test_the_demo_starts_is_used_stops_and_keeps_its_data(portal: Portal) -> None:
    process = portal.start()
    told = portal.printed.read_text()
    for person in cast.PEOPLE:
        assert person.email in told
    assert cast.PASSWORD in told
    assert cast.TOTP_SECRET in told
    assert f"http://127.0.0.1:{portal.port}" in told
    assert portal.get("/healthz") == (200, "ok\n")
    assert portal.get("/readyz") == (200, "database: ok\nstore: ok\nworker: ok\n")
    assert "Sign in" in portal.get("/")[1]

    second = subprocess.run(SERVE, env=portal.environment, capture_output=True, check=False, timeout=PATIENCE)
    assert (second.returncode, second.stdout) == (1, b"")
    assert second.stderr.decode().startswith(f"The portal cannot use port {portal.port}: Address already in use.")
    assert second.stderr.count(b"\n") == 1

    os.killpg(process.pid, signal.SIGINT)  # as a terminal does for Ctrl-C
    assert process.wait(PATIENCE) == 0
    assert "Traceback" not in portal.printed.read_text()
    assert portal.still_running() == []
    made = {path.name: path.read_bytes() for path in (portal.folder / "var").iterdir() if "key" in path.name}

    process = portal.start()
    assert "Opening the demo clinic" not in portal.printed.read_text()
    assert made == {path.name: path.read_bytes() for path in (portal.folder / "var").iterdir() if "key" in path.name}
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert portal.still_running() == []


def test_a_chunked_body_that_is_broken_is_answered_with_400(portal: Portal) -> None:
    portal.start()
    head = f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{portal.port}\r\nConnection: close\r\n"
    head += "Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", portal.port), PATIENCE) as line:
        line.sendall(head.encode() + b"zz\r\nno chunk\r\n")
        answer = line.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 400 ")
    assert "What your browser sent was not complete, so we did not use it." in answer
    assert portal.get("/healthz") == (200, "ok\n")


def test_when_one_process_falls_the_other_ends_and_it_is_said(portal: Portal) -> None:
    process = portal.start()
    os.kill(portal.children()["worker"], signal.SIGKILL)
    assert process.wait(PATIENCE) == 1
    assert "The worker ended by itself" in portal.printed.read_text()
    assert portal.still_running() == []


def test_when_the_parent_is_killed_nothing_stays_behind(portal: Portal) -> None:
    process = portal.start()
    process.kill()
    process.wait(PATIENCE)
    portal.process = None
    portal.wait(lambda: not portal.still_running())
