"""The clinic's lists of threads: what waits for an answer, the oldest day first, and what was answered."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.models.cases import Case
from portal.models.messages import Message, MessageRead, MessageThread
from portal.models.scopes import answerable_threads, answered_by
from portal.services.message_answerers import Answerers, Named
from portal.services.message_threads import CLINIC, of_row
from portal.services.work import Work

PAGE = 25
MOST_COUNTED = 100


class Which(StrEnum):
    """The lists, as they are named in the address."""

    WAITING = "waiting"
    MINE = "mine"
    ANSWERED = "answered"


WHICH_NAMES = {
    Which.WAITING: N_("All that wait for an answer"),
    Which.MINE: N_("Mine to answer"),
    Which.ANSWERED: N_("Nothing waits"),
}


@dataclass(frozen=True)
class Row:
    """One thread; ``new`` is how many of the patient's messages nobody here has opened."""

    reference: str
    kind: str
    number: str
    patient: str
    jurisdiction: str
    waiting_since: datetime | None
    due_on: date | None
    last_at: datetime
    answers: Named
    new: int


@dataclass(frozen=True)
class Page:
    """A page of a list; ``next`` is the place to go on from, or None at the end."""

    rows: list[Row]
    next: str | None


def page(work: Work, which: Which, after: str | None = None) -> Page:
    """25 threads: what waits by its day, what does not by its last message, the newest first."""
    work.must(Permission.QUEUE_VIEW)
    found = work.db.scalars(_place(_only(work, select(MessageThread), which), which, after).limit(PAGE + 1)).all()
    rows, among = found[:PAGE], Answerers(work)
    new = _new(work, [row.id for row in rows])
    place = f"{_day_of(rows[-1], which)}~{rows[-1].id}" if len(found) > PAGE else None
    return Page([_row(row, among, new.get(row.id, 0)) for row in rows], place)


def _day_of(row: MessageThread, which: Which) -> str:
    if which == Which.ANSWERED or row.due_on is None:
        return row.last_at.isoformat()
    return row.due_on.isoformat()


def count(work: Work, which: Which) -> int:
    """How many threads a list holds; counting stops at ``MOST_COUNTED``."""
    work.must(Permission.QUEUE_VIEW)
    return len(work.db.execute(_only(work, select(MessageThread.id), which).limit(MOST_COUNTED)).all())


def _only(work: Work, query: Any, which: Which) -> Any:
    query = query.where(answerable_threads(work.actor), MessageThread.waiting_since.is_(None)
                        if which == Which.ANSWERED else MessageThread.due_on.is_not(None))  # fmt: skip
    if which == Which.MINE:
        nobodys = MessageThread.answerer_id.is_(None)
        cared_for = MessageThread.case_id.in_(select(Case.id).where(answered_by(work.actor, Case.owner_id)))
        query = query.where(or_(answered_by(work.actor, MessageThread.answerer_id), and_(nobodys, cared_for)))
    return query


def _place(query: Any, which: Which, after: str | None) -> Any:
    """In the order of the list, from the place where the page before ended."""
    query = query.options(joinedload(MessageThread.patient), joinedload(MessageThread.case))
    day, _tilde, key = (after or "").partition("~")
    try:
        if which == Which.ANSWERED:
            query = query.order_by(MessageThread.last_at.desc(), MessageThread.id.desc())
            place = tuple_(MessageThread.last_at, MessageThread.id)
            return query.where(place < (_instant(day), UUID(key))) if after else query
        query = query.order_by(MessageThread.due_on, MessageThread.id)
        place = tuple_(MessageThread.due_on, MessageThread.id)
        return query.where(place > (date.fromisoformat(day), UUID(key))) if after else query
    except (ValueError, OverflowError):
        raise Invalid(_("This address of a page is cut off. Go back to the beginning of the list.")) from None


def _instant(text: str) -> datetime:
    """An instant as an address carries it. Raises ValueError without a time zone, and OverflowError out of all time."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return at.astimezone(UTC)


def _new(work: Work, keys: list[UUID]) -> dict[UUID, int]:
    read = select(MessageRead.message_id).where(MessageRead.side == CLINIC, MessageRead.message_id == Message.id)
    fresh = (Message.thread_id.in_(keys), Message.from_clinic.is_(False), ~read.exists())
    query = select(Message.thread_id, func.count()).where(*fresh).group_by(Message.thread_id)
    return {row[0]: row[1] for row in work.db.execute(query)}


def _row(row: MessageThread, among: Answerers, new: int) -> Row:
    thread = of_row(row)
    found = among.of(thread)
    return Row(
        reference=thread.reference,
        kind=row.case.kind if row.case is not None else "",
        number=row.patient.number,
        patient=row.patient.name,
        jurisdiction=row.patient.jurisdiction,
        waiting_since=row.waiting_since,
        due_on=row.due_on,
        last_at=row.last_at,
        answers=Named(found.account, among.name(found.account), among.name(found.stands_in_for)),
        new=new,
    )
