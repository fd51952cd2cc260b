"""The code of a letter, used: first who she is (code, birth date, one more fact), then how she will sign in.

Every wrong answer is told in the same words. What she showed is good for half an hour, in this browser only.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response
from wtforms.validators import StopValidation

from portal.domain.addresses import spelled
from portal.domain.errors import Invalid, NotFound
from portal.domain.passwords import SHORTEST
from portal.domain.patient_invitations import read_code
from portal.domain.words import N_, _
from portal.services import activations
from portal.web.fields import Choice, Date, Email, Form, Password, Text, Tick, blame, required, same_as
from portal.web.languages import own_names
from portal.web.networks import network
from portal.web.notices import tell
from portal.web.public.blueprint import blueprint
from portal.web.work import apart, edge, work

SHOWN = "invited"
LASTS = timedelta(minutes=30)
WRONG = N_(
    "This does not fit together, or the code opens nothing any more. Check the code, the birth date and the fact "
    "that your letter asks for. After a few wrong tries a code is stopped; then call us for a new one."
)


class CodeForm(Form):
    code = Text(
        N_("The code in your letter"),
        [required(N_("Type the code that stands in your letter."))],
        hint=N_("Capitals or small letters, with or without hyphens."),
        most=60,
        autocomplete="off",
        width=20,
    )
    birth_date = Date(
        N_("Your birth date"), [required(N_("Give your birth date."))], hint=N_("Day, month, year: 27 3 1985.")
    )
    fact = Text(
        N_("The fact your letter asks for"),
        [required(N_("Type the fact that your letter asks for."))],
        hint=N_("Your letter says which: your postal code, or the last four digits of your telephone number."),
        most=40,
        autocomplete="off",
        width=10,
    )


def _same_address(form: Any, field: Any) -> None:
    """Both times the same address; a telephone that begins with a capital changes nothing."""
    if form.email.data and spelled(field.data or "") != spelled(form.email.data):
        raise StopValidation(_("The two e-mail addresses are not the same. Type both again."))


class SignInForm(Form):
    email = Email(
        N_("The e-mail address you will sign in with"),
        [required(N_("Type your e-mail address."))],
        hint=N_("We write to it when something waits for you. What it is about stands in the portal only."),
        most=254,
        autocomplete="username",
    )
    email_again = Email(
        N_("The same e-mail address again"),
        [_same_address],
        most=254,
        autocomplete="off",
    )
    password = Password(N_("A new password"), [required(N_("Choose a password."))], autocomplete="new-password")
    again = Password(
        N_("The same password again"),
        [same_as("password", N_("The two passwords are not the same. Type both again."))],
        autocomplete="new-password",
    )
    language = Choice(N_("In which language do we write to you?"), [required(N_("Choose a language."))])
    agreed = Tick(
        N_("I have read the privacy policy, and I keep my password to myself"),
        [required(N_("Read the privacy policy, then tick the box."))],
    )


@blueprint.route("/activate", methods=["GET", "POST"])
def activate_by_code() -> tuple[str, int] | Response:
    form = CodeForm()
    if form.validate_on_submit() and (invitation_id := _shown(form)) is not None:
        session[SHOWN] = [str(invitation_id), edge().now().timestamp()]
        return redirect(url_for("public.set_up_sign_in"), 303)
    return render_template("public/code_activation.html", form=form, hide_sign_in=True), 422 if form.errors else 200


def _shown(form: CodeForm) -> UUID | None:
    """Whose invitation it is; a no is left on the form. A slip of the pen is told apart, and counts as no try."""
    try:
        code = read_code(form.code.data or "")
    except Invalid as no:
        blame(form, no)
        return None
    with apart() as trying:
        found = activations.try_code(trying, code, form.birth_date.data, form.fact.data or "", network())  # type: ignore[arg-type]
    if found is None:
        form.form_errors = [_(WRONG)]
    return found


@blueprint.route("/activate/account", methods=["GET", "POST"])
def set_up_sign_in() -> tuple[str, int] | Response:
    invitation_id = _carried()
    if invitation_id is None:
        return redirect(url_for("public.activate_by_code"), 303)
    form = SignInForm()
    form.language.choices = own_names()
    try:
        with apart(writes=False) as looking:
            invited = activations.invited(looking, invitation_id)
        if form.validate_on_submit() and _set_up(form, invitation_id):
            session.pop(SHOWN)
            tell(_("Your sign-in is set up."), _("Sign in with your e-mail address and your password now."))
            return redirect(url_for("public.sign_in"), 303)
    except NotFound:
        session.pop(SHOWN)
        raise
    if not form.is_submitted():
        form.email.data, form.language.data = invited.email, invited.language
    page = render_template(
        "public/code_sign_in.html", form=form, name=invited.name, shortest=SHORTEST[False], hide_sign_in=True
    )
    return page, 422 if form.errors else 200


def _set_up(form: SignInForm, invitation_id: UUID) -> bool:
    """Whether it is done; a no is left on the form. The password is hashed before anything is written."""
    email, password = form.email.data or "", form.password.data or ""
    try:
        with apart(writes=False) as looking:
            activations.check_password(looking, invitation_id, email, password)
        password_hash = edge().outside.passwords.hash(password)
        activations.accept(work(), invitation_id, email, password_hash, form.language.data or "")
    except Invalid as no:
        blame(form, no)
        return False
    return True


def _carried() -> UUID | None:
    """The invitation whose facts this browser gave within half an hour."""
    kept = session.get(SHOWN)
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    given_at = datetime.fromtimestamp(float(kept[1]), UTC)
    if not timedelta(0) <= edge().now() - given_at < LASTS:
        session.pop(SHOWN)
        return None
    return UUID(kept[0])
