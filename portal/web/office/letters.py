"""The letters of a case and the scans it came with: to read, and to keep."""

from uuid import UUID

from flask import render_template
from werkzeug.wrappers import Response

from portal.domain.words import N_
from portal.services import cases, files, letters
from portal.web import downloads
from portal.web.letters import printed
from portal.web.office.blueprint import blueprint
from portal.web.office.headings import heading
from portal.web.work import work

TITLES = {
    "request": N_("The request"),
    "acknowledgement": N_("Acknowledgement"),
    "question": N_("Question"),
    "estimate": N_("Fee estimate"),
    "fee_waived": N_("The fee is waived"),
    "fee_kept": N_("The fee stays"),
    "extension": N_("Extension of the time limit"),
    "no_record": N_("Answer: no record"),
    "decision": N_("Decision"),
    "refusal": N_("Refusal"),
    "ready": N_("The answer is ready"),
    "withdrawal": N_("Withdrawal"),
    "consent_receipt": N_("Receipt"),
    "consent_notice": N_("Letter to a recipient"),
    "note_received": N_("Acknowledgement"),
    "note_decision": N_("Decision"),
    "correction_notice": N_("Letter to a recipient"),
    "complaint_receipt": N_("Receipt of the complaint"),
    "disclosure_notice": N_("Letter about what was given without consent"),
    "invitation": N_("Invitation to the portal"),
    "way_in": N_("A new way in"),
    "complaint_answer": N_("Answer to the complaint"),
}


@blueprint.get("/office/cases/<reference>/letters/<uuid:letter_id>")
def letter(reference: str, letter_id: UUID) -> str:
    case = cases.find(work(), reference)
    row, words = letters.find(work(), case, letter_id)
    return render_template("office/letter.html", case=case, head=heading(case), row=row, letter=words)


@blueprint.get("/office/cases/<reference>/letters/<uuid:letter_id>.pdf")
def letter_pdf(reference: str, letter_id: UUID) -> Response:
    return printed(cases.find(work(), reference), letter_id)


@blueprint.get("/office/cases/<reference>/files/<uuid:file_id>")
def scan(reference: str, file_id: UUID) -> Response:
    """The paper a request, a complaint or a consent came on: a picture is shown, a PDF is handed over."""
    case = cases.find(work(), reference)
    file = files.find_in_case(work(), case, file_id, "scan")
    return downloads.picture(files.name_of(work(), file), file.media_type, file.size, files.stream(work(), file))
