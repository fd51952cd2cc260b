"""Whoever is signed in and is told no leaves an entry in the trail, once the request itself is over."""

from flask import Flask, Response, g, request

from portal.services import alarms
from portal.web.work import edge


def init_app(app: Flask) -> None:
    """Before the work's own ``init_app``: what is added first to the end of a request comes last there."""

    @app.after_request
    def note(response: Response) -> Response:
        live = g.get("signed_in")
        if g.get("was_refused") and live is not None and request.url_rule is not None:
            with edge().work(live.actor) as noting:
                alarms.note(noting, request.method, request.url_rule.rule, response.status_code)
        return response
