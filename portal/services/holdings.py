"""What the clinic holds about a patient: how much of each kind and where it came from, how long, and what holds it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from portal.domain.clocks import local_date
from portal.domain.policy import Permission
from portal.domain.record_items import Category
from portal.domain.retention import Kept, kept
from portal.models.cases import Case
from portal.models.messages import Message
from portal.models.people import Patient
from portal.models.record_items import RecordImport, RecordItem
from portal.models.scopes import cases_seen_by
from portal.services import message_threads
from portal.services.work import Work


@dataclass(frozen=True)
class Kind:
    """One kind of entry: how many, from when to when, and when they were brought into the portal."""

    category: Category
    number: int
    first_on: date | None
    last_on: date | None
    brought_in_at: datetime


@dataclass(frozen=True)
class Written:
    """The messages that this reader may see: how many, from when to when."""

    number: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True)
class Holdings:
    """Everything a page says about what is held; ``kept`` is None while no entry has a day."""

    kinds: list[Kind]
    kept: Kept | None
    open_cases: list[str]
    messages: Written

    @property
    def total(self) -> int:
        return sum(kind.number for kind in self.kinds)


def of_patient(work: Work, patient: Patient) -> Holdings:
    """What is held about this patient, for herself and those who act for her."""
    work.must(Permission.RECORD_COUNT, patient)
    kinds = _kinds(work, patient)
    last = max((kind.last_on for kind in kinds if kind.last_on), default=None)
    open_cases, used = _cases(work, patient)
    rules = work.profile.retention
    days = kept(rules, patient.birth_date, last, used) if last else None
    return Holdings(kinds, days, open_cases, _messages(work, patient))


def _kinds(work: Work, patient: Patient) -> list[Kind]:
    query = (
        select(
            RecordItem.category,
            func.count(),
            func.min(RecordItem.occurred_on),
            func.max(RecordItem.occurred_on),
            func.max(RecordImport.at),
        )
        .join(RecordImport, RecordImport.id == RecordItem.import_id)
        .where(RecordItem.patient_id == patient.id, RecordItem.replaced_by_id.is_(None))
        .group_by(RecordItem.category)
    )
    found = {Category(row[0]): Kind(Category(row[0]), *row[1:]) for row in work.db.execute(query)}
    return [found[category] for category in Category if category in found]


def _messages(work: Work, patient: Patient) -> Written:
    rows = [each.thread.row for each in message_threads.of_patient(work, patient)]
    keys = [row.id for row in rows if row is not None]
    query = select(func.count(), func.min(Message.at), func.max(Message.at)).where(Message.thread_id.in_(keys))
    return Written(*work.db.execute(query).one())


def _cases(work: Work, patient: Patient) -> tuple[list[str], list[date]]:
    """The numbers of open requests, which hold the record; and the days on which something was decided with it."""
    query = select(Case.reference, Case.is_open, Case.closed_at, Case.outcome)
    mine = query.where(Case.patient_id == patient.id, Case.received_on.is_not(None), cases_seen_by(work.actor))
    rows = work.db.execute(mine.order_by(Case.id)).all()
    held = [reference for reference, is_open, *_rest in rows if is_open and reference]
    decided = [
        local_date(work.profile, closed_at)
        for _reference, is_open, closed_at, outcome in rows
        if not is_open and closed_at and outcome and outcome != "withdrawn"
    ]
    return held, decided
