"""Consents: what a patient agreed to or asked us not to do, with whom, with which information, and until when."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.record_items import Category
from portal.models.base import Keyed, Model


class Recipient(Keyed, Model):
    """Somebody outside the clinic who may receive information: the clinic's directory, one row a recipient.

    ``kind`` is one of ``domain.recipients.Kind``. A recipient that is used no more is retired, never deleted.
    """

    __tablename__ = "recipients"

    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(24))
    address: Mapped[str] = mapped_column(String(400))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    fax: Mapped[str | None] = mapped_column(String(40))
    added_by_name: Mapped[str] = mapped_column(String(240))
    added_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "name", "id"),)

    @property
    def address_lines(self) -> list[str]:
        return [line for line in self.address.splitlines() if line]


class Consent(Keyed, Model):
    """One purpose, one set of recipients, one set of information. Facts are added, never taken back.

    ``decision`` is ``permit``, or ``deny`` where a patient limits what is implied; only a denial may be about
    ``everyone`` or ``everything``. ``granted_at`` is when she said it, ``effective_at`` from when it holds: a grant by
    the physician's acceptance, a denial at once. ``ends`` is ``date``, ``event`` or ``none``, and ``ends_sealed`` names
    the event or the reason why there is no end. ``wording_sealed`` is what she read, word for word.
    """

    __tablename__ = "consents"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    purpose: Mapped[str] = mapped_column(String(32))
    decision: Mapped[str] = mapped_column(String(8))
    everyone: Mapped[bool] = mapped_column(default=False)
    everything: Mapped[bool] = mapped_column(default=False)
    channel: Mapped[str | None] = mapped_column(String(12))
    asked_at: Mapped[datetime | None]
    asked_by_name: Mapped[str | None] = mapped_column(String(240))
    granted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    granted_by_name: Mapped[str | None] = mapped_column(String(240))
    granted_at: Mapped[datetime | None]
    effective_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ends: Mapped[str] = mapped_column(String(8))
    expires_on: Mapped[date | None] = mapped_column(index=True)
    ends_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    wording_version: Mapped[str] = mapped_column(String(24))
    language: Mapped[str] = mapped_column(String(12))
    wording_digest: Mapped[str] = mapped_column(String(64))
    wording_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    details_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    evidence_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    scan_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    renews_id: Mapped[UUID | None] = mapped_column(ForeignKey("consents.id"))
    version: Mapped[int] = mapped_column()

    recipients: Mapped[list["ConsentRecipient"]] = relationship(lazy="selectin")
    information: Mapped[list["ConsentInformation"]] = relationship(lazy="selectin")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index(None, "patient_id", "purpose", "id"),)

    @property
    def recipient_ids(self) -> frozenset[UUID]:
        return frozenset(row.recipient_id for row in self.recipients)

    @property
    def categories(self) -> frozenset[Category]:
        return frozenset(Category(row.category) for row in self.information if row.category)

    @property
    def item_ids(self) -> frozenset[UUID]:
        """Single entries of the record and single pictures."""
        return frozenset(row.item_id for row in self.information if row.item_id)


class ConsentRecipient(Model):
    """Who may receive under a consent."""

    __tablename__ = "consent_recipients"

    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"), primary_key=True)
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("recipients.id"), primary_key=True)

    recipient: Mapped[Recipient] = relationship(lazy="joined", innerjoin=True)


class ConsentPicture(Keyed, Model):
    """The very picture a consent is about, as it was when the question was put: written once, and never another.

    ``item_id`` is the entry it lies in and ``file_id`` the picture; ``digest_sealed`` is its SHA-256 in hexadecimal.
    """

    __tablename__ = "consent_pictures"

    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"), index=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("record_items.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"))
    digest_sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Thumbnail(Model):
    """A picture made small: which file of the store shows which picture."""

    __tablename__ = "thumbnails"

    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"), primary_key=True)
    small_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"))


class ConsentInformation(Keyed, Model):
    """What a consent is about: a whole kind of entry, or one entry or picture by its key."""

    __tablename__ = "consent_information"

    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"))
    category: Mapped[str | None] = mapped_column(String(24))
    item_id: Mapped[UUID | None]

    __table_args__ = (UniqueConstraint("consent_id", "category", "item_id"),)
