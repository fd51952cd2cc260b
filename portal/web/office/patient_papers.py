"""A paper that stands with a patient's file: opened, or put to a case."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.words import N_
from portal.services import files, patient_papers, patients
from portal.web import downloads
from portal.web.fields import Form, Text, Tick, blame, required
from portal.web.office.blueprint import blueprint
from portal.web.office.file_reasons import asked_first
from portal.web.office.incoming_papers import HERS
from portal.web.office.step_pages import Answer
from portal.web.work import work


class CaseForm(Form):
    belongs = Text(
        N_("Number of the case"),
        [required(N_("Type the number of the case."))],
        hint=N_("Such as AR-2026-000123-K."),
        most=24,
        width=20,
    )
    hers = Tick(HERS)


@blueprint.get("/office/patients/<number>/papers/<uuid:scan_id>")
def patient_paper(number: str, scan_id: UUID) -> Response:
    """Whoever has no work with the file says why first, as for the file itself."""
    patient = patients.find(work(), number)
    paper = patient_papers.find(work(), patient, scan_id)
    if ask := asked_first(work(), patient):
        return ask
    patient_papers.opened(work(), patient, paper)
    return downloads.picture(paper.name, paper.file.media_type, paper.file.size, files.stream(work(), paper.file))


@blueprint.route("/office/patients/<number>/papers/<uuid:scan_id>/case", methods=["GET", "POST"])
def paper_to_case(number: str, scan_id: UUID) -> Answer:
    patient, form = patients.find(work(), number), CaseForm()
    paper = patient_papers.find(work(), patient, scan_id, lock=work().writes)
    if form.validate_on_submit():
        reference = (form.belongs.data or "").strip().upper()
        try:
            patient_papers.case_for(work(), patient, paper, reference)
        except Invalid as no:
            blame(form, no)
        else:
            asked: dict[str, Any] = {"reference": reference, **({"hers": "1"} if form.hers.data else {})}
            place = url_for("office.paper_to_this_case", number=patient.number, scan_id=scan_id, **asked)
            return redirect(place, 303)
    html = render_template("office/correspondence/to_case.html", form=form, patient=patient, paper=paper)
    return html, 422 if form.errors else 200
