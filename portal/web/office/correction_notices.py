"""One who received a wrong entry: that the letter went out, that it was answered, or why nobody waits for an answer."""

from typing import Any
from uuid import UUID

from flask import render_template

from portal.domain.disclosures import HOW_NAMES, OF_PAPERS
from portal.domain.words import N_, _
from portal.services import accuracy_notes, correction_notices, correction_replies
from portal.web.fields import Choice, Date, Form, Select, Text, required, required_if
from portal.web.office.accuracy_case import PLACE
from portal.web.office.blueprint import blueprint
from portal.web.office.headings import heading
from portal.web.office.step_pages import Answer, back, done
from portal.web.work import work

SENT, ANSWERED, WITHOUT = "sent", "answered", "without"


FIRST = ((SENT, N_("Our letter went out")), (WITHOUT, N_("We do not wait for an answer")))
THEN = ((ANSWERED, N_("They answered that they put it beside the entry")), FIRST[1])


class NoticeForm(Form):
    what = Choice(N_("What happened?"), [required(N_("Choose what happened."))])
    how = Select(
        N_("How did the letter go out?"),
        [required_if("what", SENT, N_("Choose how the letter went out."))],
        choices=[("", N_("Choose")), *((each.value, HOW_NAMES[each]) for each in OF_PAPERS)],
    )
    by = Text(N_("Who answered?"), [required_if("what", ANSWERED, N_("Write who answered: a name, or which office."))])
    on = Date(N_("On which day?"), [required_if("what", (SENT, ANSWERED), N_("Give the day."))])
    reason = Text(
        N_("Why do we not wait?"),
        [required_if("what", WITHOUT, N_("Write why we do not wait for an answer. The patient reads it."))],
        hint=N_("For example: two reminders stayed without an answer. The patient reads it."),
    )


@blueprint.route(f"{PLACE}/notices/<uuid:notice_id>", methods=["GET", "POST"])
def correction_notice(reference: str, notice_id: UUID) -> Answer:
    case = accuracy_notes.find(work(), reference)
    row, form = correction_replies.find_open(work(), case, notice_id), NoticeForm()
    form.what.choices = list(THEN if row.sent_on else FIRST)
    if form.validate_on_submit() and _recorded(form, case, notice_id):
        return back(case, _("It is recorded."))
    unsure = not correction_notices.is_sure(work(), case, row)
    facts = {"case": case, "head": heading(case), "row": row, "unsure": unsure}
    html = render_template("office/accuracy/notice.html", form=form, **facts)
    return html, 422 if form.errors else 200


def _recorded(form: NoticeForm, case: Any, notice_id: UUID) -> bool:
    if form.what.data == SENT:
        return done(form, correction_replies.sent, case, notice_id, form.how.data or "", form.on.data)
    if form.what.data == ANSWERED:
        return done(form, correction_replies.acknowledged, case, notice_id, form.by.data or "", form.on.data)
    return done(form, correction_replies.settle_without, case, notice_id, form.reason.data or "")
