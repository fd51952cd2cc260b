"""A request that came on paper, by telephone, by fax or at the counter, entered as if it had come in the portal.

The paper itself is kept with the case; it is looked at and cleaned before anything is stored.
"""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain import wishes as rules
from portal.domain.access_requests import Channel, Delivery
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.services import access_requests, contact_plans, files, patients, tray_entries
from portal.services.tray_entries import Lying
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.file_reasons import asked_first
from portal.web.office.paper_codes import came_in
from portal.web.office.paper_form import PaperForm
from portal.web.office.step_pages import glance
from portal.web.office.tray_entry import begun, from_the_tray
from portal.web.work import edge, work


@dataclass(frozen=True)
class Subject:
    """The patient of the request, as the page names her."""

    number: str
    name: str
    language: str
    address: str


@blueprint.route("/office/patients/<number>/requests/new", methods=["GET", "POST"])
@from_the_tray
def enter_request(number: str, beside: Lying | None) -> tuple[str, int] | Response:
    with glance() as looking:
        subject, today = _subject(looking, number), looking.today
        # A form that was begun in time may be sent a little later: nothing typed is lost.
        if ask := asked_first(looking, patients.find(looking, number), good=request.method == "GET"):
            return ask
    form = PaperForm()
    form.prepare(subject.language, subject.address)
    begun(form, beside, "received_on")
    alike = False
    if form.validate_on_submit():
        try:
            rules.check(form.wishes(), today)
            return _entered(_enter(number, form, beside or _scan(form)))
        except Invalid as no:
            form.put_right(no)
        except NotPossible as no:
            form.form_errors = [*form.form_errors, no.sentence]
            alike = True
    page = render_template("office/paper_request.html", form=form, subject=subject, alike=alike, beside=beside)
    return page, 422 if form.errors or alike else 200


def _subject(looking: Any, number: str) -> Subject:
    """Raises NotFound, or NotAllowed for somebody who may not enter a request for this patient."""
    patient = patients.find(looking, number)
    looking.must(Permission.REQUEST_REGISTER, patient)
    address = "\n".join(contact_plans.address_for_a_form(looking, patient))
    return Subject(patient.number, patient.name, patient.language, address)


def _scan(form: PaperForm) -> Any:
    """The paper, cleaned; None when there is none. It takes a while, so nothing is locked meanwhile."""
    sent = form.scan.data
    if not sent:
        return None
    return files.look_at_scan(edge().outside, sent.filename or "", sent.read())


def _enter(number: str, form: PaperForm, scan: Any) -> Any:
    """All of it in one transaction: the request, its number, its letters, its clock and the paper."""
    patient, wishes = patients.find(work(), number), form.wishes()
    if wishes.delivery in (Delivery.POST, Delivery.FAX):
        contact_plans.check_place(work(), patient, wishes.delivery_to, by_fax=wishes.delivery == Delivery.FAX)
    entered = access_requests.start(work(), patient, Channel(form.channel.data))
    access_requests.save(work(), entered, wishes)
    came = form.received_on.data or work().today  # the form asks for it, so it is there
    access_requests.register(work(), entered, came, bool(form.although_alike.data))
    if scan is not None:
        tray_entries.keep(work(), entered, scan)
    came_in(entered.patient, entered.id)
    return entered


def _entered(case: Any) -> Response:
    tell(_("The request is registered, and its clock runs."), _("Record next how you know who is asking."))
    return redirect(url_for("office.check_identity", reference=case.reference), 303)
