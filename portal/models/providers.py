"""Signing in with an account one has elsewhere: which one is whose, and browsers on their way to a provider."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.accounts import Account
from portal.models.base import Keyed, Model


class LinkedIdentity(Keyed, Model):
    """Somebody at a provider is this account here: known by issuer and subject together, and by nothing else."""

    __tablename__ = "linked_identities"
    __table_args__ = (
        UniqueConstraint("issuer", "subject", "audience"),
        UniqueConstraint("account_id", "issuer", "audience"),
    )

    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    audience: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    linked_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class ProviderTrip(Keyed, Model):
    """A browser sent to a provider, and what for. Only digests of what it must bring back are kept; used once.

    ``sign_in_id`` is the session that asked for a link, or the one that began. ``word_sealed`` is the provider's word,
    sealed under a key that only the browser has, until the person signs out.
    """

    __tablename__ = "provider_trips"

    secret_digest: Mapped[str] = mapped_column(String(64), unique=True)
    state_digest: Mapped[str] = mapped_column(String(64))
    provider: Mapped[str] = mapped_column(String(30))
    purpose: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    sign_in_id: Mapped[UUID | None] = mapped_column(ForeignKey("sign_ins.id"))
    word_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    began_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
