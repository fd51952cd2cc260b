"""The end of a review: all that is plain released at once, the signature under it, or back to the front office."""

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.access_requests import OUTCOME_NAMES
from portal.domain.record_items import CATEGORY_NAMES
from portal.domain.words import N_, _, ngettext
from portal.services import access_requests, cases, judgements, review_items, reviews
from portal.web.fields import Form, LongText, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.headings import heading
from portal.web.office.reviews import REVIEW
from portal.web.office.step_pages import Answer, back, done, found
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import work


class SendBackForm(Form):
    note = LongText(
        N_("What is missing?"),
        [required(N_("Say what is missing."))],
        hint=N_("The front office reads this. The patient does not."),
        limit=2000,
        rows=4,
    )


@blueprint.get(f"{REVIEW}/release-remaining")
def remaining(reference: str) -> str:
    """What pressing it will do, before it is pressed."""
    case = found(reference, "judge")
    address = url_for("office.review", reference=case.reference)
    return render_template(
        "office/reviews/release_remaining.html",
        case=case,
        head=heading(case),
        remaining=review_items.remaining(work(), case),
        kinds=CATEGORY_NAMES,
        address=address,
    )


@blueprint.post(f"{REVIEW}/release-remaining")
def release_remaining(reference: str) -> Response:
    """Straight to the signature when nothing is left, else to the first entry that has to be looked at."""
    case = found(reference, "judge")
    released, left = reviews.release_remaining(work(), case)
    what = ngettext("%(n)s entry is released.", "%(n)s entries are released.", released)
    if not left:
        tell(what, _("Every entry is decided. Sign to hand the review over."))
        return redirect(url_for("office.sign", reference=case.reference), 303)
    tell(what, ngettext("%(n)s entry needs your look.", "%(n)s entries need your look.", left))
    return redirect(url_for("office.review", reference=case.reference), 303)


@blueprint.route(f"{REVIEW}/sign", methods=["GET", "POST"])
@needs_proof("sign")
def sign(reference: str) -> Answer:
    form = StepUpForm("sign")
    if form.is_submitted() and proven(form):
        case = access_requests.find(work(), reference)
        reviews.sign(work(), case, form.shown.data or "")
        return back(
            case, _("You signed the review."), _("The front office releases the answer. You cannot, and need not.")
        )
    return _signature(access_requests.find(work(), reference), form)


def _signature(case: Any, form: StepUpForm) -> tuple[str, int]:
    """What is signed: figures, every entry that is not given whole with its ground, and the outcome."""
    cases.check(work(), case, "sign")
    form.shown.data = judgements.digest(work(), case)
    html = render_template(
        "office/reviews/sign.html",
        case=case,
        head=heading(case),
        form=form,
        tally=judgements.tally(work(), case),
        kept_back=review_items.kept_back(work(), case),
        elsewhere=review_items.said_elsewhere(work(), case),
        kinds=CATEGORY_NAMES,
        outcome=_(OUTCOME_NAMES[reviews.outcome(work(), case)]),
        address=url_for("office.review", reference=case.reference),
    )
    return html, 422 if form.errors else 200


@blueprint.route(f"{REVIEW}/send-back", methods=["GET", "POST"])
def send_back(reference: str) -> Answer:
    case, form = found(reference, "send_back"), SendBackForm()
    if form.validate_on_submit() and done(form, reviews.send_back, case, form.note.data or ""):
        return back(case, _("The request is back with the front office."), _("Your decisions so far are kept."))
    html = render_template("office/reviews/send_back.html", case=case, head=heading(case), form=form)
    return html, 422 if form.errors else 200
