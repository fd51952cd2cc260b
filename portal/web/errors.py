"""A no of the domain, or of the protocol, becomes a page that says what happened, what was kept and what to do."""

import logging
from http import HTTPStatus

from flask import Flask, Response, g, make_response, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.domain.errors import (
    Invalid,
    NotAllowed,
    NotFound,
    NotPossible,
    PortalError,
    SentBefore,
    TooBusy,
    TooManyTries,
)
from portal.domain.words import _

log = logging.getLogger("portal.web")

STATUS: dict[type[PortalError], int] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotPossible: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    SentBefore: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
    TooBusy: HTTPStatus.SERVICE_UNAVAILABLE,
}
PAGES = {400, 403, 404, 405, 409, 413, 422, 429, 500, 503}


def page(status: int, sentence: str = "") -> Response:
    """The error page of a status. What one may not see says nothing of its own, so that all such answers are alike."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        g.setdefault("signed_in", None)  # the page must not ask a database that may be what failed
    name = status if status in PAGES else (400 if status < 500 else 500)
    return make_response(render_template(f"errors/{name}.html", sentence=sentence), status)


def told(error: PortalError) -> Response:
    """The page of a no."""
    status = STATUS[type(error)]
    g.was_refused = isinstance(error, (NotFound, NotAllowed))
    response = page(status, "" if status == HTTPStatus.NOT_FOUND else error.sentence)
    if isinstance(error, (TooManyTries, TooBusy)):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def init_app(app: Flask) -> None:
    app.errorhandler(PortalError)(told)

    @app.errorhandler(CSRFError)
    def stale(_error: CSRFError) -> Response:
        return page(
            403, _("This page was open for too long, or in another window. Go back, reload it, and send again.")
        )

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        # What is raised while an answer is being finished comes wrapped.
        inner = getattr(error, "original_exception", None)
        error = inner if isinstance(inner, HTTPException) else error
        if isinstance(error, SecurityError):
            # Asked for under a foreign name: no address can be built there, so no page of ours can be drawn.
            sentence = _("What your browser sent was not complete, so we did not use it.")
            return Response(f"{sentence}\n", 400, content_type="text/plain; charset=utf-8")
        if error.code is None or error.code < 400:
            return Response(error.get_response().response, error.code or 302, error.get_response().headers)
        response = page(error.code)
        for name, value in error.get_headers():
            if name in ("Retry-After", "Allow"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def fault(error: Exception) -> Response:
        # The kind only: a message may quote what somebody typed.
        log.error("unexpected %s", type(error).__name__, exc_info=app.debug or app.testing)
        if app.config.get("PROPAGATE_FAULTS"):
            raise error
        return page(500)
