"""Leaving the portal at once: where to, and what a page needs so that its form may lead there."""

from flask import Response, make_response, render_template, session

from portal.web import security
from portal.web.work import edge


def site() -> str:
    """The neutral site of the settings; the page that is being drawn may send a form that ends there."""
    neutral = edge().clinic.neutral
    security.let_forms_lead_to(neutral.origin)
    return neutral.site


def all_the_same() -> Response:
    """For a page that was open too long to end its session: she gets away from it nevertheless, and this browser
    forgets who was signed in."""
    session.clear()
    neutral = edge().clinic.neutral.site
    # Not an empty answer: some browsers then show a page of their own, with our address on it.
    response = make_response(render_template("public/leaving.html", site=neutral), 403)
    response.headers["Refresh"] = f"0; url={neutral}"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
