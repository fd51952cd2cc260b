"""The way in and out: password and sign-out. Every wrong sign-in is told in the same words.

What must be kept whatever the answer (a try, a refusal, a session that began) is kept ``apart``.
"""

from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from portal.domain.words import N_, _
from portal.services import sign_ins
from portal.services.sign_ins import SignedIn
from portal.web import devices
from portal.web.fields import Form, Password, Text, required
from portal.web.networks import agent, network
from portal.web.notices import tell
from portal.web.public import providers
from portal.web.public.blueprint import blueprint
from portal.web.public.onward import carry, onward
from portal.web.work import apart, edge, signed_in, work

WRONG = N_("The e-mail address and the password do not belong together. Check both, then try again.")


class Address(Text):
    """The e-mail address one signs in with: not looked at closely, so that no wrong one is told apart."""

    kind = "email"
    most = 254


class SignInForm(Form):
    email = Address(N_("E-mail address"), [required(N_("Type your e-mail address."))], autocomplete="username")
    password = Password(N_("Password"), [required(N_("Type your password."))])


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> tuple[str, int] | Response:
    if live := signed_in():
        return onward(live)
    form = SignInForm()
    if form.validate_on_submit():
        email = form.email.data or ""
        with edge().outside.passwords.door():
            live = _let_in(email, form.password.data or "")
        if live:
            next_page = onward(live)
            return next_page if live.factor_needed else devices.remember(next_page, live)
        form.form_errors = [_(WRONG)]
    return render_template("public/sign_in.html", form=form), 422 if form.errors else 200


def _let_in(email: str, password: str) -> SignedIn | None:
    """The session that these open, given to this browser; a wrong try leaves its trace."""
    device = devices.known_for(email)
    with apart() as counting:
        sign_ins.count_try(counting, email, network(), device)
    with apart(writes=False) as looking:
        account_id = sign_ins.check_password(looking, email, password)
    if account_id is None:
        with apart() as noting:
            sign_ins.refuse(noting, email)
        return None
    with apart() as beginning:
        token = sign_ins.begin(beginning, account_id, network(), agent())
        live = sign_ins.resume(beginning, token)
    carry(token)
    return live


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session here and in the database, and have the browser forget what it kept of it."""
    elsewhere = None
    if live := signed_in():
        sign_ins.end(work(), live)
        elsewhere = providers.still_open(live)
    session.clear()
    tell(_("You are signed out."), _("If others use this device, close the browser as well."))
    response = redirect(providers.farewell(elsewhere) if elsewhere else url_for("public.index"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
