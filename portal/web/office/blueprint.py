"""Everything under /office: only those who work at the clinic pass its door. A no on a case leads back to the case."""

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from portal.domain.errors import NotPossible
from portal.web import sessions

blueprint = Blueprint("office", __name__)
sessions.guard(blueprint, lambda actor: actor.is_staff)


@blueprint.errorhandler(NotPossible)
def not_now(no: NotPossible) -> Response:
    """What cannot be done now, often because a colleague was quicker: the reason, and the way back to the case."""
    reference = (request.view_args or {}).get("reference")
    return make_response(render_template("office/not_now.html", sentence=no.sentence, reference=reference), 409)
