"""What proves that it is she beside a password: recovery codes, passkeys, and the ways back in when all is lost."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.accounts import Account
from portal.models.base import Keyed, Model
from portal.models.people import Patient


class RecoveryCode(Keyed, Model):
    """One of ten codes on paper; only a digest of it is kept, and it is used once."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryLink(Keyed, Model):
    """A link by which somebody who forgot her password sets another one; only a digest of its token is kept."""

    __tablename__ = "recovery_links"

    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class Readmission(Keyed, Model):
    """Somebody who lost every proof stood before two of our people: one asked for a new way in, another approved it."""

    __tablename__ = "readmissions"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    method: Mapped[str] = mapped_column(String(20))
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool | None]

    patient: Mapped[Patient] = relationship()
    asked_by: Mapped[Account] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id])


class Passkey(Keyed, Model):
    """A passkey: the public half of a key that lives on the person's device.

    ``uses`` is the device's own count of signatures, always zero on many. ``held_at`` is set when it fell: a copy of
    the key may be about, so it opens nothing any more.
    """

    __tablename__ = "passkeys"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    uses: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class Challenge(Keyed, Model):
    """What a device was asked to sign: 256 random bits, taken once, for one purpose, for five minutes.

    ``bound_to`` names what the signature is for besides: an account, or a session, an act and what it shows.
    """

    __tablename__ = "challenges"

    value: Mapped[bytes] = mapped_column(LargeBinary)
    purpose: Mapped[str] = mapped_column(String(20))
    bound_to: Mapped[str] = mapped_column(String(64))
    ends_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
