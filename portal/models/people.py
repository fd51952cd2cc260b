"""The people: patients, those who act for them, and those who work at the clinic."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.accounts import Account
from portal.models.base import Keyed, Model


class Patient(Keyed, Model):
    """A person with a file here. Names and contacts are columns, wiped at disposal; nothing clinical is here."""

    __tablename__ = "patients"

    number: Mapped[str] = mapped_column(String(20), unique=True)
    given_name: Mapped[str] = mapped_column(String(120))
    family_name: Mapped[str] = mapped_column(String(120))
    birth_date: Mapped[date]
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(400))
    language: Mapped[str] = mapped_column(String(12), default="en")
    jurisdiction: Mapped[str] = mapped_column(String(12))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), unique=True)
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    registered_at: Mapped[datetime]

    account: Mapped[Account | None] = relationship(foreign_keys=[account_id])
    responsible: Mapped[Account | None] = relationship(foreign_keys=[responsible_id])

    __table_args__ = (Index(None, "family_name", "given_name", "id"),)

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def patient_id(self) -> UUID:
        return self.id

    @property
    def address_lines(self) -> list[str]:
        return [line for line in (self.address or "").splitlines() if line]


class Representation(Keyed, Model):
    """Somebody who may act for a patient, from a day to a day, verified by staff."""

    __tablename__ = "representations"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    power: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    verified_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    verified_how: Mapped[str] = mapped_column(String(200))

    patient: Mapped[Patient] = relationship()
    account: Mapped[Account] = relationship(foreign_keys=[account_id])


class StaffMember(Keyed, Model):
    """Somebody who works at the clinic, or did until ``left_at``: the name, title and licence that letters carry."""

    __tablename__ = "staff_members"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    licence_number: Mapped[str | None] = mapped_column(String(40))
    left_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
