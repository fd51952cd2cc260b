"""A patient's requests: the list, and the page from which a new one is begun or one left open goes on."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.jurisdictions import profile
from portal.domain.words import N_
from portal.services import access_requests, patients
from portal.web.fields import Choice, Form, required
from portal.web.patient import home, people
from portal.web.patient.blueprint import blueprint
from portal.web.patient.cards import card
from portal.web.work import edge, work


class WhoseForm(Form):
    """Asked only of those who may act for somebody; the keys of people are in the form, never in the address."""

    patient = Choice(N_("Whose record do you ask for?"), [required(N_("Choose whose record you ask for."))])


@blueprint.get("/access-requests")
def requests() -> str:
    shown = home.requests(patients.acts_for(work()))
    return render_template("patient/access_requests.html", shown=shown, closed=[card(case) for case in shown.closed])


@blueprint.route("/access-requests/new", methods=["GET", "POST"])
def new_request() -> tuple[str, int] | Response:
    """Begin a request, or go on with the one left open: the one who asks has one draft a patient."""
    everybody = people.whom_one_may_ask_for()
    form = WhoseForm()
    form.patient.choices = [(str(person.id), person.name) for person in everybody]
    if len(everybody) == 1 and not form.patient.data:
        form.patient.data = str(everybody[0].id)
    if form.validate_on_submit():
        draft = access_requests.start(work(), people.find(form.patient.data))
        return redirect(url_for("patient.draft", draft_id=draft.id), 303)
    drafts = [begun for person in everybody if (begun := access_requests.draft_of(work(), person))]
    limit = profile(edge().clinic.jurisdiction).limit("access").words
    page = render_template(
        "patient/access_request_new.html", form=form, everybody=everybody, drafts=drafts, limit=limit
    )
    return page, 422 if form.errors else 200
