"""What the clinic keeps about its own people: who covers for whom, what each undertook, why a file was opened."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Keyed, Model


class Leave(Keyed, Model):
    """Somebody is away from a day to a day, both counted, and a colleague covers. ``ended_at`` ends it before."""

    __tablename__ = "leaves"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    cover_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    arranged_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    arranged_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Acknowledgement(Keyed, Model):
    """Somebody of the clinic read a text and stands by it: which one, in which version, and a digest of its words."""

    __tablename__ = "acknowledgements"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    document: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(24))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]

    __table_args__ = (Index(None, "account_id", "at"),)


class FileReason(Keyed, Model):
    """Why somebody opened a file without an open request: good for one patient, one session and a short time."""

    __tablename__ = "file_reasons"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("sign_ins.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str] = mapped_column(String(40))
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    given_at: Mapped[datetime]
    good_until: Mapped[datetime]

    __table_args__ = (Index(None, "patient_id", "sign_in_id"),)
