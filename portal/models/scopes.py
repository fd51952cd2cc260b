"""Which rows an actor may see: the view rules of the policy, said once more in SQL. A test holds the two together."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true

from portal.domain import jurisdictions
from portal.domain.access_requests import Stage
from portal.domain.actors import STAFF_ROLES, Actor, Role
from portal.domain.rights import RIGHTS_OF_CASE, WHOLE_RECORD
from portal.models.astray_papers import AstrayPaper
from portal.models.cases import Case
from portal.models.complaints import ComplaintPerson
from portal.models.contact_plans import Watch
from portal.models.disclosures import Disclosure
from portal.models.dispatches import Dispatch, IncomingPaper
from portal.models.messages import MessageThread, UntoldMessage
from portal.models.people import Patient, Representation, StaffMember


def visible_cases(actor: Actor) -> Select[Case]:
    """The cases for which the policy allows ``request:view``."""
    return select(Case).where(cases_seen_by(actor))


def cases_seen_by(actor: Actor) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if actor.is_patient:
        ways += _cases_of_the_patients_side(actor)
        ways = [and_(or_(*ways), not_about(actor))] if ways else []
    sent = Case.stage != Stage.DRAFT
    if actor.roles & {Role.FRONT_OFFICE, Role.ADMINISTRATOR}:
        ways.append(and_(sent, not_about(actor), *_not_their_own(Case.patient_id, actor)))
    if Role.PHYSICIAN in actor.roles and actor.id is not None:
        hers = answered_by(actor, Case.responsible_id), not_about(actor), ~_about(Case.responsible_id)
        ways.append(and_(sent, *hers, *_not_their_own(Case.patient_id, actor)))
    if Role.SYSTEM in actor.roles:
        ways.append(true())
    return or_(*ways) if ways else false()


def not_about(actor: Actor) -> ColumnElement[bool]:
    """The cases that are not about this person: whom a complaint names is shown it in no list, search or count."""
    return ~_about(actor.id) if actor.id is not None else true()


def _about(account: Any) -> ColumnElement[bool]:
    named = exists().where(ComplaintPerson.case_id == Case.id, ComplaintPerson.account_id == account)
    return named.correlate(Case.__table__)


def _cases_of_the_patients_side(actor: Actor) -> list[ColumnElement[bool]]:
    """Her own and, for whoever acts for others, all theirs, or what she asked for with a power over a part."""
    ways: list[ColumnElement[bool]] = [Case.patient_id == actor.patient_id] if actor.patient_id else []
    for kind, rights in RIGHTS_OF_CASE.items() if actor.powers else ():
        reaches = {patient_id: actor.reach(patient_id, *rights) for patient_id in actor.powers}
        if whole := [patient_id for patient_id, reach in reaches.items() if reach == WHOLE_RECORD]:
            ways.append(and_(Case.kind == kind, Case.patient_id.in_(whole)))
        if part := [patient_id for patient_id, reach in reaches.items() if reach and reach != WHOLE_RECORD]:
            ways.append(and_(Case.kind == kind, Case.patient_id.in_(part), Case.requested_by_id == actor.id))
    return ways


def visible_patients(actor: Actor) -> Select[Patient]:
    """The patients whose file this actor may open: her own and those she acts for, else by ``patient:view``."""
    theirs = _theirs(actor)
    ways: list[ColumnElement[bool]] = []
    if actor.is_patient and theirs:
        ways.append(Patient.id.in_(theirs))
    if actor.roles & {Role.FRONT_OFFICE, Role.ADMINISTRATOR}:
        ways.append(and_(Patient.id.is_not(None), *_not_their_own(Patient.id, actor)))
    if Role.PHYSICIAN in actor.roles and actor.id is not None:
        ways.append(and_(answered_by(actor, Patient.responsible_id), *_not_their_own(Patient.id, actor)))
    if actor.roles & {Role.SYSTEM, Role.OPERATOR}:
        ways.append(true())
    return select(Patient).where(or_(*ways) if ways else false())


def openable_patients(actor: Actor) -> Select[Patient]:
    """The patients whose file's page this person of the clinic may ask to open: ``patient:open``. For no list."""
    if actor.roles & {Role.SYSTEM, Role.OPERATOR}:
        return select(Patient)
    if not actor.roles & {Role.FRONT_OFFICE, Role.ADMINISTRATOR, Role.PHYSICIAN}:
        return select(Patient).where(false())
    return select(Patient).where(*_not_their_own(Patient.id, actor))


def in_force(today: date) -> ColumnElement[bool]:
    """The powers to act for a patient that hold today: ``representatives.standing`` of the domain, said in SQL.

    While somebody may be watching her, every power rests.
    """
    return and_(holding(today), ~at_rest())


