"""A forgotten password: asked for with an address, set by a link. No answer tells whether an address is known."""

from uuid import UUID

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.words import N_, _
from portal.services import passwords, recoveries, throttling
from portal.web.fields import Form, Password, blame, required, same_as
from portal.web.networks import network
from portal.web.notices import tell
from portal.web.public.blueprint import blueprint
from portal.web.public.sign_in import Address
from portal.web.work import apart, edge, work


class RecoverForm(Form):
    email = Address(N_("E-mail address"), [required(N_("Type your e-mail address."))], autocomplete="username")


class NewPasswordForm(Form):
    password = Password(N_("A new password"), [required(N_("Choose a password."))], autocomplete="new-password")
    again = Password(
        N_("The same password again"),
        [same_as("password", N_("The two passwords are not the same. Type both again."))],
        autocomplete="new-password",
    )


@blueprint.route("/recover", methods=["GET", "POST"])
def recover() -> tuple[str, int] | Response:
    form = RecoverForm()
    if form.validate_on_submit():
        with apart() as asking:
            recoveries.ask(asking, form.email.data or "", network())
        return redirect(url_for("public.recovery_sent"), 303)
    return render_template("public/recover.html", form=form), 422 if form.errors else 200


@blueprint.get("/recover/sent")
def recovery_sent() -> str:
    return render_template("public/recovery_sent.html", minutes=recoveries.LINK_LASTS.seconds // 60)


@blueprint.route("/recover/<token>", methods=["GET", "POST"])
def new_password(token: str) -> Response:
    """Nobody is signed in by it: the password is asked for next, and the second proof where there is one."""
    with apart() as counting:
        throttling.spend(counting, f"recovery-link:{network()}", throttling.ACTIVATION_BY_NETWORK)
    with apart(writes=False) as looking:
        account_id = recoveries.live(looking, token)
        shortest = passwords.shortest_of(looking, account_id)
    form = NewPasswordForm()
    if form.validate_on_submit() and _set(token, account_id, form):
        tell(_("Your password is set."), _("Sign in with it now."))
        return redirect(url_for("public.sign_in"), 303)
    response = make_response(render_template("public/new_password.html", form=form, shortest=shortest))
    response.status_code = 422 if form.errors else 200
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is a secret
    return response


def _set(token: str, account_id: UUID, form: NewPasswordForm) -> bool:
    """Whether it is done; a no is left on the form. The password is hashed before anything is written."""
    wanted = form.password.data or ""
    try:
        with apart(writes=False) as looking:
            passwords.check_new(looking, account_id, wanted)
        recoveries.set_password(work(), token, edge().outside.passwords.hash(wanted))
    except Invalid as no:
        blame(form, no)
        return False
    return True
