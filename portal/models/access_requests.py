"""An access request: a case that asks for a copy of the record, or to view the original."""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.access_requests import Delivery, FeeStage, Mode
from portal.models.base import Keyed, Model
from portal.models.cases import Case


class AccessRequest(Case):
    """What is asked, and how far the work is. What she wrote is in ``wishes_sealed``, sealed as JSON.

    ``wishes_index`` is a blind index: equal where the same patient asks for the same thing. ``judged_by`` are the
    accounts that stand behind a decision now, brought up to date with the figures whenever one is made.
    """

    __tablename__ = "access_requests"

    id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(12), default=Mode.COPY)
    delivery: Mapped[str] = mapped_column(String(12), default=Delivery.DOWNLOAD)
    complete: Mapped[bool] = mapped_column(default=False)
    wishes_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    wishes_index: Mapped[str | None] = mapped_column(String(64))
    identity_checked_at: Mapped[datetime | None]
    waiting_for: Mapped[str | None] = mapped_column(String(12))
    fee_stage: Mapped[str] = mapped_column(String(20), default=FeeStage.NONE)
    items_gathered: Mapped[int] = mapped_column(default=0)
    items_judged: Mapped[int] = mapped_column(default=0)
    items_released: Mapped[int] = mapped_column(default=0)
    judged_by: Mapped[str | None] = mapped_column(Text)
    signed_at: Mapped[datetime | None]
    answer_letter_id: Mapped[UUID | None]
    package_id: Mapped[UUID | None]
    package_built: Mapped[bool] = mapped_column(default=False)
    package_failed: Mapped[bool] = mapped_column(default=False)

    __mapper_args__ = {"polymorphic_identity": "access_request", "polymorphic_load": "inline"}

    # What still lacks in the decision letter; services.letters fills it in before a step that sends the letter.
    letter_gap = cast("str | None", None)

    @property
    def judged_by_ids(self) -> frozenset[UUID]:
        """Whoever stands behind a decision on any entry; they do not release the answer."""
        return frozenset(UUID(key) for key in (self.judged_by or "").split())


class FeeEstimate(Keyed, Model):
    """A written estimate, given before any charge (BC PIPA s.32(3)). Amounts are cents of the clinic's currency."""

    __tablename__ = "fee_estimates"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    lines: Mapped[str]
    total_cents: Mapped[int]
    deposit_cents: Mapped[int] = mapped_column(default=0)
    made_by_name: Mapped[str] = mapped_column(String(240))
    made_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(20))
    answered_at: Mapped[datetime | None]
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
