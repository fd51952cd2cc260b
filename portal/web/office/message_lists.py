"""The office's list of messages: what waits for an answer, the oldest day first, who answers, and what is late."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import render_template, request, url_for

from portal.domain import messages as rules
from portal.domain.errors import Invalid
from portal.domain.words import N_, _, ngettext
from portal.services import message_lists
from portal.services.message_lists import WHICH_NAMES, Row, Which
from portal.web.office.blueprint import blueprint
from portal.web.office.message_panel import urgency
from portal.web.work import work

ABOUT = {
    "": N_("Questions about privacy"),
    "access_request": N_("Access request"),
    "consent_change": N_("Consent"),
    "accuracy_note": N_("Mistake in the record"),
    "complaint": N_("Complaint"),
}
EMPTY = {
    Which.WAITING: N_("No message waits for an answer."),
    Which.MINE: N_("No message waits for you."),
    Which.ANSWERED: N_("Nothing was answered yet."),
}


@dataclass(frozen=True)
class Line:
    """One thread of the list, ready to show."""

    href: str
    patient: str
    about: str
    reference: str
    due_on: date | None
    worded: str
    urgency: str
    answers: str
    new: str
    last_at: datetime


@blueprint.get("/office/messages")
def messages() -> str:
    which, after = _which(), request.args.get("after")
    page = message_lists.page(work(), which, after)
    return render_template(
        "office/messages/list.html",
        lines=[_line(row) for row in page.rows],
        which=which,
        lists=WHICH_NAMES,
        title=_(WHICH_NAMES[which]),
        empty_text=_(EMPTY[which]),
        next=url_for("office.messages", which=which.value, after=page.next) if page.next else None,
        first=url_for("office.messages", which=which.value) if after else None,
    )


def _which() -> Which:
    try:
        return Which(request.args.get("which") or Which.WAITING)
    except ValueError:
        raise Invalid(_("There is no such list. Choose one from the page of all messages.")) from None


def _line(row: Row) -> Line:
    place: dict[str, Any] = {"reference": row.reference} if row.reference else {"number": row.number}
    return Line(
        href=url_for("office.thread", **place),
        patient=row.patient,
        about=_(ABOUT[row.kind]),
        reference=row.reference,
        due_on=row.due_on,
        worded=rules.worded(row.due_on, work().today),
        urgency=urgency(row.due_on, row.jurisdiction),
        answers=_answers(row),
        new=ngettext("%(n)s not opened yet", "%(n)s not opened yet", row.new) if row.new else "",
        last_at=row.last_at,
    )


def _answers(row: Row) -> str:
    if row.answers.for_name:
        return _("%(name)s, while %(away)s is away", name=row.answers.name, away=row.answers.for_name)
    return row.answers.name or _("nobody yet")
