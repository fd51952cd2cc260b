"""Complaints that climb by themselves when the clinic's own target has passed: what time itself asks for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.complaints import Stage
from portal.domain.policy import Permission
from portal.models.complaints import Complaint
from portal.services import cases, complaint_people, notices
from portal.services.work import Report, Work


def due(work: Work, _payload: dict[str, Any]) -> list[UUID]:
    """Open complaints past their target, and those whose provider may not have them any more."""
    work.must(Permission.UPKEEP)
    late = (Complaint.due_on < work.today) | (Complaint.stage == Stage.WITH_PROVIDER)
    waiting = Complaint.stage.in_((Stage.WITH_PROVIDER, Stage.WITH_ADMINISTRATOR))
    return list(work.db.scalars(select(Complaint.id).where(Complaint.is_open.is_(True), waiting, late)))


def as_it_is(_work: Work, found: list[UUID], _report: Report) -> list[UUID]:
    return found


def carry_out(work: Work, _payload: dict[str, Any], found: Sequence[UUID]) -> None:
    """One rung up where there is one; where there is none the patient is told once that the ways outside are open."""
    work.must(Permission.UPKEEP)
    for key in found:
        case = cases.find_by_id(work, key)
        if isinstance(case, Complaint) and case.stage == Stage.WITH_PROVIDER:
            _climb(work, case)
        elif isinstance(case, Complaint) and case.stage == Stage.WITH_ADMINISTRATOR:
            _tell_late(work, case)


def _climb(work: Work, case: Complaint) -> None:
    provider = complaint_people.provider_for(work, case.patient, case.about_ids)
    case.is_overdue = case.due_on is not None and case.due_on < work.today
    if case.responsible_id is None or provider is None:
        case.responsible_id, case.is_overdue = None, True
    if case.is_overdue:
        cases.take(work, case, "climb")


def _tell_late(work: Work, case: Complaint) -> None:
    if case.due_on is None or case.due_on >= work.today or case.late_told_on is not None:
        return
    case.late_told_on, case.is_overdue = work.today, True
    notices.tell_patient(work, case, "date")
