"""What machines ask: is the process there, and is all that it needs."""

import logging

from flask import Response

from portal.services import jobs
from portal.web.public.blueprint import blueprint
from portal.web.work import apart, edge

log = logging.getLogger("portal.web")


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return _plain(["ok"], 200)


@blueprint.get("/readyz")
def readyz() -> Response:
    """Database, store and a worker's heartbeat, a line each; 503 when any of them is not there."""
    worker = _worker_alive()
    parts = {"database": worker is not None, "store": _store_works(), "worker": bool(worker)}
    lines = [f"{part}: {'ok' if works else 'not ready'}" for part, works in parts.items()]
    return _plain(lines, 200 if all(parts.values()) else 503)


def _worker_alive() -> bool | None:
    """Whether a worker was seen lately; None when the database does not answer."""
    try:
        with apart(writes=False) as looking:
            return jobs.alive(looking)
    except Exception as fault:
        log.error("the database does not answer: %s", type(fault).__name__)
        return None


def _store_works() -> bool:
    try:
        edge().outside.store.check()
    except Exception as fault:
        log.error("the store does not answer: %s", type(fault).__name__)
        return False
    return True


def _plain(lines: list[str], status: int) -> Response:
    return Response("".join(f"{line}\n" for line in lines), status, content_type="text/plain; charset=utf-8")
