"""The first page of whoever works here: what to do next, then the lists to work from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for

from portal.domain import policy
from portal.domain.access_requests import Stage
from portal.domain.standing import WaitsFor
from portal.domain.words import _
from portal.services import (
    account_requests,
    cases,
    contact_changes,
    correspondence,
    leaves,
    message_lists,
    paper_lists,
    papers_astray,
    queues,
)
from portal.services.queues import Row, Which
from portal.web.office.blueprint import blueprint
from portal.web.office.headings import Heading, heading
from portal.web.office.queues import EMPTY, Line, lines
from portal.web.work import work

SHOWN = 8


@dataclass(frozen=True)
class Listed:
    """A list of the page: its first lines, how many there are, and the address of all of it."""

    title: str
    rows: list[Row]
    lines: list[Line]
    number: str
    href: str
    longer: bool
    empty: str


@dataclass(frozen=True)
class Count:
    """How many cases a list holds, as a way to it."""

    title: str
    number: str
    href: str
    kind: str


@blueprint.get("/office")
def my_work() -> str:
    listed = list(_lists())
    counts = [_count(Which.LATE, _("Late"), "late"), _count(Which.SOON, _("Due soon"), "waiting")]
    counts += [Count(each.title, each.number, each.href, "plain") for each in listed]
    counts.append(_messages())
    if policy.office(work().actor, None):
        counts += _desk()
    covers = leaves.mine(work())
    return render_template("office/my_work.html", first=_first(listed), listed=listed, counts=counts, covers=covers)


def _messages() -> Count:
    """What patients wrote and nobody has answered."""
    waiting = message_lists.count(work(), message_lists.Which.WAITING)
    number = _number(waiting, more=waiting >= message_lists.MOST_COUNTED)
    return Count(_("Messages to answer"), number, url_for("office.messages"), _kind(waiting))


def _desk() -> list[Count]:
    """What people ask of the office that is no case: whoever waits at the counter must not be overlooked."""
    changes, (_settles, asked) = len(contact_changes.all_waiting(work())), account_requests.how_many(work())
    of_contact = _number(changes, more=changes >= contact_changes.MOST_LISTED)
    return [
        Count(_("Changes of contact"), of_contact, url_for("office.all_contact_changes"), _kind(changes)),
        Count(_("Requests for an account"), str(asked), url_for("office.account_requests_waiting"), _kind(asked)),
        *_letters(),
    ]


def _letters() -> list[Count]:
    """Letters that must go out otherwise than in the portal, what needs somebody, papers nobody has put away.

    A message of which no e-mail told its reader needs somebody like a letter that came back.
    """
    (out, back), tray = correspondence.waiting(work()), paper_lists.how_many(work())
    place = "office.correspondence_list"
    came_back = Count(
        _("Letters and messages that need somebody"), str(back), url_for(place, tab="came-back"), _kind(back, "late")
    )
    papers = Count(_("Papers in the tray"), str(tray), url_for("office.incoming"), _kind(tray))
    listed = [*_by_a_day(), *([came_back] if back else [])]
    sent = Count(_("Letters to send"), str(out), url_for(place), _kind(out))
    return [sent, *listed, *([papers] if tray else []), *_astray()]


def _astray() -> list[Count]:
    """Papers somebody opened whose they were not: the privacy contact decides about a notice."""
    number, place = papers_astray.how_many(work()), url_for("office.astray_papers")
    return [Count(_("Papers that others opened"), str(number), place, "late")] if number else []


def _by_a_day() -> list[Count]:
    """Letters that the law wants on their way by a day: they must not be overlooked among the others."""
    due, overdue = correspondence.with_last_day(work())
    place = url_for("office.correspondence_list")
    late = [Count(_("Letters to post, overdue"), str(overdue), place, "late")] if overdue else []
    soon = [Count(_("Letters to post by a day"), str(due - overdue), place, "waiting")] if due > overdue else []
    return [*late, *soon]


def _kind(counted: int, waiting: str = "waiting") -> str:
    return waiting if counted else "plain"


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
    rows = page.rows
    return Listed(
        title=title,
        rows=rows,
        lines=lines(rows[:SHOWN], work().today),
        number=_number(len(rows), more=page.next is not None),
        href=url_for("office.cases", which=which.value, stage=stage),
        longer=len(rows) > SHOWN,
        empty=empty,
    )


def _first(listed: list[Listed]) -> Heading | None:
    """The most urgent case whose turn it is now to be worked by this person."""
    actor = work().actor
    turns = {WaitsFor.PHYSICIAN} if policy.physician(actor, None) else set()
    turns |= {WaitsFor.FRONT_OFFICE} if policy.office(actor, None) else set()
    mine = [row for each in listed for row in each.rows if row.waits_for in turns]
    if not mine:
        return None
    urgent = min(mine, key=lambda row: row.due_on or date.max)
    return heading(cases.find(work(), urgent.reference))


def _count(which: Which, title: str, kind: str) -> Count:
    counted = queues.count(work(), which)
    number = _number(counted, more=counted >= queues.MOST_COUNTED)
    return Count(title, number, url_for("office.cases", which=which.value), _kind(counted, kind))


def _number(counted: int, more: bool) -> str:
    """A number, and that there may be more where nobody counted on."""
    return _("%(n)s or more", n=counted) if more else str(counted)
