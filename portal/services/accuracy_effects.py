"""What the steps of an accuracy note do: the decision itself, the note beside the entry, the letters."""

from typing import Any

from portal.domain.accuracy_notes import Claim, Decision, Outcome
from portal.domain.letters import Corrected
from portal.services import annotations, correction_notices, letters
from portal.services.accuracy_claims import decision_letter, received_letter
from portal.services.sealing import seal
from portal.services.work import Work


def received(work: Work, case: Any, facts: dict[str, Any]) -> None:
    letters.write(work, case, "note_received", {"letter": received_letter(work, case)})


def decide_note(work: Work, case: Any, facts: dict[str, Any]) -> None:
    decision: Decision = facts["decision"]
    case.outcome, case.reviewer_id, case.decided_on = decision.outcome.value, work.actor.id, work.today
    case.statement_until = facts["about"].statement_until
    for column, words in (("corrected_sealed", decision.corrected), ("reasons_sealed", decision.reasons)):
        if words.strip():
            seal(work, case.patient_id, case, column, words.strip())


def write_annotation(work: Work, case: Any, facts: dict[str, Any]) -> None:
    decision: Decision = facts["decision"]
    claim: Claim = facts["about"].claim
    words = {"claim": claim.to_json(), "corrected": decision.corrected.strip()}
    annotations.write(work, case, annotations.kind_of(decision.outcome), words)


def write_statement(work: Work, case: Any, facts: dict[str, Any]) -> None:
    about: Corrected = facts["about"]
    words = {"claim": about.claim.to_json(), "statement": facts["statement"]}
    annotations.write(work, case, annotations.Kind.STATEMENT, words)
    case.statement_until = None


def no_statement(work: Work, case: Any, facts: dict[str, Any]) -> None:
    case.statement_until = None


def make_notices(work: Work, case: Any, facts: dict[str, Any]) -> None:
    correction_notices.make(work, case, facts["about"])


def tell_decision(work: Work, case: Any, facts: dict[str, Any]) -> None:
    """Refused where it lacks something the law asks of it."""
    letter = decision_letter(work, case, facts["about"], work.actor.id)
    letters.write(work, case, "note_decision", {"letter": letter})


def withdrawn(work: Work, case: Any, facts: dict[str, Any]) -> None:
    case.outcome = Outcome.WITHDRAWN


EFFECTS: dict[str, Any] = {
    "letter_note_received": received,
    "letter_note_decision": tell_decision,
    "decide_note": decide_note,
    "write_annotation": write_annotation,
    "write_statement": write_statement,
    "no_statement": no_statement,
    "make_notices": make_notices,
    "outcome_note_withdrawn": withdrawn,
}
