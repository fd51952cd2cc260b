"""Letters and files: what was written to whom, word for word, and the paper it was printed on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Keyed, Model

ABOUT = ("case_id", "disclosure_id", "invitation_id", "readmission_id")
ABOUT_ONE = " + ".join(f"CASE WHEN {each} IS NULL THEN 0 ELSE 1 END" for each in ABOUT) + " = 1"


class StoredFile(Keyed, Model):
    """A file in the store: sealed under the patient's key, found by the digest of what is stored."""

    __tablename__ = "stored_files"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(24))
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    plain_digest_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    stored_digest: Mapped[str] = mapped_column(String(64), index=True)
    added_by_name: Mapped[str] = mapped_column(String(240))
    added_at: Mapped[datetime]


class Letter(Keyed, Model):
    """A letter as it was written. ``body_sealed`` is its blocks as JSON and never changes; the worker prints it.

    ``wording_id`` is the version of the clinic's own words it was written in, None for the portal's.
    It is about a case or, as the law's notice to the patient, about a disclosure: one letter for each. Or it brings her
    the code of an invitation, or the link of a readmission, which is not on file.
    """

    __tablename__ = "letters"

    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    disclosure_id: Mapped[UUID | None] = mapped_column(ForeignKey("disclosures.id"), unique=True)
    invitation_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient_invitations.id"), unique=True)
    readmission_id: Mapped[UUID | None] = mapped_column(ForeignKey("readmissions.id"), unique=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    kind: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(12))
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime]
    written_by_name: Mapped[str] = mapped_column(String(240))
    from_patient: Mapped[bool] = mapped_column(default=False)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    wording_id: Mapped[UUID | None] = mapped_column(ForeignKey("letter_wordings.id"))

    __table_args__ = (CheckConstraint(ABOUT_ONE, name="about_one"),)
