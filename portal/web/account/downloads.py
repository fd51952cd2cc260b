"""The person's own wish: her second proof is asked for before a package is downloaded."""

import hashlib

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import NotPossible
from portal.domain.words import _
from portal.services import accounts
from portal.web import step_up
from portal.web.account.blueprint import blueprint
from portal.web.notices import tell
from portal.web.step_up import StepUpForm
from portal.web.work import work


@blueprint.route("/account/downloads", methods=["GET", "POST"])
@step_up.needs_proof("downloads")
def downloads() -> tuple[str, int] | Response:
    """Turned to the other way; a second press on an old page turns nothing back."""
    form = StepUpForm("downloads")
    if form.is_submitted() and step_up.proven(form):
        mine = accounts.own(work())
        if form.shown.data != _shown(mine.strict_downloads):
            raise NotPossible(_("This was changed in another window. Open the page again."))
        accounts.ask_before_downloads(work(), not mine.strict_downloads)
        tell(_("Your wish is kept."))
        return redirect(url_for("account.overview"), 303)
    mine = accounts.own(work())
    if not mine.second_factor_on:
        raise NotPossible(_("Turn on your second proof first, then it can be asked for."))
    form.shown.data = _shown(mine.strict_downloads)
    return render_template("account/downloads.html", form=form, account=mine), 422 if form.errors else 200


def _shown(strict: bool) -> str:
    return hashlib.sha256(f"downloads/{strict}".encode()).hexdigest()
