"""The physician's review: every item of a request looked at, judged with its ground and facts, and signed."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from portal.domain import reviews as rules
from portal.domain import severing
from portal.domain.access_requests import Outcome
from portal.domain.errors import Invalid, NotPossible
from portal.domain.jurisdictions import Ground
from portal.domain.policy import Permission
from portal.domain.record_items import Category
from portal.domain.reviews import Decision
from portal.domain.words import _
from portal.models.access_requests import AccessRequest
from portal.models.record_items import Judgement
from portal.services import access_requests, audit, cases, clocks, record_items
from portal.services.judgements import (
    Reasoning,
    count,
    decide,
    digest,
    find,
    judgements,
    keep_reasoning,
    leave_open,
    rows_in_order,
)
from portal.services.record_items import Shown
from portal.services.work import Work


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
    count(work, request)
    return place


def grounds(work: Work, request: AccessRequest) -> tuple[Ground, ...]:
    """What may be withheld under: what the law demands first, then what it allows and the clinic's settings name."""
    work.must(Permission.RECORD_READ, request)
    return rules.enabled_grounds(clocks.rules_of(request), work.clinic.further_grounds)


def judge(
    work: Work, request: AccessRequest, judgement_id: UUID, decision: Decision, ground: str | None, reasoning: Reasoning
) -> None:
    """Decide on one item. Raises Invalid, naming the field, when the law asks for more."""
    cases.check(work, request, "judge")
    row = find(work, request, judgement_id)
    shown = record_items.show(work, row.item)
    reasoning = replace(reasoning, quotes=tuple(dict.fromkeys(q.strip() for q in reasoning.quotes if q.strip())))
    if decision is Decision.SEVER:
        severing.check(shown.blocks, reasoning.passages, reasoning.quotes, shown.title, reasoning.files_looked_at)
    rules.check_judgement(
        clocks.rules_of(request),
        decision,
        ground or None,
        evidence=reasoning.evidence,
        facts=reasoning.facts,
        passages=len(reasoning.passages) + len(reasoning.quotes) if decision is Decision.SEVER else 0,
        severable=severing.severable(shown.blocks),
        why_not_severing=reasoning.why_not_severing,
        balance=reasoning.balance,
        enabled=work.clinic.further_grounds,
    )
    if decision is Decision.RELEASE:
        decide(work, row, decision)
    else:
        _check_explanation(decision, shown, reasoning)
        decide(work, row, decision, ground)
        keep_reasoning(work, request, row, reasoning)
    facts = {"item": str(row.item_id), "decision": decision.value}
    audit.record_of(work, "review.judged", request, **facts)
    work.db.flush()
    count(work, request)


def begin(
    work: Work, request: AccessRequest, judgement_id: UUID, wanted: Decision, ground: str | None, reasoning: Reasoning
) -> None:
    """Remember what was begun and refused, with all that was said: until it is finished the entry has no decision.

    Otherwise an entry she means to keep back would be released together with the rest.
    """
    cases.check(work, request, "judge")
    row = find(work, request, judgement_id)
    offered = {each.id for each in grounds(work, request)}
    leave_open(row, wanted, ground if ground in offered else None)
    keep_reasoning(work, request, row, reasoning)
    facts = {"item": str(row.item_id), "decision": wanted.value}
    audit.record_of(work, "review.begun", request, **facts)
    work.db.flush()
    count(work, request)


def _check_explanation(decision: Decision, shown: Shown, reasoning: Reasoning) -> None:
    if len(reasoning.explanation) > rules.LONGEST_ANSWER:
        raise Invalid(_("Use at most %(n)s characters here.", n=rules.LONGEST_ANSWER), "explanation")
    if decision is Decision.SEVER:
        severing.check_explanation(reasoning.explanation, shown.blocks, reasoning.passages, reasoning.quotes)
    else:
        severing.check_explanation_of_withheld(reasoning.explanation, shown.blocks)


def release_remaining(work: Work, request: AccessRequest) -> tuple[int, int]:
    """Release every item that has no decision, none begun and no flag. Gives (released, left to be looked at)."""
    cases.check(work, request, "judge")
    undecided = [row for row in rows_in_order(work, request) if row.decision is None]
    plain = [row for row in undecided if row.begun is None and row.item.concerns_sealed is None]
    for row in plain:
        decide(work, row, Decision.RELEASE)
    audit.record_of(work, "review.released_remaining", request, n=str(len(plain)))
    work.db.flush()
    count(work, request)
    return len(plain), len(undecided) - len(plain)


def outcome(work: Work, request: AccessRequest) -> Outcome:
    """How the request ends if it is signed now. Raises NotPossible while something is open."""
    judged = judgements(work, request)
    rules.check_complete(clocks.rules_of(request), judged)
    return rules.outcome(j.decision for j in judged if j.decision)


def sign(work: Work, request: AccessRequest, shown_digest: str) -> None:
    """The physician signs what was shown: the outcome follows from the judgements, and nothing changes after."""
    cases.check(work, request, "sign")
    if shown_digest != digest(work, request):
        raise NotPossible(_("Something in this review changed since you looked. Look at it again, then sign."))
    cases.take(work, request, "sign", outcome=outcome(work, request))


def send_back(work: Work, request: AccessRequest, note: str) -> None:
    """Back to the front office: something of the record is missing."""
    cases.take(work, request, "send_back", note=access_requests.written(note, "note", _("Say what is missing.")))


def return_review(work: Work, request: AccessRequest, note: str) -> None:
    """The office returns a signed review to the physician, with the reason."""
    words = access_requests.written(note, "note", _("Say what has to be looked at again."))
    cases.take(work, request, "return_review", note=words)
