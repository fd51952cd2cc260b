"""A patient asks for her record: the stages, the guards and the table of an access request.

Stage, outcome and lateness are three different things: the stage says who works, the outcome how it ended, lateness is
computed from the clock. What the law asks (BC PIPA ss.23, 27-33) comes by way of the jurisdiction's profile.
"""

from enum import StrEnum
from typing import Any

from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.domain.workflow import Step, Workflow


class Stage(StrEnum):
    DRAFT = "draft"
    RECEIVED = "received"
    GATHERING = "gathering"
    AWAITING_PATIENT = "awaiting_patient"
    IN_REVIEW = "in_review"
    DECIDING = "deciding"
    PREPARING = "preparing"
    READY = "ready"
    DELIVERED = "delivered"
    CLOSED = "closed"


STAGE_NAMES = {
    Stage.DRAFT: N_("draft"),
    Stage.RECEIVED: N_("received"),
    Stage.GATHERING: N_("gathering the record"),
    Stage.AWAITING_PATIENT: N_("waiting for the patient"),
    Stage.IN_REVIEW: N_("with the physician"),
    Stage.DECIDING: N_("decided, waiting for release"),
    Stage.PREPARING: N_("package being made"),
    Stage.READY: N_("ready for the patient"),
    Stage.DELIVERED: N_("delivered"),
    Stage.CLOSED: N_("closed"),
}


class Outcome(StrEnum):
    RELEASED_IN_FULL = "released_in_full"
    RELEASED_IN_PART = "released_in_part"
    REFUSED = "refused"
    NO_RECORD = "no_record"
    WITHDRAWN = "withdrawn"


OUTCOME_NAMES = {
    Outcome.RELEASED_IN_FULL: N_("released in full"),
    Outcome.RELEASED_IN_PART: N_("released in part"),
    Outcome.REFUSED: N_("refused"),
    Outcome.NO_RECORD: N_("no record found"),
    Outcome.WITHDRAWN: N_("withdrawn by the patient"),
}


class Mode(StrEnum):
    COPY = "copy"
    VIEW = "view"


class Delivery(StrEnum):
    DOWNLOAD = "download"
    PICK_UP = "pick_up"
    POST = "post"
    FAX = "fax"


class Channel(StrEnum):
    PORTAL = "portal"
    PAPER = "paper"
    PHONE = "phone"
    FAX = "fax"
    COUNTER = "counter"


class FeeStage(StrEnum):
    NONE = "none"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WAIVER_ASKED = "waiver_asked"
    WAIVED = "waived"


FEE_SETTLED = frozenset({FeeStage.NONE, FeeStage.ACCEPTED, FeeStage.WAIVED})


class Waiting(StrEnum):
    """What a patient is asked while the case waits for her."""

    QUESTION = "question"
    FEE = "fee"


BEFORE_RELEASE = frozenset({Stage.RECEIVED, Stage.GATHERING, Stage.AWAITING_PATIENT, Stage.IN_REVIEW, Stage.DECIDING})
WITHDRAWABLE = BEFORE_RELEASE | {Stage.PREPARING, Stage.READY}


def asked_for_something(request: Any) -> str | None:
    return None if request.complete else _("Say what you want to see and how you want to get it first.")


def came_otherwise(request: Any) -> str | None:
    return _("The patient has not sent this yet.") if request.channel == Channel.PORTAL else None


def identity_checked(request: Any) -> str | None:
    return None if request.identity_checked_at else _("Check who is asking, and record how, first.")


def record_gathered(request: Any) -> str | None:
    return None if request.items_gathered else _("Bring in the record from the EMR first.")


def nothing_gathered(request: Any) -> str | None:
    return (
        _("The record has entries, so the answer cannot be that there is no record.")
        if request.items_gathered
        else None
    )


def fee_settled(request: Any) -> str | None:
    if request.fee_stage in FEE_SETTLED:
        return None
    if request.fee_stage == FeeStage.WAIVER_ASKED:
        return _("The patient asked to have the fee waived. Decide on that first.")
    return _("The patient has not accepted the fee. Send a new estimate, or waive the fee, first.")


def fee_not_agreed_yet(request: Any) -> str | None:
    if request.fee_stage in {FeeStage.ACCEPTED, FeeStage.WAIVED}:
        return _("The fee is settled already.")
    if request.fee_stage == FeeStage.WAIVER_ASKED:
        return _("The patient asked to have the fee waived. Decide on that first.")
    return None


