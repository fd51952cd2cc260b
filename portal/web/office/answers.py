"""The end of a request: no record was found, the answer was handed over, the case is closed."""

from werkzeug.wrappers import Response

from portal.domain.words import N_, _
from portal.services import access_requests, letters, releases
from portal.web.fields import Form, LongText, required
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer, LookFirst, back, done, found, page
from portal.web.work import work


class NoRecordForm(LookFirst):
    searched = LongText(
        N_("Where did you search?"),
        [required(N_("Describe where you searched; the patient will read it."))],
        hint=N_("A line for each place: which system, which names, which years. The letter lists them."),
        rows=5,
    )


class HandOverForm(Form):
    how = LongText(
        N_("How, and to whom?"),
        [required(N_("Write how and to whom it was handed over."))],
        hint=N_("For example: picked up at the counter by the patient, photo identification seen."),
        limit=1000,
        rows=3,
    )


@blueprint.route("/office/cases/<reference>/no-record", methods=["GET", "POST"])
def no_record(reference: str) -> Answer:
    case, form = found(reference, "no_record"), NoRecordForm()
    searched = form.searched.data or ""
    ready = form.validate_on_submit()
    if ready and form.carries_out and done(form, access_requests.no_record, case, searched):
        return back(case, _("The answer is sent: there is no record."), _("The case is closed."))
    letter = None
    if ready and not form.errors:
        form.show()
        letter = letters.draft(work(), case, "no_record", {"searched": searched})
    return page("no_record", case, form, letter=letter)


@blueprint.route("/office/cases/<reference>/hand-over", methods=["GET", "POST"])
def hand_over(reference: str) -> Answer:
    case, form = found(reference, "hand_over"), HandOverForm()
    if form.validate_on_submit() and done(form, access_requests.hand_over, case, form.how.data or ""):
        return back(case, _("The hand-over is recorded."), _("Close the case when nothing is left to do."))
    return page("hand_over", case, form, package=releases.package_of(work(), case))


@blueprint.post("/office/cases/<reference>/close")
def close(reference: str) -> Response:
    case = found(reference, "close")
    access_requests.close(work(), case)
    return back(case, _("The case is closed."), _("The patient can still read everything here."))
