"""Whom a complaint can be about, and who is left to handle it: nobody named in one does."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.domain.actors import Role
from portal.domain.policy import Permission
from portal.models.accounts import Account
from portal.models.complaints import Complaint
from portal.models.people import Patient, StaffMember
from portal.services import leaves, powers
from portal.services.work import Work


@dataclass(frozen=True)
class Colleague:
    """Somebody who works at the clinic, as a patient may know her."""

    id: UUID
    name: str
    title: str


def choices(work: Work, patient: Patient) -> list[Colleague]:
    """Everybody who works here now, by name: whom a complaint can be about."""
    work.must(Permission.COMPLAINT_MAKE, patient) if work.actor.is_patient else work.must(
        Permission.COMPLAINT_WORK, patient
    )
    query = select(Account.id, Account.name, StaffMember.title).join(StaffMember, StaffMember.account_id == Account.id)
    here = query.where(StaffMember.left_at.is_(None), Account.disabled_at.is_(None)).order_by(Account.name)
    return [Colleague(*row) for row in work.db.execute(here)]


def names_of(work: Work, case: Complaint) -> list[str]:
    """Whom a complaint is about, by name, for whoever may see it."""
    work.must(Permission.REQUEST_VIEW, case)
    if not case.about_ids:
        return []
    return list(work.db.scalars(select(Account.name).where(Account.id.in_(case.about_ids)).order_by(Account.name)))


def provider_for(work: Work, patient: Patient, about: Collection[UUID]) -> UUID | None:
    """Who answers first: the responsible physician; nobody when she, or who covers for her today, is named in it."""
    key = patient.responsible_id
    if key is None or key in about:
        return None
    away = leaves.away_today(work, key)
    return None if away is not None and away.cover_id in about else key


def administrators(work: Work, case: Complaint) -> list[UUID]:
    """The administrators who may decide on it: neither named in it, nor the patient, nor somebody who acts for her."""
    work.must(Permission.REQUEST_VIEW, case)
    here = select(Account).join(StaffMember, StaffMember.account_id == Account.id)
    active = here.where(StaffMember.left_at.is_(None), Account.disabled_at.is_(None)).order_by(Account.name)
    found = [each.id for each in work.db.scalars(active) if Role.ADMINISTRATOR in each.role_set]
    barred = {*case.about_ids, case.patient.account_id}
    return [key for key in found if key not in barred and not powers.held_for(work, case.patient, key).reaches]
