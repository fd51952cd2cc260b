"""Ten recovery codes: made after the person proved herself again, and shown this once, on a page to print."""

from flask import render_template

from portal.domain.errors import NotPossible
from portal.domain.words import _
from portal.services import accounts, recovery_codes
from portal.web import step_up
from portal.web.account.blueprint import blueprint
from portal.web.step_up import StepUpForm
from portal.web.work import work


@blueprint.route("/account/recovery-codes", methods=["GET", "POST"])
@step_up.needs_proof("recovery codes")
def new_recovery_codes() -> tuple[str, int]:
    form = StepUpForm("recovery codes")
    if form.is_submitted() and step_up.proven(form):
        codes = recovery_codes.new_set(work())
        return render_template("account/recovery_codes.html", codes=codes, account=accounts.own(work())), 200
    mine = accounts.own(work())
    if not mine.second_factor_on:
        raise NotPossible(_("Turn on your second proof first. Recovery codes stand in for it."))
    left = recovery_codes.left(work(), mine.id)
    page = render_template("account/new_recovery_codes.html", form=form, left=left)
    return page, 422 if form.errors else 200
