"""What somebody may do for others at this moment, asked anew on every page: there is nothing that could be stale."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from portal.domain.errors import Invalid, NotAllowed
from portal.domain.representatives import check_wishes
from portal.domain.rights import NO_POWERS, RIGHTS_OF_CASE, Powers, Right, rights_in, slices_in
from portal.domain.wishes import Wishes
from portal.models.people import Patient, Representation
from portal.models.scopes import at_rest, holding, in_force
from portal.services.work import Work

_COLUMNS = (Representation.patient_id, Representation.rights, Representation.slices)


def held_by(work: Work, account_id: UUID) -> dict[UUID, Powers]:
    """The powers of an account that hold today, by patient. A fact on the actor."""
    return _powers_of(work.db.execute(_held_by(work.today), {"account": account_id}))


def at_rest_with(work: Work, account_id: UUID) -> frozenset[UUID]:
    """The patients for whom this account may not act just now, because somebody may be watching them."""
    return frozenset(work.db.scalars(_at_rest_with(work.today), {"account": account_id}))


# Asked on every page of whoever acts for somebody: the rules of every jurisdiction make long statements, so each is
# written once a day.
@lru_cache(maxsize=4)
def _held_by(today: date) -> Select[Any]:
    return select(*_COLUMNS).where(Representation.account_id == bindparam("account"), in_force(today))


@lru_cache(maxsize=4)
def _at_rest_with(today: date) -> Select[Any]:
    theirs = select(Representation.patient_id).where(Representation.account_id == bindparam("account"))
    return theirs.where(holding(today), at_rest())


def rests(work: Work, row: Representation) -> bool:
    """Whether this power would hold, but rests."""
    return row.patient_id in at_rest_with(work, row.account_id)


def held_for(work: Work, patient: Patient, account_id: UUID) -> Powers:
    """What this account may do for the patient today."""
    mine = (Representation.account_id == account_id) & (Representation.patient_id == patient.id)
    query = select(*_COLUMNS).where(mine, in_force(work.today))
    return _powers_of(work.db.execute(query)).get(patient.id, NO_POWERS)


def may_hear(work: Work, patient: Patient, account_id: UUID, kind: str) -> bool:
    """Whether what is said about a case of this kind is for this account: it holds a right for such cases."""
    return held_for(work, patient, account_id).has(*RIGHTS_OF_CASE[kind])


def _powers_of(rows: Iterable[Any]) -> dict[UUID, Powers]:
    found: dict[UUID, Powers] = {}
    for patient_id, rights, slices in rows:
        found[patient_id] = found.get(patient_id, NO_POWERS) | Powers.over(rights_in(rights), slices_in(slices))
    return found


def within_reach(work: Work, patient_id: UUID, wishes: Wishes, *rights: Right) -> None:
    """Raises NotAllowed for a representative where ``wishes`` are wider than what these rights reach today."""
    if not work.actor.stands_in_for(patient_id):
        return
    try:
        check_wishes(wishes, work.actor.reach(patient_id, *rights))
    except Invalid as no:
        raise NotAllowed(no.sentence) from None


def is_within_reach(work: Work, patient_id: UUID, wishes: Wishes, *rights: Right) -> bool:
    """The same, as a question."""
    try:
        within_reach(work, patient_id, wishes, *rights)
    except NotAllowed:
        return False
    return True
