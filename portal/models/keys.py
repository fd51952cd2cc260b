"""Data keys: one a patient, wrapped by the master key; what is sealed under a destroyed key cannot be read again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Model


class PatientKey(Model):
    __tablename__ = "patient_keys"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]


class PortalKey(Model):
    """A key of the portal's own, wrapped by the master key: ``index`` for blind indexes, ``checkpoints``."""

    __tablename__ = "portal_keys"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
