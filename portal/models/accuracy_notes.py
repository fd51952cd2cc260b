"""An accuracy note: the case in which a patient says that an entry is wrong; what stands beside it; who was told."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Keyed, Model
from portal.models.cases import Case


class AccuracyNote(Case):
    """What the patient says is wrong, and what was decided.

    ``claim_sealed`` are her own words as JSON. ``item_id`` is the entry she or the physician pointed out; ``nowhere``
    says that it stands in none, because something is missing. ``notices_open`` counts who is not settled yet.
    ``sent_key`` is the form's own key: a form that is sent twice is one note.
    """

    __tablename__ = "accuracy_notes"

    id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    category: Mapped[str] = mapped_column(String(24))
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("record_items.id"))
    nowhere: Mapped[bool] = mapped_column(default=False)
    claim_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    corrected_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reasons_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_on: Mapped[date | None]
    statement_until: Mapped[date | None]
    notices_open: Mapped[int] = mapped_column(default=0)
    sent_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    sent_key: Mapped[UUID | None]

    __mapper_args__ = {"polymorphic_identity": "accuracy_note", "polymorphic_load": "inline"}
    __table_args__: Any = (UniqueConstraint("sent_by_id", "sent_key"),)

    # Whether a statement is still awaited today; services.accuracy_notes fills it in before a step that asks.
    statement_awaited = False


class Annotation(Keyed, Model):
    """What stands beside an entry of the record from now on. Added, never changed: triggers guard it.

    It hangs on the entry's source, so that a newer version of the entry has it too; without one it stands beside the
    whole record. ``words_sealed`` is JSON: what the patient said, and what is right.
    """

    __tablename__ = "record_annotations"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    reference: Mapped[str] = mapped_column(String(24))
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("record_items.id"))
    source_index: Mapped[str | None] = mapped_column(String(64))
    category: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(24))
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by_name: Mapped[str] = mapped_column(String(240))

    __table_args__ = (Index(None, "patient_id", "source_index"),)


class CorrectionNotice(Keyed, Model):
    """One who received the entry and is told what became of it: the letter, how and when it went, who answered.

    It is told to the patient as the disclosure is that it follows from: ``shown_from`` and ``hers_alone`` are that
    one's. ``details_sealed`` is JSON: who acknowledged it, or why nobody has to be waited for. ``told_id`` is the line
    of the register that says it went out; ``came_back_on`` the day on which one that went out was known not to arrive.
    """

    __tablename__ = "correction_notices"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    disclosure_id: Mapped[UUID] = mapped_column(ForeignKey("disclosures.id"))
    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    sent_on: Mapped[date | None]
    sent_how: Mapped[str | None] = mapped_column(String(16))
    sent_by_name: Mapped[str | None] = mapped_column(String(240))
    told_id: Mapped[UUID | None] = mapped_column(ForeignKey("disclosures.id"))
    came_back_on: Mapped[date | None]
    acknowledged_on: Mapped[date | None]
    settled_at: Mapped[datetime | None]
    settled_by_name: Mapped[str | None] = mapped_column(String(240))
    details_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    shown_from: Mapped[date | None]
    hers_alone: Mapped[bool] = mapped_column(default=False)
