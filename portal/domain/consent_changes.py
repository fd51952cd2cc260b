"""A patient gives, refuses, limits or takes back a consent: the stages, the guards and the table of a consent change.

A grant takes effect when the responsible physician accepts it. A withdrawal takes effect when it is received; what
follows, the physician's look and the tasks, never holds it up (BC PIPA s.9; the talk is an offer, never a gate).
"""

from enum import StrEnum
from typing import Any

from portal.domain.policy import Permission
from portal.domain.standing import Names, WaitsFor
from portal.domain.words import N_, _
from portal.domain.workflow import Step, Workflow


class Stage(StrEnum):
    DRAFT = "draft"  # inside one piece of work only: nothing is kept before it is said
    RECEIVED = "received"
    IN_REVIEW = "in_review"
    TASKS = "tasks"
    DONE = "done"


STAGE_NAMES = {
    Stage.DRAFT: N_("draft"),
    Stage.RECEIVED: N_("received"),
    Stage.IN_REVIEW: N_("with the physician"),
    Stage.TASKS: N_("telling others"),
    Stage.DONE: N_("done"),
}


class Outcome(StrEnum):
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


OUTCOME_NAMES = {
    Outcome.GRANTED: N_("granted"),
    Outcome.DECLINED: N_("declined"),
    Outcome.WITHDRAWN: N_("withdrawn"),
    Outcome.EXPIRED: N_("ended"),
}


class Change(StrEnum):
    """What changes: the first needs the physician's acceptance, the others hold at once."""

    GRANT = "grant"
    REFUSAL = "refusal"
    WITHDRAWAL = "withdrawal"
    LIMIT = "limit"
    LIFT = "lift"
    END = "end"


CHANGE_NAMES = {
    Change.GRANT: N_("A consent is given"),
    Change.REFUSAL: N_("A consent is refused"),
    Change.WITHDRAWAL: N_("A consent is taken back"),
    Change.LIMIT: N_("Sharing for care is limited"),
    Change.LIFT: N_("A limit on sharing is lifted"),
    Change.END: N_("A consent has ended"),
}


class Talk(StrEnum):
    """What the patient said to the offer of a talk with the physician."""

    NO = "no"
    BEFORE = "before"
    AFTER = "after"


TALK_NAMES = {
    Talk.NO: N_("No, thank you"),
    Talk.BEFORE: N_("Yes, please call me before you write to others"),
    Talk.AFTER: N_("Yes, please call me afterwards"),
}


def physician_named(case: Any) -> str | None:
    return None if case.responsible_id else _("Name the responsible physician first.")


def a_grant(case: Any) -> str | None:
    return None if case.change == Change.GRANT else _("This holds already. There is nothing to accept.")


def no_grant(case: Any) -> str | None:
    return _("Accept this consent, or decline it with a reason.") if case.change == Change.GRANT else None


def tasks_done(case: Any) -> str | None:
    left = case.tasks_open
    return _("Some recipients or places are not settled yet: %(n)s.", n=left) if left else None


