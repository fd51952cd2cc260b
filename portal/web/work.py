"""This request's work: begun when first asked for, committed once at the end, all or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import cast

from flask import Flask, Response, current_app, g, request, session
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import ServiceUnavailable

from portal.domain.actors import Actor
from portal.domain.errors import NotAllowed
from portal.domain.words import _
from portal.edges import Edge
from portal.services import sign_ins
from portal.services.sign_ins import SignedIn
from portal.services.work import Work
from portal.web import errors

TOKEN = "sid"
AFTER = "after"  # where a person wanted to go before she had to sign in
NOBODY = Actor(id=None, name="", roles=frozenset())
READING = frozenset({"GET", "HEAD", "OPTIONS"})
# What a page asks by itself, so that it does not keep a session alive.
BY_ITSELF = frozenset({"public.time_left", "public.leave_form", "office.package"})
# A form comes back with its page: something is to be put right, or cannot be done now.
SHOWN_AGAIN = frozenset({HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT})
RETRY_AFTER = 5  # seconds; the database is busy or out of reach for a while


def edge() -> Edge:
    return cast(Edge, current_app.extensions["portal"])


def work() -> Work:
    """The one piece of work of this request, done by whoever is signed in.

    A page that changes something asks for it late: from then on nobody else can write (SQLite has one writer), so what
    takes time, or must be kept whatever happens, comes before and ``apart``.
    """
    if "work" not in g:
        reading = request.method in READING
        live = None if reading else signed_in()
        g.work = edge().begin(NOBODY, writes=not reading)
        if reading:
            live = g.setdefault("signed_in", resume(g.work))
        elif live is not None and not sign_ins.is_live(g.work, live):
            # Signed out in another window since the session was looked up.
            g.signed_in = None
            raise NotAllowed(_("You were signed out in another window. Nothing was changed. Sign in again to go on."))
        if live is not None:
            g.work.actor = live.actor if reading else sign_ins.with_powers_of_now(g.work, live.actor)
            g.work.sign_in_id = live.id
    return cast(Work, g.work)


def signed_in() -> SignedIn | None:
    """The live session of this browser. A page without a session cookie asks the database nothing.

    A page that reads looks it up in its own transaction; one that writes in a short reading one before.
    """
    if "signed_in" not in g:
        if TOKEN not in session:
            return None
        if request.method in READING:
            work()
        else:
            with apart(writes=False) as looking:
                g.signed_in = resume(looking)
    return cast("SignedIn | None", g.signed_in)


def resume(begun: Work) -> SignedIn | None:
    """The live session of this browser, looked up in ``begun``."""
    token = session.get(TOKEN)
    counts = request.endpoint not in BY_ITSELF
    return sign_ins.resume(begun, token, counts) if isinstance(token, str) else None


def keep() -> None:
    """Keep what this request did so far, whatever becomes of its page: a refused page takes the rest back.

    What was read before belongs to the work that is over; it is found again.
    """
    begun = work()
    edge().done(begun)
    g.pop("work").db.close()


@contextmanager
def apart(writes: bool = True, actor: Actor = NOBODY) -> Iterator[Work]:
    """A short transaction of its own, kept whatever becomes of the request: counting a try, for one.

    It comes before ``work`` in a request that writes: two transactions of one request would wait for each other.
    """
    if writes and "work" in g and g.work.writes:
        raise RuntimeError("apart() must come before work(): the two would wait for each other")
    with edge().work(actor, writes) as begun:
        yield begun


def _owed(begun: Work, status: int) -> list[Callable[[Work], None]]:
    """What a page that was not a success owes: of one that reads, all; of a form that comes back, that it was read."""
    if not begun.writes:
        return begun.afterwards
    return begun.looks if status in SHOWN_AGAIN else []


def init_app(app: Flask) -> None:
    @app.errorhandler(OperationalError)
    def busy(_error: OperationalError) -> Response:
        response = errors.page(HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response

    @app.after_request
    def finish(response: Response) -> Response:
        begun: Work | None = g.get("work")
        if begun is None:
            return response
        if response.status_code >= 400:
            begun.db.rollback()
            begun.afterwards = _owed(begun, response.status_code)
        try:
            edge().done(begun)
        except OperationalError:
            begun.db.rollback()
            begun.afterwards, begun.regardless = [], []  # the page that says so owes nothing
            raise ServiceUnavailable(retry_after=RETRY_AFTER) from None
        return response

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        begun: Work | None = g.pop("work", None)
        if begun is not None:
            begun.db.close()
