"""The register of disclosures, what waits to be disclosed, and every question whether we may."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Keyed, Model


class Disclosure(Keyed, Model):
    """A line of the register: who received what, when and why. Added, never changed; a correction is a line of its own.

    The recipient's name is as it was then, the address lies with ``details_sealed``. ``basis`` is one of
    ``domain.disclosures.Basis``; lines of before the register was checked have words there. ``void`` marks a correction
    that says that nothing was given. The patient is told from ``shown_from`` on, those who act for her never where it
    is ``hers_alone``; ``kept_for`` is the lawful reason. ``case_id`` is the complaint whose papers were given: at the
    clinic the entry is then for those alone who may see that complaint (``scopes.disclosures_seen_by``).
    """

    __tablename__ = "disclosures"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    recipient_id: Mapped[UUID | None] = mapped_column(ForeignKey("recipients.id"))
    recipient: Mapped[str] = mapped_column(String(200))
    disclosed_on: Mapped[date]
    recorded_at: Mapped[datetime]
    purpose: Mapped[str | None] = mapped_column(String(40))
    purpose_sealed: Mapped[bytes]
    description_sealed: Mapped[bytes]
    details_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    basis: Mapped[str] = mapped_column(String(80))
    provision: Mapped[str | None] = mapped_column(String(200))
    consent_id: Mapped[UUID | None] = mapped_column(ForeignKey("consents.id"))
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    done_by_name: Mapped[str | None] = mapped_column(String(240))
    done_by_role: Mapped[str | None] = mapped_column(String(20))
    second_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    second_name: Mapped[str | None] = mapped_column(String(240))
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("disclosures.id"))
    void: Mapped[bool] = mapped_column(server_default=false())
    shown_from: Mapped[date | None]
    hers_alone: Mapped[bool] = mapped_column(server_default=false())
    kept_for: Mapped[str | None] = mapped_column(String(40))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)

    __table_args__ = (
        Index(None, "disclosed_on", "id"),
        Index(None, "patient_id", "disclosed_on", "id"),
        Index(None, "patient_id", "recipient", "disclosed_on", "id"),
        Index(None, "recipient_id", "disclosed_on", "id"),
        Index(None, "basis", "disclosed_on", "id"),
        Index(None, "corrects_id", unique=True),
    )


class PlannedDisclosure(Keyed, Model):
    """What somebody means to give out, looked at once more before it goes; where two are needed the second decides.

    ``outcome`` is ``done``, ``dropped`` or ``refused`` once it is decided. Nothing of it is told to the patient.
    """

    __tablename__ = "planned_disclosures"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    wanted_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    two_people: Mapped[bool]
    planned_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    planned_by_name: Mapped[str] = mapped_column(String(240))
    planned_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    disclosure_id: Mapped[UUID | None] = mapped_column(ForeignKey("disclosures.id"))

    __table_args__ = (Index(None, "outcome", "ends_at", "id"),)


class ConsentCheck(Keyed, Model):
    """Somebody asked "may we?": for whom, what for, to whom, which information; and the answer. Never changed."""

    __tablename__ = "consent_checks"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    asked_by_name: Mapped[str] = mapped_column(String(240))
    asked_at: Mapped[datetime]
    purpose: Mapped[str] = mapped_column(String(40))
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("recipients.id"))
    recipient: Mapped[str] = mapped_column(String(200))
    yes: Mapped[bool]
    consent_id: Mapped[UUID | None] = mapped_column(ForeignKey("consents.id"))
    provision: Mapped[str | None] = mapped_column(String(200))
    answer_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    shown_from: Mapped[date | None]
    hers_alone: Mapped[bool] = mapped_column(server_default=false())

    __table_args__ = (Index(None, "patient_id", "id"),)
