"""Messages of which no e-mail told their reader: what to do about each, and how she was told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for

from portal.domain import untold_messages as rules
from portal.domain.contact_plans import choices
from portal.domain.policy import Permission
from portal.domain.untold_messages import HAPPENED, HOW_NAMES, How, Why
from portal.domain.words import N_, _
from portal.services import untold_messages
from portal.services.untold_messages import Untold
from portal.web.fields import Choice, Form, LongText, required, required_if
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.contact_panel import panel
from portal.web.office.message_lists import ABOUT
from portal.web.office.step_pages import Answer, done
from portal.web.work import work

BACK: dict[str, Any] = {"tab": "came-back", "_anchor": "messages"}


class ToldForm(Form):
    how = Choice(
        N_("What did you do?"),
        [required(N_("Choose what you did."))],
        choices=[(how.value, name) for how, name in HOW_NAMES.items()],
        reveals={How.SPOKE.value: "verified"},
    )
    verified = Choice(
        N_("How did you know that it was she?"),
        [required_if("how", How.SPOKE.value, N_("Choose how you knew that it was she."))],
        choices=[(each.id, each.title) for each in choices().verified],
    )
    words = LongText(
        N_("How was she told, or why was she not?"),
        [required(N_("Say how she was told, or why she was not."))],
        hint=N_("Such as “Called on 3 May, she reads it tonight”. Write nothing of what the message says."),
        limit=rules.LONGEST_WORDS,
        rows=3,
    )


@dataclass(frozen=True)
class Line:
    """One of them, ready to show: whom to tell, of which thread, since when, and what to do. Nothing of its content."""

    href: str
    reader: str
    acts: bool
    patient: str
    number: str
    reference: str
    about: str
    written_at: datetime
    since: datetime
    happened: str
    to_do: str


def line(found: Untold) -> Line:
    thread = found.thread
    return Line(
        href=url_for("office.untold_message", untold_id=found.row.id),
        reader=found.reader,
        acts=found.acts,
        patient=thread.patient.name,
        number=thread.patient.number,
        reference=thread.reference,
        about=_(ABOUT[thread.case.kind if thread.case is not None else ""]),
        written_at=found.row.message.at,
        since=found.row.since,
        happened=_(HAPPENED[Why(found.row.why)], name=found.reader),
        to_do=rules.what_to_do(found.row.why, found.reach, found.hears),
    )


def lines_of_thread(thread: Any) -> list[tuple[Line, bool]]:
    """Those of one thread, each with whether whoever reads it may write down how its reader was told."""
    found = untold_messages.of_thread(work(), thread)
    return [(line(each), work().may(Permission.CORRESPONDENCE_WORK, each.row)) for each in found]


@blueprint.route("/office/correspondence/messages/<uuid:untold_id>", methods=["GET", "POST"])
def untold_message(untold_id: UUID) -> Answer:
    """Whom to tell and by which ways she can be reached; then how she was told."""
    found = untold_messages.find(work(), untold_id, lock=work().writes)
    form = ToldForm()
    values = (form.how.data or "", form.verified.data or "", form.words.data or "")
    if form.validate_on_submit() and done(form, untold_messages.tell, found, *values):
        tell(_("It is written down."), _("This message is no longer among those that need somebody."))
        return redirect(url_for("office.correspondence_list", **BACK), 303)
    untold_messages.looked(work(), found)
    html = render_template(
        "office/correspondence/untold.html",
        form=form,
        line=line(found),
        panel=panel(found.file) if found.file is not None and work().may(Permission.CONTACT_VIEW, found.file) else None,
        place=url_for("office.correspondence_list", **BACK),
    )
    return html, 422 if form.errors else 200
