"""From the door to the next page: the second step where one is due, else where the person wanted to go."""

from flask import redirect, session, url_for
from werkzeug.wrappers import Response

from portal.domain.actors import Actor
from portal.services.sign_ins import SignedIn
from portal.web import sessions
from portal.web.languages import CHOSEN


def carry(token: str) -> None:
    """This browser carries the session from now on; of all else only the language it chose is left."""
    chosen = session.get(CHOSEN)
    sessions.open_session(token)
    if chosen:
        session[CHOSEN] = chosen


def onward(live: SignedIn | None) -> Response:
    """The next page of somebody who has come this far."""
    if live is None:
        return redirect(url_for("public.sign_in"), 303)
    if live.factor_needed is not None:
        return redirect(url_for("public.second_factor"), 303)
    if live.held:
        return redirect(url_for("public.prove_again"), 303)
    return redirect(landing(live.actor), 303)


def landing(actor: Actor) -> str:
    """Where this person wanted to go, when it is a page for such as her; else her own first page."""
    first = sessions.first_page(actor)
    if first is None:
        return url_for("public.index")  # it says where her pages are
    wanted = sessions.after_sign_in(first)
    for_staff = wanted.split("?")[0].startswith("/office")
    return wanted if (actor.is_staff if for_staff else actor.is_patient) else first
