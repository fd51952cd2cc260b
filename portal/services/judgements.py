"""What the review holds: the entries of a request in order, each with its decision and what stands behind it."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload

from portal.domain import severing
from portal.domain.errors import NotFound
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.reviews import Decision, HarmEvidence, Judged
from portal.domain.words import _
from portal.models.access_requests import AccessRequest
from portal.models.record_items import Judgement, RecordItem
from portal.services import record_items
from portal.services.sealing import seal_json, unseal, unseal_json
from portal.services.work import Work

# What came from the EMR stays where it is: neither a page nor a package reads the original.
WITHOUT_ORIGINAL = joinedload(Judgement.item, innerjoin=True).options(defer(RecordItem.original_sealed))
ORDER = {category: place for place, category in enumerate(Category)}


@dataclass(frozen=True)
class Reasoning:
    """What stands behind a judgement: the passages and words to take out, and the facts of the ground.

    ``files_looked_at`` says that files which stay show nothing of what is taken out; the patient reads ``explanation``.
    ``balance`` says why something is kept back that the law would let her have.
    """

    passages: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    facts: str = ""
    why_not_severing: str = ""
    evidence: HarmEvidence = field(default_factory=HarmEvidence)
    explanation: str = ""
    files_looked_at: bool = False
    balance: str = ""

    @classmethod
    def from_json(cls, value: dict[str, Any] | None) -> "Reasoning":
        if not value:
            return cls()
        plain = {**value, "passages": tuple(value["passages"]), "quotes": tuple(value["quotes"])}
        return cls(**{**plain, "evidence": HarmEvidence(**value["evidence"])})


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of a request as it stands in the order of the package, unopened.

    ``begun`` is what the physician began to do with it and has not finished, ``replaced`` says that a newer version
    of it has come in since.
    """

    id: UUID
    item_id: UUID
    number: int
    category: Category
    occurred_on: date | None
    occurred_in_words: str | None
    decision: Decision | None
    flagged: bool
    begun: Decision | None = None
    replaced: bool = False

    @property
    def plain(self) -> bool:
        """Whether it may be released together with others: no decision, none begun, and nothing to look at twice."""
        return self.decision is None and self.begun is None and not self.flagged


def called(item: RecordItem) -> str:
    """What a patient is told an entry is that is not given: its kind, and nothing of what it says."""
    kind = _(CATEGORY_NAMES[Category(item.category)])
    return _("%(kind)s (an earlier version)", kind=kind) if item.replaced_by_id else kind


def places(work: Work, request: AccessRequest) -> list[Place]:
    """Every entry of the request in order, without a word of what it says."""
    work.must(Permission.RECORD_READ, request)
    query = (
        select(
            Judgement.id,
            Judgement.item_id,
            Judgement.position,
            Judgement.decision,
            RecordItem.category,
            RecordItem.occurred_on,
            RecordItem.occurred_in_words,
            RecordItem.concerns_sealed.is_not(None).label("flagged"),
            Judgement.begun,
            RecordItem.replaced_by_id.is_not(None).label("replaced"),
        )
        .join(RecordItem, RecordItem.id == Judgement.item_id)
        .where(Judgement.case_id == request.id)
    )
    found = sorted(work.db.execute(query), key=lambda row: _order(row.category, row.occurred_on, row.position))
    return [
        Place(
            id=row.id,
            item_id=row.item_id,
            number=number,
            category=Category(row.category),
            occurred_on=row.occurred_on,
            occurred_in_words=row.occurred_in_words,
            decision=_decision(row.decision),
            flagged=row.flagged,
            begun=_decision(row.begun),
            replaced=row.replaced,
        )
        for number, row in enumerate(found, 1)
    ]


def _decision(word: str | None) -> Decision | None:
    return Decision(word) if word else None


def _order(category: str, day: date | None, position: int) -> tuple[int, int, int]:
    """As in the package: by kind, the newest first, what has no date last."""
    return ORDER[Category(category)], -(day.toordinal() if day else 0), position


def rows_in_order(work: Work, request: AccessRequest) -> list[Judgement]:
    """The judgements as rows, for whoever binds the package or writes the letter."""
    work.must(Permission.REQUEST_VIEW, request)
    rows = work.db.scalars(select(Judgement).options(WITHOUT_ORIGINAL).where(Judgement.case_id == request.id))
    return sorted(rows, key=lambda row: _order(row.item.category, row.item.occurred_on, row.position))


