"""A complaint: the case itself, whom it is about, what was noted and answered, and what an office outside asks."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Keyed, Model
from portal.models.cases import Case


class Complaint(Case):
    """What the patient is not satisfied with. What she wrote is sealed, as is all the clinic writes about it.

    ``linked_id`` is the case it is about, ``arithmetic_sealed`` the count of that case's clock on the day she
    complained. ``rung_began_on`` is when the rung it is on began; the two lengths are the clinic's targets of the day
    it came. ``once`` is what the form was sent with, so that a second press finds the first. ``questions_open`` counts
    the questions from outside that are not answered.
    """

    __tablename__ = "complaints"

    id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    about: Mapped[str] = mapped_column(String(24))
    linked_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    wish_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    arithmetic_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    verified_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    once: Mapped[str] = mapped_column(String(36), unique=True)
    acknowledge_days: Mapped[int]
    answer_days: Mapped[int]
    rung_began_on: Mapped[date | None]
    acknowledge_by: Mapped[date | None]
    is_overdue: Mapped[bool] = mapped_column(default=False)
    late_told_on: Mapped[date | None]
    outside_body: Mapped[str | None] = mapped_column(String(24))
    outside_number: Mapped[str | None] = mapped_column(String(80))
    outside_on: Mapped[date | None]
    outside_outcome: Mapped[str | None] = mapped_column(String(24))
    outside_ended_on: Mapped[date | None]
    questions_open: Mapped[int] = mapped_column(default=0)

    people: Mapped[list["ComplaintPerson"]] = relationship(lazy="selectin")
    linked: Mapped[Case | None] = relationship(foreign_keys=[linked_id])

    __mapper_args__ = {
        "polymorphic_identity": "complaint",
        "polymorphic_load": "inline",
        "inherit_condition": id == Case.id,
    }

    @property
    def linked_reference(self) -> str:
        """The number of the case it is about; empty where there is none."""
        return (self.linked.reference or "") if self.linked is not None else ""

    @property
    def about_ids(self) -> tuple[UUID, ...]:
        """Whom it is about: they neither work it nor see it."""
        return tuple(person.account_id for person in self.people)


class ComplaintPerson(Model):
    """Somebody of the clinic a complaint is about."""

    __tablename__ = "complaint_people"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)


class ComplaintNote(Keyed, Model):
    """What was noted while it was looked into, written once: for the clinic alone, never for the patient's pages."""

    __tablename__ = "complaint_notes"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    by_name: Mapped[str] = mapped_column(String(240))
    at: Mapped[datetime]


class ComplaintAnswer(Keyed, Model):
    """An answer, written once: what was found, what is put right and what it cost, what will change."""

    __tablename__ = "complaint_answers"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    stage: Mapped[str] = mapped_column(String(24))
    finding: Mapped[str] = mapped_column(String(12))
    findings_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    remedy_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    change_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    cost_cents: Mapped[int] = mapped_column(default=0)
    by_name: Mapped[str] = mapped_column(String(240))
    at: Mapped[datetime]


class ComplaintQuestion(Keyed, Model):
    """What an office outside asks the clinic, until when, and what was answered."""

    __tablename__ = "complaint_questions"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    due_on: Mapped[date]
    entered_by_name: Mapped[str] = mapped_column(String(240))
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_on: Mapped[date | None]
