"""Papers that stood with the wrong patient: when and by whom they were taken back, and who may have seen them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Keyed, Model
from portal.models.cases import Case
from portal.models.people import Patient


class AstrayPaper(Keyed, Model):
    """One time that a paper was taken from a patient whose it is not (``patient_id``), and from her case if any.

    ``seen`` says whether her side saw it. The reason stands with her case, sealed under her key. Where somebody opened
    it, the privacy contact decides about a notice: until then ``settled_at`` is None.
    """

    __tablename__ = "astray_papers"

    paper_id: Mapped[UUID] = mapped_column(ForeignKey("incoming_papers.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    seen: Mapped[str] = mapped_column(String(12))
    entered_from: Mapped[bool] = mapped_column(default=False)  # the case began with this paper
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    by_name: Mapped[str] = mapped_column(String(240))
    settled_at: Mapped[datetime | None] = mapped_column(index=True)
    settled_by_name: Mapped[str | None] = mapped_column(String(240))
    settled_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    patient: Mapped[Patient] = relationship(lazy="joined", innerjoin=True)
    case: Mapped[Case | None] = relationship(lazy="joined")

    @property
    def about_ids(self) -> tuple[UUID, ...]:
        """Whom its case is about: they neither see nor handle it."""
        return tuple(self.case.about_ids) if self.case is not None else ()
