"""A question to the patient that makes the request clearer, and going on without its answer."""

from portal.domain.dates import say_date
from portal.domain.words import N_, _
from portal.services import questions
from portal.web.fields import Form, LongText, required
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer, back, done, found, page
from portal.web.work import work


class QuestionForm(Form):
    text = LongText(
        N_("Your question"),
        [required(N_("Write the question as the patient will read it, in a full sentence."))],
        hint=N_("One question, in plain words. The patient reads it in the portal and in a letter."),
        rows=5,
    )


class GoOnForm(Form):
    note = LongText(
        N_("Why do you go on without the answer?"),
        [required(N_("Say why you go on without the answer."))],
        hint=N_("It stays in the history of the case. The patient can still write to you."),
        limit=1000,
        rows=4,
    )


@blueprint.route("/office/cases/<reference>/question", methods=["GET", "POST"])
def ask(reference: str) -> Answer:
    case, form = found(reference, "ask"), QuestionForm()
    if form.validate_on_submit() and done(form, questions.ask, case, form.text.data or ""):
        still = _("Our answer is still due by %(due)s.", due=say_date(case.due_on))
        return back(case, _("The question is on its way."), still)
    return page("question", case, form)


@blueprint.route("/office/cases/<reference>/go-on", methods=["GET", "POST"])
def go_on(reference: str) -> Answer:
    case, form = found(reference, "go_on"), GoOnForm()
    if form.validate_on_submit() and done(form, questions.go_on, case, form.note.data or ""):
        return back(case, _("The case goes on without the answer."), _("You can gather the record now."))
    return page("go_on", case, form, questions=questions.of_request(work(), case))
