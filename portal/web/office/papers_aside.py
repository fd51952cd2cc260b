"""Papers that are not ours: put aside with a reason, seen by everybody who sorts, brought back or destroyed."""

import textwrap
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain import incoming_papers as rules
from portal.domain.actors import SYSTEM as PORTAL
from portal.domain.dates import say_date
from portal.domain.incoming_papers import LONGEST, find_reason
from portal.domain.words import N_, _
from portal.services import incoming_papers, paper_lists, papers_aside
from portal.web.fields import Choice, Form, LongText, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.incoming_papers import after, came_in, onward
from portal.web.office.step_pages import Answer, done
from portal.web.work import work

PLACE = "/office/correspondence/incoming/<uuid:scan_id>"


class AsideForm(Form):
    reason = Choice(
        N_("Why is it not for us?"),
        [required(N_("Choose why it is not for us."))],
        choices=[(each.id, each.title) for each in rules.rules().reasons],
    )
    words = LongText(
        N_("What did you see on the paper?"),
        [required(N_("Write what you saw on the paper, so that somebody else can judge."))],
        hint=N_("Such as “Addressed to the dentist on the second floor”. These words are kept when the scan is gone."),
        limit=LONGEST,
        rows=3,
    )


@blueprint.get("/office/correspondence/incoming/aside")
def papers_put_aside() -> str:
    """What lies aside, with its last day, and the line that stays of what was destroyed."""
    page = paper_lists.aside(work(), after("after"))
    return render_template(
        "office/correspondence/aside.html",
        lines=[_line(row) for row in page.rows],
        pages=onward("office.papers_put_aside", "after", page.next),
        gone=[_gone(each) for each in papers_aside.destroyed(work())],
        days=rules.rules().kept_days,
    )


def _line(row: Any) -> dict[str, Any]:
    found = find_reason(row.aside_reason or "")
    return {
        **came_in(row, work().today),
        "reason": _(found.title) if found else "",
        "aside_on": row.aside_at,
        "aside_by": row.aside_by_name or "",
        "until": row.aside_until,
    }


def _gone(each: Any) -> dict[str, Any]:
    row = each.row
    return {
        **_line(row),
        "words": each.words,
        "at": row.settled_at,
        "by": row.settled_by_name or "",
        "by_itself": row.settled_by_name == PORTAL.name,
        "size": row.size,
        "digest": textwrap.fill(row.destroyed_digest or "", 16),  # in parts, for a narrow page
    }


@blueprint.route(f"{PLACE}/aside", methods=["GET", "POST"])
def aside_paper(scan_id: UUID) -> Answer:
    """A paper of the tray is put aside here; one that lies aside is looked at, brought back or destroyed from here."""
    row, form = incoming_papers.find(work(), scan_id, lock=work().writes), AsideForm()
    if row.aside_at is None and form.validate_on_submit():
        if done(form, papers_aside.put_aside, row, form.reason.data or "", form.words.data or ""):
            return _is_aside(row)
    elif row.aside_at is not None and work().writes:
        return _is_aside(row)
    sender = incoming_papers.sender_of(work(), row)
    if row.aside_at is None:
        line, last = came_in(row, work().today), rules.rules().until(work().today)
        facts = {"row": row, "line": line, "sender": sender, "last": last}
        return render_template("office/correspondence/put_aside.html", form=form, **facts), 422 if form.errors else 200
    mine, words = row.aside_by_id == work().actor.id, papers_aside.words_of(work(), row)
    facts = {"row": row, "line": _line(row), "sender": sender, "words": words, "mine": mine}
    return render_template("office/correspondence/aside_paper.html", **facts), 200


def _is_aside(row: Any) -> Response:
    until = say_date(row.aside_until)
    tell(_("The paper is put aside."), _("Anybody who sorts can bring it back until %(day)s.", day=until))
    return redirect(url_for("office.papers_put_aside"), 303)


@blueprint.post(f"{PLACE}/back")
def bring_paper_back(scan_id: UUID) -> Response:
    row = incoming_papers.find(work(), scan_id, lock=True)
    papers_aside.bring_back(work(), row)
    tell(_("The paper lies in the tray again."), _("Put it where it belongs as soon as you know."))
    return redirect(url_for("office.incoming_paper", scan_id=row.id), 303)


@blueprint.post(f"{PLACE}/destroy")
def destroy_paper(scan_id: UUID) -> Response:
    row = incoming_papers.find(work(), scan_id, lock=True)
    papers_aside.destroy(work(), row)
    tell(_("The scan is destroyed."), _("Send the paper back, or to whom it is for. The line about it stays."))
    return redirect(url_for("office.papers_put_aside"), 303)
