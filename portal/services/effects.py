"""What each effect named in a workflow does: the hands of ``cases.take``."""

from collections.abc import Callable
from typing import Any

from portal.domain.access_requests import FeeStage, Mode, Outcome, Waiting
from portal.domain.clocks import LedgerEntry, LedgerKind
from portal.models.releases import ReleasePackage
from portal.services import accuracy_effects, clocks, complaint_effects, consent_effects, dispatches, letters, notices
from portal.services.work import Work

IN_PACKAGE = frozenset({"decision", "ready"})
Effect = Callable[[Work, Any, dict[str, Any]], None]


def receive(work: Work, request: Any, facts: dict[str, Any]) -> None:
    """The request reaches the clinic: it gets its number and its clock starts."""
    clocks.give_reference(work, request, facts["received_on"])
    clocks.add_to_ledger(work, request, LedgerEntry(LedgerKind.RECEIVED, facts["received_on"]))


def set_clock(work: Work, request: Any, facts: dict[str, Any]) -> None:
    """What happened to the clock goes into its ledger, and the dates follow from it."""
    clocks.add_to_ledger(work, request, facts["entry"])


def wait_for_answer(work: Work, request: Any, facts: dict[str, Any]) -> None:
    request.waiting_for = Waiting.QUESTION


def wait_for_fee(work: Work, request: Any, facts: dict[str, Any]) -> None:
    request.waiting_for, request.fee_stage = Waiting.FEE, FeeStage.SENT


def stop_waiting(work: Work, request: Any, facts: dict[str, Any]) -> None:
    request.waiting_for = None


def fee(stage: FeeStage) -> Effect:
    def settle(work: Work, request: Any, facts: dict[str, Any]) -> None:
        request.fee_stage = stage

    return settle


def outcome(how: Outcome) -> Effect:
    def end(work: Work, request: Any, facts: dict[str, Any]) -> None:
        request.outcome = how

    return end


def outcome_of_review(work: Work, request: Any, facts: dict[str, Any]) -> None:
    """The outcome follows from the judgements; who signed is kept, so that somebody else must release."""
    request.outcome, request.reviewer_id, request.signed_at = facts["outcome"], work.actor.id, work.now


def undo_outcome(work: Work, request: Any, facts: dict[str, Any]) -> None:
    request.outcome, request.reviewer_id, request.signed_at = None, None, None


def letter(kind: str) -> Effect:
    def write(work: Work, case: Any, facts: dict[str, Any]) -> None:
        letters.write(work, case, kind, facts)

    return write


def tell(notice: str) -> Effect:
    return lambda work, case, facts: notices.tell_patient(work, case, notice)


def letters_of_package(work: Work, request: Any, facts: dict[str, Any]) -> None:
    """The package is in her hands, and our decision in it: neither it nor the word that it is ready goes out again."""
    if request.package_id is None or request.mode == Mode.VIEW:  # who looked at the original holds no paper
        return
    for row, _words in letters.of_case(work, request):
        if row.kind in IN_PACKAGE:
            dispatches.went_elsewhere(work, row.id)


def build_package(work: Work, request: Any, facts: dict[str, Any]) -> None:
    """Promise the package: from now on it is the worker's, as often as it takes."""
    package = ReleasePackage(
        case_id=request.id,
        patient_id=request.patient_id,
        released_by_id=work.actor.id,
        released_by_name=work.actor.name,
        released_at=work.now,
    )
    work.db.add(package)
    request.package_id, request.package_built, request.package_failed = package.id, False, False
    work.promise("package", f"package/{package.id}", package=str(package.id))


def revoke_package(work: Work, request: Any, facts: dict[str, Any]) -> None:
    """Whatever was made or is being made is handed to nobody any more."""
    if request.package_id:
        work.db.get_one(ReleasePackage, request.package_id).revoked_at = work.now


EFFECTS: dict[str, Effect] = {
    **complaint_effects.EFFECTS,
    **consent_effects.EFFECTS,
    **accuracy_effects.EFFECTS,
    "receive": receive,
    "set_clock": set_clock,
    "wait_for_answer": wait_for_answer,
    "wait_for_fee": wait_for_fee,
    "stop_waiting": stop_waiting,
    "fee_accepted": fee(FeeStage.ACCEPTED),
    "fee_declined": fee(FeeStage.DECLINED),
    "fee_waiver_asked": fee(FeeStage.WAIVER_ASKED),
    "fee_waived": fee(FeeStage.WAIVED),
    "outcome_no_record": outcome(Outcome.NO_RECORD),
    "outcome_withdrawn": outcome(Outcome.WITHDRAWN),
    "outcome_of_review": outcome_of_review,
    "undo_outcome": undo_outcome,
    "build_package": build_package,
    "letters_of_package": letters_of_package,
    "revoke_package": revoke_package,
    "letter_request": letter("request"),
    "letter_acknowledgement": letter("acknowledgement"),
    "letter_question": letter("question"),
    "letter_estimate": letter("estimate"),
    "letter_fee_waived": letter("fee_waived"),
    "letter_fee_kept": letter("fee_kept"),
    "letter_extension": letter("extension"),
    "letter_no_record": letter("no_record"),
    "letter_decision": letter("decision"),
    "letter_refusal": letter("refusal"),
    "letter_ready": letter("ready"),
    "letter_withdrawal": letter("withdrawal"),
    "tell_patient_received": tell("received"),
    "tell_patient_question": tell("question"),
    "tell_patient_estimate": tell("estimate"),
    "tell_patient_date": tell("date"),
    "tell_patient_letter": tell("letter"),
    "tell_patient_ready": tell("ready"),
    "tell_patient_talk": tell("talk"),
    "tell_physician": lambda work, case, facts: notices.tell_physician(work, case),
}
