"""A form to print with the patient's name and number on it already, from the page that asks the same."""

from typing import cast

from flask import Response, request

from portal.services import paper_forms, patients, throttling
from portal.services.sign_ins import SignedIn
from portal.web import paper_sheets
from portal.web.patient.blueprint import blueprint
from portal.web.work import apart, keep, signed_in, work


@blueprint.post("/forms/<name>/mine")
def print_my_form(name: str) -> Response:
    """Printed at once; its code is kept, so that the office finds the form again when she brings it.

    A try too many is turned away before anything is kept.
    """
    live = cast(SignedIn, signed_in())
    with apart() as counting:
        throttling.spend(counting, f"printing:{live.actor.id}", throttling.PRINTING_BY_ACCOUNT)
    patient, asked = patients.own(work()), request.form
    language = asked.get("language") or patient.language
    printed = paper_forms.print_for(work(), patient, name, asked.get("purpose", ""), language)
    keep()
    return paper_sheets.handed(printed, paper_sheets.pdf(printed, "large" in asked))
