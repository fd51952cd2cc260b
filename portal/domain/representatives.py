"""Who may act for a patient: whether a power holds on a day, what it reaches, when it ends, why it does not hold.

Source: the jurisdiction's file; in British Columbia PIPA Regulations s.1 and s.2 (law.md section 13). Authority is
computed from facts each time it is asked for; nothing has to be switched off for it to end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from portal.domain.dates import say_date
from portal.domain.errors import Invalid
from portal.domain.jurisdictions.powers import Needs, Power, RepresentativeRules
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.rights import WHOLE_RECORD, Right
from portal.domain.wishes import Scope, Wishes
from portal.domain.words import N_, _

LONGEST_NOTE = 1000


class Standing(StrEnum):
    """How a power stands on a day. Only ``HOLDS`` lets anybody do anything."""

    HOLDS = "holds"
    UNCHECKED = "unchecked"
    TO_COME = "to_come"
    ENDED = "ended"
    OVER = "over"
    OF_AGE = "of_age"
    SHE_DECIDES = "she_decides"
    DIED = "died"
    ALIVE = "alive"
    UNKNOWN = "unknown"


class EndReason(StrEnum):
    """Why somebody ended a power. The first two are said by who does it, the others by the office."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"
    DOCUMENT_ENDED = "document_ended"
    COURT = "court"
    MISTAKE = "mistake"
    OTHER_POWER = "other_power"


OFFICE_REASONS = {
    EndReason.DOCUMENT_ENDED: N_("The paper it rests on was revoked or replaced"),
    EndReason.COURT: N_("A court ended it"),
    EndReason.MISTAKE: N_("It was written down by mistake"),
    EndReason.OTHER_POWER: N_("Somebody who comes first acts now"),
}
ENDED_BY = {
    EndReason.PATIENT: N_("The patient ended it."),
    EndReason.REPRESENTATIVE: N_("The representative no longer acts."),
    EndReason.DOCUMENT_ENDED: N_("The paper it rests on was revoked or replaced."),
    EndReason.COURT: N_("A court ended it."),
    EndReason.MISTAKE: N_("It was written down by mistake."),
    EndReason.OTHER_POWER: N_("Somebody who comes first acts now."),
}


@dataclass(frozen=True)
class Life:
    """What has to be known of the patient: birth, death, and since when she decides for herself."""

    born: date
    died_on: date | None = None
    decides_since: datetime | None = None

    @classmethod
    def of(cls, patient: Any) -> "Life":
        return cls(patient.birth_date, patient.died_on, patient.decides_since)


def standing(rules: RepresentativeRules, row: Any, life: Life, today: date) -> Standing:
    """How the power of ``row`` stands ``today``; the same is said in SQL by ``models.scopes.in_force``."""
    power = rules.find(row.power)
    if power is None:
        return Standing.UNKNOWN
    if row.ended_at is not None:
        return Standing.ENDED
    if row.verified_at is None:
        return Standing.UNCHECKED
    if (stopped := _stopped_by_life(rules, power, row, life, today)) is not None:
        return stopped
    if row.ends_on is not None and row.ends_on < today:
        return Standing.OVER
    return Standing.TO_COME if row.starts_on > today else Standing.HOLDS


def _stopped_by_life(rules: RepresentativeRules, power: Power, row: Any, life: Life, today: date) -> Standing | None:
    if power.after_death != (life.died_on is not None):
        return Standing.ALIVE if power.after_death else Standing.DIED
    if power.ends_at_majority and today >= rules.birthday(life.born):
        return Standing.OF_AGE
    decides = power.gives_way and life.decides_since is not None
    if decides and (row.shared_at is None or life.decides_since is None or row.shared_at < life.decides_since):
        return Standing.SHE_DECIDES
    return None


def why_not(rules: RepresentativeRules, row: Any, life: Life, today: date) -> str:
    """Why the power of ``row`` does not hold ``today``, in a sentence; empty while it holds."""
    days = {
        Standing.TO_COME: row.starts_on,
        Standing.OVER: row.ends_on,
        Standing.OF_AGE: rules.birthday(life.born),
        Standing.DIED: life.died_on,
    }
    how = standing(rules, row, life, today)
    if how == Standing.ENDED:
        return _(ENDED_BY[EndReason(row.end_reason)])
    day = days.get(how)
    return _(WHY_NOT[how], day=say_date(day)) if day else _(WHY_NOT[how])


WHY_NOT = {
    Standing.HOLDS: "",
    Standing.UNCHECKED: N_("Nobody has checked the proof yet."),
    Standing.TO_COME: N_("It begins on %(day)s."),
    Standing.OVER: N_("Its last day was %(day)s."),
    Standing.OF_AGE: N_("The patient came of age on %(day)s."),
    Standing.SHE_DECIDES: N_("The patient decides for herself."),
    Standing.DIED: N_("The patient died on %(day)s."),
    Standing.ALIVE: N_("It counts only after a death."),
    Standing.UNKNOWN: N_("It was written down under earlier rules. Register it anew."),
}


def last_day(rules: RepresentativeRules, row: Any, life: Life) -> date | None:
    """The last day of a power, by its own date or by the birthday, whichever comes first; None when it has none."""
    power = rules.find(row.power)
    days = [row.ends_on] if row.ends_on else []
    if power is not None and power.ends_at_majority:
        days.append(rules.birthday(life.born) - timedelta(days=1))
    return min(days, default=None)


