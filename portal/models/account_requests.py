"""Requests for an account that came by the public page, and the identity papers that came with them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.accounts import Account
from portal.models.base import Keyed, Model
from portal.models.people import Patient


class AccountRequest(Keyed, Model):
    """Somebody asks for an account. What she wrote is sealed under a key of the request's own.

    The key is destroyed when the request is settled: what is left says when, how and by whom. ``once`` is the form's
    own name, so that a form sent twice is one request.
    """

    __tablename__ = "account_requests"

    once: Mapped[str] = mapped_column(String(64), unique=True)
    key_wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    proof: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(12))
    sent_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(12))
    method: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(40))
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patients.id"))

    decided_by: Mapped[Account | None] = relationship()
    patient: Mapped[Patient | None] = relationship()

    __table_args__ = (Index(None, "decided_at", "sent_at"),)


class IdentityPaper(Keyed, Model):
    """A copy of an identity paper, under a key of its own; both are destroyed in time, and the row stays as a note."""

    __tablename__ = "identity_papers"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("account_requests.id"), index=True)
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patients.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    key_wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    stored_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    added_at: Mapped[datetime]
    destroy_at: Mapped[datetime] = mapped_column(index=True)
    destroyed_at: Mapped[datetime | None]

    looks: Mapped[list["IdentityPaperLook"]] = relationship(order_by="IdentityPaperLook.at")


class IdentityPaperLook(Keyed, Model):
    """Somebody of the clinic opened a copy of an identity paper. Added, never changed."""

    __tablename__ = "identity_paper_looks"

    paper_id: Mapped[UUID] = mapped_column(ForeignKey("identity_papers.id"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    by_name: Mapped[str] = mapped_column(String(240))
    at: Mapped[datetime]
