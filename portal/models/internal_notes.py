"""What people of the clinic note beside a thread of messages, for one another: a table of its own, apart from them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Keyed, Model


class InternalNote(Keyed, Model):
    """One note, written once; without a case it stands beside the patient's general thread."""

    __tablename__ = "internal_notes"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    by_name: Mapped[str] = mapped_column(String(240))
    at: Mapped[datetime]
    once: Mapped[str] = mapped_column(String(36), unique=True)

    __table_args__ = (Index(None, "patient_id", "case_id"),)
