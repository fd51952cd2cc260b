"""Choosing the language of the pages, before or after signing in."""

from babel import Locale
from flask import redirect, request, session
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.wrappers import Response

from portal.web.languages import CHOSEN
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
    own = back.startswith("/") and not back.startswith(("//", "/\\"))
    return redirect(back if own else "/", 303)


@blueprint.app_template_global()
def languages() -> list[tuple[str, str]]:
    """The languages the clinic speaks, each by its own name."""
    return [(name, (Locale.parse(name).get_display_name() or name).capitalize()) for name in edge().clinic.languages]
