"""Who acts for whom, ready to be read: what each may do, since when, until when, and what was done last."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, select

from portal.domain import representatives as rules
from portal.domain.access_log import LOOKED
from portal.domain.clocks import local_date
from portal.domain.jurisdictions.powers import title_of
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES
from portal.domain.representatives import Life, Standing
from portal.domain.rights import RIGHT_NAMES, WHOLE_RECORD, Right, rights_in, slices_in
from portal.domain.words import N_, _
from portal.models.audit import AuditEntry
from portal.models.dispatches import IncomingPaper
from portal.models.people import Patient, Representation
from portal.models.scopes import at_rest, holding
from portal.services.representatives import rules_of
from portal.services.sealing import unseal
from portal.services.work import Work

# Steps of a request that whoever acts for the patient can take, as she is told of them.
STEPS = {
    "case.send": N_("sent a request"),
    "case.answer": N_("answered a question"),
    "case.accept_fee": N_("accepted a fee"),
    "case.decline_fee": N_("declined a fee"),
    "case.ask_waiver": N_("asked to have a fee waived"),
    "case.withdraw": N_("withdrew a request"),
}
LAST = 5
LATELY = timedelta(days=31)


@dataclass(frozen=True)
class Line:
    """A power in words. ``last_day`` is by date or birthday; ``why_not`` is empty while the power holds.
    ``came_on`` is the day our form on paper reached the clinic, where it came on one."""

    row: Representation
    name: str
    patient: str
    title: str
    words: str
    relation: str
    rights: tuple[str, ...]
    slices: tuple[str, ...]
    since: date
    last_day: date | None
    standing: Standing
    why_not: str
    how: str
    proofs: tuple[str, ...]
    came_on: date | None = None

    @property
    def holds(self) -> bool:
        return self.standing == Standing.HOLDS

    @property
    def over(self) -> bool:
        """Whether nothing can be done with it any more, neither ended nor checked nor shared."""
        return self.standing in (Standing.ENDED, Standing.OVER, Standing.OF_AGE, Standing.DIED, Standing.UNKNOWN)


def of_patient(work: Work, patient: Patient) -> list[Line]:
    """Everybody who acts, or acted, for a patient: who acts now first, then the newest."""
    work.must(Permission.REPRESENTATIVES_VIEW, patient)
    query = select(Representation).where(Representation.patient_id == patient.id)
    found = [line(work, row) for row in work.db.scalars(query.order_by(Representation.registered_at.desc()))]
    return sorted(found, key=lambda each: each.over)


def of_actor(work: Work) -> list[Line]:
    """Those for whom the person who is signed in acts, or acted lately, those of now first.

    A power that rests is not there at all: neither "you act" nor why not would be safe to say (decision 0086).
    """
    mine = select(Representation).where(
        Representation.account_id == work.actor.id, Representation.verified_at.is_not(None)
    )
    told = mine.where(~and_(holding(work.today), at_rest()))
    found = [line(work, row) for row in work.db.scalars(told.order_by(Representation.registered_at.desc()))]
    return sorted(found, key=lambda each: not each.holds)


def line(work: Work, row: Representation) -> Line:
    law, life = rules_of(row.patient), Life.of(row.patient)
    power, relation = law.find(row.power), law.relation(row.rank)
    reach, held = slices_in(row.slices), rights_in(row.rights)
    return Line(
        row=row,
        name=row.account.name,
        patient=row.patient.name,
        title=_(power.title) if power else row.power,
        words=_(power.words) if power else "",
        relation=_(relation.title) if relation else "",
        rights=tuple(_(RIGHT_NAMES[right]) for right in Right if right in held),
        slices=() if reach == WHOLE_RECORD else tuple(_(CATEGORY_NAMES[each]) for each in rules.in_order(reach)),
        since=row.starts_on,
        last_day=rules.last_day(law, row, life),
        standing=rules.standing(law, row, life, work.today),
        why_not=rules.why_not(law, row, life, work.today),
        how=title_of(law.ways, row.verified_how),
        proofs=tuple(title_of(law.proofs, each) for each in row.proofs.split()),
        came_on=work.db.get_one(IncomingPaper, row.paper_id).received_on if row.paper_id else None,
    )


def notes(work: Work, row: Representation) -> tuple[str, str]:
    """(note, why no nearer relative acts) of a power, for the office."""
    work.must(Permission.REPRESENTATIVES_KEEP, row)
    columns = ("note_sealed", "why_not_higher_sealed")
    note, why = (unseal(work, row.patient_id, row, column) for column in columns)
    return note, why


@dataclass(frozen=True)
class Act:
    """Something a representative did for the patient."""

    at: datetime
    what: str
    reference: str


def last_acts(work: Work, row: Representation) -> list[Act]:
    """What the holder of a power did last for the patient, newest first."""
    work.must(Permission.REPRESENTATIVES_VIEW, row.patient)
    told = {**LOOKED, **STEPS}
    query = select(AuditEntry).where(
        AuditEntry.chain == str(row.patient_id), AuditEntry.actor_id == row.account_id, AuditEntry.action.in_(told)
    )
    found = work.db.scalars(query.order_by(AuditEntry.id.desc()).limit(LAST))
    return [Act(each.at, _(told[each.action]), _facts(each).get("reference", "")) for each in found]


def _facts(entry: AuditEntry) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(entry.text)
    return facts


def lapsed(work: Work) -> list[Line]:
    """The powers of who is signed in that held until lately: why a page of before is not there any more."""
    if work.actor.id is None:
        return []
    return [each for each in of_actor(work) if not each.holds and _ended_lately(work, each)]


def _ended_lately(work: Work, line: Line) -> bool:
    """Whether a power stopped, by whatever stopped it, within the last weeks."""
    patient = line.row.patient
    instants = [at for at in (line.row.ended_at, patient.decides_since) if at is not None]
    days = [local_date(work.profile, at) for at in instants]
    days += [day for day in (line.last_day, patient.died_on) if day is not None]
    return any(work.today - LATELY <= day <= work.today for day in days)
