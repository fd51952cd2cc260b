"""How long a session still lasts, staying in it, and what was typed when it ends: asked by ``static/js/session.js``.

A page asks by itself how much time is left, and that never prolongs a session; staying does, up to its whole length.
"""

from flask import Response as Flasks
from flask import jsonify, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from portal.services import sessions as own_sessions
from portal.services.sign_ins import SignedIn
from portal.web import left_forms, sessions
from portal.web.public.blueprint import blueprint
from portal.web.work import apart, signed_in


@blueprint.get("/session")
def time_left() -> Flasks:
    """{"seconds": left until it ends, "most": left at the most, however often she stays}; zeros when it is over."""
    return _told(sessions.open_here())


@blueprint.post("/session/stay")
def stay() -> Flasks:
    live = sessions.open_here()
    if live is None:
        return _told(None)
    with apart(actor=live.actor) as staying:
        own_sessions.stay(staying, live)
    with apart(writes=False) as looking:
        return _told(sessions.as_of_now(looking))


def _told(live: SignedIn | None) -> Flasks:
    return jsonify(sessions.left(live))


@blueprint.post("/left-form")
def leave_form() -> Response:
    """Keep what stands in a form that was not sent, while she types and when her time is over; it is hers only."""
    address = request.form.get("left_at", "")
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "left_at")]
    if not left_forms.takes(address):
        raise NotFound
    kept = left_forms.keep_typed(address, typed, over=signed_in() is None)
    return Response(status=204 if kept else 409)
