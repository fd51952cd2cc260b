"""What somebody may do for others at this moment, asked anew on every page: there is nothing that could be stale."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from portal.domain.rights import NO_POWERS, Powers, Right, rights_in, slices_in
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


def held_for(work: Work, patient: Patient, account_id: UUID) -> Powers:
    """What this account may do for the patient today."""
    mine = (Representation.account_id == account_id) & (Representation.patient_id == patient.id)
    query = select(*_COLUMNS).where(mine, in_force(work.today))
    return _powers_of(work.db.execute(query)).get(patient.id, NO_POWERS)


def may_hear(work: Work, patient: Patient, account_id: UUID) -> bool:
    """Whether what is said about a request of this patient is for this account: it may ask or receive for her."""
    return held_for(work, patient, account_id).has(Right.ASK, Right.DOWNLOAD)


def _powers_of(rows: Iterable[Any]) -> dict[UUID, Powers]:
    found: dict[UUID, Powers] = {}
    for patient_id, rights, slices in rows:
        found[patient_id] = found.get(patient_id, NO_POWERS) | Powers.over(rights_in(rights), slices_in(slices))
    return found
