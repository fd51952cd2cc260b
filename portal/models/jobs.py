"""Jobs: work promised in the same transaction as the step that needs it, done after it, at least once."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Keyed, Model


class Job(Keyed, Model):
    """``payload`` is JSON of keys only, never of words; ``name`` makes a promise that is made twice one promise."""

    __tablename__ = "jobs"

    LONGEST_NAME: ClassVar[int] = 120

    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    payload: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12), default="waiting")
    run_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    lease: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    fault: Mapped[str | None] = mapped_column(String(400))
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "status", "run_at"),)


class Heartbeat(Model):
    """When a worker was last alive."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime]
