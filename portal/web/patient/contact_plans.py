"""How we may reach her: the patient's own page, and the switch for when somebody may be watching her.

Both ask for a fresh proof: whoever sits down at an open page must not be able to send her letters elsewhere. Nobody who
acts for her comes here.
"""

import hashlib
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid, NotPossible
from portal.domain.words import N_, _
from portal.services import contact_changes, contact_plans, patients, watches
from portal.web import contact_form
from portal.web.contact_form import PlanFields
from portal.web.fields import Tick, blame, required
from portal.web.notices import tell
from portal.web.patient.blueprint import blueprint
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import work

Answer = tuple[str, int] | Response
ACT, ON, OFF = "contact plan", "watch on", "watch off"


class PlanForm(PlanFields, StepUpForm):
    pass


class OnForm(StepUpForm):
    pass


class OffForm(StepUpForm):
    sure = Tick(
        N_("It is safe: whoever acts for me may do so again, and you may use all that is on file"),
        [required(N_("Tick this if it is safe to go back to the old ways."))],
    )


@blueprint.route("/contact", methods=["GET", "POST"])
@needs_proof(ACT)
def contact() -> Answer:
    form = PlanForm(ACT)
    contact_form.offer_languages(form)
    if form.is_submitted() and proven(form):
        try:
            _keep(form)
            tell(_("It is kept, and counts from now on."))
            return redirect(url_for("patient.contact"), 303)
        except Invalid as no:
            blame(form, no)
    mine = patients.own(work())
    kept = contact_plans.of(work(), mine)
    if not form.is_submitted():
        form = PlanForm(ACT, data=contact_form.given(kept.plan, mine.language))
        contact_form.offer_languages(form)
        form.shown.data = _shown(kept.version)
    return _page(form, mine, kept), 422 if form.errors else 200


def _keep(form: PlanForm) -> None:
    """Kept in place of the very plan that the page showed."""
    mine = patients.own(work())
    version = contact_plans.of(work(), mine).version
    if form.shown.data != _shown(version):
        raise NotPossible(_("This was changed in another window or by somebody else. Open the page again."))
    contact_plans.keep(work(), mine, contact_form.told(form), form.code_word.data or "", version)


def _page(form: PlanForm, mine: Any, kept: Any) -> str:
    return render_template(
        "patient/contact.html",
        form=form,
        act=ACT,
        asks=contact_form.ASKS,
        kept=kept,
        details=contact_changes.on_file(work(), mine),
        waiting=contact_changes.waiting(work(), mine),
    )


def _shown(version: int) -> str:
    return hashlib.sha256(f"contact/{version}".encode()).hexdigest()


@blueprint.get("/contact/watched")
def watched() -> Answer:
    """One switch. What it does is said here and nowhere else, and whether it is on."""
    on = watches.on(work(), patients.own(work()))
    return _switch(OffForm(OFF) if on else OnForm(ON), on)


@blueprint.post("/contact/watched/on")
@needs_proof(ON)
def begin_watch() -> Answer:
    form = OnForm(ON)
    if not proven(form):
        return _switch(form, on=False)
    watches.begin(work(), patients.own(work()))
    return _done()


@blueprint.post("/contact/watched/off")
@needs_proof(OFF)
def end_watch() -> Answer:
    form = OffForm(OFF)
    if not proven(form):
        return _switch(form, on=True)
    watches.end(work(), patients.own(work()), bool(form.sure.data))
    return _done()


def _done() -> Response:
    """In words that say nothing to whoever looks over her shoulder."""
    tell(_("It is done."))
    return redirect(url_for("patient.contact"), 303)


def _switch(form: OnForm | OffForm, on: bool) -> tuple[str, int]:
    mine = patients.own(work())
    act = OFF if on else ON
    form.shown.data = hashlib.sha256(act.encode()).hexdigest()
    plan = contact_plans.of(work(), mine).plan
    page = render_template("patient/watched.html", form=form, act=act, on=on, plan=plan)
    return page, 422 if form.errors else 200
