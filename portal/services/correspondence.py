"""The office's lists of letters that must go out, came back, or went; a page of 25, the oldest first."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, tuple_

from portal.domain.dispatches import PAPER, Stage, Way
from portal.domain.letters import Letter
from portal.domain.policy import Permission
from portal.domain.words import N_
from portal.models.dispatches import Dispatch, DispatchEvent
from portal.models.scopes import dispatches_seen_by
from portal.services import dispatch_targets, dispatches, letters, untold_messages
from portal.services.dispatch_targets import Target
from portal.services.work import Work

PAGE = 25
MOST_COUNTED = 100
LATELY = timedelta(days=30)


class Tab(StrEnum):
    PRINT = "to-print"
    FAX = "to-fax"
    CALL = "to-call"
    BACK = "came-back"
    SENT = "sent"


TAB_NAMES = {
    Tab.PRINT: N_("To print"),
    Tab.FAX: N_("To fax"),
    Tab.CALL: N_("To telephone"),
    Tab.BACK: N_("Needs somebody"),
    Tab.SENT: N_("Sent lately"),
}
TO_DO = (Stage.WAITING, Stage.CONFIRMED, Stage.READY)


@dataclass(frozen=True)
class Row:
    """A letter on its way, with its recipient as open now and the letter it is."""

    dispatch: Dispatch
    letter: Letter
    target: Target
    events: tuple[DispatchEvent, ...] = ()


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    next: str | None


def _of(work: Work, tab: Tab) -> ColumnElement[bool]:
    ways: dict[Tab, ColumnElement[bool]] = {
        Tab.PRINT: and_(Dispatch.way.in_(PAPER), Dispatch.stage.in_(TO_DO)),
        Tab.FAX: and_(Dispatch.way == Way.FAX, Dispatch.stage.in_(TO_DO)),
        Tab.CALL: and_(Dispatch.way == Way.PHONE, Dispatch.stage == Stage.WAITING),
        Tab.BACK: Dispatch.stage == Stage.TASK,
        Tab.SENT: and_(
            Dispatch.way != Way.PORTAL,
            Dispatch.stage.in_((Stage.SENT, Stage.ARRIVED)),
            Dispatch.changed_at >= work.now - LATELY,
        ),
    }
    return and_(ways[tab], dispatches_seen_by(work.actor))


def page(work: Work, tab: Tab, after: UUID | None = None) -> Page:
    """What is to be done, the oldest first after what has a last day; of what was sent lately, the newest first.

    ``after`` was shown last.
    """
    query = select(Dispatch).where(_of(work, tab))
    query = _newest_first(work, query, after) if tab == Tab.SENT else _oldest_first(work, query, after)
    found = list(work.db.scalars(query.limit(PAGE + 1)))
    rows = [_row(work, each) for each in found[:PAGE]]
    return Page(rows, str(found[PAGE - 1].id) if len(found) > PAGE else None)


def _oldest_first(work: Work, query: Any, after: UUID | None) -> Any:
    """What the law wants posted by a day stands before all else, the day that comes first on top: overdue, then due."""
    last, day = work.db.get(Dispatch, after) if after else None, func.coalesce(Dispatch.post_by, date.max)
    if last is not None:
        query = query.where(tuple_(day, Dispatch.id) > (last.post_by or date.max, last.id))
    return query.order_by(day, Dispatch.id)


def _newest_first(work: Work, query: Any, after: UUID | None) -> Any:
    last = work.db.get(Dispatch, after) if after else None
    if last is not None:
        query = query.where(tuple_(Dispatch.changed_at, Dispatch.id) < (last.changed_at, last.id))
    return query.order_by(Dispatch.changed_at.desc(), Dispatch.id.desc())


def count(work: Work, tab: Tab) -> int:
    """How many a list holds, counted up to ``MOST_COUNTED``."""
    some = select(Dispatch.id).where(_of(work, tab)).limit(MOST_COUNTED).subquery()
    return work.db.scalar(select(func.count()).select_from(some)) or 0


def needing_somebody(work: Work) -> int:
    """How many letters came back or could not be sent, and messages of which no e-mail told their reader."""
    return count(work, Tab.BACK) + untold_messages.count(work)


def waiting(work: Work) -> tuple[int, int]:
    """How many letters must go out, and how many letters and messages need somebody."""
    return sum(count(work, tab) for tab in (Tab.PRINT, Tab.FAX, Tab.CALL)), needing_somebody(work)


def with_last_day(work: Work) -> tuple[int, int]:
    """How many of the letters to print the law wants posted by a day, and how many of these are overdue."""
    query = select(Dispatch.id).where(_of(work, Tab.PRINT))
    counted = [
        query.where(which).limit(MOST_COUNTED).subquery()
        for which in (Dispatch.post_by.is_not(None), Dispatch.post_by < work.today)
    ]
    due, overdue = (work.db.scalar(select(func.count()).select_from(some)) or 0 for some in counted)
    return due, overdue


def _row(work: Work, found: Dispatch) -> Row:
    letter = letters.read(work, found.letter)
    return Row(found, letter, dispatch_targets.of(work, found, letter))


def look(work: Work, found: Dispatch) -> Row:
    """One of them with all that happened to it, oldest first. That somebody looked is written down."""
    row = _row(work, found)
    dispatches.write_line(work, found, "read")
    return Row(row.dispatch, row.letter, row.target, tuple(events_of(work, [found.id])))


def events_of(work: Work, ids: list[UUID]) -> list[DispatchEvent]:
    """What happened to some letters on their ways, for whoever found them, oldest first."""
    found = DispatchEvent.dispatch_id.in_(ids)
    return list(work.db.scalars(select(DispatchEvent).where(found).order_by(DispatchEvent.at, DispatchEvent.id)))


def words_of(work: Work, found: Dispatch, event: DispatchEvent) -> str:
    """What was written down with an event."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    return dispatches.note_of(work, found, event)


def of_case(work: Work, case: Any) -> list[tuple[Dispatch, tuple[DispatchEvent, ...]]]:
    """The ways of all letters of a case, for the case's own page; those the reader may not handle are left out."""
    query = select(Dispatch).where(Dispatch.case_id == case.id, dispatches_seen_by(work.actor)).order_by(Dispatch.id)
    found = list(work.db.scalars(query))
    happened: dict[UUID, list[DispatchEvent]] = {}
    for event in events_of(work, [each.id for each in found]):
        happened.setdefault(event.dispatch_id, []).append(event)
    return [(each, tuple(happened.get(each.id, ()))) for each in found]
