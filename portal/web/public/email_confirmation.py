"""The link that went to a new e-mail address: a page with one button, since mail programs open links by themselves."""

from flask import make_response, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from portal.domain.words import _
from portal.services import email_changes, throttling
from portal.web.fields import Form
from portal.web.networks import network
from portal.web.notices import tell
from portal.web.public.blueprint import blueprint
from portal.web.work import apart, work


@blueprint.route("/confirm-email/<token>", methods=["GET", "POST"])
def confirm_email(token: str) -> Response:
    """Nobody is signed in by it, and everybody is signed out: the next sign-in is with the new address."""
    with apart() as counting:
        throttling.spend(counting, f"email-link:{network()}", throttling.ACTIVATION_BY_NETWORK)
    with apart(writes=False) as looking:
        address = email_changes.find(looking, token)
    form = Form()
    if form.validate_on_submit():
        email_changes.confirm(work(), token)
        session.clear()
        tell(_("Your new address is confirmed."), _("Sign in with it now."))
        return redirect(url_for("public.sign_in"), 303)
    response = make_response(render_template("public/confirm_email.html", form=form, address=address))
    response.status_code = 422 if form.errors else 200
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is a secret
    return response
