"""How a patient may be reached, whether somebody may be watching her, and the changes of contact that wait."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.accounts import Account
from portal.models.base import Keyed, Model
from portal.models.people import Patient


class ContactPlan(Keyed, Model):
    """What a patient told us about reaching her, sealed under her key; ``set_how`` names how we knew that it was she.

    ``paper_id`` is the form on paper it was written down from. ``version`` grows with every change, so that nobody
    writes over what she did not see.
    """

    __tablename__ = "contact_plans"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), unique=True)
    plan_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    code_word_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    set_by_name: Mapped[str] = mapped_column(String(240))
    set_how: Mapped[str] = mapped_column(String(20))
    set_at: Mapped[datetime]
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("incoming_papers.id"))
    version: Mapped[int] = mapped_column()


class Watch(Keyed, Model):
    """Somebody may be watching this patient, from ``begun_at`` until ``ended_at``; one at a time."""

    __tablename__ = "watches"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    begun_how: Mapped[str] = mapped_column(String(20))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    ended_how: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (
        Index(
            "ix_watches_open",
            "patient_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class ContactChange(Keyed, Model):
    """A change of name or contact the patient asked for. ``wanted_sealed`` is what she wants, ``were_sealed`` what was
    on file then; it waits until ``decided_at``, one at a time."""

    __tablename__ = "contact_changes"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    wanted_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    were_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    outcome: Mapped[str | None] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(20))
    told: Mapped[str | None] = mapped_column(String(20))

    patient: Mapped[Patient] = relationship(lazy="joined", innerjoin=True)
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id])

    __table_args__ = (
        Index(
            "ix_contact_changes_waiting",
            "patient_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index(None, "patient_id", "asked_at"),
    )


class EmailChange(Keyed, Model):
    """Another e-mail address to sign in with, asked for and not yet confirmed by the link that went to it.

    Only a digest of the link's token is kept; the address is sealed until it counts.
    """

    __tablename__ = "email_changes"

    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    email_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    confirmed: Mapped[bool] = mapped_column(default=False)

    account: Mapped[Account] = relationship()
