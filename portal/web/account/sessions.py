"""One's own sessions: on which devices one is signed in, and ending them."""

from typing import Any, cast
from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.devices import device
from portal.domain.words import _, ngettext
from portal.services import devices as account_devices
from portal.services import sessions
from portal.services.sessions import Line
from portal.web import devices
from portal.web.account.blueprint import blueprint
from portal.web.networks import network, within
from portal.web.notices import tell
from portal.web.work import edge, work


@blueprint.get("/account/sessions")
def own_sessions() -> str:
    here = network()
    return render_template("account/sessions.html", sessions=[_shown(line, here) for line in sessions.mine(work())])


def _shown(line: Line, here: str) -> dict[str, Any]:
    return {"id": line.id, "device": device(line.agent).in_words, "place": _place(line, here), "line": line}


def _place(line: Line, here: str) -> str:
    """Where it was begun, as far as it can be said without asking anybody: no place on a map."""
    place = here if line.here else line.network
    if within(place, edge().config.clinic_networks):
        return _("In the clinic's network")
    return _("In the network you are in now") if place == here else _("In another network")


@blueprint.post("/account/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> Response:
    sessions.end(work(), session_id)
    if session_id == work().sign_in_id:
        return redirect(url_for("public.sign_in"), 303)
    tell(_("That session is ended."), _("If you do not know that device, change your password now."))
    return redirect(url_for("account.own_sessions"), 303)


@blueprint.post("/account/sessions/end-others")
def end_other_sessions() -> Response:
    ended = sessions.end_others(work())
    what = ngettext("%(n)s other session is ended.", "%(n)s other sessions are ended.", ended)
    tell(what if ended else _("There was no other session."), _("You stay signed in here."))
    owner = account_devices.owner_of(work(), cast(UUID, work().actor.id))
    return devices.name(redirect(url_for("account.own_sessions"), 303), owner)
