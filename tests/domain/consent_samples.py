"""Consents of the tests' own, as plain facts."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from portal.domain.consents import Decision, Element, Question, To
from portal.domain.record_items import Category

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
STUDY = To(uuid4(), "researcher", "The Lesion Study")
INSURER = To(uuid4(), "insurer", "Harbour Insurance")
FAMILY = To(uuid4(), "provider", "Dr. Ito")
LAB = To(uuid4(), "provider", "Coast Laboratory")
SITE = To(uuid4(), "clinic", "Our website")


@dataclass
class Sample:
    """A consent in force since noon, unless it says otherwise."""

    purpose: str = "research"
    decision: str = Decision.PERMIT
    recipient_ids: frozenset[UUID] = frozenset({STUDY.id})
    categories: frozenset[Category] = frozenset({Category.RESULTS, Category.REPORTS})
    item_ids: frozenset[UUID] = frozenset()
    everyone: bool = False
    everything: bool = False
    granted_at: datetime | None = NOON
    effective_at: datetime | None = NOON
    refused_at: datetime | None = None
    declined_at: datetime | None = None
    withdrawn_at: datetime | None = None
    ended_at: datetime | None = None
    expires_on: date | None = None
    id: UUID = field(default_factory=uuid4)


def asking(purpose: str, to: To, *information: Element, kinds: dict[UUID, Category] | None = None) -> Question:
    known = kinds or {}
    return Question(
        purpose, to, {each: each if isinstance(each, Category) else known.get(each) for each in information}
    )
