"""``portal serve`` and ``portal worker``: the running processes."""

import ctypes
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from types import FrameType

import click

from config import Config
from portal.cli import edge, engine, main
from portal.demo import people as cast
from portal.domain.actors import OPERATOR
from portal.domain.errors import NotPossible
from portal.domain.words import _
from portal.edges import DEMO_RECORDS, ROOT
from portal.models import schema
from portal.services import demo
from portal.services.jobs import LEASE
from portal.worker import Worker

HOST = "127.0.0.1"
WEB_WORKERS, THREADS = 2, 4
STOP_SECONDS = 20
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
STOPS = (signal.SIGINT, signal.SIGTERM)

Running = dict[str, "subprocess.Popen[bytes]"]


@main.command()
@click.option("--once", is_flag=True, help="Do every job that is ready, then stop.")
@click.option(
    "--lease",
    default=int(LEASE.total_seconds()),
    show_default=True,
    type=click.IntRange(min=1),
    help="Seconds after which a job whose worker is silent is done by another.",
)
def worker(once: bool, lease: int) -> None:
    """Deliver mail, print letters, bind packages; until stopped."""
    hands = Worker(edge(), timedelta(seconds=lease))
    if once:
        click.echo(f"{hands.run_once()} jobs were done.")
    else:
        hands.run()


@main.command()
@click.option("--demo", "demo_wanted", is_flag=True, help="Migrate, and load the demo clinic into an empty database.")
def serve(demo_wanted: bool) -> None:
    """Serve the web and run a worker beside it; Ctrl-C stops both."""
    config = Config.from_environment()
    _must_be_free(config.port)
    if demo_wanted:
        _prepare(config)
    web = [sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{config.port}", "--pythonpath", str(ROOT)]
    web += ["--workers", str(WEB_WORKERS), "--worker-class", "gthread", "--threads", str(THREADS)]
    web += ["--max-requests", "20000", "--max-requests-jitter", "2000", "--limit-request-line", "4094"]
    web += ["--no-control-socket", "--graceful-timeout", "10", "--log-level", "warning", "wsgi:app"]
    worker = [sys.executable, "-m", "portal.cli.run", "worker"]
    raise SystemExit(_run_until_stopped({"web server": web, "worker": worker}, config))


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        # As the web server does it: a port whose last user has just gone is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as fault:
            why = fault.strerror or ""
            raise NotPossible(
                _(
                    "The portal cannot use port %(port)s: %(why)s. Stop what uses it, or choose another port: "
                    "PORT=8123 make run.",
                    port=port,
                    why=why,
                )
            ) from None


def _prepare(config: Config) -> None:
    config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    schema.upgrade(engine(config))
    portal = edge()
    with portal.work(OPERATOR) as work:
        if demo.is_empty(work):
            click.echo("Opening the demo clinic (the first time takes some seconds) …")
            demo.load(work, DEMO_RECORDS)
    click.echo(f"\nSign in at {config.base_url}/sign-in with the password {cast.PASSWORD}")
    for person in cast.PEOPLE:
        click.echo(f"  {person.email:<24} {', '.join(sorted(person.roles)):<16} {person.full_name}")
    click.echo(f"One-time codes of the staff come from the secret {cast.TOTP_SECRET}\n")


class _Asked(Exception):
    """Somebody pressed Ctrl-C, or the system asked the portal to end."""


def _ask(_signal: int, _frame: FrameType | None) -> None:
    for asked in STOPS:
        signal.signal(asked, signal.SIG_IGN)  # once is enough: a second one must not cut the stopping short
    raise _Asked


def _run_until_stopped(commands: dict[str, list[str]], config: Config) -> int:
    """Run all of them until somebody asks to stop (0), or one of them ends by itself: then the others end too (1)."""
    running: Running = {}
    try:
        for asked in STOPS:
            signal.signal(asked, _ask)
        for name, command in commands.items():
            # In a session of its own, so that Ctrl-C reaches us alone and we end the children in peace.
            running[name] = subprocess.Popen(command, start_new_session=True, preexec_fn=_die_with_parent)
        click.echo(f"The portal runs at {config.base_url} (Ctrl-C stops it).")
        ended = _wait_for_an_end(running)
        click.echo(f"The {ended} ended by itself, so the portal stops. Its last lines above may say why.", err=True)
        code = 1
    except _Asked:
        click.echo("\nStopping …")
        code = 0
    return code if _stop(running) else 1


def _die_with_parent() -> None:
    """In a child before it begins: end when the parent is gone, however it went (Linux; elsewhere nothing happens)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)


def _wait_for_an_end(running: Running) -> str:
    while True:
        for name, process in running.items():
            if process.poll() is not None:
                return name
        time.sleep(0.3)


def _stop(running: Running) -> bool:
    """End every process that runs still. Gives whether all of them ended when they were asked to."""
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    until, willing = time.monotonic() + STOP_SECONDS, True
    for process in running.values():
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            willing = False
    return willing