def waiver_asked(request: Any) -> str | None:
    return None if request.fee_stage == FeeStage.WAIVER_ASKED else _("The patient has not asked to have a fee waived.")


def question_open(request: Any) -> str | None:
    return None if request.waiting_for == Waiting.QUESTION else _("There is no open question to answer.")


def estimate_open(request: Any) -> str | None:
    return None if request.waiting_for == Waiting.FEE else _("There is no open fee estimate to answer.")


def physician_named(request: Any) -> str | None:
    return None if request.responsible_id else _("Name the responsible physician first.")


def every_item_judged(request: Any) -> str | None:
    left = request.items_gathered - request.items_judged
    if left > 0:
        return _("%(left)s of %(all)s entries have no decision yet.", left=left, all=request.items_gathered)
    return None


def something_released(request: Any) -> str | None:
    return (
        None if request.items_released else _("Nothing is released, so there is no package. The answer is a refusal.")
    )


def nothing_released(request: Any) -> str | None:
    return (
        _("Part of the record is released, so the request cannot be refused as a whole.")
        if request.items_released
        else None
    )


def before_commissioner(request: Any) -> str | None:
    return None if request.paused_for else _("Nothing of this case is before the Commissioner.")


def a_copy(request: Any) -> str | None:
    return None if request.mode == Mode.COPY else _("The patient asked to view the original, not for a copy.")


def a_viewing(request: Any) -> str | None:
    return None if request.mode == Mode.VIEW else _("The patient asked for a copy, not for a viewing.")


def by_download(request: Any) -> str | None:
    if request.mode == Mode.COPY and request.delivery == Delivery.DOWNLOAD:
        return None
    return _("This answer is handed over by the clinic, not downloaded.")


def by_hand(request: Any) -> str | None:
    if request.mode == Mode.VIEW or request.delivery != Delivery.DOWNLOAD:
        return None
    return _("The patient downloads this package.")


def package_built(request: Any) -> str | None:
    return None if request.package_built else _("The package is not finished yet.")


def package_failed(request: Any) -> str | None:
    return None if request.package_failed else _("The package is still being made.")


def letter_complete(request: Any) -> str | None:
    gap: str | None = request.letter_gap
    return gap


def answer_on_file(request: Any) -> str | None:
    return None if request.answer_letter_id else _("There is no decision letter on file, so the case cannot be closed.")


