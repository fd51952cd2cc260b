"""Bringing a request to where a page of the office is to be looked at, by the people whose step it is."""

from portal.domain.reviews import Decision
from portal.services import access_requests, judgements, review_items, reviews
from tests.web.patient.stages import WorkAs, gathering, sent

__all__ = ["PASSWORD", "WorkAs", "gathering", "referred", "sent", "signed"]

PASSWORD = "demo-portal-2026"
FACTS = "The letter names her sister and what she told the physician in confidence about her own illness."


def referred(work_as: WorkAs, name: str = "mei") -> str:
    """With the physician."""
    reference = gathering(work_as, name)
    with work_as("dov") as work:
        access_requests.refer(work, access_requests.find(work, reference))
    return reference


def signed(work_as: WorkAs, name: str = "mei", *, withheld: int = 0) -> str:
    """Signed by the physician, with the first ``withheld`` entries (or all, below zero) withheld."""
    reference = referred(work_as, name)
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        lines = review_items.lines(work, request)
        held = lines if withheld < 0 else lines[:withheld]
        for line in lines:
            if line in held:
                why = judgements.Reasoning(facts=FACTS, why_not_severing="Every sentence of it names her sister.")
                reviews.judge(work, request, line.id, Decision.WITHHOLD, "other_person", why)
            else:
                reviews.judge(work, request, line.id, Decision.RELEASE, None, judgements.Reasoning())
        reviews.sign(work, request, judgements.digest(work, request))
    return reference
