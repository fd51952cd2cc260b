"""The second step at the door: the code of the minute, or one of the codes on paper when the phone is lost."""

from collections.abc import Callable

from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from portal.domain.words import N_, _
from portal.services import sign_ins
from portal.services.sign_ins import SignedIn
from portal.services.work import Work
from portal.web import devices
from portal.web.fields import Code, Form, Text, required
from portal.web.notices import tell
from portal.web.public.blueprint import blueprint
from portal.web.public.onward import carry, landing, onward
from portal.web.work import apart, signed_in

Gives = Callable[[Work, SignedIn, str], str | None]
Answer = tuple[str, int] | Response


class SecondFactorForm(Form):
    code = Code(
        N_("The six digits your app shows now"),
        [required(N_("Type the six digits that your app shows."))],
        hint=N_("Open the app on your phone in which you set up this sign-in. A new code comes every 30 seconds."),
        width=10,
    )


class RecoveryCodeForm(Form):
    code = Text(
        N_("One of your recovery codes"),
        [required(N_("Type one of the codes on your paper."))],
        hint=N_("Any of the ten that has not been used. Blanks and dashes do not matter."),
        most=60,
        autocomplete="off",
    )


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def second_factor() -> Answer:
    wrong = _("That code does not fit. Wait for a new one, then type its six digits.")
    return _step(SecondFactorForm(), sign_ins.give_code, "public/sign_in_code.html", wrong)


@blueprint.route("/sign-in/recovery-code", methods=["GET", "POST"])
def recovery_code() -> Answer:
    wrong = _("That is none of your codes, or it was used before. Type another one.")
    return _step(RecoveryCodeForm(), sign_ins.give_recovery_code, "public/sign_in_recovery_code.html", wrong)


def _step(form: SecondFactorForm | RecoveryCodeForm, gives: Gives, template: str, wrong: str) -> Answer:
    live = signed_in()
    if live is None or live.factor_needed is None:
        return onward(live)
    if form.validate_on_submit():
        with apart(actor=live.actor) as proving:
            token = gives(proving, live, form.code.data or "")
            over = token is None and not sign_ins.is_live(proving, live)
        if token is not None:
            carry(token)
            return devices.remember(redirect(landing(live.actor), 303), live)
        if over:
            session.clear()
            tell(_("That was one wrong code too many."), _("Sign in again with your password."), "problem")
            return redirect(url_for("public.sign_in"), 303)
        form.code.errors = [wrong]
    return render_template(template, form=form, hide_sign_in=True), 422 if form.errors else 200
