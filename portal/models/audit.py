"""The audit trail: added, never changed (database triggers refuse it), hash-chained per patient."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Model

BigId = BigInteger().with_variant(Integer, "sqlite")


class AuditEntry(Model):
    """One line. ``text`` is the canonical JSON that was hashed, kept unchanged; the other columns only find it.

    The patient is told of it from ``shown_from`` on, those who act for her never where it is ``hers_alone``.
    """

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    chain: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[UUID | None]
    text: Mapped[str] = mapped_column(Text)
    detail_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    shown_from: Mapped[date | None]
    hers_alone: Mapped[bool] = mapped_column(server_default=false())
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("chain", "position"),
        Index(None, "chain", "action", "id"),
        Index(None, "chain", "at", "id"),
        Index(None, "chain", "actor_id", "at", "id"),
    )


class AuditCheckpoint(Model):
    """The heads of all chains at an instant, as far as no earlier checkpoint has them, under one keyed digest.

    ``mac`` covers the seals of this checkpoint and the ``mac`` of the one before it.
    """

    __tablename__ = "audit_checkpoints"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    mac: Mapped[str] = mapped_column(String(64))


class AuditSeal(Model):
    """One head of a checkpoint: how far a chain had come, and with which digest."""

    __tablename__ = "audit_seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    chain: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index(None, "chain", "position"),)


class AuditHead(Model):
    """Where a chain ends; its row is locked while an entry is added."""

    __tablename__ = "audit_heads"

    chain: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
