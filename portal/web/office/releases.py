"""The answer leaves the house: released, refused or an invitation to view, by somebody who did not review it.

Each of the three shows exactly what will be sent, and asks for the password or a code again.
"""

from typing import Any

from flask import render_template
from werkzeug.wrappers import Response

from portal.domain.access_requests import WORKFLOW, Stage
from portal.domain.errors import NotPossible
from portal.domain.words import N_, _
from portal.services import access_requests, cases, judgements, letter_composers, letters, releases, reviews
from portal.web import downloads
from portal.web.fields import Form, LongText, required
from portal.web.office.blueprint import blueprint
from portal.web.office.headings import heading
from portal.web.office.step_pages import Answer, back, done, found, page
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import work

PLACE = "/office/cases/<reference>/"
VERBS = {"release": releases.release, "offer_viewing": releases.offer_viewing, "refuse": releases.refuse}
LABELS = {step.event: step.label for step in WORKFLOW.steps}
HAPPENED = {
    "release": (
        N_("The answer is released."),
        N_("The portal makes the package now. The patient gets an e-mail when it is ready."),
    ),
    "offer_viewing": (N_("The patient is invited to view the original."), N_("Call the patient to agree on a day.")),
    "refuse": (N_("The refusal is sent."), N_("The letter says why, and what the patient can do. The case is closed.")),
}


class ReturnForm(Form):
    note = LongText(
        N_("What has to be looked at again?"),
        [required(N_("Say what has to be looked at again."))],
        hint=N_("The physician reads this. The patient does not."),
        limit=2000,
        rows=4,
    )


@blueprint.route(f"{PLACE}release", defaults={"event": "release"}, methods=["GET", "POST"])
@blueprint.route(f"{PLACE}offer-viewing", defaults={"event": "offer_viewing"}, methods=["GET", "POST"])
@blueprint.route(f"{PLACE}refuse", defaults={"event": "refuse"}, methods=["GET", "POST"])
@needs_proof(*VERBS)
def send_answer(reference: str, event: str) -> Answer:
    form = StepUpForm(event)
    if form.is_submitted() and proven(form):
        case = access_requests.find(work(), reference)
        VERBS[event](work(), case, form.shown.data or "")
        return back(case, *(_(words) for words in HAPPENED[event]))
    return _confirm(access_requests.find(work(), reference), event, form)


def _confirm(case: Any, event: str, form: StepUpForm) -> tuple[str, int]:
    """What will be sent: the letter word for word, and what is given and withheld in figures."""
    # Before and after, there is no letter that could lack something, and the check says no.
    letter = letters.answer(work(), case) if case.stage == Stage.DECIDING else None
    cases.check(work(), case, event)
    form.shown.data = releases.shown_digest(work(), case, letter)
    given, withheld = letter_composers.given_and_not(work(), case)
    tally = judgements.tally(work(), case)
    shown = {"letter": letter, "given": given, "withheld": withheld, "tally": tally}
    return page("send_answer", case, form, event=event, label=LABELS[event], **shown)


@blueprint.route("/office/cases/<reference>/return-review", methods=["GET", "POST"])
def return_review(reference: str) -> Answer:
    case, form = found(reference, "return_review"), ReturnForm()
    if form.validate_on_submit() and done(form, reviews.return_review, case, form.note.data or ""):
        return back(case, _("The review is back with the physician."))
    return page("return_review", case, form)


@blueprint.post("/office/cases/<reference>/rebuild")
def rebuild(reference: str) -> Response:
    case = found(reference, "rebuild")
    releases.rebuild(work(), case)
    return back(case, _("The portal makes the package again."), _("This page says when it is finished."))


@blueprint.get("/office/cases/<reference>/package")
def package(reference: str) -> str:
    """How far the package is: asked again and again while it is made, so it tells nothing else and leaves no trace."""
    case = access_requests.find(work(), reference)
    making = case.stage == Stage.PREPARING and not case.package_failed
    shown = releases.package_of(work(), case) if making else None
    return render_template("office/package.html", head=heading(case), package=shown)


@blueprint.route(f"{PLACE}print", methods=["GET", "POST"])
@needs_proof("print")
def print_package(reference: str) -> Answer:
    """The package for pick-up, post or fax; printing it leaves a trace that the patient can read."""
    form = StepUpForm("print")
    if form.is_submitted() and proven(form):
        case = access_requests.find(work(), reference)
        if form.shown.data != releases.print_digest(work(), case):
            raise NotPossible(_("The package changed since you looked. Go back and open the page again."))
        file, name, content = releases.print_out(work(), case)
        return downloads.attachment(name, file.media_type, file.size, content)
    case = access_requests.find(work(), reference)
    form.shown.data = releases.print_digest(work(), case)
    return page("print_package", case, form, package=releases.package_of(work(), case))
