"""Leave: somebody is away from a day to a day, and a named colleague has her work meanwhile.

Nothing is moved: who covers is looked up by the day, so that a leave begins and ends by itself.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.domain.access_requests import BEFORE_RELEASE
from portal.domain.actors import STAFF_ROLES, Role
from portal.domain.dates import say_date
from portal.domain.errors import Invalid, NotFound
from portal.domain.policy import Permission
from portal.domain.staff import can_cover, check_leave
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.people import StaffMember
from portal.models.staff import Leave
from portal.services import audit
from portal.services.work import Work

COVER = aliased(Account)
# The columns of ``Away``, in its order.
LEAVES = (
    select(Leave.id, Leave.account_id, Account.name, Leave.cover_id, COVER.name, Leave.starts_on, Leave.ends_on)
    .join(Account, Account.id == Leave.account_id)
    .join(COVER, COVER.id == Leave.cover_id)
)


@dataclass(frozen=True)
class Away:
    """A leave in names: who is away, who covers, and the days."""

    id: UUID
    account_id: UUID
    name: str
    cover_id: UUID
    cover: str
    starts_on: date
    ends_on: date


def covered_by(work: Work, account_id: UUID, roles: frozenset[Role]) -> frozenset[UUID]:
    """Whose work is this person's today: those who are away and named her as cover. A fact on the actor."""
    if not roles & STAFF_ROLES:
        return frozenset()
    query = select(Leave.account_id).where(Leave.cover_id == account_id, *_on(work.today))
    return frozenset(work.db.scalars(query))


def away_today(work: Work, account_id: UUID | None) -> Away | None:
    """The leave of somebody who is away today, for every page and letter that says who decides meanwhile."""
    if account_id is None:
        return None
    if work.writes:  # a leave may begin or end in this very work
        return _away(work, account_id)
    if account_id not in work.away:
        work.away[account_id] = _away(work, account_id)
    return cast("Away | None", work.away[account_id])


def _away(work: Work, account_id: UUID) -> Away | None:
    return next(iter(_found(work, Leave.account_id == account_id, *_on(work.today))), None)


def all_away_today(work: Work) -> dict[UUID, Away]:
    """Everybody who is away today, by account."""
    work.must(Permission.STAFF_MANAGE)
    return {away.account_id: away for away in _found(work, *_on(work.today))}


def of_member(work: Work, member: StaffMember) -> list[Away]:
    """The leaves of somebody that are not over, the first to come first."""
    work.must(Permission.STAFF_MANAGE)
    return _found(work, Leave.account_id == member.account_id, *_to_come(work.today))


def covering(work: Work, member: StaffMember) -> list[Away]:
    """The leaves of others for which this person is named, as far as they are not over."""
    work.must(Permission.STAFF_MANAGE)
    return _found(work, Leave.cover_id == member.account_id, *_to_come(work.today))


def can_stand_in(work: Work, member: StaffMember) -> list[tuple[UUID, str]]:
    """The colleagues who may do all of somebody's work, by name."""
    work.must(Permission.STAFF_MANAGE)
    query = select(Account).join(StaffMember, StaffMember.account_id == Account.id)
    here = query.where(StaffMember.left_at.is_(None), Account.disabled_at.is_(None), Account.id != member.account_id)
    roles = member.account.role_set
    found = [each for each in work.db.scalars(here.order_by(Account.name)) if can_cover(roles, each.role_set)]
    return [(each.id, each.name) for each in found]


def arrange(work: Work, member: StaffMember, cover_id: UUID, starts_on: date, ends_on: date) -> None:
    """Write down that somebody will be away and who has her work. Raises Invalid when that cannot be."""
    work.must(Permission.STAFF_MANAGE)
    check_leave(starts_on, ends_on, work.today)
    # Of two who arrange leave at once, the second waits here and sees the first's.
    for account_id in sorted({member.account_id, cover_id}, key=str):
        work.db.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    if cover_id not in {key for key, _name in can_stand_in(work, member)}:
        raise Invalid(_("Choose a colleague with the same role. A physician's cover is a physician."), "cover")
    _refuse_overlap(work, member, cover_id, starts_on, ends_on)
    work.db.add(
        Leave(
            account_id=member.account_id,
            cover_id=cover_id,
            starts_on=starts_on,
            ends_on=ends_on,
            arranged_by_id=work.actor.id,
            arranged_at=work.now,
        )
    )
    days = f"{starts_on.isoformat()}/{ends_on.isoformat()}"
    audit.record(work, "staff.leave_arranged", account=str(member.account_id), cover=str(cover_id), days=days)


