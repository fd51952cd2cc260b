"""Messages between a patient and the clinic: threads, what was written in them, its files, and who read it first."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.accounts import Account
from portal.models.base import Keyed, Model
from portal.models.cases import Case
from portal.models.people import Patient


class MessageThread(Keyed, Model):
    """What is written about one case, or, without a case, a patient's general thread. Of each there is one.

    ``answerer_id`` took it over. ``waiting_since`` is when the oldest message came that nobody has answered yet, and
    ``due_on`` the clinic's own day for it; both are empty while nothing waits.
    """

    __tablename__ = "message_threads"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), unique=True)
    answerer_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    waiting_since: Mapped[datetime | None]
    due_on: Mapped[date | None]
    last_at: Mapped[datetime]

    patient: Mapped[Patient] = relationship()
    case: Mapped[Case | None] = relationship()

    __table_args__: Any = (
        Index("ix_message_threads_due", "due_on", "id"),
        Index("ix_message_threads_last", "last_at", "id"),
        Index(
            "uq_message_threads_general",
            "patient_id",
            unique=True,
            sqlite_where=case_id.is_(None),
            postgresql_where=case_id.is_(None),
        ),
    )

    @property
    def about(self) -> Case | Patient:
        """What leave is asked about: the case, else the patient."""
        return self.case if self.case is not None else self.patient


class Message(Keyed, Model):
    """One message, written once. ``once`` is the form's own key: a form that is sent twice is one message.

    Where the clinic says that no answer is needed, ``reason`` says why, and the body is what the patient reads.
    """

    __tablename__ = "messages"

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("message_threads.id"))
    from_clinic: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(24))
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    by_name: Mapped[str] = mapped_column(String(240))
    by_title: Mapped[str] = mapped_column(String(80), default="")
    for_patient: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    once: Mapped[str] = mapped_column(String(36))

    __table_args__: Any = (Index(None, "thread_id", "id"), UniqueConstraint("by_id", "once"))


class MessageFile(Keyed, Model):
    """A file that came with a message."""

    __tablename__ = "message_files"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"), unique=True)


class MessageRead(Keyed, Model):
    """Who of a side opened a message first: the clinic, the patient herself, or somebody who acts for her."""

    __tablename__ = "message_reads"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"))
    side: Mapped[str] = mapped_column(String(16))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    by_name: Mapped[str] = mapped_column(String(240))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("message_id", "side"),)


class UntoldMessage(Keyed, Model):
    """A message of which no e-mail could tell its reader: somebody of the office tells her otherwise.

    ``account_id`` is who was to be told, ``message_id`` the first message she was not told of, ``since`` when the
    e-mail was given up, or could not be sent (``why``). One is open at a time for a thread and a reader.
    ``settled_sealed`` is how she was told.
    """

    __tablename__ = "untold_messages"

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("message_threads.id"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    why: Mapped[str] = mapped_column(String(12))
    since: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column()
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    settled_by_name: Mapped[str | None] = mapped_column(String(240))
    settled_how: Mapped[str | None] = mapped_column(String(24))
    settled_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    thread: Mapped[MessageThread] = relationship(lazy="joined", innerjoin=True)
    message: Mapped[Message] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True, foreign_keys=[account_id])

    __table_args__: Any = (
        Index(None, "settled_at", "id"),
        Index(
            "uq_untold_messages_open",
            "thread_id",
            "account_id",
            unique=True,
            sqlite_where=settled_at.is_(None),
            postgresql_where=settled_at.is_(None),
        ),
    )

    @property
    def about_ids(self) -> tuple[UUID, ...]:
        """Whom its case is about: they neither see nor count it."""
        return tuple(self.thread.case.about_ids) if self.thread.case is not None else ()
