"""What the patient says while her request is under way: to a question, to a fee, or that she takes it back."""

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.dates import say_date
from portal.domain.errors import Invalid
from portal.domain.words import N_, _
from portal.services import access_requests, cases, clocks, fees, questions
from portal.web.fields import Choice, Form, LongText, blame, required
from portal.web.notices import tell
from portal.web.patient.blueprint import blueprint
from portal.web.patient.cards import title
from portal.web.work import work


class AnswerForm(Form):
    text = LongText(
        N_("Your answer"),
        [required(N_("Write your answer first."))],
        hint=N_("The front office reads it. It is kept with your request."),
    )


class FeeForm(Form):
    answer = Choice(
        N_("Should we go on?"),
        [required(N_("Choose what we should do."))],
        choices=[
            ("accept", N_("Yes, I accept the fee")),
            ("ask_waiver", N_("I ask you to waive the fee")),
            ("decline", N_("No, I do not accept the fee")),
        ],
        hints={
            "accept": N_("We go on with your request."),
            "ask_waiver": N_("The front office decides and writes to you. Our date to answer stays the same."),
            "decline": N_("We look with you for a way that costs less or nothing, such as a download."),
        },
        reveals={"ask_waiver": "reason"},
    )
    reason = LongText(N_("Why? You can leave this empty."), limit=fees.LONGEST_REASON, rows=4)


class WithdrawForm(Form):
    """Nothing is asked: the button says it."""


@blueprint.route("/access-requests/<reference>/answer", methods=["GET", "POST"])
def answer(reference: str) -> tuple[str, int] | Response:
    case = access_requests.find(work(), reference)
    cases.check(work(), case, "answer")
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            questions.answer(work(), case, form.text.data or "")
            return _thanks(case, _("Thank you. We have your answer."), _onward(case))
        except Invalid as no:
            blame(form, no)
    asked = questions.of_request(work(), case)[-1]
    page = render_template("patient/answer.html", form=form, case=case, question=asked[0], text=asked[1])
    return page, 422 if form.errors else 200


@blueprint.route("/access-requests/<reference>/fee", methods=["GET", "POST"])
def answer_fee(reference: str) -> tuple[str, int] | Response:
    case = access_requests.find(work(), reference)
    cases.check(work(), case, "accept_fee")
    form = FeeForm()
    if form.validate_on_submit():
        try:
            return _answered(case, form)
        except Invalid as no:
            blame(form, no)
    law = clocks.rules_of(case).fees
    page = render_template("patient/fee.html", form=form, case=case, estimate=fees.latest(work(), case), law=law)
    return page, 422 if form.errors else 200


def _answered(case: Any, form: FeeForm) -> Response:
    if form.answer.data == "accept":
        fees.accept(work(), case)
        return _thanks(case, _("You accepted the fee."), _onward(case))
    if form.answer.data == "decline":
        fees.decline(work(), case)
        return _thanks(case, _("You declined the fee."), _("We look for another way and write to you."))
    fees.ask_waiver(work(), case, form.reason.data or "")
    return _thanks(case, _("You asked us to waive the fee."), _("We decide on that now and write to you."))


@blueprint.route("/access-requests/<reference>/withdraw", methods=["GET", "POST"])
def withdraw(reference: str) -> str | Response:
    case = access_requests.find(work(), reference)
    form = WithdrawForm()
    cases.check(work(), case, "withdraw")
    if form.validate_on_submit():
        access_requests.withdraw(work(), case)
        return _thanks(case, _("You withdrew the request."), _("We stop here. You can make a new one at any time."))
    return render_template("patient/withdraw.html", form=form, case=case, title=title(case))


def _onward(case: Any) -> str:
    return _("We go on. We must answer your request by %(day)s.", day=say_date(case.due_on))


def _thanks(case: Any, what: str, then: str) -> Response:
    tell(what, then)
    return redirect(url_for("patient.access_request", reference=case.reference), 303)
