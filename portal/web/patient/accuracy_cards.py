"""Accuracy notes on the patient's first page: each that is under way, in a sentence with its date."""

from typing import Any

from flask import url_for

from portal.domain.accuracy_notes import BEFORE_DECISION
from portal.domain.dates import say_date
from portal.domain.standing import Names
from portal.domain.status import people, say
from portal.domain.words import _
from portal.services import leaves
from portal.web.patient.cards import Card
from portal.web.work import work


def sentence(case: Any) -> str:
    """Where it stands, and who waits for whom."""
    due = say_date(case.due_on) if case.due_on else ""
    return say(case, people(work().actor, case), Names(case.patient.name, leaves.decides(work(), case), due))


def mood(case: Any) -> str:
    """How the sentence looks: calm, done or late."""
    if not case.is_open:
        return "done"
    return "late" if is_late(case) else "calm"


def is_late(case: Any) -> bool:
    return bool(case.stage in BEFORE_DECISION and case.due_on and work().today > case.due_on)


def card(case: Any) -> Card:
    """The card of a note that is under way."""
    mine = case.patient_id == work().actor.patient_id
    return Card(
        title=_("A mistake in your record")
        if mine
        else _("A mistake in the record of %(name)s", name=case.patient.name),
        href=url_for("patient.accuracy_note", reference=case.reference),
        reference=case.reference,
        sentence=sentence(case),
        kind=mood(case),
        steps=(),
        current=0,
        due=case.due_on if case.stage in BEFORE_DECISION else None,
        late=is_late(case),
    )
