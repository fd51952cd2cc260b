"""The letters of a request: each as a page, and as the PDF that the worker printed."""

from uuid import UUID

from flask import render_template
from werkzeug.wrappers import Response

from portal.domain.errors import NotPossible
from portal.domain.words import _
from portal.services import access_requests, files, letters
from portal.web import downloads
from portal.web.patient.blueprint import blueprint
from portal.web.patient.timeline import sender
from portal.web.work import work


@blueprint.get("/access-requests/<reference>/letters/<uuid:letter_id>")
def letter(reference: str, letter_id: UUID) -> str:
    case = access_requests.find(work(), reference)
    row, words = letters.find(work(), case, letter_id)
    return render_template("patient/letter.html", case=case, row=row, letter=words, sender=sender(row, words))


@blueprint.get("/access-requests/<reference>/letters/<uuid:letter_id>.pdf")
def letter_pdf(reference: str, letter_id: UUID) -> Response:
    case = access_requests.find(work(), reference)
    row, _words = letters.find(work(), case, letter_id)
    file = letters.printed(work(), row)
    if file is None:
        raise NotPossible(_("This letter is still being printed. You can read it on the page; try again in a minute."))
    name = files.name_of(work(), file)
    return downloads.attachment(name, file.media_type, file.size, files.stream(work(), file))
