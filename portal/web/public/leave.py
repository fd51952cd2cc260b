"""The way out for somebody who must leave the screen now: the session ends, and another site stands there."""

from flask import redirect, session
from werkzeug.wrappers import Response

from portal.domain.errors import NotAllowed
from portal.services import sign_ins
from portal.web import leaving, security
from portal.web.fields import Form
from portal.web.public.blueprint import blueprint
from portal.web.work import signed_in, work


@blueprint.post("/leave")
@security.csrf.exempt  # type: ignore[untyped-decorator]  # the token is looked at here: without a good one she must get away all the same
def leave_now() -> Response:
    """Without a script this is the whole of it; with one, the page is gone before the answer comes."""
    if not Form().validate_on_submit():
        return leaving.all_the_same()
    try:
        if live := signed_in():
            sign_ins.end(work(), live)
    except NotAllowed:
        pass  # signed out in another window: all the better
    session.clear()
    response = redirect(leaving.site(), 303)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
