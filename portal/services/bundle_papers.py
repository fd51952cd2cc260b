"""The papers that came in about a case, and how each letter went, as rows of tables for an office outside."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portal.domain.dates import say_date
from portal.domain.dispatches import EVENT_NAMES, WAY_NAMES, Event, Way
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.cases import Case
from portal.models.dispatches import IncomingPaper
from portal.services import correspondence
from portal.services.incoming_papers import WAYS
from portal.services.sealing import unseal
from portal.services.work import Work

Row = tuple[str, ...]


def tables(
    work: Work, case: Case, letters: Sequence[tuple[Any, Any]]
) -> tuple[tuple[str, str, Row, tuple[Row, ...]], ...]:
    """Both as (name, title, head, rows); ``letters`` are those of the case as they were written, the oldest first."""
    work.must(Permission.REQUEST_VIEW, case)
    out = _("How our letters of %(reference)s went", reference=case.reference)
    how = (_("Letter"), _("Way"), _("What happened"), _("Day"), _("Tracking number"))
    into = _("Papers that came in about %(reference)s", reference=case.reference)
    whence = (_("Day"), _("From whom"), _("How"))
    return ("ways", out, how, _went_out(work, case, letters)), ("papers", into, whence, _came_in(work, case))


def _came_in(work: Work, case: Case) -> tuple[Row, ...]:
    """Each paper: the day it came in, from whom, how; the oldest first."""
    query = select(IncomingPaper).where(IncomingPaper.case_id == case.id)
    found = work.db.scalars(query.order_by(IncomingPaper.received_on, IncomingPaper.id))
    sender = [(row, unseal(work, case.patient_id, row, "from_sealed")) for row in found]
    return tuple((say_date(row.received_on), name, _(WAYS[row.way])) for row, name in sender)


def _went_out(work: Work, case: Case, letters: Sequence[tuple[Any, Any]]) -> tuple[Row, ...]:
    """What happened to each of these letters on each of its ways, letter by letter: way, day, tracking number."""
    ways: dict[Any, list[Row]] = {}
    for dispatch, events in correspondence.of_case(work, case):
        way = _(WAY_NAMES[Way(dispatch.way)])
        happened = [(way, _(EVENT_NAMES[Event(each.event)]), say_date(each.on), each.tracking) for each in events]
        ways.setdefault(dispatch.letter_id, []).extend(happened)
    return tuple((letter.title, *row) for written, letter in letters for row in ways.get(written.id, ()))
