"""Everything under /office: only those who work at the clinic pass its door. A no on a case leads back to the case."""

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from portal.domain.errors import NotAllowed, NotFound, NotPossible
from portal.services import refusals
from portal.web import errors, sessions
from portal.web.work import work

blueprint = Blueprint("office", __name__)
sessions.guard(blueprint, lambda actor: actor.is_staff)


@blueprint.errorhandler(NotPossible)
def not_now(no: NotPossible) -> Response:
    """What cannot be done now, often because a colleague was quicker: the reason, and the way back to the case."""
    reference = (request.view_args or {}).get("reference")
    return make_response(render_template("office/not_now.html", sentence=no.sentence, reference=reference), 409)


@blueprint.errorhandler(NotFound)
@blueprint.errorhandler(NotAllowed)
def refused(no: NotFound | NotAllowed) -> Response:
    """What somebody here may not see or do about a patient: the same page as ever, and the patient reads it."""
    named = request.view_args or {}
    refusals.note(work(), isinstance(no, NotFound), str(named.get("number", "")), str(named.get("reference", "")))
    return errors.told(no)
