"""Who looked: what a patient is told of the audit trail, in plain words, newest first."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from portal.domain.access_log import HERS_ALONE, LOOKED
from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.domain.zones import zone
from portal.models.accounts import Account
from portal.models.audit import AuditEntry
from portal.models.cases import Case
from portal.models.people import Patient
from portal.models.scopes import told_to
from portal.models.skipping import distinct_values
from portal.services import audit
from portal.services.work import Work

NOBODY_IN_PERSON = "portal"  # in a filter: what the portal and its operator did
MOST_TAKEN = 10_000  # lines of one download


@dataclass(frozen=True)
class Look:
    """A line of a patient's access log; ``actor`` is the account's key, or the role of what is no person.

    ``given`` is the key of the reason that was given to open the file, where one was needed; ``disclosure`` and
    ``check`` are the keys of the entry of the register and of the question that the line is about; ``for_patient``
    says that it was done by somebody in the patient's place.
    """

    id: int
    at: datetime
    actor: str
    name: str
    role: str
    title: str
    what: str
    reference: str
    given: str = ""
    disclosure: str = ""
    check: str = ""
    for_patient: bool = False


@dataclass(frozen=True)
class Only:
    """What a reader wants to see: somebody's lines, from a day to a day, both counted."""

    actor: str = ""
    since: date | None = None
    until: date | None = None


def lines(work: Work, patient: Patient, only: Only = Only(), after: int | None = None, limit: int = 25) -> list[Look]:
    """Who looked at or handled this patient's information, newest first; ``after`` is the last line already shown."""
    work.must(Permission.ACCESS_LOG_VIEW, patient)
    if work.actor.stands_in_for(patient.id):
        audit.record(work, "access_log.read", patient.id)
    query = _only(work, _told(work, patient, select(AuditEntry)), only)
    if after is not None and (place := _place(work, patient, after)) is not None:
        query = query.where(tuple_(AuditEntry.at, AuditEntry.id) < place)
    return [_look(entry) for entry in work.db.scalars(query.order_by(*_NEWEST_FIRST).limit(limit))]


def taken_along(work: Work, patient: Patient, only: Only, most: int = MOST_TAKEN) -> list[Look]:
    """The same, for a file she keeps; that it was taken is written down. One more than ``most`` when there are more."""
    found = lines(work, patient, only, limit=most + 1)
    audit.record(work, "access_log.taken", patient.id)
    return found


_NEWEST_FIRST = (AuditEntry.at.desc(), AuditEntry.id.desc())


def people(work: Work, patient: Patient) -> list[tuple[str, str]]:
    """Who appears in the lines this reader is told of: (account's key, name), by name."""
    work.must(Permission.ACCESS_LOG_VIEW, patient)
    found = list(work.db.scalars(distinct_values(AuditEntry.actor_id, *_rules(work, patient))))
    names = work.db.execute(select(Account.id, Account.name).where(Account.id.in_(found)))
    return sorted(((str(key), name) for key, name in names), key=lambda each: each[1])


def _told(work: Work, patient: Patient, query: Select[Any]) -> Select[Any]:
    return query.where(*_rules(work, patient))


def _rules(work: Work, patient: Patient) -> list[Any]:
    """Of the patient's chain, what this reader is told today."""
    herself = work.actor.patient_id == patient.id
    actions = set(LOOKED) if herself else set(LOOKED) - HERS_ALONE
    return [
        AuditEntry.chain == str(patient.id),
        AuditEntry.action.in_(sorted(actions)),
        told_to(herself, work.today, AuditEntry),
        *([] if herself else _not_of_complaints(work, patient)),
    ]


def _not_of_complaints(work: Work, patient: Patient) -> list[Any]:
    """Who acts for the patient reads nothing of her complaints, nor in lines from before each said so itself."""
    query = select(Case.id, Case.reference).where(Case.patient_id == patient.id, Case.kind == "complaint")
    known_by = [str(name) for row in work.db.execute(query) for name in row if name is not None]
    return [AuditEntry.text.not_like(f"%{name}%") for name in known_by]


def _only(work: Work, query: Select[Any], only: Only) -> Select[Any]:
    if only.actor == NOBODY_IN_PERSON:
        query = query.where(AuditEntry.actor_id.is_(None))
    elif only.actor:
        query = query.where(AuditEntry.actor_id == _key(only.actor))
    if only.since is not None:
        query = query.where(AuditEntry.at >= _midnight(work, only.since))
    if only.until is not None:
        query = query.where(AuditEntry.at < _midnight(work, only.until + timedelta(days=1)))
    return query


def _key(actor: str) -> UUID:
    try:
        return UUID(actor)
    except ValueError:
        raise Invalid(_("There is no such person in these lines. Choose one from the list.")) from None


def _midnight(work: Work, day: date) -> datetime:
    return datetime.combine(day, time(), zone(work.profile.time_zone))


def _place(work: Work, patient: Patient, after: int) -> tuple[datetime, int] | None:
    """Where the line stands that was shown last; None for a number that is no line of this patient's."""
    query = select(AuditEntry.at).where(AuditEntry.id == after, AuditEntry.chain == str(patient.id))
    at = work.db.scalar(query)
    return (at, after) if at is not None else None


def _look(entry: AuditEntry) -> Look:
    facts = json.loads(entry.text)
    who = (facts["actor"], facts["name"], facts["role"], facts["title"])
    keys = {key: facts.get(key, "") for key in ("given", "disclosure", "check")}
    return Look(
        entry.id, entry.at, *who, LOOKED[entry.action], facts.get("reference", ""), **keys, for_patient="for" in facts
    )
