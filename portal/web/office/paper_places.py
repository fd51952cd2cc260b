"""The second step of putting a paper somewhere: whose the typed number is. Nothing is filed before it is confirmed."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.words import _
from portal.services import incoming_papers, patient_papers, patients
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.incoming_papers import came_in, kept_with_case
from portal.web.office.queues import what
from portal.web.office.step_pages import Answer
from portal.web.work import work


@blueprint.route("/office/correspondence/incoming/<uuid:scan_id>/place", methods=["GET", "POST"])
def paper_place(scan_id: UUID) -> Answer:
    """A paper of the tray: the number and whether it is hers stand in the address."""
    row = incoming_papers.find(work(), scan_id, lock=work().writes)
    here, belongs, hers = url_for("office.incoming_paper", scan_id=row.id), request.args.get("belongs", ""), _hers()
    try:
        case, patient = incoming_papers.owner_by(work(), belongs)
    except Invalid as no:
        tell(str(no))
        return redirect(here, 303)
    if patient is None:
        return redirect(here, 303)
    if work().writes:
        incoming_papers.put_away(work(), row, belongs, hers)
        return _filed(row)
    sender = incoming_papers.sender_of(work(), row)
    return _asked(case, patient, here, line=came_in(row, work().today), sender=sender, hers=hers,
                  opens=url_for("office.incoming_scan", scan_id=row.id), size=row.size)  # fmt: skip


def _hers() -> bool:
    return request.args.get("hers") == "1"


def _asked(case: Any, patient: Any, leave: str, **facts: Any) -> Answer:
    """Who looked up whose number it is leaves a trace, as with every search."""
    patients.sought(work(), patient)
    facts["about"] = what(case) if case is not None else ""
    return render_template("office/correspondence/place.html", case=case, patient=patient, leave=leave, **facts), 200


def _filed(row: Any) -> Response:
    if row.case_id is not None:
        tell(*kept_with_case())
        return redirect(url_for("office.case", reference=row.case.reference), 303)
    tell(
        _("The paper stands with the patient's file."),
        _("Is it a request? Enter it from the file, so that its clock runs."),
    )
    return redirect(url_for("office.incoming"), 303)


@blueprint.route("/office/patients/<number>/papers/<uuid:scan_id>/case/<reference>", methods=["GET", "POST"])
def paper_to_this_case(number: str, scan_id: UUID, reference: str) -> Answer:
    """A paper of her file, to a case of hers."""
    patient = patients.find(work(), number)
    paper = patient_papers.find(work(), patient, scan_id, lock=work().writes)
    case = patient_papers.case_for(work(), patient, paper, reference)
    if work().writes:
        patient_papers.put_to_case(work(), patient, paper, reference, _hers())
        return _filed(paper.row)
    here = url_for("office.paper_to_case", number=patient.number, scan_id=scan_id)
    opens = url_for("office.patient_paper", number=patient.number, scan_id=scan_id)
    return _asked(case, patient, here, line=came_in(paper.row, work().today), sender=paper.sender, hers=_hers(),
                  opens=opens, size=paper.file.size)  # fmt: skip
