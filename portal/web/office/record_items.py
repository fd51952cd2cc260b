"""Bringing in the record: the EMR's export is read before the transaction, then kept as a whole or not at all."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.record_items import CATEGORY_NAMES, Category, Reading
from portal.domain.words import N_, _, ngettext
from portal.services import access_requests, cases, dossiers, record_imports, reviews
from portal.web.fields import Form, Upload, blame
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer, back, found, glance, page, steps_so_far, was_heard
from portal.web.sessions import actor
from portal.web.work import edge, work

MEGABYTE = 1024 * 1024
# Files up to 50 MB, and room for the form around them and for one that is a little larger: it is then named.
MOST_BODY = 64 * MEGABYTE
LARGE = "office.record"


class RecordForm(Form):
    files = Upload(
        N_("FHIR files from the EMR"),
        hint=N_("FHIR R4 as JSON or NDJSON, up to 50 MB a file. You can choose several files of one patient."),
        accept=".json,.ndjson,application/json,application/fhir+json",
    )


@blueprint.url_value_preprocessor
def allow_large(endpoint: str | None, _values: object) -> None:
    """An export may be larger than other forms: for this page, and only from whoever works here and gave every proof.

    It is said before anything reads the body.
    """
    if endpoint == LARGE and request.method == "POST" and (who := actor()) and who.is_staff:
        request.max_content_length = MOST_BODY


@blueprint.route("/office/cases/<reference>/record", methods=["GET", "POST"])
def record(reference: str) -> Answer:
    """The last reading for this case, with what became of every resource; and the form for another."""
    form = RecordForm()
    if form.validate_on_submit() and (reading := _read(reference, form)):
        case = access_requests.find(work(), reference)
        try:
            added = record_imports.take_in(work(), reading, case.patient, case_id=case.id).added
            laid = reviews.gather(work(), case)
        except Invalid as no:
            blame(form, no)
        else:
            tell(_added(added), _laid(laid))
            return redirect(url_for(LARGE, reference=case.reference), 303)
    case = found(reference, "gather")
    last = dossiers.last_import(work(), case)
    return page(
        "record",
        case,
        form,
        last=last,
        kinds=[(CATEGORY_NAMES[kind], last[1].categories.get(kind, 0)) for kind in Category] if last else [],
        held=dossiers.has_items(work(), case.patient),
        steps_so_far=steps_so_far(case),
    )


def _read(reference: str, form: RecordForm) -> Reading | None:
    """What the files say, before anything is locked; None leaves what is wrong with them on the form."""
    with glance() as looking:
        case = access_requests.find(looking, reference)
        cases.check(looking, case, "gather")
        today = looking.today
    sent = [(file.filename or "", file.read()) for file in request.files.getlist(form.files.name) if file.filename]
    try:
        if not sent:
            raise Invalid(_("Choose at least one file of the EMR's export."), "files")
        return record_imports.read(edge().outside, sent, today)
    except Invalid as no:
        blame(form, Invalid(no.sentence, "files"))
        return None


@blueprint.post("/office/cases/<reference>/gather")
def gather(reference: str) -> Response:
    """Use the record that the portal holds already."""
    case = found(reference, "gather")
    if was_heard(case, "gather"):
        return back(case, _laid(case.items_gathered), _("Refer the request to the physician when nothing is missing."))
    laid = reviews.gather(work(), case)
    return back(case, _laid(laid), _("Refer the request to the physician when nothing is missing."))


def _added(number: int) -> str:
    if not number:
        return _("Everything in these files was here already. Nothing is new.")
    return ngettext("%(n)s entry is new or changed.", "%(n)s entries are new or changed.", number)


def _laid(number: int) -> str:
    if not number:
        return _("No entry of the record lies inside what the patient asked for.")
    return ngettext("The request covers %(n)s entry.", "The request covers %(n)s entries.", number)
