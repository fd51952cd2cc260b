"""The people: patients, those who act for them, and those who work at the clinic."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, ForeignKey, Index, LargeBinary, String, delete, event, insert, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain import names
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
    # A young person who decides for herself, and a death: what was seen, by whom, from which instant it counts.
    decides_since: Mapped[datetime | None]
    decides_how: Mapped[str | None] = mapped_column(String(40))
    decides_written_by: Mapped[str | None] = mapped_column(String(240))
    died_on: Mapped[date | None]
    died_how: Mapped[str | None] = mapped_column(String(40))
    death_written_by: Mapped[str | None] = mapped_column(String(240))
    death_written_at: Mapped[datetime | None]
    sort_key: Mapped[bytes] = mapped_column(LargeBinary, default=b"")

    account: Mapped[Account | None] = relationship(foreign_keys=[account_id])
    responsible: Mapped[Account | None] = relationship(foreign_keys=[responsible_id])

    __table_args__ = (Index(None, "sort_key", "id"),)

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def patient_id(self) -> UUID:
        return self.id

    @property
    def address_lines(self) -> list[str]:
        return [line for line in (self.address or "").splitlines() if line]


class PatientWord(Model):
    """A word by whose beginning a patient is found, folded (``domain/names``) and as bytes: compared alike anywhere."""

    __tablename__ = "patient_words"

    word: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True, index=True)


def _is_renamed(patient: Patient) -> bool:
    seen = inspect(patient).attrs
    return seen.given_name.history.has_changes() or seen.family_name.history.has_changes()


@event.listens_for(Patient, "before_insert")
@event.listens_for(Patient, "before_update")
def _sort_anew(_mapper: Any, _connection: Connection, patient: Patient) -> None:
    if _is_renamed(patient):
        patient.sort_key = names.sort_key(patient.given_name, patient.family_name)


@event.listens_for(Patient, "after_insert")
@event.listens_for(Patient, "after_update")
def _find_anew(_mapper: Any, connection: Connection, patient: Patient) -> None:
    """The words follow the names, in the same transaction, whoever changed them."""
    if not _is_renamed(patient):
        return
    connection.execute(delete(PatientWord).where(PatientWord.patient_id == patient.id))
    if rows := word_rows(patient.id, patient.given_name, patient.family_name):
        connection.execute(insert(PatientWord), rows)


def word_rows(patient_id: UUID, given_name: str, family_name: str) -> list[dict[str, Any]]:
    """The rows of ``patient_words`` for one patient."""
    return [{"word": word, "patient_id": patient_id} for word in sorted(names.words_of(given_name, family_name))]


class Representation(Keyed, Model):
    """Somebody who may act for a patient: on which paper, for what, from a day to a day, checked by whom and how.

    ``rights`` and ``slices`` are words with blanks between them; no slices are the whole record. ``rank`` is the place
    of a nearest relative. ``paper_id`` is our form on paper, where it came on one. ``shared_at``: the patient, who
    decides for herself, lets this person act again.
    """

    __tablename__ = "representations"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    power: Mapped[str] = mapped_column(String(60))
    rank: Mapped[int | None]
    rights: Mapped[str] = mapped_column(String(200))
    slices: Mapped[str] = mapped_column(String(300), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("incoming_papers.id"))
    proofs: Mapped[str] = mapped_column(String(200), default="")
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    why_not_higher_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    registered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    registered_at: Mapped[datetime]
    verified_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    verified_how: Mapped[str] = mapped_column(String(200), default="")
    verified_at: Mapped[datetime | None]
    shared_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    end_reason: Mapped[str | None] = mapped_column(String(40))

    patient: Mapped[Patient] = relationship()
    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    verified_by: Mapped[Account | None] = relationship(foreign_keys=[verified_by_id])


class StaffMember(Keyed, Model):
    """Somebody who works at the clinic, or did until ``left_at``: the name, title and licence that letters carry."""

    __tablename__ = "staff_members"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    licence_number: Mapped[str | None] = mapped_column(String(40))
    left_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
