"""Release packages: what was handed over, built by the worker, signed, with a manifest."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Keyed, Model


class ReleasePackage(Keyed, Model):
    """One package of one request. It exists for others only once ``file_id`` is set, in one transaction."""

    __tablename__ = "release_packages"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    released_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    released_by_name: Mapped[str] = mapped_column(String(240))
    released_at: Mapped[datetime]
    steps_done: Mapped[int] = mapped_column(default=0)
    steps_all: Mapped[int] = mapped_column(default=0)
    built_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    pages: Mapped[int | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    manifest_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_on: Mapped[date | None]
    collected_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
