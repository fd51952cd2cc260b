"""A patient who lost every way to sign in stands at the counter: one of us asks for a new way in, another approves."""

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.words import N_, _
from portal.services import patients, readmissions
from portal.web.fields import Choice, Form, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer, done
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import work

PLACE = "/office/patients/<number>/way-in"


class ReadmissionForm(Form):
    method = Choice(
        N_("How did you see that it is she?"),
        [required(N_("Choose how the identity was checked."))],
        choices=list(readmissions.METHODS.items()),
    )


@blueprint.route(PLACE, methods=["GET", "POST"])
def way_in(number: str) -> Answer:
    patient, form = patients.find(work(), number), ReadmissionForm()
    if form.validate_on_submit() and done(form, readmissions.ask, patient, form.method.data or ""):
        tell(_("It is asked for."), _("Somebody else at the clinic has to approve it within a day."))
        return redirect(url_for("office.way_in", number=patient.number), 303)
    return _page(patient, form, StepUpForm("readmission"))


@blueprint.post(f"{PLACE}/approve")
@needs_proof("readmission")
def approve_way_in(number: str) -> Answer:
    """The letter with the one-time link; it is shown this once."""
    form = StepUpForm("readmission")
    if not proven(form):
        return _page(patients.find(work(), number), ReadmissionForm(formdata=None), form)
    patient = patients.find(work(), number)
    way = readmissions.approve(work(), patient, form.shown.data or "")
    return render_template("office/way_in_letter.html", patient=patient, way=way), 200


@blueprint.post(f"{PLACE}/refuse")
def refuse_way_in(number: str) -> Response:
    patient = patients.find(work(), number)
    readmissions.refuse(work(), patient)
    tell(_("Nobody is let in by this."), _("The patient can see in her access log that it was asked for and refused."))
    return redirect(url_for("office.patient", number=patient.number), 303)


def _page(patient: Any, form: ReadmissionForm, proof: StepUpForm) -> tuple[str, int]:
    """What waits, or the question how it was seen who she is."""
    waiting = readmissions.pending(work(), patient)
    if waiting is not None:
        proof.shown.data = readmissions.digest(waiting)
    wrong = form if form.errors else proof
    html = render_template(
        "office/way_in.html",
        patient=patient,
        ask=form,
        form=wrong,
        proof=proof,
        waiting=waiting,
        how=readmissions.METHODS.get(waiting.method, "") if waiting else "",
        mine=waiting is not None and waiting.asked_by_id == work().actor.id,
    )
    return html, 422 if wrong.errors else 200
