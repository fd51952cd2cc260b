"""The changes of name and contact that patients asked for: a list, and a page where one is accepted or refused."""

import hashlib
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.contact_changes import FIELD_NAMES
from portal.domain.contact_plans import choices
from portal.domain.errors import NotPossible
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.services import contact_changes, contact_plans, patients
from portal.web.fields import Choice, Hidden, required, required_if
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.contact_panel import panel
from portal.web.office.step_pages import Answer, done
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import work

ACCEPT, REFUSE = "accept", "refuse"
ACT = "contact change"


class DecisionForm(StepUpForm):
    """``seen`` is the change that was shown."""

    decision = Choice(
        N_("What do you do?"),
        [required(N_("Choose whether you accept it or refuse it."))],
        choices=[
            (ACCEPT, N_("Accept it: from now on the new ones count")),
            (REFUSE, N_("Refuse it: all stays as it is")),
        ],
        reveals={ACCEPT: "told", REFUSE: "reason"},
    )
    told = Choice(
        N_("How was the old number or address told?"),
        [required_if("decision", ACCEPT, N_("Choose how the old number or address was told."))],
        choices=[(each.id, each.title) for each in choices().told],
    )
    reason = Choice(
        N_("Why is it refused?"),
        [required_if("decision", REFUSE, N_("Choose why it is refused. The patient reads it."))],
        choices=[(each.id, each.title) for each in choices().refusals],
    )
    seen = Hidden()


@blueprint.get("/office/contact-changes")
def all_contact_changes() -> str:
    return render_template("office/contact_changes.html", rows=contact_changes.all_waiting(work()))


@blueprint.route("/office/patients/<number>/contact-change", methods=["GET", "POST"])
@needs_proof(ACT)
def contact_change(number: str) -> Answer:
    """Of two who decide at once the second is told so; what was shown is what is decided, after a fresh proof."""
    form = DecisionForm(ACT)
    sent = form.is_submitted() and proven(form)
    found = patients.find(work(), number)
    work().must(Permission.CONTACT_DECIDE, found)
    if sent and _decided(form, found):
        return _done(form)
    waiting = contact_changes.waiting(work(), found)
    if waiting is None:
        raise NotPossible(_("Nothing waits: it was decided, or the patient took it back."))
    if not form.is_submitted():
        form.seen.data = str(waiting.row.id)
        form.shown.data = _shown(form.seen.data)
    html = render_template(
        "office/contact_change.html", form=form, patient=found, waiting=waiting, names=FIELD_NAMES, act=ACT,
        panel=panel(found), reach=contact_plans.reach_of(work(), found),
    )  # fmt: skip
    if not form.is_submitted():
        patients.opened(work(), found)
    return html, 422 if form.errors else 200


def _decided(form: DecisionForm, found: Any) -> bool:
    if form.shown.data != _shown(form.seen.data or ""):
        raise NotPossible(_("This changed since you looked. Open the page again."))
    if form.decision.data == ACCEPT:
        return done(form, contact_changes.accept, found, form.seen.data or "", form.told.data or "")
    return done(form, contact_changes.refuse, found, form.seen.data or "", form.reason.data or "")


def _shown(change: str) -> str:
    return hashlib.sha256(f"contact-change/{change}".encode()).hexdigest()


def _done(form: DecisionForm) -> Response:
    if form.decision.data == ACCEPT:
        tell(_("The change is made."), _("The patient reads so on her page."))
    else:
        tell(_("The change is refused."), _("The patient reads why on her page."))
    return redirect(url_for("office.all_contact_changes"), 303)
