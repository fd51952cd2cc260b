"""The lists people work from: keyset pages whose cost does not grow with the table."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import aliased

from portal.domain import policy
from portal.domain.access_requests import Stage
from portal.domain.actors import Actor
from portal.domain.cases import KINDS, STAGE_NAMES, is_over, stage_name
from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.standing import WaitsFor
from portal.domain.words import N_, _
from portal.models.access_requests import AccessRequest
from portal.models.accounts import Account
from portal.models.cases import Case
from portal.models.complaints import Complaint
from portal.models.consent_changes import ConsentChange
from portal.models.people import Patient
from portal.models.scopes import answered_by, cases_seen_by
from portal.services.work import Work

PAGE = 25
MOST_COUNTED = 100
ASKED, CHANGED = AccessRequest.__table__, ConsentChange.__table__
COMPLAINED = Complaint.__table__  # joined, as those two, to every query of cases by their mapping
OWNER = aliased(Account)
# Put together once: making the statement would cost as much as running it.
LINES = (
    select(
        Case.id,
        Case.reference,
        Patient.given_name,
        Patient.family_name,
        Case.kind,
        Case.stage,
        OWNER.name,
        Case.due_on,
        Case.target_on,
        Case.outcome,
        ASKED.c.mode,
        ASKED.c.delivery,
        CHANGED.c.change,
        COMPLAINED.c.about,
    )
    .join(Patient, Patient.id == Case.patient_id)
    .outerjoin(OWNER, OWNER.id == Case.owner_id)
    .where(Case.stage != Stage.DRAFT)
    .order_by(Case.due_on, Case.id)
    .limit(PAGE + 1)
)
COUNTED = select(Case.stage).where(Case.stage != Stage.DRAFT).limit(MOST_COUNTED)


class Which(StrEnum):
    """The lists, as they are named in the address."""

    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    SOON = "soon"
    LATE = "late"
    CLOSED = "closed"


WHICH_NAMES = {
    Which.OPEN: N_("All open"),
    Which.MINE: N_("Mine"),
    Which.UNASSIGNED: N_("Nobody has them yet"),
    Which.SOON: N_("Due soon"),
    Which.LATE: N_("Late"),
    Which.CLOSED: N_("Closed"),
}


@dataclass(frozen=True)
class Row:
    """One line of a queue, ready to show; ``urgency`` is late, soon, waiting or calm."""

    reference: str
    patient: str
    kind: str
    mode: str | None
    change: str | None
    about: str | None
    stage: str
    stage_name: str
    waits_for: WaitsFor
    owner: str
    due_on: date | None
    target_on: date | None
    urgency: str
    outcome: str | None


@dataclass(frozen=True)
class Page:
    """A page of a queue; ``next`` is the place to go on from, or None at the end."""

    rows: list[Row]
    next: str | None


def page(work: Work, which: Which, after: str | None = None, stage: str | None = None) -> Page:
    """25 cases, the most urgent first. ``after`` is the ``next`` of the page before."""
    work.must(Permission.QUEUE_VIEW)
    query: Any = LINES.where(cases_seen_by(work.actor))
    query = _only(work, query, which, stage)
    if after:
        query = query.where(tuple_(Case.due_on, Case.id) > _place(after))
    found = work.db.execute(query).all()
    rows = [_row(values, work.today) for values in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(rows, f"{last.due_on.isoformat()}~{last.id}" if last is not None else None)


def count(work: Work, which: Which) -> int:
    """How many cases a list holds; counting stops at ``MOST_COUNTED``, so that a full office costs no more."""
    work.must(Permission.QUEUE_VIEW)
    query = _only(work, COUNTED.where(cases_seen_by(work.actor)), which, None)
    return len(work.db.execute(query).all())


def _only(work: Work, query: Any, which: Which, stage: str | None) -> Any:
    query = query.where(Case.is_open.is_(which != Which.CLOSED))
    if which == Which.MINE:
        query = query.where(_theirs(work.actor))
    elif which == Which.UNASSIGNED:
        query = query.where(Case.owner_id.is_(None))
    elif which == Which.LATE:
        query = query.where(Case.due_on < work.today)
    elif which == Which.SOON:
        query = query.where(Case.target_on <= work.today, Case.due_on >= work.today)
    if stage:
        if stage not in STAGE_NAMES:
            raise Invalid(_("There is no such stage. Choose one from the list."))
        query = query.where(Case.stage == stage)
    return query


def _theirs(actor: Actor) -> Any:
    """Whom a case belongs to: the office by who looks after it, a physician by whose record she answers for."""
    answers_for, looks_after = answered_by(actor, Case.responsible_id), answered_by(actor, Case.owner_id)
    if not policy.physician(actor, None):
        return looks_after
    return answers_for | looks_after if policy.office(actor, None) else answers_for


def _place(after: str) -> tuple[date, UUID]:
    day, _tilde, key = after.partition("~")
    try:
        return date.fromisoformat(day), UUID(key)
    except ValueError:
        raise Invalid(_("This address of a page is cut off. Go back to the beginning of the list.")) from None


def _row(values: Any, today: date) -> Row:
    return Row(
        reference=values.reference or "",
        patient=f"{values.given_name} {values.family_name}".strip(),
        kind=values.kind,
        mode=values.mode,
        change=values.change,
        about=values.about,
        stage=values.stage,
        stage_name=_(stage_name(values)),
        waits_for=KINDS[values.kind].turn(values),
        owner=values.name or "",
        due_on=values.due_on,
        target_on=values.target_on,
        urgency=_urgency(values, today),
        outcome=values.outcome,
    )


def _urgency(values: Any, today: date) -> str:
    if is_over(values) or values.due_on is None:
        return "calm"
    if values.due_on < today:
        return "late"
    if values.target_on <= today:
        return "soon"
    return "waiting" if values.stage == Stage.AWAITING_PATIENT else "calm"


def of_patient(work: Work, patient_id: UUID) -> list[Case]:
    """A patient's cases as this person may see them, newest first."""
    query = select(Case).where(cases_seen_by(work.actor), Case.patient_id == patient_id).order_by(Case.id.desc())
    return list(work.db.scalars(query))
