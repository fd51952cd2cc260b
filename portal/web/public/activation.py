"""A one-time link, used: the person sets her own password and, at the clinic, her one-time codes."""

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.words import N_, _
from portal.services import accounts, passwords, throttling
from portal.services.accounts import Activation
from portal.web import one_time_codes
from portal.web.fields import Password, blame, required, same_as
from portal.web.notices import tell
from portal.web.one_time_codes import CodesForm
from portal.web.public.blueprint import blueprint
from portal.web.public.networks import network
from portal.web.work import apart, edge, work


class ActivationForm(CodesForm):
    """The code's field is taken away for those who need none."""

    password = Password(N_("A new password"), [required(N_("Choose a password."))], autocomplete="new-password")
    again = Password(
        N_("The same password again"),
        [same_as("password", N_("The two passwords are not the same. Type both again."))],
        autocomplete="new-password",
    )


@blueprint.route("/activate/<token>", methods=["GET", "POST"])
def activate(token: str) -> Response:
    with apart() as counting:
        throttling.spend(counting, f"activation:{network()}", throttling.ACTIVATION_BY_NETWORK)
    with apart(writes=False) as looking:
        link = accounts.activation(looking, token)
    form = ActivationForm()
    if not link.needs_code:
        del form.code, form.setup
    if form.validate_on_submit() and _used(token, link, form):
        tell(_("Your password is set."), _("Sign in with it now."))
        return redirect(url_for("public.sign_in"), 303)
    return _page(link, form)


def _used(token: str, link: Activation, form: ActivationForm) -> bool:
    """Whether the link is used up now; a no is left on the form. The password is hashed before anything is written."""
    secret = one_time_codes.carried(form, str(link.account_id)) if link.needs_code else None
    try:
        if link.needs_code and secret is None:
            raise Invalid(_("This took longer than an hour, so the code is a new one. Set up your app again."), "code")
        with apart(writes=False) as looking:
            passwords.check_new(looking, link.account_id, form.password.data or "")
        password_hash = edge().outside.passwords.hash(form.password.data or "")
        accounts.activate(work(), token, password_hash, secret, form.code.data if link.needs_code else None)
    except Invalid as no:
        blame(form, no)
        return False
    return True


def _page(link: Activation, form: ActivationForm) -> Response:
    """The page; its address is a secret and must not be told to any other page."""
    setup = one_time_codes.begun(form, str(link.account_id), link.email) if link.needs_code else None
    page = render_template("public/activation.html", form=form, link=link, setup=setup, hide_sign_in=True)
    response = make_response(page, 422 if form.errors else 200)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
