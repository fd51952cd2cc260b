"""The record: items as they were read from the EMR, and the physician's judgement of each in a case."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Keyed, Model


class RecordImport(Keyed, Model):
    """One reading of the EMR's export, with the counts that say where every resource went."""

    __tablename__ = "record_imports"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    counts: Mapped[str]
    by_name: Mapped[str] = mapped_column(String(240))
    at: Mapped[datetime]


class RecordItem(Keyed, Model):
    """One entry of a record. What it says is sealed; ``source_index`` is a blind index of its source and id."""

    __tablename__ = "record_items"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    import_id: Mapped[UUID] = mapped_column(ForeignKey("record_imports.id"))
    source_index: Mapped[str] = mapped_column(String(64))
    original_index: Mapped[str] = mapped_column(String(64))
    category: Mapped[str] = mapped_column(String(24))
    resource_type: Mapped[str] = mapped_column(String(40))
    occurred_on: Mapped[date | None]
    occurred_in_words: Mapped[str | None] = mapped_column(String(40))
    title_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    blocks_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    original_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    concerns_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    replaced_by_id: Mapped[UUID | None]

    __table_args__ = (
        UniqueConstraint("patient_id", "source_index", "original_index"),
        Index(None, "patient_id", "category", "occurred_on", "id"),
    )


class Judgement(Keyed, Model):
    """A record item as it lies in a request, and what the physician decided about it.

    ``reasoning_sealed`` holds, as JSON, the passages to sever and the facts behind a ground. ``begun`` is what she
    began to do and was asked to say more of: there is no decision then, and ground and reasons are what she gave.
    """

    __tablename__ = "judgements"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("record_items.id"))
    position: Mapped[int]
    decision: Mapped[str | None] = mapped_column(String(12))
    begun: Mapped[str | None] = mapped_column(String(12))
    ground_id: Mapped[str | None] = mapped_column(String(60))
    reasoning_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    item: Mapped[RecordItem] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("case_id", "item_id"), Index(None, "case_id", "position"))
