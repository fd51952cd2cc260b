"""The first page and the accessibility statement."""

from flask import render_template

from portal.domain.actors import Actor
from portal.domain.words import _
from portal.web import sessions
from portal.web.public.blueprint import blueprint
from portal.web.work import edge


@blueprint.get("/")
def index() -> str:
    who = sessions.actor()
    own = sessions.first_page(who) if who else None
    return render_template("public/index.html", own_page=own, elsewhere=_elsewhere(who) if who and not own else "")


def _elsewhere(who: Actor) -> str:
    """Where somebody who has no page at this address finds hers (PORTAL_AREAS)."""
    if who.is_staff:
        return _(
            "You are signed in, but this address is for patients alone. You reach the office at another address, as a "
            "rule from inside the clinic only; the office administrator can tell you which."
        )
    return _(
        "You are signed in, but this address is for the people who work at the clinic. Call us at %(phone)s, and we "
        "tell you the address of your own pages.",
        phone=edge().clinic.phone,
    )


@blueprint.get("/accessibility")
def accessibility() -> str:
    return render_template("public/accessibility.html")