S, P = Stage, Permission
OPEN = frozenset({S.RECEIVED, S.IN_REVIEW, S.TASKS})
# fmt: off
WORKFLOW = Workflow(
    "consent_change",
    STAGE_NAMES,
    (
        Step("give_consent", {S.DRAFT}, S.RECEIVED, P.CONSENT_CHANGE, N_("Give the consent"), (), ("receive", "consent_receipt", "tell_patient_received")),
        Step("refuse_consent", {S.DRAFT}, S.DONE, P.CONSENT_CHANGE, N_("Say no"), (), ("receive", "outcome_declined", "consent_receipt")),
        Step("withdraw_consent", {S.DRAFT}, S.RECEIVED, P.CONSENT_CHANGE, N_("Take the consent back"), (), ("receive", "take_back", "outcome_taken_back", "consent_receipt", "consent_tasks", "tell_patient_received")),
        Step("limit_sharing", {S.DRAFT}, S.RECEIVED, P.CONSENT_CHANGE, N_("Limit sharing"), (), ("receive", "outcome_taken_back", "consent_receipt", "tell_patient_received")),
        Step("lift_limit", {S.DRAFT}, S.RECEIVED, P.CONSENT_CHANGE, N_("Lift the limit"), (), ("receive", "take_back", "outcome_granted", "consent_receipt", "tell_patient_received")),
        Step("consent_ended", {S.DRAFT}, S.RECEIVED, P.CONSENT_END, N_("The consent has ended"), (), ("receive", "outcome_expired", "consent_receipt", "consent_tasks", "tell_patient_letter")),
        Step("pass_on", {S.RECEIVED}, S.IN_REVIEW, P.CONSENT_PASS_ON, N_("Pass on to the physician"), (physician_named,), ("tell_physician",)),
        Step("offer_talk", {S.IN_REVIEW}, None, P.CONSENT_REVIEW, N_("Offer a talk"), (), ("offer_talk", "tell_patient_talk")),
        Step("accept_consent", {S.IN_REVIEW}, S.DONE, P.CONSENT_REVIEW, N_("Accept the consent"), (a_grant,), ("consent_holds", "outcome_granted", "consent_receipt", "tell_patient_letter")),
        Step("decline_consent", {S.IN_REVIEW}, S.DONE, P.CONSENT_REVIEW, N_("Decline the consent"), (a_grant,), ("consent_declined", "outcome_declined", "consent_receipt", "tell_patient_letter")),
        Step("overtake", {S.RECEIVED, S.IN_REVIEW}, S.DONE, P.CONSENT_CHANGE, N_("Take it back before it holds"), (a_grant,), ("take_back", "outcome_taken_back", "consent_receipt")),
        Step("acknowledge", {S.IN_REVIEW}, S.TASKS, P.CONSENT_REVIEW, N_("I have seen this"), (no_grant,)),
        Step("do_task", OPEN, None, P.CONSENT_WORK, N_("Record that it is done"), (no_grant,)),
        Step("finish", {S.TASKS}, S.DONE, P.CONSENT_FINISH, N_("Finish"), (tasks_done,)),
    ),
)
# fmt: on


def turn(case: Any) -> WaitsFor:
    """Whose turn it is now."""
    if case.stage == Stage.IN_REVIEW:
        return WaitsFor.PHYSICIAN
    return WaitsFor.NOBODY if case.stage == Stage.DONE else WaitsFor.FRONT_OFFICE


def for_patient(case: Any, names: Names) -> str:
    """The sentence the patient reads: "you" is she, "we" is the clinic."""
    return _(patient_words(case)) % names.places


def for_office(case: Any, names: Names) -> str:
    """The sentence people at the clinic read."""
    return _(office_words(case)) % names.places


def patient_words(case: Any) -> str:
    if case.stage == Stage.DONE:
        return _patient_done(case)
    if case.change == Change.GRANT:
        return N_("You agreed. It takes effect when %(physician)s has looked at it. Until then we share nothing.")
    if case.change == Change.LIFT:
        return N_("The limit is lifted. %(physician)s is told.")
    if case.change == Change.END:
        return N_("This consent has ended. We have stopped, and we are telling everybody who has to know.")
    return N_("We have stopped. It counts from the moment we received it. We are telling everybody who has to know.")


def _patient_done(case: Any) -> str:
    if case.change == Change.REFUSAL:
        return N_("You said no. Nothing is shared for this, and your care here stays the same.")
    return {
        Outcome.GRANTED: N_("This holds. You can change your mind at any time."),
        Outcome.DECLINED: N_("%(physician)s did not take this up. The receipt says why. Nothing is shared for it."),
        Outcome.WITHDRAWN: N_("We have stopped, and everybody who had to know is told."),
        Outcome.EXPIRED: N_("This consent has ended, and we told everybody who had to know."),
    }[Outcome(case.outcome)]


def office_words(case: Any) -> str:
    if case.stage == Stage.DONE:
        return N_("This is done. Nobody waits.")
    if case.stage == Stage.RECEIVED:
        return N_("%(patient)s waits for the front office to name a responsible physician.")
    if case.stage == Stage.TASKS:
        return N_("It holds since it came. The front office tells the recipients and records the proof.")
    if case.change == Change.GRANT:
        return N_("%(patient)s agreed to something. It takes effect when %(physician)s accepts it.")
    return N_("It holds since it came. %(physician)s takes note, and can offer %(patient)s a talk.")
