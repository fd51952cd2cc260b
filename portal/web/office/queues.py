"""The office's lists of cases: a page of 25, its filters in the address, each line ready to show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for

from portal.domain import complaint_rules
from portal.domain.access_requests import Mode
from portal.domain.cases import KINDS, STAGE_NAMES, is_over
from portal.domain.consent_changes import CHANGE_NAMES, Change
from portal.domain.errors import Invalid
from portal.domain.standing import WAITS_FOR_NAMES
from portal.domain.words import N_, _, ngettext
from portal.services import queues
from portal.services.queues import WHICH_NAMES, Row, Which
from portal.web.office.blueprint import blueprint
from portal.web.work import work

WHAT = {Mode.COPY: N_("Copy of the record"), Mode.VIEW: N_("Viewing of the original")}
EMPTY = {
    Which.OPEN: N_("There is no open case. A new one appears here when a patient sends a request, or you enter one."),
    Which.MINE: N_("You have no open case. A case becomes yours when you start to gather its record."),
    Which.UNASSIGNED: N_("Every open case has somebody who looks after it."),
    Which.SOON: N_("No case is past our own aim. A case appears here five working days before its answer is due."),
    Which.LATE: N_("No case is late."),
    Which.CLOSED: N_("No case is closed yet."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One case of a list: ``urgency`` is late, soon, waiting or calm, and ``worded`` says the same in words."""

    address: str
    reference: str
    due_on: date | None
    worded: str
    urgency: str
    patient: str
    what: str
    stage: str
    waits_for: str
    owner: str


@blueprint.get("/office/cases")
def cases() -> str:
    which, stage, after = _which(), request.args.get("stage") or None, request.args.get("after")
    page = queues.page(work(), which, after, stage)
    return render_template(
        "office/cases.html",
        title=_(WHICH_NAMES[which]),
        lines=lines(page.rows, work().today),
        which=which,
        stage=stage,
        lists=WHICH_NAMES,
        stages=list(STAGE_NAMES.items()),
        empty_text=_("No case of this list is at that stage.") if stage else _(EMPTY[which]),
        doing=not after and which != Which.CLOSED,
        next=url_for("office.cases", which=which.value, stage=stage, after=page.next) if page.next else None,
        first=url_for("office.cases", which=which.value, stage=stage) if after else None,
    )


def _which() -> Which:
    try:
        return Which(request.args.get("which") or Which.OPEN)
    except ValueError:
        raise Invalid(_("There is no such list. Choose one from the page of all cases.")) from None


def lines(rows: Iterable[Row], today: date) -> list[Line]:
    """The rows of a queue as they are shown. The address of a case is put together once, not once a row."""
    place = url_for("office.cases")
    return [
        Line(
            address=f"{place}/{row.reference}",
            reference=row.reference,
            due_on=row.due_on,
            worded=_worded(row, today),
            urgency=row.urgency,
            patient=row.patient,
            what=what(row),
            stage=row.stage_name,
            waits_for=_(WAITS_FOR_NAMES[row.waits_for]),
            owner=row.owner,
        )
        for row in rows
    ]


def what(case: Any) -> str:
    """What a case of any kind is about, in a few words."""
    if case.kind == "consent_change":
        return _(CHANGE_NAMES[Change(case.change)])
    if case.kind == "accuracy_note":
        return _("Mistake in the record")
    if case.kind == "complaint":
        return _("Complaint: %(what)s", what=_(complaint_rules.find_kind(case.about).office))
    return _(WHAT[Mode(case.mode)])


def _worded(row: Row, today: date) -> str:
    if row.outcome and is_over(row):
        return _(KINDS[row.kind].outcomes[row.outcome])
    if row.due_on is None:
        return ""
    left = (row.due_on - today).days
    if left < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -left)
    if left == 0:
        return _("due today")
    if row.urgency == "soon":
        return ngettext("soon: %(n)s day left", "soon: %(n)s days left", left)
    return ngettext("%(n)s day left", "%(n)s days left", left)
