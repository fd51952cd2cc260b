"""The law's letter to a patient about a disclosure: to read and to print."""

from uuid import UUID

from flask import render_template
from werkzeug.wrappers import Response

from portal.services import disclosure_notices, disclosure_register, notice_chains
from portal.web.letters import as_file
from portal.web.office.blueprint import blueprint
from portal.web.office.file_reasons import asked_first
from portal.web.work import work

PLACE = "/office/disclosures/<uuid:disclosure_id>/letter"


@blueprint.get(PLACE)
def disclosure_letter(disclosure_id: UUID) -> str | Response:
    entry, patient = disclosure_register.find(work(), disclosure_id)
    if ask := asked_first(work(), patient):
        return ask
    row, letter = disclosure_notices.office_letter(work(), patient, entry)
    return render_template(
        "office/disclosures/letter.html",
        entry=entry,
        patient=patient,
        row=row,
        letter=letter,
        counts=notice_chains.counts(work(), row),
    )


@blueprint.get(f"{PLACE}.pdf")
def disclosure_letter_pdf(disclosure_id: UUID) -> Response:
    entry, patient = disclosure_register.find(work(), disclosure_id)
    if ask := asked_first(work(), patient):
        return ask
    return as_file(disclosure_notices.office_letter(work(), patient, entry)[0])