@dataclass(frozen=True)
class Wanted:
    """A power as the office fills it in, before it is kept. ``rights`` are what the document grants."""

    power: str
    rights: frozenset[Right]
    slices: frozenset[Category] = WHOLE_RECORD
    starts_on: date | None = None
    ends_on: date | None = None
    rank: int | None = None
    why_not_higher: str = ""
    found_incapable: bool = False
    note: str = ""


def check(rules: RepresentativeRules, wanted: Wanted, life: Life, today: date) -> Power:
    """The kind of power. Raises Invalid, naming the field, for the first thing that does not fit."""
    power = rules.power(wanted.power)
    _check_patient(rules, power, wanted, life, today)
    _check_scope(power, wanted)
    _check_days(wanted, today)
    if len(wanted.note) > LONGEST_NOTE or len(wanted.why_not_higher) > LONGEST_NOTE:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST_NOTE), "note")
    return power


def _check_patient(rules: RepresentativeRules, power: Power, wanted: Wanted, life: Life, today: date) -> None:
    if power.after_death and life.died_on is None:
        raise Invalid(_("This power counts only after a death. Write the death down first."), "power")
    if not power.after_death and life.died_on is not None:
        raise Invalid(_("The patient has died. Only the estate or the nearest relative can act now."), "power")
    of_age = today >= rules.birthday(life.born)
    if power.needs == Needs.MINOR and of_age:
        day = say_date(rules.birthday(life.born))
        raise Invalid(_("The patient came of age on %(day)s, so nobody is her guardian any more.", day=day), "power")
    if power.needs == Needs.ADULT and not of_age:
        raise Invalid(_("Only an adult can give this power. Choose what a child's paper says."), "power")
    if power.needs == Needs.INCAPABLE and not wanted.found_incapable:
        raise Invalid(_("Tick that the paper finds that the patient cannot decide this herself."), "found_incapable")
    if power.gives_way and life.decides_since is not None:
        raise Invalid(_("This young person decides for herself. Only she can let somebody act again."), "power")


def _check_scope(power: Power, wanted: Wanted) -> None:
    if not wanted.rights:
        raise Invalid(_("Tick at least one thing that this person may do."), "rights")
    if wanted.rights - set(power.rights):
        raise Invalid(_("This kind of power does not reach so far. Tick less."), "rights")
    if not wanted.slices:
        raise Invalid(_("Tick at least one kind of entry."), "slices")


def _check_days(wanted: Wanted, today: date) -> None:
    if wanted.starts_on and wanted.ends_on and wanted.ends_on < wanted.starts_on:
        raise Invalid(_("The last day is before the first. Check both days."), "ends_on")
    if wanted.ends_on and wanted.ends_on < today:
        raise Invalid(_("This power would be over already. Check the last day."), "ends_on")


def check_rank(rules: RepresentativeRules, power: Power, wanted: Wanted, acting: Iterable[Any]) -> None:
    """After a death: the estate comes first, then the nearest relative in the law's order. Raises Invalid.

    ``acting`` are the powers that hold already.
    """
    if not power.ranked:
        return
    others = [(rules.power(row.power), row) for row in acting]
    if rules.relation(wanted.rank) is None:
        raise Invalid(_("Choose how this person is related to the patient."), "rank")
    if any(other.after_death and not other.ranked for other, _row in others):
        raise Invalid(_("The estate has a personal representative, who comes before any relative."), "power")
    if any(other.ranked and (row.rank or 0) < (wanted.rank or 0) for other, row in others):
        raise Invalid(_("A nearer relative acts already. End that first, if it is no longer so."), "rank")
    if (wanted.rank or 0) > 1 and not wanted.why_not_higher.strip():
        raise Invalid(_("Write why no nearer relative acts: who there is, or that there is nobody."), "why_not_higher")


def check_proofs(rules: RepresentativeRules, power: Power, seen: Iterable[str], how: str) -> None:
    """Raises Invalid unless every proof that this kind of power needs was seen, and it is said how."""
    missing = [proof for proof in power.proofs if proof not in set(seen)]
    if missing:
        names = ", ".join(_(each.title) for each in rules.proofs if each.id in missing)
        raise Invalid(_("This is still missing: %(names)s.", names=names), "proofs")
    if how not in {way.id for way in rules.ways}:
        raise Invalid(_("Choose how the paper was checked."), "how")


def check_wishes(wishes: Wishes, reach: frozenset[Category]) -> None:
    """Raises Invalid where a representative asks for more of the record than her power reaches."""
    if reach == WHOLE_RECORD or wishes.scope is None:
        return
    if wishes.scope != Scope.CATEGORIES or not set(wishes.categories) <= reach:
        names = ", ".join(_(CATEGORY_NAMES[each]) for each in in_order(reach))
        field = "scope" if wishes.scope != Scope.CATEGORIES else "categories"
        raise Invalid(_("Your power to act covers these kinds of entries only: %(kinds)s.", kinds=names), field)


def in_order(slices: Iterable[Category]) -> Sequence[Category]:
    """In the order of a package."""
    wanted = set(slices)
    return [category for category in Category if category in wanted]
