"""A file that is nobody's work today: first a reason, and that the patient will read it."""

from typing import Any, cast

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.file_reasons import LONGEST, rules
from portal.domain.words import N_
from portal.services import file_reasons, patients, throttling
from portal.services.sign_ins import SignedIn
from portal.web.fields import Choice, Form, LongText, blame, required
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer, glance
from portal.web.work import apart, signed_in, work


class ReasonForm(Form):
    reason = Choice(N_("Why do you open this file?"), [required(N_("Choose why you open this file."))])
    words = LongText(
        N_("In your own words"),
        hint=N_("One sentence. The patient reads it as you write it."),
        limit=LONGEST,
        rows=3,
    )


@blueprint.route("/office/patients/<number>/reason", methods=["GET", "POST"])
def give_reason(number: str) -> Answer:
    """Before the reason is given, the page shows the name, the number and the birth date only."""
    _count_a_look(number)
    patient, form = patients.find_to_open(work(), number), ReasonForm()
    patients.sought(work(), patient)
    form.reason.choices = [(each.id, each.title) for each in rules().reasons]
    if form.validate_on_submit():
        try:
            file_reasons.give(work(), patient, form.reason.data, form.words.data or "")
            return redirect(url_for("office.patient", number=patient.number), 303)
        except Invalid as no:
            blame(form, no)
    minutes = int(rules().lasts.total_seconds() // 60)
    html = render_template("office/file_reason.html", patient=patient, form=form, minutes=minutes)
    return html, 422 if form.errors else 200


def _count_a_look(number: str) -> None:
    """Numbers follow each other: a physician cannot turn the files of others one by one to see whose they are."""
    with glance() as looking:
        stranger = not patients.is_tied(looking, patients.find_to_open(looking, number))
    if stranger:
        with apart() as counting:
            throttling.spend(counting, f"files:{cast(SignedIn, signed_in()).actor.id}", throttling.FILES_OF_OTHERS)


def asked_first(looking: Any, patient: Any, good: bool = True) -> Response | None:
    """The way to the page that asks why, unless the file is this person's work or she said why.

    ``good`` is whether the reason must still be good; a form that was begun in time may be sent afterwards.
    """
    if not file_reasons.needed(looking, patient):
        return None
    given = file_reasons.in_force(looking, patient) if good else file_reasons.last(looking, patient)
    return None if given else redirect(url_for("office.give_reason", number=patient.number), 303)
