"""Complaints on the patient's first page: where each stands, and what the clinic asks her."""

from typing import Any

from flask import url_for

from portal.domain import complaint_rules
from portal.domain.complaints import Stage
from portal.domain.dates import say_date
from portal.domain.standing import Names
from portal.domain.status import people, say
from portal.domain.words import _
from portal.services import leaves
from portal.web.patient.cards import Card, Need
from portal.web.work import work


def sentence(case: Any) -> str:
    """Where it stands, and who waits for whom."""
    due = say_date(case.due_on) if case.due_on else ""
    return say(case, people(work().actor, case), Names(case.patient.name, leaves.decides(work(), case), due))


def card(case: Any) -> Card:
    return Card(
        title=_("Complaint: %(what)s", what=_(complaint_rules.find_kind(case.about).title)),
        href=url_for("patient.complaint", reference=case.reference),
        reference=case.reference,
        sentence=sentence(case),
        kind="done" if not case.is_open else "calm",
        steps=(),
        current=0,
        due=None,
        late=False,
    )


def need(case: Any) -> Need | None:
    """An answer waits for her word."""
    if case.stage not in (Stage.ANSWERED, Stage.ANSWERED_FINALLY):
        return None
    text = _("We have answered your complaint %(reference)s. Are you satisfied?", reference=case.reference)
    return Need(text, url_for("patient.complaint", reference=case.reference), _("Read the answer"))
