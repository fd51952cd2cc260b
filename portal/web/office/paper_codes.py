"""A form on paper comes back: its code is typed or scanned, and the page to enter it opens, for the same patient."""

from typing import Any, cast
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain import paper_forms as rules
from portal.domain.access_requests import Channel
from portal.domain.errors import Invalid, NotFound
from portal.domain.words import N_, _
from portal.services import paper_forms, patients, throttling
from portal.services.paper_forms import Found
from portal.services.sign_ins import SignedIn
from portal.web import paper_sheets
from portal.web.fields import Form, Text, blame, required
from portal.web.languages import own_names
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.file_reasons import asked_first
from portal.web.office.step_pages import Answer
from portal.web.work import apart, keep, signed_in, work

# Where each form is entered; the page learns of the code by its address, and says when it is entered.
PAGES = {
    "access": "office.enter_request",
    "accuracy": "office.enter_accuracy_note",
    "complaint": "office.enter_complaint",
    rules.CONSENT: "office.new_consent",
    "withdrawal": "office.patient_consents",
    "representative": "office.register_power",
    "contact": "office.contact",
    "statement": "office.patient",
}


class CodeForm(Form):
    code = Text(
        N_("Scan or type the code"),
        [required(N_("Scan the square on the form, or type the code beside it."))],
        hint=N_("It stands at the top of the form and at the foot of each page, such as P7KQ-4M9X-A2."),
        most=80,
        width=20,
        autocomplete="off",
    )
    number = Text(N_("Number of the patient"), hint=N_("It stands on her file, such as P-004117."), most=20, width=10)


@blueprint.route("/office/paper-forms", methods=["GET", "POST"])
def paper_form() -> Answer:
    form, found = CodeForm(), None
    if form.validate_on_submit():
        try:
            found = paper_forms.look_up(work(), form.code.data or "")
            number = found.number or patient_number(form.number.data or "")
            if number or found.case:
                return _onward(found, number)
        except Invalid as no:
            blame(form, no)
    html = render_template("office/paper_forms/code.html", form=form, found=found)
    return html, 422 if form.errors else 200


def patient_number(typed: str) -> str:
    """The number of a patient this person may see; empty when none was typed yet."""
    if not typed.strip():
        return ""
    try:
        return str(patients.find(work(), typed.strip()).number)
    except NotFound:
        raise Invalid(_("There is no such patient, or she is not yours to see. Check the number."), "number") from None


def _onward(found: Found, number: str) -> Response:
    """To the case it became, or to the page on which it is entered."""
    if found.case:
        tell(_("This form was entered before."), _("This is the case that it became."))
        return redirect(url_for("office.case", reference=found.case), 303)
    if found.entered:
        tell(_("This form was entered before."), _("Nothing more is to be done with it."))
        return redirect(url_for("office.patient", number=number), 303)
    return entry_page(found, number)


def entry_page(found: Found, number: str, **asked: Any) -> Response:
    """To the page on which this form is entered; ``asked`` is what else its address says."""
    if found.is_old:
        tell(_("This form is an old one."), _("It counts. Check with her what the newer form asks besides."))
    asked |= {name: value for name, value in (("purpose", found.purpose), ("code", found.code)) if value}
    return redirect(url_for(PAGES[found.form.id], number=number, **asked), 303)


def on_paper(form: Any) -> None:
    """Begin the form of an entry page as one that came on paper, where a code led to it."""
    if request.method == "GET" and request.args.get("code"):
        form.channel.data = Channel.PAPER.value


def came_in(patient: Any, case_id: UUID | None = None) -> None:
    """The form whose code led to this page is entered now; nothing where none did."""
    paper_forms.entered(work(), patient, request.args.get("code", ""), case_id)


@blueprint.get("/office/patients/<number>/paper-forms")
def forms_for(number: str) -> str | Response:
    patient = patients.find(work(), number)
    if ask := asked_first(work(), patient):
        return ask
    patients.opened(work(), patient, None)
    return render_template(
        "office/paper_forms/list.html",
        patient=patient,
        lines=paper_sheets.listed(rules.offered(work().profile), rules.asked()),
        spoken=own_names(),
    )


@blueprint.post("/office/patients/<number>/paper-forms/<name>")
def print_form_for(number: str, name: str) -> Response:
    """For a patient at the counter: her name and number are on it already."""
    live = cast(SignedIn, signed_in())
    with apart() as counting:
        throttling.spend(counting, f"printing:{live.actor.id}", throttling.PRINTING_BY_ACCOUNT)
    patient, asked = patients.find(work(), number), request.form
    language = asked.get("language") or patient.language
    printed = paper_forms.print_for(work(), patient, name, asked.get("purpose", ""), language)
    keep()
    return paper_sheets.handed(printed, paper_sheets.pdf(printed, "large" in asked))
