"""The kinds of case: what each says of itself, so that lists, cards and histories can show any of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.domain import access_requests, accuracy_notes, complaints, consent_changes, standing
from portal.domain.standing import Names, WaitsFor
from portal.domain.workflow import Workflow


@dataclass(frozen=True)
class Kind:
    """``turn`` says whose turn it is, the two sentences where a case stands; ``outcomes`` how one can end.

    ``patient_words`` and ``office_words`` are those sentences as they are translated, with their places.
    """

    workflow: Workflow
    outcomes: dict[Any, str]
    turn: Callable[[Any], WaitsFor]
    for_patient: Callable[[Any, Names], str]
    for_office: Callable[[Any, Names], str]
    patient_words: Callable[[Any], str]
    office_words: Callable[[Any], str]


KINDS = {
    "access_request": Kind(
        access_requests.WORKFLOW,
        access_requests.OUTCOME_NAMES,
        standing.turn,
        standing.for_patient,
        standing.for_office,
        standing.patient_words,
        standing.office_words,
    ),
    "consent_change": Kind(
        consent_changes.WORKFLOW,
        consent_changes.OUTCOME_NAMES,
        consent_changes.turn,
        consent_changes.for_patient,
        consent_changes.for_office,
        consent_changes.patient_words,
        consent_changes.office_words,
    ),
    "accuracy_note": Kind(
        accuracy_notes.WORKFLOW,
        accuracy_notes.OUTCOME_NAMES,
        accuracy_notes.turn,
        accuracy_notes.for_patient,
        accuracy_notes.for_office,
        accuracy_notes.patient_words,
        accuracy_notes.office_words,
    ),
    "complaint": Kind(
        complaints.WORKFLOW,
        complaints.OUTCOME_NAMES,
        complaints.turn,
        complaints.for_patient,
        complaints.for_office,
        complaints.patient_words,
        complaints.office_words,
    ),
}

# Every stage a list can be narrowed to, whatever the kind; drafts are in no list of the office.
STAGE_NAMES: dict[str, str] = {
    str(stage): name
    for kind in reversed(KINDS.values())
    for stage, name in kind.workflow.stage_names.items()
    if stage != "draft"
}


def is_over(case: Any) -> bool:
    """Whether nothing follows any more: no step of its table leads on from here."""
    return KINDS[case.kind].workflow.is_over(case.stage)


def stage_name(case: Any) -> str:
    return KINDS[case.kind].workflow.stage_names[case.stage]
