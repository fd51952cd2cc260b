"""Cases: one table for everything the clinic must answer, with its history, its clock and its people."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.clocks import LedgerKind
from portal.models.accounts import Account
from portal.models.base import Keyed, Model
from portal.models.people import Patient


class Case(Keyed, Model):
    """What a patient asked for and the clinic must answer by a lawful date.

    ``stage`` says who works, ``outcome`` how it ended. ``due_on`` and ``target_on`` are an index of the clock's replay,
    rewritten from the whole ledger whenever it grows and never adjusted by themselves; lateness is computed.
    """

    __tablename__ = "cases"

    kind: Mapped[str] = mapped_column(String(24))
    reference: Mapped[str | None] = mapped_column(String(24), unique=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    requested_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    channel: Mapped[str] = mapped_column(String(12))
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    jurisdiction: Mapped[str] = mapped_column(String(12))
    rules_version: Mapped[str] = mapped_column(String(24))
    stage: Mapped[str] = mapped_column(String(24))
    outcome: Mapped[str | None] = mapped_column(String(24))
    started_at: Mapped[datetime]
    received_on: Mapped[date | None]
    due_on: Mapped[date | None]
    target_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    is_open: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    patient: Mapped[Patient] = relationship(lazy="joined", innerjoin=True)
    requested_by: Mapped[Account | None] = relationship(foreign_keys=[requested_by_id])
    responsible: Mapped[Account | None] = relationship(foreign_keys=[responsible_id])
    owner: Mapped[Account | None] = relationship(foreign_keys=[owner_id])
    events: Mapped[list["CaseEvent"]] = relationship(back_populates="case", order_by="CaseEvent.position")
    ledger: Mapped[list["LedgerRow"]] = relationship(back_populates="case", order_by="LedgerRow.position")

    __mapper_args__: Any = {
        "polymorphic_on": "kind",
        "polymorphic_identity": "case",
        "version_id_col": version,
    }
    __table_args__: Any = (
        Index("ix_cases_open_due", "is_open", "due_on", "id"),
        Index("ix_cases_open_responsible_due", "is_open", "responsible_id", "due_on", "id"),
        Index("ix_cases_open_owner_due", "is_open", "owner_id", "due_on", "id"),
        Index("ix_cases_patient", "patient_id", "id"),
    )

    @property
    def paused_for(self) -> dict[str, date]:
        """What the ledger stopped the clock for and has not restarted it after, each with its first day."""
        still: dict[str, date] = {}
        for row in self.ledger:
            if row.event and row.kind == LedgerKind.PAUSED:
                still[row.event] = row.on
            elif row.event and row.kind == LedgerKind.RESUMED:
                still.pop(row.event, None)
        return still

    @property
    def about_ids(self) -> tuple[UUID, ...]:
        """Accounts of people the case is about; they may not work it."""
        return ()


class CaseEvent(Keyed, Model):
    """A step of a case, written once: what happened, from where to where, who did it, and when."""

    __tablename__ = "case_events"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    position: Mapped[int]
    event: Mapped[str] = mapped_column(String(40))
    stage_before: Mapped[str] = mapped_column(String(24))
    stage_after: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    actor_name: Mapped[str] = mapped_column(String(240))
    actor_role: Mapped[str] = mapped_column(String(24))
    for_patient: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    case: Mapped[Case] = relationship(back_populates="events")

    __table_args__ = (UniqueConstraint("case_id", "position"), Index(None, "event", "at"))


class LedgerRow(Keyed, Model):
    """One entry of the case's clock. The ledger is only ever added to; the due date is its replay."""

    __tablename__ = "clock_ledger"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24))
    on: Mapped[date]
    days: Mapped[int | None]
    ground: Mapped[str | None] = mapped_column(String(60))
    event: Mapped[str | None] = mapped_column(String(60))

    case: Mapped[Case] = relationship(back_populates="ledger")

    __table_args__ = (UniqueConstraint("case_id", "position"),)


class IdentityCheck(Keyed, Model):
    """How the clinic made sure who is asking, and who did it."""

    __tablename__ = "identity_checks"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    method: Mapped[str] = mapped_column(String(40))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    by_name: Mapped[str] = mapped_column(String(240))
    at: Mapped[datetime]


class Question(Keyed, Model):
    """A clarifying question to the patient and her answer."""

    __tablename__ = "questions"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    asked_by_name: Mapped[str] = mapped_column(String(240))
    asked_at: Mapped[datetime]
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_at: Mapped[datetime | None]


class ReferenceCounter(Model):
    """The last number given out for a kind of case in a year."""

    __tablename__ = "reference_counters"

    prefix: Mapped[str] = mapped_column(String(4), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
