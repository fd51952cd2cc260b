"""Everything under a patient's sign-in: only those who are patients, or act for one, pass its door.

Whoever acted for a patient until a moment ago reads why a page is gone; that depends on her powers, not on the address.
"""

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from portal.domain.errors import NotFound
from portal.services import representatives_list
from portal.web import errors, sessions
from portal.web.work import signed_in, work

blueprint = Blueprint("patient", __name__)
sessions.guard(blueprint, lambda actor: actor.is_patient)


@blueprint.errorhandler(NotFound)
def gone(no: NotFound) -> Response:
    """What one may not see is not there, and all such answers of one person are alike."""
    page = errors.told(no)
    live = signed_in()
    lapsed = representatives_list.lapsed(work()) if live and live.factor_needed is None else []
    if not lapsed:
        return page
    return make_response(render_template("patient/no_longer.html", lapsed=lapsed), 404)
