"""The way in and out: password, second factor, sign-out. Every wrong sign-in is told in the same words.

What must be kept whatever the answer (a try, a refusal, a session that began) is kept ``apart``.
"""

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from portal.domain.actors import Actor
from portal.domain.words import N_, _
from portal.services import sign_ins
from portal.services.sign_ins import SignedIn
from portal.web import sessions
from portal.web.fields import Code, Form, Password, Text, clean, required
from portal.web.languages import CHOSEN
from portal.web.notices import tell
from portal.web.public import devices
from portal.web.public.blueprint import blueprint
from portal.web.public.networks import network
from portal.web.work import apart, signed_in, work

WRONG = N_("The e-mail address and the password do not belong together. Check both, then try again.")


class Address(Text):
    """The e-mail address one signs in with: not looked at closely, so that no wrong one is told apart."""

    kind = "email"
    most = 254


class SignInForm(Form):
    email = Address(N_("E-mail address"), [required(N_("Type your e-mail address."))], autocomplete="username")
    password = Password(N_("Password"), [required(N_("Type your password."))])


class SecondFactorForm(Form):
    code = Code(
        N_("The six digits your app shows now"),
        [required(N_("Type the six digits that your app shows."))],
        hint=N_("Open the app on your phone in which you set up this sign-in. A new code comes every 30 seconds."),
        width=10,
    )


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> tuple[str, int] | Response:
    if live := signed_in():
        return _onward(live)
    form = SignInForm()
    if form.validate_on_submit():
        email = form.email.data or ""
        if live := _let_in(email, form.password.data or ""):
            onward = _onward(live)
            return onward if live.factor_needed else devices.remember(onward, sign_ins.mail_digest(email))
        form.form_errors = [_(WRONG)]
    return render_template("public/sign_in.html", form=form), 422 if form.errors else 200


def _let_in(email: str, password: str) -> SignedIn | None:
    """The session that these open, given to this browser; a wrong try leaves its trace."""
    with apart() as counting:
        sign_ins.count_try(counting, email, network(), devices.known(sign_ins.mail_digest(email)))
    with apart(writes=False) as looking:
        account_id = sign_ins.check_password(looking, email, password)
    if account_id is None:
        with apart() as noting:
            sign_ins.refuse(noting, email)
        return None
    with apart() as beginning:
        token = sign_ins.begin(beginning, account_id, network(), clean(request.headers.get("User-Agent")))
        live = sign_ins.resume(beginning, token)
    _carry(token)
    return live


def _carry(token: str) -> None:
    """This browser carries the session from now on; of all else only the language it chose is left."""
    chosen = session.get(CHOSEN)
    sessions.open_session(token)
    if chosen:
        session[CHOSEN] = chosen


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def second_factor() -> tuple[str, int] | Response:
    live = signed_in()
    if live is None or live.factor_needed is None:
        return _onward(live)
    form = SecondFactorForm()
    if form.validate_on_submit():
        with apart(actor=live.actor) as proving:
            token = sign_ins.give_code(proving, live, form.code.data or "")
            owner = sign_ins.mail_digest_of(proving, live)
            over = token is None and not sign_ins.is_live(proving, live)
        if token is not None:
            _carry(token)
            return devices.remember(redirect(_landing(live.actor), 303), owner)
        if over:
            session.clear()
            tell(_("That was one wrong code too many."), _("Sign in again with your password."), "problem")
            return redirect(url_for("public.sign_in"), 303)
        form.code.errors = [_("That code does not fit. Wait for a new one, then type its six digits.")]
    return render_template("public/sign_in_code.html", form=form, hide_sign_in=True), 422 if form.errors else 200


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session here and in the database, and have the browser forget what it kept of it."""
    if live := signed_in():
        sign_ins.end(work(), live)
    session.clear()
    tell(_("You are signed out."), _("If others use this device, close the browser as well."))
    response = redirect(url_for("public.index"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _onward(live: SignedIn | None) -> Response:
    """The next page of somebody who has come this far."""
    if live is None:
        return redirect(url_for("public.sign_in"), 303)
    if live.factor_needed is not None:
        return redirect(url_for("public.second_factor"), 303)
    return redirect(_landing(live.actor), 303)


def _landing(actor: Actor) -> str:
    """Where this person wanted to go, when it is a page for such as her; else her own first page."""
    first = sessions.first_page(actor)
    if first is None:
        return url_for("public.index")  # it says where her pages are
    wanted = sessions.after_sign_in(first)
    for_staff = wanted.split("?")[0].startswith("/office")
    return wanted if (actor.is_staff if for_staff else actor.is_patient) else first
