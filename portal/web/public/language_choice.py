"""Choosing the language of the pages, before or after signing in."""

from flask import redirect, request, session
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.wrappers import Response

from portal.web.languages import CHOSEN, own_names
from portal.web.public.blueprint import blueprint
from portal.web.work import edge


@blueprint.post("/language")
def choose_language() -> Response:
    """Speak the language chosen in this browser, and go back to the page where it was chosen."""
    chosen = request.form.get("language", "")
    if chosen not in edge().clinic.languages:
        raise UnprocessableEntity
    session[CHOSEN] = chosen
    back = request.form.get("back", "")
    # Browsers leave out tabs and line breaks, so that "/<tab>/there" would lead to another host.
    own = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return redirect(back if own else "/", 303)


blueprint.add_app_template_global(own_names, "languages")
