"""One piece of work: who acts, when, in which transaction, with which outside."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.domain.actors import Actor
from portal.domain.clinics import Clinic
from portal.domain.clocks import local_date
from portal.domain.errors import NotAllowed
from portal.domain.jurisdictions import Profile, profile
from portal.domain.policy import Permission, allows, because
from portal.domain.words import _
from portal.models.jobs import Job
from portal.services.outside import Outside


@dataclass
class Work:
    """Handed to every service. ``writes`` says whether this transaction was begun to write.

    What a reading page must record all the same (who looked, when a session was last seen) waits in ``afterwards`` and
    is done in a short transaction of its own before the page is sent: see ``settle``. What waits in ``regardless`` is
    done so whatever becomes of the rest: somebody was refused, for one. What is in ``looks`` was done, and is done
    again where a form comes back: what it was to change is taken back, but somebody has read its page.
    """

    db: Session
    actor: Actor
    now: datetime
    outside: Outside
    clinic: Clinic
    writes: bool = True
    clock: Callable[[], datetime] | None = field(default=None, repr=False)
    sign_in_id: UUID | None = None
    keys: dict[UUID, bytes] = field(default_factory=dict, repr=False)
    away: dict[UUID, Any] = field(default_factory=dict, repr=False)  # who is on leave, asked once for a page
    afterwards: list[Callable[["Work"], None]] = field(default_factory=list, repr=False)
    regardless: list[Callable[["Work"], None]] = field(default_factory=list, repr=False)
    looks: list[Callable[["Work"], None]] = field(default_factory=list, repr=False)

    @property
    def profile(self) -> Profile:
        """The rules of the clinic's jurisdiction; a case keeps its own (``cases.rules_of``)."""
        return profile(self.clinic.jurisdiction)

    @property
    def today(self) -> date:
        """The calendar day at the clinic now."""
        return local_date(self.profile, self.now)

    def waited(self) -> None:
        """A lock was waited for: what is done from here on is done now, not when this work was begun."""
        if self.clock is not None:
            self.now = max(self.now, self.clock())

    def may(self, permission: Permission, thing: Any = None) -> bool:
        return allows(self.actor, permission, thing)

    def must(self, permission: Permission, thing: Any = None) -> None:
        """Raise NotAllowed unless the actor may."""
        if not self.may(permission, thing):
            why = because(self.actor, permission, thing)
            raise NotAllowed(
                why or _("This is not yours to do. If you think it should be, ask the office administrator.")
            )

    def looks_at_another(self, patient_id: UUID) -> bool:
        """Whether a reading of this patient's information leaves a trace: it is not her own, whoever reads it."""
        return self.actor.stands_in_for(patient_id) or (self.actor.is_staff and self.actor.patient_id != patient_id)

    def promise(self, kind: str, name: str, run_at: datetime | None = None, **payload: str) -> Job:
        """Put a job beside the step that needs it: both are kept, or neither. ``name`` is the promise's own."""
        if len(name) > Job.LONGEST_NAME:  # one database cuts nothing off and the other takes anything
            raise ValueError(f"the name of a job is too long: {name}")
        job = Job(kind=kind, name=name, payload=json.dumps(payload), run_at=run_at or self.now, made_at=self.now)
        self.db.add(job)
        return job

    def later(self, act: Callable[["Work"], None]) -> None:
        """Do ``act`` now when this work writes, else once the reading is over."""
        if self.writes:
            act(self)
        else:
            self.afterwards.append(act)

    def looked(self, act: Callable[["Work"], None]) -> None:
        """The same for what says that somebody read: it stays although the form comes back and nothing is changed."""
        self.later(act)
        if self.writes:
            self.looks.append(act)

    def anyway(self, act: Callable[["Work"], None]) -> None:
        """Do ``act`` when this work is over, also when it is refused and all it did is taken back."""
        self.regardless.append(act)


def settle(work: Work) -> None:
    """Do what is owed at the end of a work, in the transaction the caller has just begun to write."""
    acts, work.writes = [*work.afterwards, *work.regardless], True
    work.afterwards, work.regardless = [], []
    for act in acts:
        act(work)


@dataclass(frozen=True)
class Report:
    """What a long job is handed to say how far it is: ``tell`` is kept at once, and raises when the job was lost."""

    name: str
    tell: Callable[[int, int], None]
