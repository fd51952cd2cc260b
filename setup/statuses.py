"""Every situation a case can be in, with the sentence each person reads: drawn as docs/status.md, held by tests."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from portal.domain import access_requests as ar
from portal.domain import accuracy_notes as an
from portal.domain import complaints as co
from portal.domain import consent_changes as cc
from portal.domain.cases import KINDS
from portal.domain.standing import Names
from portal.domain.status import PERSON_NAMES, Person, say

KIND_TITLES = {
    "access_request": "An access request",
    "consent_change": "A consent change",
    "accuracy_note": "An accuracy note",
    "complaint": "A complaint",
}
NAMES = Names("Amina Haddad", "Dr Femi Adeyemi", "Tuesday 2 February 2027")
PLAIN: dict[str, Any] = {
    "outcome": None, "waiting_for": None, "fee_stage": ar.FeeStage.NONE, "delivery": ar.Delivery.DOWNLOAD,
    "mode": ar.Mode.COPY, "identity_checked_at": None, "items_gathered": 0, "items_released": 3,
    "package_failed": False, "change": cc.Change.GRANT, "tasks_open": 0, "notices_open": 0,
    "statement_awaited": False, "questions_open": 0,
}  # fmt: skip


def case(kind: str, stage: Any, **facts: Any) -> Any:
    """A case of that kind at that stage, as plain as it can be but for ``facts``."""
    return SimpleNamespace(**{**PLAIN, "kind": kind, "stage": stage, **facts})


def access_requests() -> Iterator[tuple[str, Any]]:
    """Every situation of an access request, with a name for it."""
    s = ar.Stage
    found: tuple[tuple[ar.Stage, str, dict[str, Any]], ...] = (
        (s.DRAFT, "draft", {}),
        (s.RECEIVED, "received, identity not checked", {}),
        (s.RECEIVED, "received, identity checked", {"identity_checked_at": "now"}),
        (s.GATHERING, "gathering", {}),
        (s.GATHERING, "gathered", {"items_gathered": 3}),
        (s.GATHERING, "a waiver is asked", {"fee_stage": ar.FeeStage.WAIVER_ASKED}),
        (s.GATHERING, "the fee is declined", {"fee_stage": ar.FeeStage.DECLINED}),
        (s.AWAITING_PATIENT, "a fee is to be answered", {"waiting_for": ar.Waiting.FEE}),
        (s.AWAITING_PATIENT, "a question is to be answered", {"waiting_for": ar.Waiting.QUESTION}),
        (s.IN_REVIEW, "in review", {}),
        (s.DECIDING, "signed, something is given", {}),
        (s.DECIDING, "signed, nothing is given", {"items_released": 0}),
        (s.PREPARING, "the package is made", {}),
        (s.PREPARING, "the package failed", {"package_failed": True}),
        (s.READY, "ready to be viewed", {"mode": ar.Mode.VIEW}),
        *((s.READY, f"ready: {each.value.replace('_', ' ')}", {"delivery": each}) for each in ar.Delivery),
        (s.DELIVERED, "delivered", {}),
        *((s.CLOSED, f"closed: {name}", {"outcome": each}) for each, name in ar.OUTCOME_NAMES.items()),
    )
    for stage, name, facts in found:
        yield name, case("access_request", stage, **facts)


def consent_changes() -> Iterator[tuple[str, Any]]:
    """Every situation of a consent change that lasts longer than a moment."""
    s = cc.Stage
    for change, name in cc.CHANGE_NAMES.items():
        tasks = {"tasks_open": 2} if change in (cc.Change.WITHDRAWAL, cc.Change.END) else {}
        if change != cc.Change.REFUSAL:
            yield f"{name}: received", case("consent_change", s.RECEIVED, change=change, **tasks)
            yield f"{name}: with the physician", case("consent_change", s.IN_REVIEW, change=change, **tasks)
        if change not in (cc.Change.GRANT, cc.Change.REFUSAL):
            yield f"{name}: telling others", case("consent_change", s.TASKS, change=change, tasks_open=2)
            yield f"{name}: everybody is told", case("consent_change", s.TASKS, change=change)
    for change, outcome in (
        (cc.Change.REFUSAL, cc.Outcome.DECLINED),
        *((cc.Change.GRANT, each) for each in (cc.Outcome.GRANTED, cc.Outcome.DECLINED, cc.Outcome.WITHDRAWN)),
        (cc.Change.WITHDRAWAL, cc.Outcome.WITHDRAWN),
        (cc.Change.END, cc.Outcome.EXPIRED),
    ):
        name = f"{cc.CHANGE_NAMES[change]}: {cc.OUTCOME_NAMES[outcome]}"
        yield name, case("consent_change", s.DONE, change=change, outcome=outcome)


def accuracy_notes() -> Iterator[tuple[str, Any]]:
    """Every situation of an accuracy note."""
    s = an.Stage
    yield "received", case("accuracy_note", s.RECEIVED)
    yield "with the physician", case("accuracy_note", s.IN_REVIEW)
    for outcome in an.CHOICES:
        name = an.OUTCOME_NAMES[outcome]
        yield f"{name}: telling others", case("accuracy_note", s.TELLING, outcome=outcome, notices_open=1)
        yield f"{name}: everybody is told", case("accuracy_note", s.TELLING, outcome=outcome)
        if outcome in an.NOT_ALL:
            yield (
                f"{name}: a statement may come",
                case("accuracy_note", s.TELLING, outcome=outcome, statement_awaited=True),
            )
    for outcome, name in an.OUTCOME_NAMES.items():
        yield f"done: {name}", case("accuracy_note", s.DONE, outcome=outcome)


def complaints() -> Iterator[tuple[str, Any]]:
    """Every situation of a complaint, the rungs outside too."""
    for stage, name in co.STAGE_NAMES.items():
        if stage == co.Stage.OUTSIDE:
            yield "an office outside asks", case("complaint", stage, questions_open=1)
        if stage not in (co.Stage.DRAFT, co.Stage.CLOSED):
            yield name, case("complaint", stage)
    for outcome, name in co.OUTCOME_NAMES.items():
        yield f"closed: {name}", case("complaint", co.Stage.CLOSED, outcome=outcome)


def situations() -> Iterator[tuple[str, str, Any]]:
    """Kind, name and facts of each."""
    for kind, found in zip(KINDS, (access_requests, consent_changes, accuracy_notes, complaints), strict=True):
        for name, facts in found():
            yield kind, name, facts


def drawn(note: str) -> str:
    """The page: every sentence of every situation, a table for each kind of case."""
    lines = ["# Where a case stands, in words", "", note, "", *SAYS, ""]
    for kind, title in KIND_TITLES.items():
        lines += [f"## {title}", "", f"| | {' | '.join(PERSON_NAMES.values())} |", f"| --- |{' --- |' * len(Person)}"]
        for each, name, facts in situations():
            if each == kind:
                lines.append(f"| {name} | {' | '.join(say(facts, {person}, NAMES) for person in Person)} |")
        lines.append("")
    return "\n".join(lines)


SAYS = (
    "Who waits for whom, by when, and what comes next, as each person reads it at the head of the case. The names and",
    "the date are an example. Where a date has passed, the office's page adds how many days. Whoever is not to see a",
    "case, such as the person a complaint names or a physician of another patient, never gets to it, so there is no",
    "sentence.",
)
