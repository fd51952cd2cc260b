"""A PostgreSQL of the tests' own: started when a test first asks for it, shared by a run's workers, gone after it.

It talks over a socket in its own folder, so no port has to be free and nobody else can reach it. The keeper, a process
of its own, owns the server: it stops it when the run ends, however the run ends. ``tests/conftest.py`` names
``pytest_configure`` and ``pytest_unconfigure`` as its hooks.
"""

import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests import scratch

HOME = "TEST_POSTGRES_HOME"  # tells a run's workers which folder is theirs
SERVER_USER = "postgres"  # a server refuses to run as root
OWNER = "portal"
PATIENCE = 60
# Durability across a power cut is no matter for a database that lives as long as a test run; what the portal asks for
# per transaction (synchronous_commit) stays as in production.
SETTINGS = {
    "listen_addresses": "",
    "synchronous_commit": "on",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


class PostgresMissing(Exception):
    """There is no PostgreSQL on this machine; the sentence says how to get one."""


def binaries() -> Path:
    """The folder of ``initdb`` and ``postgres``, the newest one. Raises PostgresMissing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise PostgresMissing("PostgreSQL is not installed on this machine: run `make test`, or apt-get install postgresql")


class Cluster:
    """One server in one folder."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def start(self) -> "subprocess.Popen[bytes]":
        """Make the cluster and start its server as a child of this process; ready when this returns."""
        owner = _server_owner()
        data, log = self.home / "data", self.home / "log"
        if owner:
            shutil.chown(self.home, *owner)
        bare = ["--username", OWNER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
        user, group = owner or (None, None)
        subprocess.run(
            [binaries() / "initdb", "--pgdata", data, *bare],
            check=True, capture_output=True, cwd=self.home, user=user, group=group, extra_groups=[] if owner else None,
        )  # fmt: skip
        settings = SETTINGS | {"unix_socket_directories": str(self.home)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        # The server ends with its parent, whatever ends that.
        with log.open("wb") as output:
            server = subprocess.Popen(
                ["setpriv", "--pdeathsig", "INT", "--", binaries() / "postgres", "-D", data, *options],
                stdout=output, stderr=output, cwd=self.home,
                user=user, group=group, extra_groups=[] if owner else None, start_new_session=True,
            )  # fmt: skip
        self._wait(server, log)
        return server

    def _wait(self, server: "subprocess.Popen[bytes]", log: Path) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and server.poll() is None:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self._conninfo("postgres")).close()
                return
            time.sleep(0.05)
        raise RuntimeError(f"The tests' PostgreSQL did not start:\n{log.read_text('utf-8', 'replace')}")

    def url(self, database: str) -> str:
        """What SQLAlchemy opens ``database`` with."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.home}"

    def create_database(self, template: str | None = None) -> str:
        """The URL of a new database: empty, or a copy of the one at ``template``, which nobody may have open."""
        name = f"test_{uuid4().hex}"
        source = sql.Identifier(_name(template) if template else "template1")
        with self._connected() as connection:
            # Copied file by file where the server can (15 and newer): block by block takes three times as long.
            how = sql.SQL("STRATEGY file_copy" if connection.info.server_version >= 150000 else "")
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {} {}").format(sql.Identifier(name), source, how)
            connection.execute(made)
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database; who still has it open is sent away."""
        with self._connected() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_name(url))))

    def _connected(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self._conninfo("postgres"), autocommit=True)

    def _conninfo(self, database: str) -> str:
        return f"host={self.home} user={OWNER} dbname={database}"


def shared() -> Cluster:
    """The run's one cluster, started by whoever asks first. Raises PostgresMissing."""
    binaries()
    home = Path(os.environ[HOME])
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "keeper").exists():
            _keep(home)
    return Cluster(home / "cluster")


def pytest_configure(config: pytest.Config) -> None:
    """In the process that starts the run: choose the folder its workers share."""
    if not hasattr(config, "workerinput"):
        scratch.choose()
        home = tempfile.mkdtemp(prefix="portal-pg-", dir=scratch.place())
        Path(home).chmod(0o711)
        (Path(home) / "run").write_text(str(os.getpid()), "utf-8")
        os.environ[HOME] = home


def pytest_unconfigure(config: pytest.Config) -> None:
    """In the process that started the run: stop the server, if there was one, and leave nothing behind."""
    if hasattr(config, "workerinput") or HOME not in os.environ:
        return
    home = Path(os.environ.pop(HOME))
    with suppress(FileNotFoundError, ProcessLookupError, ValueError):
        keeper = os.pidfd_open(int((home / "keeper").read_text("utf-8")))
        signal.pidfd_send_signal(keeper, signal.SIGTERM)
        select.select([keeper], [], [], PATIENCE)
        os.close(keeper)
    shutil.rmtree(home, ignore_errors=True)


def _keep(home: Path) -> None:
    """Start the keeper and wait until its server is ready."""
    (home / "cluster").mkdir(mode=0o700, exist_ok=True)
    command = [sys.executable, "-m", "tests.postgres", str(home), (home / "run").read_text("utf-8")]
    keeper = subprocess.Popen(
        command, cwd=Path(__file__).parents[1], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True
    )
    assert keeper.stdout is not None
    with keeper.stdout:
        if keeper.stdout.readline() != b"ready\n":
            raise RuntimeError("The tests' PostgreSQL did not start; the reason is in the output above.")
    (home / "keeper").write_text(str(keeper.pid), "utf-8")
    keeper.returncode = 0  # ours to stop, not to wait for: pytest_unconfigure does that


def _keeper(home: Path, run: int) -> None:
    """Own the server until the run ends or somebody says so, then stop it and remove its folder."""
    stop, told = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.close(told))
    run_ends = os.pidfd_open(run)
    server = Cluster(home / "cluster").start()
    print("ready", flush=True)
    select.select([stop, run_ends], [], [])
    server.send_signal(signal.SIGINT)
    server.wait(PATIENCE)
    shutil.rmtree(home, ignore_errors=True)


def _server_owner() -> tuple[str, str] | None:
    return (SERVER_USER, SERVER_USER) if os.geteuid() == 0 else None


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


if __name__ == "__main__":
    _keeper(Path(sys.argv[1]), int(sys.argv[2]))
