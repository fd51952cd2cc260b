"""Taking a request on: who is asking, who gathers the record, who judges it, and the hand-over to the physician."""

from uuid import UUID

from werkzeug.wrappers import Response

from portal.domain.record_items import CATEGORY_NAMES
from portal.domain.words import N_, _
from portal.services import access_requests, dossiers, identity, judgements, patients
from portal.services.identity import IDENTITY_METHODS
from portal.web.fields import Choice, Form, Hidden, LongText, required
from portal.web.office.blueprint import blueprint
from portal.web.office.contact_panel import panel
from portal.web.office.step_pages import Answer, back, done, found, page, steps_so_far, was_heard
from portal.web.work import work


class IdentityForm(Form):
    method = Choice(
        N_("How do you know who is asking?"),
        [required(N_("Choose how the identity was checked."))],
        choices=list(IDENTITY_METHODS.items()),
    )
    note = LongText(
        N_("Note"),
        hint=N_("What you saw or asked, and who knows the patient in person. Do not copy the numbers of documents."),
        limit=1000,
        rows=3,
    )
    steps = Hidden()


class PhysicianForm(Form):
    physician = Choice(N_("Who judges the record of this request?"), [required(N_("Choose a physician."))])


@blueprint.route("/office/cases/<reference>/identity", methods=["GET", "POST"])
def check_identity(reference: str) -> Answer:
    case, form = found(reference, "check_identity"), IdentityForm()
    if form.is_submitted() and was_heard(case, "check_identity"):
        return back(case, _("The identity check is recorded."), _("The record can be gathered now."))
    if form.validate_on_submit() and done(form, identity.check_identity, case, form.method.data, form.note.data or ""):
        return back(case, _("The identity check is recorded."), _("The record can be gathered now."))
    form.steps.data = steps_so_far(case)
    checks = dossiers.identity_checks(work(), case)
    return page("identity", case, form, checks=checks, panel=panel(case.patient))


@blueprint.post("/office/cases/<reference>/begin")
def begin(reference: str) -> Response:
    case = found(reference, "begin")
    access_requests.begin(work(), case)
    return back(case, _("The case is yours."), _("Bring in the record from the EMR next."))


@blueprint.route("/office/cases/<reference>/physician", methods=["GET", "POST"])
def name_physician(reference: str) -> Answer:
    case, form = found(reference, "name_physician"), PhysicianForm()
    form.physician.choices = [(str(key), name) for key, name in patients.physicians(work())]
    if not form.is_submitted() and case.responsible_id:
        form.physician.data = str(case.responsible_id)
    if form.validate_on_submit() and done(form, access_requests.name_physician, case, UUID(form.physician.data)):
        return back(case, _("The responsible physician of this request is changed."))
    return page("physician", case, form)


@blueprint.route("/office/cases/<reference>/refer", methods=["GET", "POST"])
def refer(reference: str) -> Answer:
    """Look once more at what goes to the physician, then hand it over."""
    case, form = found(reference, "refer"), Form()
    if form.validate_on_submit():
        access_requests.refer(work(), case)
        return back(case, _("The record is with the physician now."), _("You hear from us when the review is signed."))
    counts = [(CATEGORY_NAMES[kind], n) for kind, n in judgements.counts(work(), case)]
    return page("refer", case, form, counts=counts)
