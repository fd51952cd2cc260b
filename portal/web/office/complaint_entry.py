"""A complaint that came by telephone, on paper, by fax or at the counter, entered by the front desk.

The paper itself is kept with the case; it is looked at and cleaned before anything is stored.
"""

from typing import Any
from uuid import UUID, uuid4

from flask import render_template, request
from werkzeug.wrappers import Response

from portal.domain.access_requests import Channel
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.services import complaint_people, complaints, files, patients
from portal.services.complaints import Said
from portal.services.tray_entries import Lying
from portal.web.fields import blame
from portal.web.office.blueprint import blueprint
from portal.web.office.complaint_forms import EnterForm
from portal.web.office.paper_codes import came_in
from portal.web.office.step_pages import back, glance
from portal.web.office.tray_entry import begun, from_the_tray
from portal.web.work import edge, work


@blueprint.route("/office/patients/<number>/complaints/new", methods=["GET", "POST"])
@from_the_tray
def enter_complaint(number: str, beside: Lying | None) -> tuple[str, int] | Response:
    form = EnterForm()
    with glance() as looking:
        patient = patients.find(looking, number)
        looking.must(Permission.COMPLAINT_WORK, patient)
        form.people.choices = [(str(each.id), each.name) for each in complaint_people.choices(looking, patient)]
        subject = {"number": patient.number, "name": patient.name}
    if request.method == "GET" and not form.once.data:
        form.once.data = str(uuid4())
    begun(form, beside, "came_on")
    if form.validate_on_submit():
        try:
            return _entered(number, form, _said(form), beside or _scan(form))
        except Invalid as no:
            blame(form, no)
    return render_template(
        "office/complaint_new.html", form=form, beside=beside, **subject
    ), 422 if form.errors else 200


def _scan(form: EnterForm) -> Any:
    """The paper, cleaned; None when there is none. It takes a while, so nothing is locked meanwhile."""
    sent = form.scan.data
    return files.look_at_scan(edge().outside, sent.filename or "", sent.read()) if sent else None


def _entered(number: str, form: EnterForm, said: Said, scan: Any) -> Response:
    """All of it in one transaction: the complaint, its number, its receipt, its paper and the code it came under."""
    patient, came = patients.find(work(), number), form.came_on.data or work().today  # the form asks for it
    case = complaints.enter(work(), patient, said, Channel(form.channel.data), came, scan)
    came_in(patient, case.id)
    return back(case, _("The complaint is entered."), _("A receipt goes to the patient."))


def _said(form: Any) -> Said:
    try:
        once = str(UUID(form.once.data))
    except ValueError:
        raise NotPossible(_("This form is no longer whole. Open the page again.")) from None
    return Said(
        about=form.about.data or "",
        words=form.words.data or "",
        once=once,
        wish=form.wish.data or "",
        linked=form.linked.data or "",
        people=frozenset(UUID(each) for each in form.people.data or []),
        straight=bool(form.straight.data),
        verified=form.verified.data or "",
    )