def _refuse_overlap(work: Work, member: StaffMember, cover_id: UUID, starts_on: date, ends_on: date) -> None:
    same_days = (Leave.starts_on <= ends_on, Leave.ends_on >= starts_on, Leave.ended_at.is_(None))
    ids = (member.account_id, cover_id)
    for other in _found(work, (Leave.account_id.in_(ids)) | (Leave.cover_id == member.account_id), *same_days):
        places = {"name": other.name, "cover": other.cover, "until": say_date(other.ends_on)}
        if other.account_id == member.account_id:
            raise Invalid(_("%(name)s is away until %(until)s already. End that leave first.", **places), "starts_on")
        if other.account_id == cover_id:
            raise Invalid(_("%(name)s is away in these days too. Choose somebody else.", **places), "cover")
        raise Invalid(
            _("%(cover)s covers for %(name)s until %(until)s. Name another cover for %(name)s first.", **places),
            "starts_on",
        )


def end(work: Work, member: StaffMember, leave_id: UUID) -> None:
    """End a leave before its last day, or call it off. Raises NotFound for one that is over."""
    work.must(Permission.STAFF_MANAGE)
    leave = work.db.scalars(
        select(Leave).where(Leave.id == leave_id, Leave.account_id == member.account_id, *_to_come(work.today))
    ).one_or_none()
    if leave is None:
        raise NotFound(_("There is no such leave, or it is over."))
    leave.ended_at = work.now
    audit.record(work, "staff.leave_ended", account=str(leave.account_id), cover=str(leave.cover_id))


def end_all(work: Work, account_id: UUID) -> list[Away]:
    """End every leave somebody takes or covers; gives those of others, who have no cover now."""
    work.must(Permission.STAFF_MANAGE)
    mine = (Leave.account_id == account_id) | (Leave.cover_id == account_id)
    left_alone = _found(work, Leave.cover_id == account_id, *_to_come(work.today))
    for leave in work.db.scalars(select(Leave).where(mine, *_to_come(work.today))):
        leave.ended_at = work.now
    return left_alone


def mine(work: Work) -> list[Away]:
    """The leaves for which this person covers today."""
    work.must(Permission.QUEUE_VIEW)
    return _found(work, Leave.cover_id == work.actor.id, *_on(work.today)) if work.actor.covers else []


def stands_in(work: Work, case: Any) -> Away | None:
    """The leave of a case's responsible physician while nobody has signed: who covers decides."""
    work.must(Permission.REQUEST_VIEW, case)
    if case.reviewer_id is not None or case.stage not in BEFORE_RELEASE:
        return None
    return away_today(work, case.responsible_id)


def decides(work: Work, case: Any) -> str:
    """Who decides on the case: who signed it, else who covers today, else the responsible physician."""
    work.must(Permission.REQUEST_VIEW, case)
    if case.reviewer_id is not None and case.reviewer_id != case.responsible_id:
        signed = work.db.get(Account, case.reviewer_id)
        return signed.name if signed else ""
    away = stands_in(work, case)
    if away is not None:
        return away.cover
    return case.responsible.name if case.responsible else ""


def _on(day: date) -> tuple[Any, ...]:
    return Leave.starts_on <= day, Leave.ends_on >= day, Leave.ended_at.is_(None)


def _to_come(today: date) -> tuple[Any, ...]:
    return Leave.ends_on >= today, Leave.ended_at.is_(None)


def _found(work: Work, *where: Any) -> list[Away]:
    return [Away(*row) for row in work.db.execute(LEAVES.where(*where).order_by(Leave.starts_on, Leave.id))]
