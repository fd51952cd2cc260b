"""The letters of a request: each as a page, and as the PDF that the worker printed."""

from uuid import UUID

from flask import render_template
from werkzeug.wrappers import Response

from portal.services import access_requests, letters
from portal.web.letters import printed
from portal.web.patient.blueprint import blueprint
from portal.web.patient.letter_ways import said
from portal.web.patient.timeline import sender
from portal.web.work import work


@blueprint.get("/access-requests/<reference>/letters/<uuid:letter_id>")
def letter(reference: str, letter_id: UUID) -> str:
    case = access_requests.find(work(), reference)
    row, words = letters.find(work(), case, letter_id)
    ways = said(case, [row.id]).get(row.id, [])
    facts = {"case": case, "row": row, "letter": words, "sender": sender(row, words), "ways": ways}
    return render_template("patient/letter.html", **facts)


@blueprint.get("/access-requests/<reference>/letters/<uuid:letter_id>.pdf")
def letter_pdf(reference: str, letter_id: UUID) -> Response:
    return printed(access_requests.find(work(), reference), letter_id)
