"""The files of the folder of a scanner or fax server that were taken, until they are out of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Keyed, Model


class FolderFile(Keyed, Model):
    """One file: a paper of the tray now, or refused. ``fingerprint`` says which while it may still lie in the folder.

    The row of a paper goes with its file. That of a refused one stays until somebody has ``settled`` it; its name and
    the reason are sealed in ``told_sealed``.
    """

    __tablename__ = "folder_files"

    fingerprint: Mapped[str | None] = mapped_column(String(64), unique=True)
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("incoming_papers.id"))
    told_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    way: Mapped[str] = mapped_column(String(12))
    received_on: Mapped[date]
    taken_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(index=True)
    settled_by_name: Mapped[str | None] = mapped_column(String(240))
