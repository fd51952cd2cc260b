"""The record: counted, kept sealed, and shown to those who may read it; record_imports brings it in."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from portal.domain.dates import say_date
from portal.domain.policy import Permission
from portal.domain.record_items import (
    Block,
    Category,
    block_from_json,
)
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from portal.services import audit, patients
from portal.services.sealing import unseal, unseal_json
from portal.services.work import Work


@dataclass(frozen=True)
class Shown:
    """An item opened for somebody who may read it."""

    id: UUID
    category: Category
    occurred_on: date | None
    day: str
    title: str
    blocks: tuple[Block, ...]
    concerns: str
    resource_type: str


def counts_by_category(work: Work, patient: Patient) -> list[tuple[Category, int]]:
    """How many entries of each kind the portal holds, unread; leaves a trace, but not of the patient's own look."""
    work.must(Permission.RECORD_COUNT, patient)
    if work.actor.patient_id != patient.id:
        audit.record(work, "record.counted", patient.id)
    return per_category(work, RecordItem.patient_id == patient.id, RecordItem.replaced_by_id.is_(None))


def per_category(work: Work, *these: ColumnElement[bool]) -> list[tuple[Category, int]]:
    """How many of ``these`` entries there are of each kind, in the order of a package. The caller asks leave."""
    query = select(RecordItem.category, func.count()).where(*these).group_by(RecordItem.category)
    found = dict(iter(work.db.execute(query)))
    return [(category, found[category]) for category in Category if category in found]


def items_of(work: Work, patient_id: UUID) -> list[RecordItem]:
    """The live rows of a record in the order of a package; what they say stays sealed."""
    work.must(Permission.PATIENT_VIEW, patients.find_by_id(work, patient_id))
    query = select(RecordItem).where(RecordItem.patient_id == patient_id, RecordItem.replaced_by_id.is_(None))
    order = {category: place for place, category in enumerate(Category)}
    return sorted(work.db.scalars(query), key=lambda i: (order[Category(i.category)], i.occurred_on or date.min, i.id))


def title_of(work: Work, row: RecordItem) -> str:
    return unseal(work, row.patient_id, row, "title_sealed")


def day_of(row: RecordItem) -> str:
    """When it was, in words and no more exactly than the source says it; empty when it does not say."""
    return row.occurred_in_words or (say_date(row.occurred_on) if row.occurred_on else "")


def show(work: Work, row: RecordItem) -> Shown:
    """Open an item. Who may is asked by the caller, who holds the case."""
    blocks = unseal_json(work, row.patient_id, row, "blocks_sealed")
    return Shown(
        id=row.id,
        category=Category(row.category),
        occurred_on=row.occurred_on,
        day=day_of(row),
        title=title_of(work, row),
        blocks=tuple(block_from_json(b) for b in blocks),
        concerns=unseal(work, row.patient_id, row, "concerns_sealed"),
        resource_type=row.resource_type,
    )
