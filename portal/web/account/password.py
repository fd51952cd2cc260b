"""Another password: the present one is asked for, and the code of the minute where codes are on."""

from typing import cast
from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.words import N_, _
from portal.services import accounts, passkeys, passwords, throttling
from portal.services.sign_ins import SignedIn
from portal.web import step_up
from portal.web.account.blueprint import blueprint
from portal.web.fields import Code, Form, Hidden, Password, blame, required, required_without, same_as
from portal.web.notices import tell
from portal.web.work import apart, edge, signed_in, work

ACT = "password"


class PasswordForm(Form):
    """The code's field is taken away for those who have none."""

    current = Password(N_("Your password now"), [required(N_("Type your password."))])
    shown = Hidden()
    question = Hidden()
    passkey = Hidden()
    code = Code(
        N_("The six digits your app shows now"),
        [required_without("passkey", N_("Type the six digits that your app shows, or use your passkey."))],
        width=10,
    )
    password = Password(N_("A new password"), [required(N_("Choose a password."))], autocomplete="new-password")
    again = Password(
        N_("The same password again"),
        [same_as("password", N_("The two passwords are not the same. Type both again."))],
        autocomplete="new-password",
    )


@blueprint.route("/account/password", methods=["GET", "POST"])
@step_up.needs_proof(ACT)
def password() -> tuple[str, int] | Response:
    live = cast(SignedIn, signed_in())
    with apart(writes=False, actor=live.actor) as looking:
        mine = accounts.own(looking)
        shortest, proof = passwords.shortest(mine), mine.second_factor_on
        codes_on = proof and mine.totp_sealed is not None
    form = PasswordForm()
    if not codes_on:
        del form.code
    if form.validate_on_submit() and _changed(form, live, codes_on, proof):
        tell(_("Your password is changed."), _("You are signed out everywhere else."))
        return redirect(url_for("account.overview"), 303)
    form.shown.data, form.question.data, form.passkey.data = ACT, "", ""
    page = render_template("account/password.html", form=form, shortest=shortest, codes_on=codes_on, act=ACT)
    return page, 422 if form.errors else 200


def _changed(form: PasswordForm, live: SignedIn, codes_on: bool, proof: bool) -> bool:
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
        by_passkey = _by_passkey(form, live)
        if proof and not codes_on and not by_passkey:
            raise Invalid(_("Use your passkey to show that it is you. Nothing was changed."), "current")
        passwords.change(work(), hashed, None if by_passkey else (form.code.data or "") if codes_on else "")
    except Invalid as no:
        blame(form, no)
        return False
    step_up.proven_otherwise(ACT)
    return True


def _by_passkey(form: PasswordForm, live: SignedIn) -> bool:
    """Whether a passkey of hers was used for this."""
    if not form.passkey.data:
        return False
    answer = (form.question.data or "", form.passkey.data)
    with apart(actor=live.actor) as proving:
        return passkeys.step_up(proving, cast(UUID, live.actor.id), live.id, ACT, ACT, *answer)
