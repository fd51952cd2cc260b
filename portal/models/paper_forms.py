"""The forms that were printed for somebody, each with the code by which the office finds it again."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Keyed, Model


class PaperForm(Keyed, Model):
    """A form for a patient: which, in which words, and what became of it. The code itself tells nothing.

    ``entered_at`` is when it was entered first, ``case_id`` the case it became, where it becomes one.
    """

    __tablename__ = "paper_forms"

    code: Mapped[str] = mapped_column(String(16), unique=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    form: Mapped[str] = mapped_column(String(24))
    purpose: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    printed_at: Mapped[datetime]
    printed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    printed_by_name: Mapped[str] = mapped_column(String(240))
    expires_on: Mapped[date]
    entered_at: Mapped[datetime | None]
    entered_by_name: Mapped[str | None] = mapped_column(String(240))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
