"""The first page of whoever works here: what to do next, then the lists to work from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for

from portal.domain import policy
from portal.domain.access_requests import Stage
from portal.domain.standing import WaitsFor
from portal.domain.words import _
from portal.services import dossiers, queues
from portal.services.queues import Row, Which
from portal.web.office.blueprint import blueprint
from portal.web.office.headings import Heading, heading
from portal.web.office.queues import EMPTY, Line, lines
from portal.web.work import work

SHOWN = 8


@dataclass(frozen=True)
class Listed:
    """A list of the page: its first lines, and the address of all of it."""

    title: str
    rows: list[Row]
    lines: list[Line]
    more: str | None
    empty: str


@dataclass(frozen=True)
class Count:
    """How many cases a list holds, as a way to it; ``some`` is what is shown of a number that was not counted out."""

    title: str
    number: str
    href: str
    kind: str


@blueprint.get("/office")
def my_work() -> str:
    listed = list(_lists())
    first = _first(listed)
    return render_template("office/my_work.html", first=first, listed=listed, counts=_counts())


def _lists() -> Iterator[Listed]:
    """A physician's reviews before all else; then, for the office, what is one's own and what is nobody's."""
    actor = work().actor
    if policy.physician(actor, None):
        yield _listed(_("Waiting for your review"), Which.MINE, _("Nothing waits for your review."), Stage.IN_REVIEW)
    if policy.office(actor, None):
        yield _listed(_("Your cases"), Which.MINE, _(EMPTY[Which.MINE]))
        yield _listed(_("Nobody has them yet"), Which.UNASSIGNED, _(EMPTY[Which.UNASSIGNED]))
    else:
        yield _listed(_("All requests to you that are open"), Which.OPEN, _("No request to you is open."))


def _listed(title: str, which: Which, empty: str, stage: Stage | None = None) -> Listed:
    page = queues.page(work(), which, stage=stage)
    longer = len(page.rows) > SHOWN
    more = url_for("office.cases", which=which.value, stage=stage) if longer else None
    return Listed(title, page.rows, lines(page.rows[:SHOWN], work().today), more, empty)


def _first(listed: list[Listed]) -> Heading | None:
    """The most urgent case whose turn it is now to be worked by this person."""
    actor = work().actor
    turns = {WaitsFor.PHYSICIAN} if policy.physician(actor, None) else set()
    turns |= {WaitsFor.FRONT_OFFICE} if policy.office(actor, None) else set()
    mine = [row for each in listed for row in each.rows if row.waits_for in turns]
    if not mine:
        return None
    urgent = min(mine, key=lambda row: row.due_on or date.max)
    return heading(dossiers.find(work(), urgent.reference))


def _counts() -> list[Count]:
    lists = [(Which.LATE, _("Late"), "late"), (Which.SOON, _("Due soon"), "waiting")]
    if policy.office(work().actor, None):
        lists += [(Which.UNASSIGNED, _("Nobody has them yet"), "plain"), (Which.MINE, _("Yours"), "plain")]
    return [_count(which, title, kind) for which, title, kind in lists]


def _count(which: Which, title: str, kind: str) -> Count:
    counted = queues.count(work(), which)
    number = _("%(n)s or more", n=counted) if counted >= queues.MOST_COUNTED else str(counted)
    return Count(title, number, url_for("office.cases", which=which.value), kind if counted else "plain")
