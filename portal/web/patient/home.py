"""The patient's first page: what we need from her, what is happening, what she can do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import render_template

from portal.domain.access_requests import Stage
from portal.services import patients, queues
from portal.web.patient import accuracy_cards, complaint_cards, consent_cards, message_cards
from portal.web.patient.blueprint import blueprint
from portal.web.patient.cards import Card, Need, card, heading, need
from portal.web.patient.privacy_policy import policy_news
from portal.web.work import work

# Each other kind of case that is under way, in this order.
CARDS = {
    "consent_change": consent_cards.card,
    "accuracy_note": accuracy_cards.card,
    "complaint": complaint_cards.card,
}


@dataclass
class Household:
    """All that is shown of those this person may act for."""

    needs: list[Need] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    drafts: list[Any] = field(default_factory=list)
    closed: list[Any] = field(default_factory=list)

    @property
    def needs_heading(self) -> str:
        return heading(self.needs)

    def add(self, case: Any) -> None:
        if case.stage == Stage.DRAFT:
            if case.requested_by_id == work().actor.id:
                self.drafts.append(case)
        elif case.stage == Stage.CLOSED:
            self.closed.append(case)
        else:
            self.cards.append(card(case))
            if something := need(case):
                self.needs.append(something)


def gather(people: list[Any]) -> Household:
    """Everything that is under way for these people, sorted by what it asks of the reader."""
    found, theirs = Household(), [(person, queues.of_patient(work(), person.id)) for person in people]
    for _person, cases in theirs:
        _add_requests(found, cases)
    for person, cases in theirs:
        found.needs += consent_cards.needs(person)
        for kind, drawn in CARDS.items():
            found.cards += [drawn(case) for case in cases if case.kind == kind and case.is_open]
        complained = [complaint_cards.need(case) for case in cases if case.kind == "complaint" and case.is_open]
        found.needs += [need for need in complained if need is not None]
        found.needs += message_cards.needs(person)
    return found


def requests(people: list[Any]) -> Household:
    """Every access request of these people."""
    found = Household()
    for person in people:
        _add_requests(found, queues.of_patient(work(), person.id))
    return found


def _add_requests(found: Household, cases: Iterable[Any]) -> None:
    for case in cases:
        if case.kind == "access_request":
            found.add(case)


@blueprint.get("/home")
def home() -> str:
    people = patients.acts_for(work())
    mine = next((person for person in people if person.id == work().actor.patient_id), None)
    others = [person for person in people if person is not mine]
    facts = {"mine": mine, "others": others, "shown": gather(people), "news": policy_news()}
    return render_template("patient/home.html", name=work().actor.name, **facts)
