"""The physician's review: every item of a request looked at, judged with its ground and facts, and signed."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from portal.domain import reviews as rules
from portal.domain import severing
from portal.domain.errors import NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.record_items import Category
from portal.domain.reviews import Decision, HarmEvidence, Judged
from portal.domain.words import _
from portal.models.access_requests import AccessRequest
from portal.models.record_items import Judgement, RecordItem
from portal.services import access_requests, audit, cases, clocks, record_items
from portal.services.record_items import Shown
from portal.services.sealing import seal_json, unseal, unseal_json
from portal.services.work import Work


@dataclass(frozen=True)
class Reasoning:
    """What stands behind a judgement: the passages and words to take out, and the facts of the ground."""

    passages: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    facts: str = ""
    why_not_severing: str = ""
    evidence: HarmEvidence = field(default_factory=HarmEvidence)
    explanation: str = ""

    @classmethod
    def from_json(cls, value: dict[str, Any] | None) -> "Reasoning":
        if not value:
            return cls()
        plain = {**value, "passages": tuple(value["passages"]), "quotes": tuple(value["quotes"])}
        return cls(**{**plain, "evidence": HarmEvidence(**value["evidence"])})


@dataclass(frozen=True)
class Line:
    """An item in the review's list."""

    id: UUID
    number: int
    category: Category
    occurred_on: date | None
    title: str
    decision: Decision | None
    flagged: bool


@dataclass(frozen=True)
class Opened:
    """The item in the middle of the screen, with the judgement so far."""

    line: Line
    item: Shown
    passages: tuple[severing.Passage, ...]
    ground: str | None
    reasoning: Reasoning
    next_id: UUID | None
    previous_id: UUID | None


def gather(work: Work, request: AccessRequest) -> int:
    """Lay the items that the request covers before the reviewer; new ones are added, none dropped. Gives the count."""
    cases.take(work, request, "gather")
    wishes = access_requests.wishes_of(work, request)
    there = set(work.db.scalars(select(Judgement.item_id).where(Judgement.case_id == request.id)))
    place = len(there)
    for item in record_items.items_of(work, request.patient_id):
        if item.id not in there and wishes.covers(Category(item.category), item.occurred_on):
            place += 1
            work.db.add(Judgement(case_id=request.id, item_id=item.id, position=place))
    work.db.flush()
    _count(work, request)
    return place


def lines(work: Work, request: AccessRequest) -> list[Line]:
    """The list on the left: every item with its mark, in the order of a package."""
    work.must(Permission.RECORD_READ, request)
    return [_line(work, number, row) for number, row in enumerate(_rows(work, request), 1)]


def counts(work: Work, request: AccessRequest) -> list[tuple[Category, int]]:
    """How many items of each kind lie in the request: what the office sees of them."""
    work.must(Permission.REQUEST_VIEW, request)
    query = select(RecordItem.category).join(Judgement, Judgement.item_id == RecordItem.id)
    found = Counter(work.db.scalars(query.where(Judgement.case_id == request.id)))
    return [(category, found[category]) for category in Category if found[category]]


def tally(work: Work, request: AccessRequest) -> dict[str, int]:
    """How many items have which decision; ``open`` counts those without."""
    work.must(Permission.REQUEST_VIEW, request)
    query = select(Judgement.decision, func.count()).where(Judgement.case_id == request.id).group_by(Judgement.decision)
    return {decision or "open": number for decision, number in work.db.execute(query)}


def open_item(work: Work, request: AccessRequest, judgement_id: UUID | None) -> Opened:
    """An item as the patient will see it; the first without a decision when none is named. Leaves a trace."""
    work.must(Permission.RECORD_READ, request)
    listed = lines(work, request)
    if not listed:
        raise NotPossible(_("There is nothing to review yet."))
    wanted = judgement_id or next((line.id for line in listed if line.decision is None), listed[0].id)
    place = next((place for place, line in enumerate(listed) if line.id == wanted), None)
    if place is None:
        raise NotFound(_("There is no such item in this request."))
    row = work.db.get_one(Judgement, wanted)
    item = record_items.show(work, row.item)
    audit.record(work, "record.read", request.patient_id, reference=request.reference or "", item=str(row.item_id))
    return Opened(
        line=listed[place],
        item=item,
        passages=tuple(severing.passages(item.blocks)),
        ground=row.ground_id,
        reasoning=reasoning_of(work, request, row),
        next_id=listed[place + 1].id if place + 1 < len(listed) else None,
        previous_id=listed[place - 1].id if place else None,
    )


def judge(
    work: Work, request: AccessRequest, judgement_id: UUID, decision: Decision, ground: str | None, reasoning: Reasoning
) -> None:
    """Decide on one item. Raises Invalid, naming the field, when the law asks for more."""
    cases.check(work, request, "judge")
    row = _row(work, request, judgement_id)
    shown = record_items.show(work, row.item)
    severable = any(True for _passage in severing.passages(shown.blocks))
    if decision is Decision.SEVER:
        severing.check(shown.blocks, reasoning.passages, reasoning.quotes)
    rules.check_judgement(
        clocks.rules_of(request),
        decision,
        ground or None,
        evidence=reasoning.evidence,
        facts=reasoning.facts,
        passages=len(reasoning.passages) + len(reasoning.quotes) if decision is Decision.SEVER else 0,
        severable=severable,
        why_not_severing=reasoning.why_not_severing,
    )
    kept = Reasoning() if decision is Decision.RELEASE else reasoning
    _decide(work, row, decision, ground if decision is not Decision.RELEASE else None)
    seal_json(work, request.patient_id, row, "reasoning_sealed", asdict(kept))
    audit.record(
        work,
        "review.judged",
        request.patient_id,
        reference=request.reference or "",
        item=str(row.item_id),
        decision=decision.value,
    )
    work.db.flush()
    _count(work, request)


