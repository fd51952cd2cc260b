"""A consent change: the case in which a consent is given, refused, limited, taken back or comes to its end."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Keyed, Model
from portal.models.cases import Case
from portal.models.consents import Consent, Recipient


class ConsentChange(Case):
    """Which consent changes and how. ``consequences_sealed`` is what the patient was shown before she confirmed.

    ``tasks_open`` counts the recipients and places that are not settled yet.
    """

    __tablename__ = "consent_changes"

    id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    change: Mapped[str] = mapped_column(String(12))
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"), index=True)
    tasks_open: Mapped[int] = mapped_column(default=0)
    talk: Mapped[str | None] = mapped_column(String(8))
    talk_offered_at: Mapped[datetime | None]
    consequences_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    consent: Mapped[Consent] = relationship()

    __mapper_args__ = {"polymorphic_identity": "consent_change", "polymorphic_load": "inline"}


class ConsentTask(Keyed, Model):
    """A recipient to be told, or a place where something is shown and has to come down; done with proof.

    ``done_on`` is the day on which it was done, which may lie before the day on which that was written down.
    """

    __tablename__ = "consent_tasks"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    recipient_id: Mapped[UUID | None] = mapped_column(ForeignKey("recipients.id"))
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent_places.id"))
    letter_id: Mapped[UUID | None] = mapped_column(ForeignKey("letters.id"))
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_on: Mapped[date | None]
    done_by_name: Mapped[str | None] = mapped_column(String(240))
    proof_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    recipient: Mapped[Recipient | None] = relationship(lazy="joined")
    place: Mapped["Place | None"] = relationship(lazy="joined")


class Place(Keyed, Model):
    """Where something is shown or kept under a consent: a page, a poster, a lecture. ``name_sealed`` says where."""

    __tablename__ = "consent_places"

    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"), index=True)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    until: Mapped[date | None]
    added_by_name: Mapped[str] = mapped_column(String(240))
    added_at: Mapped[datetime]
    taken_down_at: Mapped[datetime | None]


class Receipt(Keyed, Model):
    """What happened to a consent, as the patient can keep it. ``body_sealed`` is JSON and is written once."""

    __tablename__ = "consent_receipts"

    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    event: Mapped[str] = mapped_column(String(24))
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
