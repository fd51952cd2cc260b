"""Which rows an actor may see: the view rules of the policy, said once more in SQL. A test holds the two together."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from portal.domain.access_requests import Stage
from portal.domain.actors import Actor, Role
from portal.models.cases import Case
from portal.models.people import Patient, Representation, StaffMember


def visible_cases(actor: Actor) -> Select[Case]:
    """The cases for which the policy allows ``request:view``."""
    return select(Case).where(cases_seen_by(actor))


def cases_seen_by(actor: Actor) -> ColumnElement[bool]:
    theirs = _theirs(actor)
    ways: list[ColumnElement[bool]] = []
    if actor.is_patient and theirs:
        ways.append(Case.patient_id.in_(theirs))
    sent = Case.stage != Stage.DRAFT
    if actor.roles & {Role.FRONT_OFFICE, Role.ADMINISTRATOR}:
        ways.append(and_(sent, *_not_their_own(Case.patient_id, theirs)))
    if Role.PHYSICIAN in actor.roles and actor.id is not None:
        ways.append(and_(sent, answered_by(actor, Case.responsible_id), *_not_their_own(Case.patient_id, theirs)))
    if Role.SYSTEM in actor.roles:
        ways.append(true())
    return or_(*ways) if ways else false()


def visible_patients(actor: Actor) -> Select[Patient]:
    """The patients whose file this actor may open: her own and those she acts for, else by ``patient:view``."""
    theirs = _theirs(actor)
    ways: list[ColumnElement[bool]] = []
    if actor.is_patient and theirs:
        ways.append(Patient.id.in_(theirs))
    if actor.roles & {Role.FRONT_OFFICE, Role.ADMINISTRATOR}:
        ways.append(and_(Patient.id.is_not(None), *_not_their_own(Patient.id, theirs)))
    if Role.PHYSICIAN in actor.roles and actor.id is not None:
        ways.append(and_(answered_by(actor, Patient.responsible_id), *_not_their_own(Patient.id, theirs)))
    if actor.roles & {Role.SYSTEM, Role.OPERATOR}:
        ways.append(true())
    return select(Patient).where(or_(*ways) if ways else false())


def in_force(today: date) -> ColumnElement[bool]:
    """The powers to act for a patient that hold today, their last day included."""
    begun = Representation.starts_on <= today
    return and_(begun, Representation.ends_on.is_(None) | (Representation.ends_on >= today))


def visible_staff(actor: Actor) -> Select[StaffMember]:
    """The people of the clinic, for whom the policy allows ``staff:manage``."""
    allowed = actor.roles & {Role.ADMINISTRATOR, Role.OPERATOR}
    return select(StaffMember).where(true() if allowed else false())


def told_to(herself: bool, today: date, kind: Any) -> ColumnElement[bool]:
    """The rows of ``kind`` that the patient may be told of today, or those who act for her: held back till a day."""
    by_now = or_(kind.shown_from.is_(None), kind.shown_from <= today)
    return by_now if herself else and_(by_now, kind.hers_alone.is_(False))


def answered_by(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Whose column names this person, or a colleague she covers for today."""
    if not actor.covers:
        return column == actor.id  # type: ignore[no-any-return]
    return column.in_(sorted(actor.answers_for, key=str))  # type: ignore[no-any-return]


def _theirs(actor: Actor) -> list[UUID]:
    own = [actor.patient_id] if actor.patient_id else []
    return [*own, *actor.represents]


def _not_their_own(column: Any, theirs: list[UUID]) -> list[ColumnElement[bool]]:
    return [column.not_in(theirs)] if theirs else []
