"""The privacy policy: versions that were published and never change, the draft of the next one, and the figures."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Keyed, Model


class PolicyVersion(Keyed, Model):
    """A version as it was published: written once. ``clauses`` and ``changes`` are JSON, a text for each language.

    ``published_by_id`` is None for the version the portal came with, kept beside the first of the clinic's own.
    """

    __tablename__ = "policy_versions"

    number: Mapped[int] = mapped_column(unique=True)
    in_force_from: Mapped[date]
    published_at: Mapped[datetime]
    published_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    published_by_name: Mapped[str] = mapped_column(String(240))
    clauses: Mapped[str] = mapped_column(Text)
    changes: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index(None, "in_force_from", "number"),)


class PolicyDraft(Keyed, Model):
    """The next version while it is written: one at a time, by its ``slot``. ``based_on`` is a version's number."""

    __tablename__ = "policy_drafts"

    slot: Mapped[str] = mapped_column(String(8), unique=True)
    based_on: Mapped[int]
    changes: Mapped[str] = mapped_column(Text)
    in_force_from: Mapped[date | None]
    begun_by_name: Mapped[str] = mapped_column(String(240))
    begun_at: Mapped[datetime]
    edited_by_name: Mapped[str] = mapped_column(String(240))
    edited_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class PolicyDraftClause(Keyed, Model):
    """A clause of the draft. ``name`` is what it is called in addresses; ``words`` is JSON, a text a language."""

    __tablename__ = "policy_draft_clauses"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("policy_drafts.id"))
    name: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    act: Mapped[str] = mapped_column(String(40))
    figure: Mapped[str] = mapped_column(String(40))
    adds: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(Text)
    edited_by_name: Mapped[str] = mapped_column(String(240))
    edited_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("draft_id", "name"),)


class PromiseFigure(Model):
    """The figures of one kind of case as they were last counted; each night's replace the night's before."""

    __tablename__ = "promise_figures"

    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    counted_at: Mapped[datetime]
    since: Mapped[date]
    until: Mapped[date]
    answered: Mapped[int]
    in_time: Mapped[int]
    median_days: Mapped[int | None]
    extended: Mapped[int]
    still_open: Mapped[int]
    overdue: Mapped[int]
