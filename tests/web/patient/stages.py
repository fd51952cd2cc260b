"""Bringing a request to where a page is to be looked at, by the services and the people whose step it is."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.domain.access_requests import Delivery
from portal.domain.record_items import Category
from portal.domain.reviews import Decision
from portal.domain.rights import Right
from portal.domain.wishes import Scope, Wishes
from portal.edges import Edge
from portal.models.people import Representation
from portal.services import (
    access_requests,
    fees,
    identity,
    judgements,
    patients,
    questions,
    releases,
    review_items,
    reviews,
)
from portal.services.work import Work
from portal.worker import Worker

WorkAs = Callable[..., AbstractContextManager[Work]]
EVERYTHING = Wishes(
    scope=Scope.EVERYTHING,
    delivery=Delivery.DOWNLOAD,
    answered=frozenset({"kind", "what", "delivery", "needs"}),
)
A_LITTLE = replace(EVERYTHING, scope=Scope.CATEGORIES, categories=(Category.ALLERGIES,), also_disclosures=False)
ON_PAPER = replace(EVERYTHING, delivery=Delivery.PICK_UP)  # what costs something by the page
QUESTION = "Which of your two visits in March do you mean, the first or the second?"


def drafted(work_as: WorkAs, name: str = "mei", wishes: Wishes = EVERYTHING) -> str:
    """A draft with every answer in it; gives its key."""
    with work_as(name) as work:
        draft = access_requests.start(work, patients.acts_for(work)[0])
        access_requests.save(work, draft, wishes)
        return str(draft.id)


def sent(work_as: WorkAs, name: str = "mei", wishes: Wishes = EVERYTHING) -> str:
    with work_as(name) as work:
        draft = access_requests.start(work, patients.acts_for(work)[0])
        access_requests.save(work, draft, wishes)
        access_requests.send(work, draft)
        assert draft.reference
        return draft.reference


def gathering(work_as: WorkAs, name: str = "mei", wishes: Wishes = EVERYTHING) -> str:
    reference = sent(work_as, name, wishes)
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        identity.check_identity(work, request, "call_back", "")
        access_requests.begin(work, request)
        reviews.gather(work, request)
    return reference


def asked(work_as: WorkAs, name: str = "mei") -> str:
    reference = gathering(work_as, name)
    with work_as("dov") as work:
        questions.ask(work, access_requests.find(work, reference), QUESTION)
    return reference


def estimated(work_as: WorkAs, name: str = "mei") -> str:
    """140 pages, of which 40 are free, at 25 cents: 25 dollars."""
    reference = gathering(work_as, name, ON_PAPER)
    with work_as("dov") as work:
        fees.estimate(work, access_requests.find(work, reference), {"pages": 140}, deposit=False)
    return reference


def released(work_as: WorkAs, name: str = "mei") -> str:
    """Little was asked for and all of it is released; the package waits for the worker."""
    reference = gathering(work_as, name, A_LITTLE)
    with work_as("dov") as work:
        access_requests.refer(work, access_requests.find(work, reference))
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        for line in review_items.lines(work, request):
            reviews.judge(work, request, line.id, Decision.RELEASE, None, judgements.Reasoning())
        reviews.sign(work, request, judgements.digest(work, request))
    with work_as("esi") as work:
        request = access_requests.find(work, reference)
        releases.release(work, request, releases.shown_digest(work, request))
    return reference


def ready(work_as: WorkAs, worker: Worker, name: str = "mei") -> str:
    reference = released(work_as, name)
    worker.drain()
    return reference


def ben_acts_for_mei_too(edge: Edge, work_as: WorkAs) -> dict[str, str]:
    """The keys of the two people that Ben then acts for."""
    with work_as("mei", writes=False) as work:
        mei = patients.own(work).id
    with work_as("amina", writes=False) as work:
        amina = patients.own(work).id
    with work_as("ben", writes=False) as work:
        ben, today = work.actor.id, work.today
    with edge.sessions() as db, db.begin():
        db.add(power_over(mei, ben, today, edge.now()))
    return {"mei": str(mei), "amina": str(amina)}


def power_over(patient_id: UUID, account_id: UUID, today: date, at: datetime, **more: Any) -> Representation:
    """A power that was checked today: a representation agreement over everything, unless said otherwise."""
    facts = {"power": "representation_agreement", "rights": " ".join(sorted(Right)), "starts_on": today}
    checked = {"registered_at": at, "verified_at": at, "verified_how": "original_seen"}
    return Representation(patient_id=patient_id, account_id=account_id, **facts | checked | more)
