"""The clinic's letter about something that was given without consent: for the patient herself alone."""

from uuid import UUID

from flask import render_template
from werkzeug.wrappers import Response

from portal.services import disclosure_notices, notice_chains
from portal.web.letters import as_file
from portal.web.patient.blueprint import blueprint
from portal.web.work import work


@blueprint.get("/disclosures/<uuid:disclosure_id>/letter")
def disclosure_letter(disclosure_id: UUID) -> str:
    row, letter = disclosure_notices.her_letter(work(), disclosure_id)
    counts = notice_chains.counts(work(), row)
    return render_template("patient/disclosure_letter.html", row=row, letter=letter, counts=counts)


@blueprint.get("/disclosures/<uuid:disclosure_id>/letter.pdf")
def disclosure_letter_pdf(disclosure_id: UUID) -> Response:
    return as_file(disclosure_notices.her_letter(work(), disclosure_id)[0])
