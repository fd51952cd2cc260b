"""``portal serve`` and ``portal worker``: the running processes."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

import click

from config import Config
from portal.cli import edge, main
from portal.demo import people as cast
from portal.domain.actors import OPERATOR
from portal.edges import DEMO_RECORDS
from portal.models import schema
from portal.models.session import engine_from_url
from portal.services import demo
from portal.worker import Worker

WEB_WORKERS, THREADS = 2, 4
STOP_SECONDS = 20


@main.command()
@click.option("--once", is_flag=True, help="Do every job that is ready, then stop.")
def worker(once: bool) -> None:
    """Deliver mail, print letters, bind packages; until stopped."""
    hands = Worker(edge())
    if once:
        click.echo(f"{hands.drain()} jobs were done.")
    else:
        hands.run()


@main.command()
@click.option("--demo", "demo_wanted", is_flag=True, help="Migrate, and load the demo clinic into an empty database.")
def serve(demo_wanted: bool) -> None:
    """Serve the web and run a worker beside it; Ctrl-C stops both."""
    config = Config.from_environment()
    if demo_wanted:
        _prepare(config)
    bind = f"127.0.0.1:{config.port}"
    web = [sys.executable, "-m", "gunicorn", "--bind", bind, "--workers", str(WEB_WORKERS), "--threads", str(THREADS)]
    web += ["--worker-class", "gthread", "--max-requests", "20000", "--max-requests-jitter", "2000"]
    web += ["--limit-request-line", "4094", "--graceful-timeout", "10", "--log-level", "warning", "wsgi:app"]
    _run_both(web, [sys.executable, "-m", "portal.cli.run", "worker"], config)


def _prepare(config: Config) -> None:
    schema.upgrade(engine_from_url(config.database_url))
    portal = edge()
    with portal.work(OPERATOR) as work:
        if demo.is_empty(work):
            click.echo("Opening the demo clinic (the first time takes some seconds) …")
            demo.load(work, DEMO_RECORDS)
    click.echo(f"\nSign in at {config.base_url}/sign-in with the password {cast.PASSWORD}")
    for person in cast.PEOPLE:
        click.echo(f"  {person.email:<24} {', '.join(sorted(person.roles)):<16} {person.full_name}")
    click.echo(f"One-time codes of the staff come from the secret {cast.TOTP_SECRET}\n")


def _run_both(web: list[str], jobs: list[str], config: Config) -> None:
    running = [subprocess.Popen(command, env=os.environ) for command in (web, jobs)]
    click.echo(f"The portal runs at {config.base_url} (Ctrl-C stops it).")

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.3)
    except KeyboardInterrupt:
        click.echo("\nStopping …")
    _stop(running)
    failed = [
        process.returncode for process in running if process.returncode not in (0, -signal.SIGTERM, -signal.SIGINT)
    ]
    raise SystemExit(failed[0] if failed else 0)


def _stop(running: list[subprocess.Popen[bytes]]) -> None:
    for process in running:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
