"""The clinic's own words for its letters, version by version: written once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Keyed, Model


class LetterWording(Keyed, Model):
    """A version for one kind of letter under one law in one language, in force from the moment it was published.

    ``title`` and ``text`` are None where the clinic went back to the portal's own words. ``jurisdiction`` is the
    profile whose letters it is for, ``rules_version`` the version of it that the words were held against.
    """

    __tablename__ = "letter_wordings"

    jurisdiction: Mapped[str] = mapped_column(String(24))
    rules_version: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]
    title: Mapped[str | None] = mapped_column(String(200))
    text: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(500))
    published_at: Mapped[datetime]
    published_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    published_by_name: Mapped[str] = mapped_column(String(240))

    __table_args__ = (UniqueConstraint("jurisdiction", "kind", "language", "number"),)
