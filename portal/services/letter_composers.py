"""What each letter about a request says: from the case to the words of the domain."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from portal.domain import letters as compose
from portal.domain.access_requests import Delivery, Mode
from portal.domain.letters import Given, Letter, LetterFacts, NotGiven, Recipient
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.reviews import Decision
from portal.domain.words import _
from portal.services import (
    access_requests,
    contact_plans,
    disclosures,
    judgements,
)
from portal.services.sealing import unseal_json
from portal.services.work import Work

PACKAGE_LASTS = timedelta(days=90)


def _request(work: Work, case: Any, facts: LetterFacts, _more: dict[str, Any]) -> Letter:
    return compose.request_letter(facts, access_requests.wishes_of(work, case))


def _extension(work: Work, case: Any, facts: LetterFacts, more: dict[str, Any]) -> Letter:
    return compose.extension(
        replace(facts, due=more["before"]), more["due"], more["ground"], more.get("explanation", "")
    )


def _decision(work: Work, case: Any, facts: LetterFacts, _more: dict[str, Any]) -> Letter:
    given, not_given = given_and_not(work, case)
    return compose.decision(facts, given, not_given, recipients(work, case))


def _refusal(work: Work, case: Any, facts: LetterFacts, _more: dict[str, Any]) -> Letter:
    _given, not_given = given_and_not(work, case)
    silent = {each.ground for each in not_given} <= facts.profile.confirm_or_deny.grounds
    if not_given and silent and work.clinic.neither_confirm_nor_deny:
        return compose.not_confirmed(facts)
    return compose.refusal(facts, not_given, recipients(work, case))


def _ready(work: Work, case: Any, facts: LetterFacts, _more: dict[str, Any]) -> Letter:
    if case.mode == Mode.VIEW:
        return compose.ready(facts, None)
    until = package_until(work) if case.delivery == Delivery.DOWNLOAD else None
    return compose.ready(facts, Delivery(case.delivery), until)


def _kept(work: Work, case: Any, facts: LetterFacts, more: dict[str, Any]) -> Letter:
    return compose.estimate_outcome(facts, more["estimate"], waived=False, reason=more["reason"])


COMPOSERS: dict[str, Any] = {
    "request": _request,
    "acknowledgement": lambda work, case, facts, more: compose.acknowledgement(facts),
    "question": lambda work, case, facts, more: compose.question(facts, more["question"], work.actor.name),
    "estimate": lambda work, case, facts, more: compose.estimate(facts, more["estimate"]),
    "fee_waived": lambda work, case, facts, more: compose.estimate_outcome(facts, more["estimate"], waived=True),
    "fee_kept": _kept,
    "extension": _extension,
    "no_record": lambda work, case, facts, more: compose.no_record(facts, more["searched"].splitlines()),
    "decision": _decision,
    "refusal": _refusal,
    "ready": _ready,
    "withdrawal": lambda work, case, facts, more: compose.withdrawal(facts),
}


def given_and_not(work: Work, case: Any) -> tuple[list[Given], list[NotGiven]]:
    """What is given, by kind, and what is not, with the ground: nothing of what is withheld is told."""
    counts: dict[Category, int] = {}
    not_given: list[NotGiven] = []
    for row in judgements.rows_in_order(work, case):
        category = Category(row.item.category)
        if row.decision in (Decision.RELEASE, Decision.SEVER):
            counts[category] = counts.get(category, 0) + 1
        if row.decision in (Decision.SEVER, Decision.WITHHOLD):
            not_given.append(_not_given(work, case, row))
    given = [Given(_(CATEGORY_NAMES[category]), counts[category]) for category in Category if category in counts]
    return given, not_given


def _not_given(work: Work, case: Any, row: Any) -> NotGiven:
    reasoning = unseal_json(work, case.patient_id, row, "reasoning_sealed") or {}
    whole = row.decision == Decision.WITHHOLD
    return NotGiven(*_named(row.item), row.ground_id, whole, reasoning.get("explanation", ""))


def _named(item: Any) -> tuple[str, date | None]:
    """The entry's kind and day, no more exactly than the source says it."""
    name = judgements.called(item)
    return (f"{name}, {item.occurred_in_words}", None) if item.occurred_in_words else (name, item.occurred_on)


def recipients(work: Work, case: Any) -> list[Recipient]:
    """Everybody the patient's information went to, by name, as whoever asked may be told."""
    return [each for each, _purpose in recipients_with_purpose(work, case)]


def recipients_with_purpose(work: Work, case: Any) -> list[tuple[Recipient, str]]:
    """The same with why. What is hers alone stands in no letter that who acts for her could read: her page has it."""
    alone = not contact_plans.somebody_represents(work, case.patient_id)
    return [
        (Recipient(row.recipient, row.disclosed_on, description), purpose)
        for row, purpose, description in disclosures.recorded(work, case.patient_id, to_herself=alone)
    ]


def package_until(work: Work) -> date:
    """The last day a package made today can be downloaded."""
    return work.today + PACKAGE_LASTS
