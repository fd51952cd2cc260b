"""One-time codes as a second proof: turned on, or moved to another phone."""

import hashlib

from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.words import _
from portal.services import accounts, sign_ins
from portal.web import one_time_codes, step_up
from portal.web.account.blueprint import blueprint
from portal.web.fields import blame
from portal.web.notices import tell
from portal.web.one_time_codes import CodesForm
from portal.web.step_up import StepUpForm
from portal.web.work import TOKEN, signed_in, work


class TurnCodesOnForm(CodesForm, StepUpForm):
    """A new second proof needs the old one: the password."""


@blueprint.route("/account/codes", methods=["GET", "POST"])
@step_up.needs_proof("codes on")
def codes() -> tuple[str, int] | Response:
    """Turn one-time codes on; the session gets a new token, and every other one of this person ends."""
    form = TurnCodesOnForm("codes on")
    if form.is_submitted():
        form.shown.data = _digest(form.setup.data)
        if step_up.proven(form) and _turned_on(form):
            tell(_("Your second proof is on."), _("Make recovery codes now, for the day you do not have your phone."))
            return redirect(url_for("account.overview"), 303)
    return _codes_page(form), 422 if form.errors else 200


def _turned_on(form: TurnCodesOnForm) -> bool:
    secret = one_time_codes.carried(form, str(work().actor.id))
    try:
        if secret is None:
            raise Invalid(_("This took longer than an hour, so the code is a new one. Set up your app again."), "code")
        accounts.turn_codes_on(work(), secret, form.code.data or "")
    except Invalid as no:
        blame(form, no)
        return False
    if live := signed_in():
        session[TOKEN] = sign_ins.rotate(work(), live)
    return True


def _codes_page(form: TurnCodesOnForm) -> str:
    mine = accounts.own(work())
    setup = one_time_codes.begun(form, str(mine.id), mine.email)
    form.shown.data = _digest(form.setup.data)
    return render_template("account/codes.html", form=form, account=mine, setup=setup)


def _digest(setup: str | None) -> str:
    return hashlib.sha256((setup or "").encode()).hexdigest()
