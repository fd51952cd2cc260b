"""A complaint that came by telephone, on paper, by fax or at the counter, entered by the front desk."""

from typing import Any
from uuid import UUID, uuid4

from flask import render_template, request
from werkzeug.wrappers import Response

from portal.domain.access_requests import Channel
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.services import complaint_people, complaints, patients
from portal.services.complaints import Said
from portal.web.fields import blame
from portal.web.office.blueprint import blueprint
from portal.web.office.complaint_forms import EnterForm
from portal.web.office.paper_codes import came_in, on_paper
from portal.web.office.step_pages import back
from portal.web.work import work


@blueprint.route("/office/patients/<number>/complaints/new", methods=["GET", "POST"])
def enter_complaint(number: str) -> tuple[str, int] | Response:
    patient, form = patients.find(work(), number), EnterForm()
    work().must(Permission.COMPLAINT_WORK, patient)
    form.people.choices = [(str(each.id), each.name) for each in complaint_people.choices(work(), patient)]
    if request.method == "GET" and not form.once.data:
        form.once.data = str(uuid4())
    on_paper(form)
    if form.validate_on_submit() and form.came_on.data is not None:
        try:
            case = complaints.enter(work(), patient, _said(form), Channel(form.channel.data), form.came_on.data)
        except Invalid as no:
            blame(form, no)
        else:
            came_in(patient, case.id)
            return back(case, _("The complaint is entered."), _("A receipt goes to the patient."))
    page = render_template("office/complaint_new.html", form=form, number=patient.number, name=patient.name)
    return page, 422 if form.errors else 200


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
