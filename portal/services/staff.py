"""The people of the clinic: who works here, inviting somebody, and what each may do."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import joinedload

from portal.domain.actors import STAFF_ROLES, Role
from portal.domain.addresses import spelled
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.staff import Standing, check_roles
from portal.domain.words import _
from portal.models.accounts import Account, SignIn
from portal.models.cases import Case
from portal.models.people import Patient, StaffMember
from portal.models.scopes import visible_staff
from portal.services import accounts, audit, invitations, leaves
from portal.services.work import Work

CAME_IN = exists().where(SignIn.account_id == Account.id, SignIn.factor_needed.is_(None))


@dataclass(frozen=True)
class Line:
    """Somebody of the clinic as the list shows her; ``until`` is the last day of a leave."""

    id: UUID
    name: str
    email: str
    roles: frozenset[Role]
    title: str
    licence: str
    standing: Standing
    until: date | None


def everybody(work: Work) -> list[Line]:
    """Who works here and who has left, by name, those who left at the end."""
    away = leaves.all_away_today(work)
    query = select(StaffMember, Account, CAME_IN).join(Account, Account.id == StaffMember.account_id)
    rows = work.db.execute(query.order_by(StaffMember.left_at.is_not(None), Account.name, Account.id)).all()
    return [_line(member, account, came, away.get(account.id)) for member, account, came in rows]


def line_of(work: Work, member: StaffMember) -> Line:
    """One person as the list would show her now."""
    work.must(Permission.STAFF_MANAGE)
    came = work.db.scalar(select(CAME_IN).where(Account.id == member.account_id))
    return _line(member, member.account, bool(came), leaves.away_today(work, member.account_id))


def _line(member: StaffMember, account: Account, came: bool, away: leaves.Away | None) -> Line:
    until = None
    if member.left_at is not None:
        standing = Standing.LEFT
    elif account.password_hash is None and not came:
        standing = Standing.INVITED
    else:
        standing, until = (Standing.ON_LEAVE, away.ends_on) if away else (Standing.ACTIVE, None)
    roles = account.role_set & STAFF_ROLES
    licence = member.licence_number or ""
    return Line(account.id, account.name, account.email, roles, member.title, licence, standing, until)


def find(work: Work, account_id: UUID) -> StaffMember:
    """Somebody who works here or did, by the key of the account; locked when this work writes.

    Raises NotFound for all but the administrator.
    """
    query = visible_staff(work.actor).where(StaffMember.account_id == account_id)
    if work.writes:
        # First the lock, then the look, as with cases: who waited here sees what the other did.
        work.db.execute(query.with_only_columns(StaffMember.id).with_for_update())
    member = work.db.scalars(query.options(joinedload(StaffMember.account))).one_or_none()
    if member is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return member


def open_sessions(work: Work, member: StaffMember) -> int:
    """How many sessions are open that nobody ended; some may have run out by themselves."""
    work.must(Permission.STAFF_MANAGE)
    alive = select(SignIn.id).where(SignIn.account_id == member.account_id, SignIn.ended_at.is_(None))
    return len(work.db.scalars(alive).all())


def invite(
    work: Work, email: str, name: str, roles: frozenset[Role], title: str, licence: str, by_mail: bool
) -> tuple[Account, str | None]:
    """Make an account for somebody who will work here; the link is mailed, or given back once for a letter."""
    work.must(Permission.STAFF_MANAGE)
    check_roles(roles, title, licence)
    if work.db.scalar(select(Account.id).where(Account.email == spelled(email))):
        raise Invalid(
            _("Somebody signs in with this address already. Use another one, such as the address at work."), "email"
        )
    account = accounts.add(work, email, name, roles, title, licence or None)
    return account, invitations.give(work, account, by_mail)


def new_link(work: Work, member: StaffMember, by_mail: bool) -> str | None:
    """Another one-time link for somebody who works here; earlier ones die with it."""
    work.must(Permission.STAFF_MANAGE)
    if member.left_at is not None:
        raise NotPossible(_("%(name)s has left. Invite her back first.", name=member.account.name))
    return invitations.give(work, member.account, by_mail)


def change_details(work: Work, member: StaffMember, title: str, licence: str) -> None:
    """Change what letters say about somebody."""
    work.must(Permission.STAFF_MANAGE)
    check_roles(member.account.role_set & STAFF_ROLES, title, licence)
    member.title, member.licence_number = title, licence or None
    audit.record(work, "staff.details_changed", account=str(member.account_id), title_now=title)


def rights_digest(work: Work, member: StaffMember) -> str:
    """What a change of rights is bound to: whose they are and what they are now."""
    work.must(Permission.STAFF_MANAGE)
    return hashlib.sha256(f"{member.account_id}|{member.account.roles}|{member.left_at}".encode()).hexdigest()


def change_rights(work: Work, member: StaffMember, roles: frozenset[Role], shown: str) -> None:
    """Give or take roles. Every session of hers ends, so that none goes on with the rights there were."""
    as_shown(work, member, shown)
    not_oneself(work, member, _("You cannot change your own roles. Ask another administrator."))
    if member.left_at is not None:
        raise NotPossible(_("%(name)s has left. Invite her back first.", name=member.account.name))
    check_roles(roles, member.title, member.licence_number or "")
    before = member.account.role_set & STAFF_ROLES
    if before == roles:
        raise Invalid(_("These are the roles there are. Change one, or leave the page."), "roles")
    if Role.ADMINISTRATOR in before - roles:
        keep_an_administrator(work, member)
    _keep_what_hangs_on(work, member, before - roles)
    set_roles(member.account, roles)
    end_sessions(work, member)
    was, now = " ".join(sorted(before)), " ".join(sorted(roles))
    audit.record(work, "staff.rights_changed", account=str(member.account_id), before=was, after=now)


def set_roles(account: Account, roles: frozenset[Role]) -> None:
    """The roles at the clinic; that somebody is also a patient here is not touched by her work."""
    account.roles = " ".join(sorted(roles | (account.role_set & {Role.PATIENT})))
    account.second_factor_on = account.second_factor_on or bool(roles)


def _keep_what_hangs_on(work: Work, member: StaffMember, taken: frozenset[Role]) -> None:
    """A role cannot be taken while others count on it. Raises NotPossible."""
    name = member.account.name
    if taken and (covers := leaves.covering(work, member)):
        other = covers[0].name
        raise NotPossible(_("%(name)s covers for %(other)s. Name another cover first.", name=name, other=other))
    answers_for = select(Case.id).where(Case.responsible_id == member.account_id, Case.is_open.is_(True)).limit(1)
    has_patients = select(Patient.id).where(Patient.responsible_id == member.account_id).limit(1)
    if Role.PHYSICIAN in taken and (work.db.scalar(answers_for) or work.db.scalar(has_patients)):
        raise NotPossible(
            _("%(name)s is the responsible physician of patients. Name another physician for them first.", name=name)
        )


def end_sessions(work: Work, member: StaffMember) -> int:
    """End every session of somebody, everywhere. Gives how many there were."""
    work.must(Permission.STAFF_MANAGE)
    alive = update(SignIn).where(SignIn.account_id == member.account_id, SignIn.ended_at.is_(None))
    ended: Any = work.db.execute(alive.values(ended_at=work.now))
    audit.record(work, "staff.sessions_ended", account=str(member.account_id), sessions=str(ended.rowcount))
    return int(ended.rowcount)


def as_shown(work: Work, member: StaffMember, shown: str) -> None:
    """Raises NotPossible when somebody else changed the person's rights since the page was shown."""
    if rights_digest(work, member) != shown:
        raise NotPossible(_("Somebody changed this person's rights while you looked. Look again; nothing was changed."))


def not_oneself(work: Work, member: StaffMember, sentence: str) -> None:
    if work.actor.id == member.account_id:
        raise NotPossible(sentence)


def keep_an_administrator(work: Work, member: StaffMember) -> None:
    """Raises NotPossible when nobody else could do an administrator's work. Two who try at once wait for each other."""
    query = select(Account).where(Account.disabled_at.is_(None), Account.roles.contains(Role.ADMINISTRATOR.value))
    can_come_in = query.where(Account.password_hash.is_not(None) | CAME_IN).order_by(Account.id)
    locked = can_come_in.with_for_update().execution_options(populate_existing=True)
    if not [each for each in work.db.scalars(locked) if each.id != member.account_id]:
        raise NotPossible(_("This is the last administrator. Invite another one first, who has signed in once."))
