"""Another password: the present one is asked for, and the code of the minute where codes are on."""

from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.words import N_, _
from portal.services import accounts, passwords, sign_ins, throttling
from portal.web.account.blueprint import blueprint
from portal.web.fields import Code, Form, Password, blame, required, same_as
from portal.web.notices import tell
from portal.web.work import TOKEN, apart, edge, signed_in, work


class PasswordForm(Form):
    """The code's field is taken away for those who have none."""

    current = Password(N_("Your password now"), [required(N_("Type your password."))])
    code = Code(
        N_("The six digits your app shows now"), [required(N_("Type the six digits that your app shows."))], width=10
    )
    password = Password(N_("A new password"), [required(N_("Choose a password."))], autocomplete="new-password")
    again = Password(
        N_("The same password again"),
        [same_as("password", N_("The two passwords are not the same. Type both again."))],
        autocomplete="new-password",
    )


@blueprint.route("/account/password", methods=["GET", "POST"])
def password() -> tuple[str, int] | Response:
    live = signed_in()
    assert live is not None  # noqa: S101 (the door let nobody else pass)
    with apart(writes=False, actor=live.actor) as looking:
        mine = accounts.own(looking)
        shortest, codes_on = passwords.shortest(mine), mine.totp_sealed is not None and mine.second_factor_on
    form = PasswordForm()
    if not codes_on:
        del form.code
    if form.validate_on_submit() and _changed(form, live, codes_on):
        tell(_("Your password is changed."), _("You are signed out everywhere else."))
        return redirect(url_for("account.overview"), 303)
    page = render_template("account/password.html", form=form, shortest=shortest, codes_on=codes_on)
    return page, 422 if form.errors else 200


def _changed(form: PasswordForm, live: sign_ins.SignedIn, codes_on: bool) -> bool:
    """Whether it is done; a no is left on the form. What takes time comes before the transaction that writes."""
    wanted = form.password.data or ""
    with apart(actor=live.actor) as counting:
        throttling.spend(counting, f"step_up:{live.actor.id}", throttling.STEP_UP_BY_ACCOUNT)
    with apart(writes=False, actor=live.actor) as looking:
        mine = accounts.own(looking).id
        right = passwords.is_present(looking, mine, form.current.data or "")
    try:
        if not right:
            raise Invalid(_("That is not your password now. Nothing was changed. Type it again."), "current")
        with apart(writes=False, actor=live.actor) as looking:
            passwords.check_new(looking, mine, wanted)
        hashed = edge().outside.passwords.hash(wanted)
        passwords.change(work(), hashed, (form.code.data or "") if codes_on else "")
    except Invalid as no:
        blame(form, no)
        return False
    session[TOKEN] = sign_ins.rotate(work(), live)
    return True
