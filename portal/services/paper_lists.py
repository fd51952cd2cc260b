"""The lists of what came in on paper: the tray, what was put aside from it, and the files of the scanner's folder.

Pages by the last row of the one before, so that the hundredth costs what the first does.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_

from portal.domain.policy import Permission
from portal.models.dispatches import IncomingPaper
from portal.models.folder_files import FolderFile
from portal.services.work import Work

PAGE = 25
_IN_TRAY = (IncomingPaper.settled_at.is_(None), IncomingPaper.aside_at.is_(None))
_ASIDE = (IncomingPaper.settled_at.is_(None), IncomingPaper.aside_at.is_not(None))
_REFUSED = (FolderFile.told_sealed.is_not(None), FolderFile.settled_at.is_(None))


@dataclass(frozen=True)
class Page:
    """Some rows, and the key of the last one where there are more."""

    rows: list[Any]
    next: UUID | None


def tray(work: Work, after: UUID | None = None) -> Page:
    """What nobody has put where it belongs yet, nor aside; the oldest first. ``after`` was shown last."""
    work.must(Permission.INCOMING_SORT)
    return _page(work, IncomingPaper, _IN_TRAY, (IncomingPaper.received_on, IncomingPaper.id), after)


def aside(work: Work, after: UUID | None = None) -> Page:
    """What lies aside, that which is destroyed next first."""
    work.must(Permission.INCOMING_SORT)
    return _page(work, IncomingPaper, _ASIDE, (IncomingPaper.aside_until, IncomingPaper.id), after)


def refused(work: Work, after: UUID | None = None) -> Page:
    """The files of the scanner's folder that nobody has looked at yet, the oldest first."""
    work.must(Permission.INCOMING_SORT)
    return _page(work, FolderFile, _REFUSED, (FolderFile.taken_at, FolderFile.id), after)


def _page(work: Work, kind: Any, which: Any, order: tuple[Any, ...], after: UUID | None) -> Page:
    """A row that was settled meanwhile still says where the next page begins; one without its day begins anew."""
    query, last = select(kind).where(*which), work.db.get(kind, after) if after else None
    place = tuple(getattr(last, column.key) for column in order) if last is not None else (None,)
    if None not in place:
        query = query.where(tuple_(*order) > place)
    found = list(work.db.scalars(query.order_by(*order).limit(PAGE + 1)))
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


def how_many(work: Work) -> int:
    """All that waits on the page of the tray: papers, and files of the scanner's folder that could not be taken."""
    work.must(Permission.INCOMING_SORT)
    papers = select(func.count()).select_from(IncomingPaper).where(*_IN_TRAY)
    refused_files = select(func.count()).select_from(FolderFile).where(*_REFUSED)
    return (work.db.scalar(papers) or 0) + (work.db.scalar(refused_files) or 0)


def how_many_aside(work: Work) -> int:
    work.must(Permission.INCOMING_SORT)
    return work.db.scalar(select(func.count()).select_from(IncomingPaper).where(*_ASIDE)) or 0
