"""Leaving the portal at once: where to, and what a page needs so that its form may lead there."""

from flask import Response, make_response, session

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
    response = make_response("", 403)
    response.headers["Refresh"] = f"0; url={edge().clinic.neutral.site}"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
