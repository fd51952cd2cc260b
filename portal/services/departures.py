"""Somebody leaves the clinic: one act ends her sessions, links, leaves and rights, and hands on what hung on her."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from portal.domain.access_requests import Stage
from portal.domain.actors import STAFF_ROLES, Role
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission, allows
from portal.domain.staff import check_roles
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.cases import Case
from portal.models.people import Patient, StaffMember
from portal.models.scopes import not_about
from portal.services import accounts, audit, cases, invitations, leaves, left_forms, patients, staff
from portal.services.leaves import Away
from portal.services.work import Work


@dataclass(frozen=True)
class HangsOn:
    """What has to find somebody else before a person can leave."""

    answers_for: int
    patients: int
    looks_after: int
    covers: tuple[Away, ...]

    @property
    def needs_physician(self) -> bool:
        return bool(self.answers_for or self.patients)


def hangs_on(work: Work, member: StaffMember) -> HangsOn:
    """The open cases and the patients of a person who would leave."""
    work.must(Permission.STAFF_MANAGE)
    sent = (Case.is_open.is_(True), Case.stage != Stage.DRAFT, not_about(work.actor))
    return HangsOn(
        answers_for=_count(work, Case.id, Case.responsible_id == member.account_id, *sent),
        patients=_count(work, Patient.id, Patient.responsible_id == member.account_id),
        looks_after=_count(work, Case.id, Case.owner_id == member.account_id, *sent),
        covers=tuple(leaves.covering(work, member)),
    )


def _count(work: Work, column: Any, *where: Any) -> int:
    return work.db.scalar(select(func.count(column)).where(*where)) or 0


def next_physicians(work: Work, member: StaffMember) -> list[tuple[UUID, str]]:
    """Who can become responsible in her place."""
    return [(key, name) for key, name in patients.physicians(work) if key != member.account_id]


def next_at_the_desk(work: Work, member: StaffMember) -> list[tuple[UUID, str]]:
    """Who can look after her cases from now on."""
    work.must(Permission.STAFF_MANAGE)
    query = select(Account).join(StaffMember, StaffMember.account_id == Account.id).order_by(Account.name)
    here = query.where(StaffMember.left_at.is_(None), Account.disabled_at.is_(None), Account.id != member.account_id)
    office = {Role.FRONT_OFFICE, Role.ADMINISTRATOR}
    return [(each.id, each.name) for each in work.db.scalars(here) if each.role_set & office]


def deactivate(
    work: Work, member: StaffMember, physician_id: UUID | None, desk_id: UUID | None, shown: str
) -> list[Away]:
    """Everything she could do ends now, in one transaction. Gives the leaves of others that have no cover any more."""
    staff.as_shown(work, member, shown)
    staff.not_oneself(work, member, _("You cannot deactivate yourself. Ask another administrator."))
    account = member.account
    if member.left_at is not None:
        raise NotPossible(_("%(name)s has left already.", name=account.name))
    if Role.ADMINISTRATOR in account.role_set:
        staff.keep_an_administrator(work, member)
    hanging = hangs_on(work, member)
    if hanging.needs_physician:
        _hand_on_patients(work, member, _chosen(next_physicians(work, member), physician_id, "physician"))
    if hanging.looks_after:
        _hand_on_desk(work, member, _chosen(next_at_the_desk(work, member), desk_id, "desk"))
    accounts.use_up_links(work, account)
    staff.end_sessions(work, member)
    left_forms.forget_all(work, account.id)
    left_alone = leaves.end_all(work, account.id)
    _close(work, member)
    audit.record(work, "staff.deactivated", account=str(account.id), roles=account.roles)
    return left_alone


def _close(work: Work, member: StaffMember) -> None:
    """Who is a patient here too stays one: only the work is over. All others cannot sign in any more."""
    account, member.left_at = member.account, work.now
    if Role.PATIENT in account.role_set:
        staff.set_roles(account, frozenset())
    else:
        account.disabled_at = work.now


def _chosen(choices: list[tuple[UUID, str]], chosen: UUID | None, field: str) -> tuple[UUID, str]:
    found = next((each for each in choices if each[0] == chosen), None)
    if found is None:
        raise Invalid(_("Choose the colleague who takes over."), field)
    return found


def _hand_on_patients(work: Work, member: StaffMember, to: tuple[UUID, str]) -> None:
    """Her patients and open requests get another responsible physician; each request's history says so."""
    query = select(Case).where(Case.responsible_id == member.account_id, Case.is_open.is_(True))
    heir = accounts.as_of_now(work, to[0])
    for case in work.db.scalars(query.order_by(Case.id).with_for_update(key_share=True, of=Case.__table__)):
        case.responsible_id = to[0]
        if case.stage == Stage.DRAFT:
            continue
        if to[0] in case.about_ids:  # nobody answers a complaint about herself: it climbs by itself this very night
            case.responsible_id = None
            continue
        if not allows(heir, Permission.REQUEST_VIEW, case):
            raise Invalid(
                _("%(name)s cannot decide on a case of her own: %(ref)s.", name=to[1], ref=case.reference), "physician"
            )
        cases.write_history(work, case, "name_physician", case.stage, to[1])
        audit.record_of(work, "case.handed_on", case, physician=str(to[0]))
    hers = update(Patient).where(Patient.responsible_id == member.account_id).values(responsible_id=to[0])
    work.db.execute(hers)


def _hand_on_desk(work: Work, member: StaffMember, to: tuple[UUID, str]) -> None:
    query = select(Case).where(Case.owner_id == member.account_id, Case.is_open.is_(True))
    for case in work.db.scalars(query.order_by(Case.id).with_for_update(key_share=True, of=Case.__table__)):
        case.owner_id = to[0] if to[0] not in case.about_ids else None
        audit.record_of(work, "case.handed_on", case, owner=str(case.owner_id or ""))


def invite_back(work: Work, member: StaffMember, roles: frozenset[Role], shown: str) -> None:
    """Somebody who left works here again: old secrets are gone, and the link to set new ones goes by mail."""
    staff.as_shown(work, member, shown)
    account = member.account
    if member.left_at is None:
        raise NotPossible(_("%(name)s works here already.", name=account.name))
    check_roles(roles, member.title, member.licence_number or "")
    staff.set_roles(account, roles)
    if Role.PATIENT not in account.role_set:
        accounts.clear_proofs(work, account)
        account.password_hash = None
    account.disabled_at, member.left_at, account.second_factor_on = None, None, True
    audit.record(work, "staff.invited_back", account=str(account.id), roles=" ".join(sorted(roles & STAFF_ROLES)))
    invitations.give(work, account, by_mail=True)
