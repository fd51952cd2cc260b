"""How a patient gets her account: the invitation with its code, and her own request for one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.accounts import Account
from portal.models.base import Keyed, Model
from portal.models.people import Patient


class PatientInvitation(Keyed, Model):
    """A code by which a patient sets up her sign-in: only a digest of it is kept, and it is used once.

    ``way`` is ``letter`` (over the desk), ``post`` or ``mail``; ``fact`` is the id of what she is asked besides her
    birth date. The code itself is kept, sealed, only until it was given out. ``letter_sealed`` is the letter as JSON,
    without the code, of invitations made before these were letters on file like all others.
    ``ended_at`` is set when it can open nothing any more without having been used: a newer one, too many tries.
    """

    __tablename__ = "patient_invitations"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    code_digest: Mapped[str] = mapped_column(String(64), unique=True)
    code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    way: Mapped[str] = mapped_column(String(12))
    fact: Mapped[str] = mapped_column(String(20))
    letter_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(12))
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    given_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    patient: Mapped[Patient] = relationship()
    made_by: Mapped[Account] = relationship()
