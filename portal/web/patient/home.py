"""The patient's first page: what we need from her, what is happening, what she can do."""

from dataclasses import dataclass, field
from typing import Any

from flask import render_template

from portal.domain.access_requests import Stage
from portal.domain.cases import is_over
from portal.services import patients, queues
from portal.web.patient import complaint_cards, consent_cards
from portal.web.patient.blueprint import blueprint
from portal.web.patient.cards import Card, Need, card, heading, need
from portal.web.patient.privacy_policy import policy_news
from portal.web.work import work


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
    found = requests(people)
    for person in people:
        found.needs += consent_cards.needs(person)
        changing = [case for case in queues.of_patient(work(), person.id) if case.kind == "consent_change"]
        found.cards += [consent_cards.card(case) for case in changing if not is_over(case)]
        _add_complaints(found, person)
    return found


def _add_complaints(found: Household, person: Any) -> None:
    """What she is not satisfied with, while it is open."""
    for case in queues.of_patient(work(), person.id):
        if case.kind == "complaint" and case.is_open:
            found.cards.append(complaint_cards.card(case))
            found.needs += [need for need in (complaint_cards.need(case),) if need is not None]


def requests(people: list[Any]) -> Household:
    """Every access request of these people."""
    found = Household()
    for person in people:
        for case in queues.of_patient(work(), person.id):
            if case.kind == "access_request":
                found.add(case)
    return found


@blueprint.get("/home")
def home() -> str:
    people = patients.acts_for(work())
    mine = next((person for person in people if person.id == work().actor.patient_id), None)
    others = [person for person in people if person is not mine]
    facts = {"mine": mine, "others": others, "shown": gather(people), "news": policy_news()}
    return render_template("patient/home.html", name=work().actor.name, **facts)
