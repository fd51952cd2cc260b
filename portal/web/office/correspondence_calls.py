"""A letter told on the telephone: who was called, how she was known, what was said; and calls that reached nobody."""

from uuid import UUID

from flask import redirect, render_template, url_for

from portal.domain.contact_plans import choices
from portal.domain.words import N_, _
from portal.services import dispatch_tasks, dispatches
from portal.web.fields import Choice, Form, Hidden, LongText, required, required_if
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.contact_panel import panel
from portal.web.office.correspondence import shown
from portal.web.office.step_pages import Answer, done
from portal.web.work import work

TOLD, NOBODY = "told", "nobody"


class CallForm(Form):
    """``seen`` is the recipient that was shown."""

    what = Choice(
        N_("What happened?"),
        [required(N_("Choose what happened."))],
        choices=[(TOLD, N_("I told her what is in the letter")), (NOBODY, N_("I did not reach her"))],
        reveals={TOLD: "how"},
    )
    how = Choice(
        N_("How did you know that it was she?"),
        [required_if("what", TOLD, N_("Choose how you knew that it was she."))],
        choices=[(each.id, each.title) for each in choices().verified],
    )
    words = LongText(
        N_("What was said?"),
        [required_if("what", TOLD, N_("Write down what was said."))],
        hint=N_("Who called whom, what you told her, what she answered. She can read that you called."),
        rows=5,
    )
    seen = Hidden()


@blueprint.route("/office/correspondence/<uuid:dispatch_id>/telephone", methods=["GET", "POST"])
def dispatch_call(dispatch_id: UUID) -> Answer:
    found = dispatches.find(work(), dispatch_id, lock=work().writes)
    form = CallForm()
    if form.validate_on_submit() and _recorded(form, found):
        return redirect(url_for("office.correspondence_list", tab="to-call"), 303)
    facts = shown(found)
    form.seen.data = facts["seen"]
    html = render_template("office/correspondence/call.html", form=form, panel=panel(found.patient), **facts)
    return html, 422 if form.errors else 200


def _recorded(form: CallForm, found: object) -> bool:
    if form.what.data == NOBODY:
        if not done(form, dispatch_tasks.not_reached, found, form.words.data or ""):
            return False
        tell(_("The call is recorded."), _("The letter stays on the list."))
        return True
    seen = (form.seen.data or "").replace("\r\n", "\n")
    if not done(form, dispatch_tasks.told, found, form.how.data or "", form.words.data or "", seen):
        return False
    tell(_("It is recorded that you told her."))
    return True


@blueprint.post("/office/correspondence/<uuid:dispatch_id>/call-too")
def dispatch_call_too(dispatch_id: UUID) -> Answer:
    """Besides the way the letter takes, somebody tells it on the telephone."""
    again = dispatch_tasks.call(work(), dispatches.find(work(), dispatch_id, lock=True))
    return redirect(url_for("office.dispatch_call", dispatch_id=again.id), 303)
