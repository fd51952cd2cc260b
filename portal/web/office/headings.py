"""What stands at the head of every page about a case: whose it is, its number, the sentence, the date."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from portal.domain.access_requests import BEFORE_RELEASE, Mode, Stage
from portal.domain.cases import KINDS, is_over
from portal.domain.complaint_rules import find_kind
from portal.domain.complaints import BEFORE_ANSWER
from portal.domain.consent_changes import CHANGE_NAMES, Change
from portal.domain.dates import say_date
from portal.domain.standing import Names, WaitsFor
from portal.domain.status import Person, is_hers, people, say
from portal.domain.words import _, ngettext
from portal.services import leaves
from portal.web.work import work

ANSWERING = frozenset({*BEFORE_RELEASE, Stage.PREPARING, *BEFORE_ANSWER})


@dataclass(frozen=True)
class Heading:
    """A case in a few words; ``mood`` is how its sentence looks: calm, yours, done or late."""

    address: str
    reference: str
    patient: str
    title: str
    sentence: str
    mood: str
    due: date | None
    late: bool


def heading(case: Any) -> Heading:
    """The heading of a case for the person who looks."""
    answering = case.stage in ANSWERING
    late = bool(answering and case.due_on and work().today > case.due_on)
    due = say_date(case.due_on) if case.due_on else ""
    names = Names(case.patient.name, leaves.decides(work(), case), due)
    who = people(work().actor, case)
    sentence = say(case, who, names)
    if late:
        days = (work().today - case.due_on).days
        sentence += " " + ngettext("It is %(n)s day late.", "It is %(n)s days late.", days)
    return Heading(
        address=url_for("office.case", reference=case.reference),
        reference=case.reference,
        patient=case.patient.name,
        title=title(case),
        sentence=sentence,
        mood=_mood(case, who, late),
        due=case.due_on if answering else None,
        late=late,
    )


def title(case: Any) -> str:
    """What is asked, and by whom."""
    if case.kind == "consent_change":
        return f"{case.patient.name}: {_(CHANGE_NAMES[Change(case.change)])}"
    if case.kind == "accuracy_note":
        return _("%(name)s says that something in the record is wrong", name=case.patient.name)
    if case.kind == "complaint":
        return _("%(name)s complains: %(what)s", name=case.patient.name, what=_(find_kind(case.about).office))
    if case.mode == Mode.VIEW:
        return _("%(name)s asks to view the original", name=case.patient.name)
    return _("%(name)s asks for a copy of the record", name=case.patient.name)


def _mood(case: Any, who: frozenset[Person], late: bool) -> str:
    if is_over(case):
        return "done"
    if late:
        return "late"
    waits_for_us = KINDS[case.kind].turn(case) in (WaitsFor.FRONT_OFFICE, WaitsFor.PHYSICIAN)
    return "yours" if waits_for_us and is_hers(case, who) else "calm"
