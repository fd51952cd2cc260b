"""How letters go out: one row a letter and way tried, what happened to it, and the papers that come in."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Keyed, Model
from portal.models.cases import Case
from portal.models.letters import Letter
from portal.models.people import Patient


class Dispatch(Keyed, Model):
    """A letter on one of its ways. ``stage`` is where it is; what happened is in its events, which are written once.

    ``target_sealed`` is the recipient that was looked at: lines of an address, or a fax number. ``account_id`` is who
    reads it in the portal or gets the e-mail. ``follows_id`` is the try before this one.
    """

    __tablename__ = "letter_dispatches"

    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    way: Mapped[str] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(String(24))
    outside: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[str] = mapped_column(String(12))
    problem: Mapped[str] = mapped_column(String(24), default="")
    target_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    pages: Mapped[int] = mapped_column(default=0)
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("letter_batches.id"), index=True)
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("letter_dispatches.id"))
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    post_by: Mapped[date | None]  # the last day on which the law wants it on its way

    letter: Mapped[Letter] = relationship(lazy="joined", innerjoin=True)
    patient: Mapped[Patient] = relationship(lazy="joined", innerjoin=True)
    case: Mapped[Case | None] = relationship(lazy="joined")

    __table_args__ = (Index(None, "stage", "way", "id"), Index(None, "stage", "changed_at", "id"))

    @property
    def about_ids(self) -> tuple[UUID, ...]:
        """Whom its case is about: they neither see nor handle it."""
        return tuple(self.case.about_ids) if self.case is not None else ()


class DispatchEvent(Keyed, Model):
    """Something that happened to a letter on its way. ``on`` is the day it counts for, ``code`` a reason or a proof."""

    __tablename__ = "dispatch_events"

    dispatch_id: Mapped[UUID] = mapped_column(ForeignKey("letter_dispatches.id"), index=True)
    event: Mapped[str] = mapped_column(String(16))
    on: Mapped[date]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    by_name: Mapped[str] = mapped_column(String(240))
    code: Mapped[str] = mapped_column(String(24), default="")
    tracking: Mapped[str] = mapped_column(String(60), default="")
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class LetterBatch(Keyed, Model):
    """Letters that are printed and put into envelopes together."""

    __tablename__ = "letter_batches"

    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    made_by_name: Mapped[str] = mapped_column(String(240))


class BatchMove(Keyed, Model):
    """A letter that came over from one batch into another: whoever has the first in hand must not send it too."""

    __tablename__ = "batch_moves"

    dispatch_id: Mapped[UUID] = mapped_column(ForeignKey("letter_dispatches.id"), index=True)
    from_id: Mapped[UUID] = mapped_column(ForeignKey("letter_batches.id"), index=True)
    to_id: Mapped[UUID] = mapped_column(ForeignKey("letter_batches.id"), index=True)
    at: Mapped[datetime]

    dispatch: Mapped[Dispatch] = relationship()
    came_from: Mapped[LetterBatch] = relationship(foreign_keys=[from_id])
    went_to: Mapped[LetterBatch] = relationship(foreign_keys=[to_id])


class AddressDoubt(Keyed, Model):
    """An address or number of a patient from which something came back; one open at a time for each way."""

    __tablename__ = "address_doubts"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    way: Mapped[str] = mapped_column(String(12))
    target_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(String(24))
    since: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(240))
    ended_at: Mapped[datetime | None]
    ended_by_name: Mapped[str | None] = mapped_column(String(240))
    ended_how: Mapped[str | None] = mapped_column(String(24))

    __table_args__: Any = (
        Index(
            "ix_address_doubts_open",
            "patient_id",
            "way",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class IncomingPaper(Keyed, Model):
    """A paper or fax that came in, in the tray under a key of its own while nobody knows whose it is.

    Then it is a file of the patient's, and what was the tray's is destroyed. What is not ours is put ``aside`` first.
    Of a scan that was destroyed the row stays, with the digest that the sealed scan had (``destroyed_digest``).
    """

    __tablename__ = "incoming_papers"

    way: Mapped[str] = mapped_column(String(12))
    received_on: Mapped[date]
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patients.id"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    form: Mapped[str | None] = mapped_column(String(24))  # which form of ours it was, where that becomes no case
    hers: Mapped[bool] = mapped_column(default=False)  # it is from her side, and she sees it on her page
    from_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    key_wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    stored_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    entered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    entered_by_name: Mapped[str] = mapped_column(String(240))
    entered_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_name: Mapped[str | None] = mapped_column(String(240))
    settled_how: Mapped[str | None] = mapped_column(String(24))
    aside_at: Mapped[datetime | None]
    aside_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    aside_by_name: Mapped[str | None] = mapped_column(String(240))
    aside_reason: Mapped[str | None] = mapped_column(String(24))
    aside_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    aside_until: Mapped[date | None]
    destroyed_digest: Mapped[str | None] = mapped_column(String(64))

    case: Mapped[Case | None] = relationship(lazy="joined")

    __table_args__ = (
        Index(None, "settled_at", "received_on", "id"),
        Index(None, "settled_at", "aside_until", "id"),
    )

    @property
    def about_ids(self) -> tuple[UUID, ...]:
        return tuple(self.case.about_ids) if self.case is not None else ()
