"""Snippets: short texts that people of the clinic put into their answers, by language, with every version kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Keyed, Model


class Snippet(Keyed, Model):
    """A snippet; what it says is its newest version. ``retired_at``: it is offered no more."""

    __tablename__ = "snippets"

    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_by_name: Mapped[str | None] = mapped_column(String(240))


class SnippetVersion(Keyed, Model):
    """What a snippet said from an instant on, written once. ``words`` is JSON: the text by language. Nothing in it is
    about a patient, so it is not sealed."""

    __tablename__ = "snippet_versions"

    snippet_id: Mapped[UUID] = mapped_column(ForeignKey("snippets.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    words: Mapped[str] = mapped_column(Text)
    by_name: Mapped[str] = mapped_column(String(240))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("snippet_id", "number"),)