def find(work: Work, request: AccessRequest, judgement_id: UUID) -> Judgement:
    """An entry of this request. Raises NotFound."""
    query = select(Judgement).options(WITHOUT_ORIGINAL).where(Judgement.id == judgement_id)
    row = work.db.scalars(query.where(Judgement.case_id == request.id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such entry in this request."))
    return row


def decide(work: Work, row: Judgement, decision: Decision, ground: str | None = None) -> None:
    """Put a decision on a row; what stood behind an earlier one does not stay behind a release."""
    row.decision, row.ground_id, row.begun = decision, ground, None
    row.decided_by_id, row.decided_at = work.actor.id, work.now
    if decision is Decision.RELEASE:
        row.reasoning_sealed = None


def leave_open(row: Judgement, begun: Decision, ground: str | None) -> None:
    """Note what was begun and not finished: from now on the entry has no decision, whatever it had before."""
    row.decision, row.ground_id, row.begun = None, ground, begun
    row.decided_by_id = row.decided_at = None


def keep_reasoning(work: Work, request: AccessRequest, row: Judgement, reasoning: Reasoning) -> None:
    """Seal what stands behind a judgement into its row."""
    seal_json(work, request.patient_id, row, "reasoning_sealed", asdict(reasoning))


def reasoning_of(work: Work, request: AccessRequest, row: Judgement) -> Reasoning:
    """What stands behind a judgement; empty where nothing had to be said."""
    work.must(Permission.RECORD_READ, request)
    return _reasoning(work, request, row)


def _reasoning(work: Work, request: AccessRequest, row: Judgement) -> Reasoning:
    return Reasoning.from_json(unseal_json(work, request.patient_id, row, "reasoning_sealed"))


def counts(work: Work, request: AccessRequest) -> list[tuple[Category, int]]:
    """How many items of each kind lie in the request: what the office sees of them."""
    work.must(Permission.REQUEST_VIEW, request)
    return record_items.per_category(work, Judgement.item_id == RecordItem.id, Judgement.case_id == request.id)


def tally(work: Work, request: AccessRequest) -> dict[str, int]:
    """How many items have which decision; ``open`` counts those without."""
    work.must(Permission.REQUEST_VIEW, request)
    query = select(Judgement.decision, func.count()).where(Judgement.case_id == request.id).group_by(Judgement.decision)
    return {decision or "open": number for decision, number in work.db.execute(query)}


def count(work: Work, request: AccessRequest) -> None:
    """Bring what the request itself says of its decisions, which workflow, policy and sentence read, up to date."""
    found = tally(work, request)
    request.items_gathered = sum(found.values())
    request.items_judged = request.items_gathered - found.get("open", 0)
    request.items_released = found.get(Decision.RELEASE, 0) + found.get(Decision.SEVER, 0)
    deciders = select(Judgement.decided_by_id).where(
        Judgement.case_id == request.id, Judgement.decided_by_id.is_not(None)
    )
    request.judged_by = " ".join(sorted(str(key) for key in work.db.scalars(deciders.distinct())))


def judgements(work: Work, request: AccessRequest) -> list[Judged]:
    """Every judgement in plain values; titles only where something is not given."""
    work.must(Permission.RECORD_READ, request)
    return [_judged(work, request, row) for row in rows_in_order(work, request)]


def _judged(work: Work, request: AccessRequest, row: Judgement) -> Judged:
    if row.decision in (None, Decision.RELEASE):
        return Judged("", _decision(row.decision))
    shown = record_items.show(work, row.item)
    reasoning = _reasoning(work, request, row)
    why = reasoning.why_not_severing or reasoning.evidence.why_not_severing
    return Judged(shown.title, Decision(row.decision), row.ground_id, severing.severable(shown.blocks), why)


def digest(work: Work, request: AccessRequest) -> str:
    """What a signature is bound to: every decision with its ground and reasons, in order."""
    whole = hashlib.sha256()
    for row in rows_in_order(work, request):
        reasoning = unseal(work, request.patient_id, row, "reasoning_sealed")
        whole.update(json.dumps([str(row.item_id), row.decision, row.ground_id, reasoning]).encode())
    return whole.hexdigest()
