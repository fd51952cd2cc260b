"""A one-time link, used: the person sets her own password and, at the clinic, her one-time codes."""

from flask import Response as Flasks
from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.words import N_, _
from portal.services import accounts, passkeys, passwords, throttling
from portal.services.accounts import Activation
from portal.services.providers import Purpose
from portal.web import one_time_codes, passkey_questions
from portal.web.fields import Code, Hidden, Password, blame, required, required_without, same_as
from portal.web.networks import network
from portal.web.notices import tell
from portal.web.one_time_codes import CodesForm
from portal.web.public import providers
from portal.web.public.blueprint import blueprint
from portal.web.work import apart, edge, work


class ActivationForm(CodesForm):
    """The code's field, and the passkey's, are taken away for those who need none."""

    make = Hidden()
    made = Hidden()
    code = Code(
        N_("The six digits your app shows now"),
        [required_without("made", N_("Type the six digits that your app shows."))],
        width=10,
    )
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
    form, trip = ActivationForm(), providers.wished(link.needs_code)
    if not link.needs_code:
        del form.code, form.setup, form.make, form.made
    if form.validate_on_submit() and _used(token, link, form):
        if trip:
            return trip.begin(work(), Purpose.ACTIVATE, link.account_id)
        tell(_("Your password is set."), _("Sign in with it now."))
        return redirect(url_for("public.sign_in"), 303)
    return _page(token, link, form)


def _used(token: str, link: Activation, form: ActivationForm) -> bool:
    """Whether the link is used up now; a no is left on the form. The password is hashed before anything is written."""
    passkey = (form.make.data or "", form.made.data or "") if link.needs_code else ("", "")
    secret = one_time_codes.carried(form, str(link.account_id)) if link.needs_code else ""
    try:
        if secret is None and not passkey[1]:
            raise Invalid(_("This took longer than an hour, so the code is a new one. Set up your app again."), "code")
        with apart(writes=False) as looking:
            passwords.check_new(looking, link.account_id, form.password.data or "")
        password_hash = edge().outside.passwords.hash(form.password.data or "")
        codes = (secret or "", (form.code.data or "") if link.needs_code else "")
        accounts.activate(work(), token, password_hash, codes, passkey)
    except Invalid as no:
        blame(form, no)
        return False
    return True


@blueprint.post("/activate/<token>/passkey-question")
def activation_question(token: str) -> Flasks:
    """What the device is asked, for a passkey in place of codes."""
    with apart() as counting:
        throttling.spend(counting, f"activation:{network()}", throttling.ACTIVATION_BY_NETWORK)
    with apart() as asking:
        link = accounts.activation(asking, token)
        return passkey_questions.answer(*passkeys.question_to_make(asking, link.account_id))


def _page(token: str, link: Activation, form: ActivationForm) -> Response:
    """The page; its address is a secret and must not be told to any other page."""
    if link.needs_code:
        form.make.data = form.made.data = ""  # used up, whatever came of it
    setup = one_time_codes.begun(form, str(link.account_id), link.email) if link.needs_code else None
    page = render_template("public/activation.html", form=form, link=link, setup=setup, token=token, hide_sign_in=True)
    response = make_response(page, 422 if form.errors else 200)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
