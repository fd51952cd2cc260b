"""An accuracy note on one page: her words beside the entry, what was decided, who is told, and the history."""

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.accuracy_notes import CHOICES, Claim
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.services import (
    accuracy_claims,
    accuracy_decisions,
    accuracy_notes,
    annotations,
    cases,
    correction_notices,
    files,
    patients,
)
from portal.web import downloads
from portal.web.fields import Form, Select, required
from portal.web.office.blueprint import blueprint
from portal.web.office.case_pages import draw
from portal.web.office.headings import heading
from portal.web.office.step_pages import Answer, back, done
from portal.web.work import work

PLACE = "/office/cases/<reference>"
# Steps with a button at the side; the decision is one page for its three, the letters have theirs beside them.
ADDRESSES = {
    "pass_note_on": "office.note_physician",
    "point_out": "office.note_entry",
    "correct_entry": "office.decide_note",
    "finish_note": "office.finish_note",
}
LABELS = {"correct_entry": N_("Decide"), "point_out": N_("Choose the entry that is meant")}


class NotePhysicianForm(Form):
    physician = Select(N_("Who decides?"), [required(N_("Choose a physician of the clinic."))])


def show(reference: str) -> str:
    """The page of ``/office/cases/<reference>`` for an accuracy note. Opening it leaves a trace."""
    case = accuracy_notes.find(work(), reference)
    accuracy_notes.opened(work(), case)
    steps = _steps(case)
    decided = accuracy_claims.decided(work(), case)
    return draw(
        "office/accuracy/case.html",
        case,
        steps,
        tuple(step["key"] for step in steps[-1:]),
        entry=accuracy_decisions.entry(work(), case) if work().may(Permission.RECORD_READ, case) else None,
        entry_name=accuracy_claims.entry_in_words(work(), case),
        claim=claim_rows(accuracy_claims.claim_of(work(), case)),
        proofs=accuracy_notes.proofs(work(), case),
        decided=decided,
        answer=_(CHOICES[decided.outcome][0]) if decided else "",
        beside=annotations.of_case(work(), case),
        told=correction_notices.of_case(work(), case),
        may_settle=any(offer.event == "settle_notice" for offer in cases.offers(work(), case)),
    )


def claim_rows(claim: Claim) -> list[tuple[str, str]]:
    """Her own words, each under its question."""
    rows = [(_("Where it is written"), claim.where), (_("What is wrong"), claim.wrong)]
    return [(title, words) for title, words in (*rows, (_("What would be right"), claim.right)) if words]


def _steps(case: Any) -> list[dict[str, Any]]:
    return [
        {
            "label": _(LABELS.get(offer.event, offer.step.label)),
            "key": offer.event,
            "why_not": offer.why_not,
            "href": _address(offer.event, case) if offer.event != "finish_note" else None,
            "action": _address(offer.event, case),
        }
        for offer in cases.offers(work(), case)
        if offer.event in ADDRESSES
    ]


def _address(event: str, case: Any) -> str:
    return url_for(ADDRESSES[event], reference=case.reference)


@blueprint.route(f"{PLACE}/note-physician", methods=["GET", "POST"])
def note_physician(reference: str) -> Answer:
    case, form = accuracy_notes.find(work(), reference), NotePhysicianForm()
    work().must(Permission.ACCURACY_WORK, case)
    form.physician.choices = [("", _("Choose")), *((str(key), name) for key, name in patients.physicians(work()))]
    if form.validate_on_submit() and done(form, accuracy_notes.name_physician, case, UUID(form.physician.data)):
        return back(case, _("The physician is named, and was told."))
    html = render_template("office/accuracy/physician.html", case=case, head=heading(case), form=form)
    return html, 422 if form.errors else 200


@blueprint.post(f"{PLACE}/finish-note")
def finish_note(reference: str) -> Response:
    case = accuracy_notes.find(work(), reference)
    cases.check(work(), case, "finish_note")
    accuracy_decisions.finish(work(), case)
    return back(case, _("This is done."))


@blueprint.get(f"{PLACE}/proofs/<uuid:file_id>")
def note_proof(reference: str, file_id: UUID) -> Response:
    """A paper the patient attached: a picture is shown, a PDF is handed over."""
    case = accuracy_notes.find(work(), reference)
    file = files.find_in_case(work(), case, file_id, accuracy_notes.PROOF)
    return downloads.picture(files.name_of(work(), file), file.media_type, file.size, files.stream(work(), file))