def holding(today: date) -> ColumnElement[bool]:
    """The powers that would hold today, also those that rest."""
    checked = and_(Representation.verified_at.is_not(None), Representation.ended_at.is_(None))
    begun = and_(
        Representation.starts_on <= today, Representation.ends_on.is_(None) | (Representation.ends_on >= today)
    )
    return and_(checked, begun, _patient_lets(today))


def _patient_lets(today: date) -> ColumnElement[bool]:
    """What has to hold of the patient, kind of power by kind of power, by the rules of her jurisdiction."""
    ways = []
    for name in jurisdictions.known():
        rules = jurisdictions.profile(name).representatives
        for power in rules.powers:
            must = [Patient.jurisdiction == name, Representation.power == power.id]
            must.append(Patient.died_on.is_not(None) if power.after_death else Patient.died_on.is_(None))
            if power.ends_at_majority:
                must.append(Patient.birth_date > rules.latest_birth(today))
            if power.gives_way:
                shared = Representation.shared_at >= Patient.decides_since
                must.append(Patient.decides_since.is_(None) | shared)
            ways.append(and_(*must))
    return exists().where(Patient.id == Representation.patient_id, or_(*ways)).correlate(Representation)


def at_rest() -> ColumnElement[bool]:
    """The powers over patients who may be watched: they hold again when that is over.

    After a death nobody could end it: who acts for the estate has shown her paper to the office since.
    """
    watched = select(Watch.patient_id).join(Patient, Patient.id == Watch.patient_id)
    return Representation.patient_id.in_(watched.where(Watch.ended_at.is_(None), Patient.died_on.is_(None)))


def visible_staff(actor: Actor) -> Select[StaffMember]:
    """The people of the clinic, for whom the policy allows ``staff:manage``."""
    allowed = actor.roles & {Role.ADMINISTRATOR, Role.OPERATOR}
    return select(StaffMember).where(true() if allowed else false())


def answerable_threads(actor: Actor) -> ColumnElement[bool]:
    """The threads of messages that this person may answer: ``messages:answer`` of the case, else of the patient."""
    at_work = replace(actor, roles=actor.roles & STAFF_ROLES)  # what is her own as a patient is no work of hers
    of_case = MessageThread.case_id.in_(visible_cases(at_work).with_only_columns(Case.id))
    hers = MessageThread.patient_id.in_(visible_patients(at_work).with_only_columns(Patient.id))
    return or_(of_case, and_(MessageThread.case_id.is_(None), hers))


def dispatches_seen_by(actor: Actor) -> ColumnElement[bool]:
    """The letters on their way that this person may handle: ``correspondence:work``. Joined with their case, if any."""
    return _handled_by(actor, Dispatch)


def papers_seen_by(actor: Actor) -> ColumnElement[bool]:
    """The same of papers that came in and are known to be some patient's."""
    return _handled_by(actor, IncomingPaper)


def astray_papers_seen_by(actor: Actor) -> ColumnElement[bool]:
    """The same of papers that stood with the wrong patient; by the patient and the case they stood with."""
    return _handled_by(actor, AstrayPaper)


def untold_messages_seen_by(actor: Actor) -> ColumnElement[bool]:
    """The same of messages of which no e-mail told her."""
    return _handled_by(actor, UntoldMessage)


def _handled_by(actor: Actor, kind: Any) -> ColumnElement[bool]:
    if Role.SYSTEM in actor.roles:
        return true()
    if not actor.roles & {Role.FRONT_OFFICE, Role.ADMINISTRATOR}:
        return false()
    named = exists().where(ComplaintPerson.case_id == kind.case_id, ComplaintPerson.account_id == actor.id)
    return and_(~named, *_not_their_own(kind.patient_id, actor))


def disclosures_seen_by(actor: Actor) -> ColumnElement[bool]:
    """The entries of the register that this person may work with: ``disclosures:record`` of the patient and, where an
    entry is about a case, ``request:view`` of that, both at work."""
    at_work = replace(actor, roles=actor.roles - {Role.PATIENT, Role.OPERATOR})
    of_patient = Disclosure.patient_id.in_(visible_patients(at_work).with_only_columns(Patient.id))
    seen = select(Case.id).where(Case.id == Disclosure.case_id, cases_seen_by(at_work)).correlate(Disclosure.__table__)
    return and_(of_patient, or_(Disclosure.case_id.is_(None), seen.exists()))


def names_nobody(kind: Any) -> ColumnElement[bool]:
    """The rows of ``kind`` that are about no case, or about one in which nobody of the clinic is named by now."""
    return or_(kind.case_id.is_(None), ~exists().where(ComplaintPerson.case_id == kind.case_id))


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


def _not_their_own(column: Any, actor: Actor) -> list[ColumnElement[bool]]:
    parties = [*_theirs(actor), *actor.paused]
    return [column.not_in(parties)] if parties else []