def release_remaining(work: Work, request: AccessRequest) -> tuple[int, int]:
    """Release every item that has no decision and no flag. Gives (released, left because they are flagged)."""
    cases.check(work, request, "judge")
    undecided = [row for row in _rows(work, request) if row.decision is None]
    plain = [row for row in undecided if row.item.concerns_sealed is None]
    for row in plain:
        _decide(work, row, Decision.RELEASE, None)
    audit.record(
        work, "review.released_remaining", request.patient_id, reference=request.reference or "", n=str(len(plain))
    )
    work.db.flush()
    _count(work, request)
    return len(plain), len(undecided) - len(plain)


def sign(work: Work, request: AccessRequest, shown_digest: str) -> None:
    """The physician signs what was shown: the outcome follows from the judgements, and nothing changes after."""
    cases.check(work, request, "sign")
    if shown_digest != digest(work, request):
        raise NotPossible(_("Something in this review changed since you looked. Look at it again, then sign."))
    judged = judgements(work, request)
    rules.check_complete(clocks.rules_of(request), judged)
    cases.take(work, request, "sign", outcome=rules.outcome(j.decision for j in judged if j.decision))


def send_back(work: Work, request: AccessRequest, note: str) -> None:
    """Back to the front office: something of the record is missing."""
    cases.take(work, request, "send_back", note=access_requests.written(note, "note", _("Say what is missing.")))


def return_review(work: Work, request: AccessRequest, note: str) -> None:
    """The office returns a signed review to the physician, with the reason."""
    cases.take(
        work,
        request,
        "return_review",
        note=access_requests.written(note, "note", _("Say what has to be looked at again.")),
    )


def judgements(work: Work, request: AccessRequest) -> list[Judged]:
    """Every judgement in plain values; titles only where something is not given."""
    work.must(Permission.REQUEST_VIEW, request)
    return [_judged(work, request, row) for row in _rows(work, request)]


def digest(work: Work, request: AccessRequest) -> str:
    """What a signature is bound to: every decision with its ground and reasons, in order."""
    work.must(Permission.REQUEST_VIEW, request)
    whole = hashlib.sha256()
    for row in _rows(work, request):
        reasoning = unseal(work, request.patient_id, row, "reasoning_sealed")
        whole.update(json.dumps([str(row.item_id), row.decision, row.ground_id, reasoning]).encode())
    return whole.hexdigest()


def reasoning_of(work: Work, request: AccessRequest, row: Judgement) -> Reasoning:
    work.must(Permission.RECORD_READ, request)
    return Reasoning.from_json(unseal_json(work, request.patient_id, row, "reasoning_sealed"))


def rows_in_order(work: Work, request: AccessRequest) -> list[Judgement]:
    """The judgements as rows, for whoever binds the package or writes the letter."""
    work.must(Permission.REQUEST_VIEW, request)
    return list(_rows(work, request))


def _rows(work: Work, request: AccessRequest) -> Iterable[Judgement]:
    order = list(Category)
    rows = work.db.scalars(select(Judgement).where(Judgement.case_id == request.id)).all()
    return sorted(
        rows, key=lambda r: (order.index(Category(r.item.category)), r.item.occurred_on or date.min, r.position)
    )


def _row(work: Work, request: AccessRequest, judgement_id: UUID) -> Judgement:
    row = work.db.get(Judgement, judgement_id)
    if row is None or row.case_id != request.id:
        raise NotFound(_("There is no such item in this request."))
    return row


def _decide(work: Work, row: Judgement, decision: Decision, ground: str | None) -> None:
    row.decision, row.ground_id = decision, ground
    row.decided_by_id, row.decided_at = work.actor.id, work.now


def _count(work: Work, request: AccessRequest) -> None:
    found = tally(work, request)
    request.items_gathered = sum(found.values())
    request.items_judged = request.items_gathered - found.get("open", 0)
    request.items_released = found.get(Decision.RELEASE, 0) + found.get(Decision.SEVER, 0)


def _line(work: Work, number: int, row: Judgement) -> Line:
    return Line(
        id=row.id,
        number=number,
        category=Category(row.item.category),
        occurred_on=row.item.occurred_on,
        title=record_items.title_of(work, row.item),
        decision=Decision(row.decision) if row.decision else None,
        flagged=row.item.concerns_sealed is not None,
    )


def _judged(work: Work, request: AccessRequest, row: Judgement) -> Judged:
    if row.decision in (None, Decision.RELEASE):
        return Judged("", Decision(row.decision) if row.decision else None)
    shown = record_items.show(work, row.item)
    reasoning = Reasoning.from_json(unseal_json(work, request.patient_id, row, "reasoning_sealed"))
    why = reasoning.why_not_severing or reasoning.evidence.why_not_severing
    severable = any(True for _passage in severing.passages(shown.blocks))
    return Judged(shown.title, Decision(row.decision), row.ground_id, severable, why)