S, P = Stage, Permission
# fmt: off
WORKFLOW = Workflow(
    "access_request",
    STAGE_NAMES,
    (
        Step("send", {S.DRAFT}, S.RECEIVED, P.REQUEST_WRITE, N_("Send the request"), (asked_for_something,), ("receive", "letter_request", "letter_acknowledgement", "tell_patient_received")),
        Step("register", {S.DRAFT}, S.RECEIVED, P.REQUEST_REGISTER, N_("Register the request"), (asked_for_something, came_otherwise), ("receive", "letter_request", "letter_acknowledgement", "tell_patient_received")),
        Step("check_identity", {S.RECEIVED, S.GATHERING}, None, P.REQUEST_WORK, N_("Record the identity check")),
        Step("begin", {S.RECEIVED}, S.GATHERING, P.REQUEST_WORK, N_("Start gathering the record"), (identity_checked,)),
        Step("gather", {S.GATHERING}, None, P.REQUEST_WORK, N_("Bring in the record")),
        Step("ask", {S.GATHERING}, S.AWAITING_PATIENT, P.REQUEST_WORK, N_("Ask the patient a question"), (), ("wait_for_answer", "letter_question", "tell_patient_question")),
        Step("answer", {S.AWAITING_PATIENT}, S.GATHERING, P.REQUEST_WRITE, N_("Answer the question"), (question_open,), ("stop_waiting",)),
        Step("go_on", {S.AWAITING_PATIENT}, S.GATHERING, P.REQUEST_WORK, N_("Go on without the answer"), (question_open,), ("stop_waiting",)),
        Step("estimate", {S.GATHERING}, S.AWAITING_PATIENT, P.REQUEST_WORK, N_("Send a fee estimate"), (fee_not_agreed_yet,), ("wait_for_fee", "letter_estimate", "tell_patient_estimate")),
        Step("accept_fee", {S.AWAITING_PATIENT}, S.GATHERING, P.REQUEST_WRITE, N_("Accept the fee"), (estimate_open,), ("fee_accepted", "stop_waiting")),
        Step("decline_fee", {S.AWAITING_PATIENT}, S.GATHERING, P.REQUEST_WRITE, N_("Decline the fee"), (estimate_open,), ("fee_declined", "stop_waiting")),
        Step("ask_waiver", {S.AWAITING_PATIENT}, S.GATHERING, P.REQUEST_WRITE, N_("Ask to have the fee waived"), (estimate_open,), ("fee_waiver_asked", "stop_waiting")),
        Step("waive_fee", {S.GATHERING}, None, P.REQUEST_WORK, N_("Waive the fee"), (waiver_asked,), ("fee_waived", "letter_fee_waived", "tell_patient_letter")),
        Step("keep_fee", {S.GATHERING}, S.AWAITING_PATIENT, P.REQUEST_WORK, N_("Keep the fee"), (waiver_asked,), ("wait_for_fee", "letter_fee_kept", "tell_patient_letter")),
        Step("name_physician", {S.RECEIVED, S.GATHERING}, None, P.REQUEST_WORK, N_("Change the responsible physician")),
        Step("extend", BEFORE_RELEASE, None, P.REQUEST_WORK, N_("Extend the time limit"), (), ("letter_extension", "tell_patient_letter")),
        Step("stop_clock", BEFORE_RELEASE, None, P.REQUEST_WORK, N_("The Commissioner was asked"), (), ("set_clock", "tell_patient_date")),
        Step("restart_clock", BEFORE_RELEASE | {S.PREPARING}, None, P.REQUEST_WORK, N_("The Commissioner decided"), (before_commissioner,), ("set_clock", "tell_patient_date")),
        Step("refer", {S.GATHERING}, S.IN_REVIEW, P.REQUEST_WORK, N_("Refer to the physician"), (identity_checked, record_gathered, fee_settled, physician_named), ("tell_physician",)),
        Step("no_record", {S.GATHERING}, S.CLOSED, P.REQUEST_WORK, N_("Answer that there is no record"), (identity_checked, nothing_gathered), ("outcome_no_record", "letter_no_record", "tell_patient_letter")),
        Step("judge", {S.IN_REVIEW}, None, P.REVIEW_DECIDE, N_("Review the record")),
        Step("send_back", {S.IN_REVIEW}, S.GATHERING, P.REVIEW_DECIDE, N_("Send back to the front office")),
        Step("sign", {S.IN_REVIEW}, S.DECIDING, P.REVIEW_DECIDE, N_("Sign the review"), (every_item_judged,), ("outcome_of_review",)),
        Step("return_review", {S.DECIDING}, S.IN_REVIEW, P.REQUEST_RELEASE, N_("Return to the physician"), (), ("undo_outcome", "tell_physician")),
        Step("release", {S.DECIDING}, S.PREPARING, P.REQUEST_RELEASE, N_("Release the package"), (a_copy, something_released, letter_complete), ("letter_decision", "build_package")),
        Step("offer_viewing", {S.DECIDING}, S.READY, P.REQUEST_RELEASE, N_("Invite to view the original"), (a_viewing, something_released, letter_complete), ("letter_decision", "tell_patient_ready")),
        Step("refuse", {S.DECIDING}, S.CLOSED, P.REQUEST_REFUSE, N_("Send the refusal"), (nothing_released, letter_complete), ("letter_refusal", "tell_patient_letter")),
        Step("built", {S.PREPARING}, S.READY, P.REQUEST_BUILD, N_("Package finished"), (package_built,), ("letter_ready", "tell_patient_ready")),
        Step("rebuild", {S.PREPARING}, None, P.REQUEST_RELEASE, N_("Make the package again"), (package_failed,), ("build_package",)),
        Step("collect", {S.READY}, S.DELIVERED, P.PACKAGE_DOWNLOAD, N_("Download the package"), (by_download,)),
        Step("hand_over", {S.READY}, S.DELIVERED, P.REQUEST_WORK, N_("Record the hand-over"), (by_hand,), ("letters_of_package",)),
        Step("close", {S.DELIVERED}, S.CLOSED, P.REQUEST_WORK, N_("Close the case"), (answer_on_file,)),
        Step("withdraw", WITHDRAWABLE, S.CLOSED, P.REQUEST_WRITE, N_("Withdraw the request"), (), ("outcome_withdrawn", "stop_waiting", "revoke_package", "letter_withdrawal")),
    ),
)
# fmt: on
