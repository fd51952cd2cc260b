"""The figures beside the clauses: counted once a day from the cases themselves, kept with their day, shown to anybody.

Another kind of case that has answers is one more line in ``ANSWERS``; its figure stands beside its clause from then on.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import exists, func, select

from portal.domain import complaints
from portal.domain.access_requests import BEFORE_RELEASE, Stage
from portal.domain.clocks import LedgerKind, local_date
from portal.domain.policy import Permission
from portal.domain.promise_figures import Answered, Figures, counted, period
from portal.domain.zones import zone
from portal.models.cases import Case, CaseEvent, LedgerRow
from portal.models.privacy_policy import PromiseFigure
from portal.services.work import Report, Work


@dataclass(frozen=True)
class Answers:
    """With which steps the answer is there for the patient, and at which stages she still waits for it."""

    steps: frozenset[str]
    waiting: frozenset[str]


ANSWERS = {
    "access_request": Answers(
        frozenset({"built", "offer_viewing", "refuse", "no_record"}), frozenset(BEFORE_RELEASE | {Stage.PREPARING})
    ),
    "complaint": Answers(frozenset({"answer_complaint", "decide_complaint"}), frozenset(complaints.BEFORE_ANSWER)),
}


@dataclass(frozen=True)
class Counted:
    """What stands beside a clause, and when it was counted."""

    figures: Figures
    at: datetime


def shown(work: Work) -> dict[str, Counted]:
    """The figures as they were last counted, by kind of case."""
    rows = work.db.scalars(select(PromiseFigure))
    return {row.kind: Counted(_figures(row), row.counted_at) for row in rows if row.kind in ANSWERS}


def _figures(row: PromiseFigure) -> Figures:
    return Figures(**{name: getattr(row, name) for name in Figures.__dataclass_fields__})


def count(work: Work, _payload: dict[str, Any]) -> list[Figures]:
    """Count every kind; a reading transaction is enough."""
    work.must(Permission.UPKEEP)
    return [
        counted(kind, work.today, list(_answered(work, kind, answers)), *_open(work, kind, answers))
        for kind, answers in ANSWERS.items()
    ]


def _answered(work: Work, kind: str, answers: Answers) -> Iterator[Answered]:
    """The first answer of each case, found by the index over steps and their instants."""
    since, until = period(work.today)
    here = zone(work.clinic.time_zone)
    begins, ends = (datetime.combine(day, time(), here) for day in (since, until + timedelta(days=1)))
    first = func.min(CaseEvent.at).label("first")
    given = (
        select(CaseEvent.case_id, first)
        .where(CaseEvent.event.in_(answers.steps), CaseEvent.at >= begins, CaseEvent.at < ends)
        .group_by(CaseEvent.case_id)
        .subquery()
    )
    extended = exists().where(LedgerRow.case_id == Case.id, LedgerRow.kind == LedgerKind.EXTENDED)
    query = (
        select(Case.received_on, Case.due_on, given.c.first, extended)
        .join(given, given.c.case_id == Case.id)
        .where(Case.kind == kind, Case.received_on.is_not(None), Case.due_on.is_not(None))
    )
    for received_on, due_on, at, more_time in work.db.execute(query):
        yield Answered(received_on, due_on, local_date(work.profile, at), bool(more_time))


def _open(work: Work, kind: str, answers: Answers) -> tuple[int, int]:
    """How many wait for their answer today, and how many of them past their date."""
    waiting = select(func.count()).where(Case.kind == kind, Case.is_open.is_(True), Case.stage.in_(answers.waiting))
    overdue = waiting.where(Case.due_on < work.today)
    return work.db.scalar(waiting) or 0, work.db.scalar(overdue) or 0


def as_they_are(_work: Work, figures: list[Figures], _report: Report) -> list[Figures]:
    """Nothing is made outside the database."""
    return figures


def keep(work: Work, _payload: dict[str, Any], figures: list[Figures]) -> None:
    """Put the figures in the place of those of the night before."""
    work.must(Permission.UPKEEP)
    for each in figures:
        work.db.merge(PromiseFigure(counted_at=work.now, **asdict(each)))
