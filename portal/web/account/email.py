"""Another e-mail address to sign in with: a fresh proof, a link to the new address, and word to the old one."""

import hashlib

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.words import N_, _
from portal.services import accounts, email_changes
from portal.web.account.blueprint import blueprint
from portal.web.fields import Email, blame, required
from portal.web.notices import tell
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import work

ACT = "sign-in e-mail"


class EmailForm(StepUpForm):
    email = Email(
        N_("Your new e-mail address"),
        [required(N_("Write the e-mail address you want to sign in with."))],
        most=254,
        autocomplete="email",
    )


@blueprint.route("/account/email", methods=["GET", "POST"])
@needs_proof(ACT)
def email() -> tuple[str, int] | Response:
    """What is shown depends on the address she has now: a proof for another one is good for nothing."""
    form = EmailForm(ACT)
    if form.is_submitted() and proven(form):
        try:
            email_changes.ask(work(), form.email.data or "")
            tell(_("We sent a link to the new address."), _("Open it there. Until then you sign in as before."))
            return redirect(url_for("account.email"), 303)
        except Invalid as no:
            blame(form, no)
    mine = accounts.own(work())
    form.shown.data = hashlib.sha256(f"email/{mine.email}".encode()).hexdigest()
    page = render_template(
        "account/email.html", form=form, account=mine, act=ACT, waiting=email_changes.waiting(work())
    )
    return page, 422 if form.errors else 200


@blueprint.post("/account/email/take-back")
def take_email_back() -> Response:
    email_changes.take_back(work())
    tell(_("You took it back. You sign in as before."))
    return redirect(url_for("account.email"), 303)
