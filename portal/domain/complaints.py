"""A patient complains: the stages, the guards and the table of a complaint.

First the provider, then the office administrator, at any time the bodies outside. A complaint about the provider goes
straight to the administrator, and nobody named in one works it, sees it or hears of it (DESIGN section 4; the clinic's
policy on complaints; PIPA s.5).
"""

from enum import StrEnum
from typing import Any

from portal.domain.policy import Permission
from portal.domain.standing import Names, WaitsFor
from portal.domain.words import N_, _
from portal.domain.workflow import Step, Workflow


class Stage(StrEnum):
    DRAFT = "draft"  # inside one piece of work only: nothing is kept before it is sent
    RECEIVED = "received"
    WITH_PROVIDER = "with_provider"
    ANSWERED = "answered"
    WITH_ADMINISTRATOR = "with_administrator"
    ANSWERED_FINALLY = "answered_finally"
    OUTSIDE = "outside"
    CLOSED = "closed"


STAGE_NAMES = {
    Stage.DRAFT: N_("draft"),
    Stage.RECEIVED: N_("received"),
    Stage.WITH_PROVIDER: N_("with the provider"),
    Stage.ANSWERED: N_("answered"),
    Stage.WITH_ADMINISTRATOR: N_("with the administrator"),
    Stage.ANSWERED_FINALLY: N_("answered by the administrator"),
    Stage.OUTSIDE: N_("taken outside"),
    Stage.CLOSED: N_("closed"),
}
# What happened when it came to a stage, as the patient reads it.
STAGE_TOLD = {
    Stage.DRAFT: N_("The complaint was begun."),
    Stage.RECEIVED: N_("The complaint reached us."),
    Stage.WITH_PROVIDER: N_("It went to the physician for an answer."),
    Stage.ANSWERED: N_("The physician answered."),
    Stage.WITH_ADMINISTRATOR: N_("It went to our administrator."),
    Stage.ANSWERED_FINALLY: N_("Our administrator answered."),
    Stage.OUTSIDE: N_("It was taken to an office outside the clinic."),
    Stage.CLOSED: N_("The complaint was closed."),
}


class Outcome(StrEnum):
    RESOLVED = "resolved"
    NOT_RESOLVED = "not_resolved"
    TAKEN_OUTSIDE = "taken_outside"
    WITHDRAWN = "withdrawn"


OUTCOME_NAMES = {
    Outcome.RESOLVED: N_("resolved"),
    Outcome.NOT_RESOLVED: N_("not resolved"),
    Outcome.TAKEN_OUTSIDE: N_("taken outside"),
    Outcome.WITHDRAWN: N_("withdrawn"),
}


class Finding(StrEnum):
    """What the clinic found."""

    UPHELD = "upheld"
    IN_PART = "in_part"
    NOT_UPHELD = "not_upheld"


# As the clinic and an office outside read it, and as the patient does.
FINDING_NAMES = {
    Finding.UPHELD: N_("The patient was right"),
    Finding.IN_PART: N_("The patient was right in part"),
    Finding.NOT_UPHELD: N_("The clinic was right"),
}
FINDING_SENTENCES = {
    Finding.UPHELD: N_("You are right."),
    Finding.IN_PART: N_("You are right in part."),
    Finding.NOT_UPHELD: N_("We see it another way."),
}


class NoteKind(StrEnum):
    """What an internal note is: the patient and the named person never read one."""

    NOTE = "note"
    INTERVIEW = "interview"


NOTE_NAMES = {NoteKind.NOTE: N_("Note"), NoteKind.INTERVIEW: N_("Interview")}


def provider_free(case: Any) -> str | None:
    """The provider answers first, unless there is none or the complaint is about the provider."""
    if case.responsible_id is None or case.responsible_id in case.about_ids:
        return _("No provider can answer this first. Give it to the administrator.")
    return None


def overdue(case: Any) -> str | None:
    """The clinic's own target has passed: a fact the daily job puts on the case."""
    return None if case.is_overdue else _("The target for this rung has not passed yet.")


def outside_open(case: Any) -> str | None:
    left = case.questions_open
    return _("Some questions of the body outside are not answered yet: %(n)s.", n=left) if left else None


S, P = Stage, Permission
BEFORE_ANSWER = frozenset({S.RECEIVED, S.WITH_PROVIDER, S.WITH_ADMINISTRATOR})
OPEN = BEFORE_ANSWER | {S.ANSWERED, S.ANSWERED_FINALLY}
WORKED = frozenset({S.RECEIVED, S.WITH_PROVIDER, S.WITH_ADMINISTRATOR, S.OUTSIDE})
# fmt: off
WORKFLOW = Workflow(
    "complaint",
    STAGE_NAMES,
    (
        Step("send_complaint", {S.DRAFT}, S.RECEIVED, P.COMPLAINT_MAKE, N_("Send the complaint"), (), ("receive_complaint", "letter_complaint_receipt", "tell_patient_received")),
        Step("enter_complaint", {S.DRAFT}, S.RECEIVED, P.COMPLAINT_WORK, N_("Enter the complaint"), (), ("receive_complaint", "letter_complaint_receipt", "tell_patient_received")),
        Step("to_provider", {S.RECEIVED}, S.WITH_PROVIDER, P.COMPLAINT_PASS, N_("Give it to the provider"), (provider_free,), ("begin_rung", "tell_physician")),
        Step("to_administrator", {S.RECEIVED}, S.WITH_ADMINISTRATOR, P.COMPLAINT_PASS, N_("Give it to the administrator"), (), ("begin_rung", "tell_administrators")),
        Step("investigate", WORKED, None, P.COMPLAINT_WORK_ON, N_("Add an internal note")),
        Step("name_person", WORKED, None, P.COMPLAINT_WORK, N_("Add a person it is about")),
        Step("hand_up", {S.WITH_PROVIDER}, S.WITH_ADMINISTRATOR, P.COMPLAINT_WORK_ON, N_("Give it to the administrator"), (), ("begin_rung", "tell_administrators", "tell_patient_date")),
        Step("conflict", {S.WITH_PROVIDER}, S.WITH_ADMINISTRATOR, P.COMPLAINT_WORK, N_("Give it to the administrator: the provider is named in it"), (), ("begin_rung", "tell_administrators", "tell_patient_date")),
        Step("answer_complaint", {S.WITH_PROVIDER}, S.ANSWERED, P.COMPLAINT_ANSWER, N_("Send the answer"), (), ("complaint_answered", "letter_complaint_answer", "tell_patient_letter")),
        Step("decide_complaint", {S.WITH_ADMINISTRATOR}, S.ANSWERED_FINALLY, P.COMPLAINT_DECIDE, N_("Send the final answer"), (), ("complaint_answered", "letter_complaint_answer", "tell_patient_letter")),
        Step("send_on", {S.RECEIVED, S.WITH_PROVIDER, S.ANSWERED}, S.WITH_ADMINISTRATOR, P.COMPLAINT_MAKE, N_("Send it on to the administrator"), (), ("begin_rung", "tell_administrators")),
        Step("climb", {S.WITH_PROVIDER}, S.WITH_ADMINISTRATOR, P.COMPLAINT_CLIMB, N_("It climbs by itself"), (overdue,), ("begin_rung", "tell_administrators", "tell_patient_date")),
        Step("satisfied", {S.ANSWERED, S.ANSWERED_FINALLY}, S.CLOSED, P.COMPLAINT_MAKE, N_("Yes, I am satisfied"), (), ("outcome_resolved",)),
        Step("not_satisfied", {S.ANSWERED_FINALLY}, S.CLOSED, P.COMPLAINT_MAKE, N_("No, I am not satisfied"), (), ("outcome_not_resolved",)),
        Step("take_back", OPEN, S.CLOSED, P.COMPLAINT_MAKE, N_("Take the complaint back"), (), ("outcome_complaint_withdrawn",)),
        Step("close_complaint", {S.ANSWERED_FINALLY}, S.CLOSED, P.COMPLAINT_DECIDE, N_("Close without her word"), (), ("outcome_not_resolved",)),
        Step("take_outside", OPEN, S.OUTSIDE, P.COMPLAINT_DECIDE, N_("It was taken outside"), (), ("outside_begins",)),
        Step("take_up_outside", {S.CLOSED}, S.OUTSIDE, P.COMPLAINT_DECIDE, N_("It was taken outside"), (), ("outside_begins", "open_again"), reopens=True),
        Step("outside_question", {S.OUTSIDE}, None, P.COMPLAINT_DECIDE, N_("Enter a question of theirs")),
        Step("outside_answer", {S.OUTSIDE}, None, P.COMPLAINT_DECIDE, N_("Record our answer")),
        Step("give_papers", {S.OUTSIDE}, None, P.COMPLAINT_DECIDE, N_("Record that the papers were given")),
        Step("end_outside", {S.OUTSIDE}, S.CLOSED, P.COMPLAINT_DECIDE, N_("Enter how it ended outside"), (outside_open,), ("outcome_taken_outside",)),
    ),
)
# fmt: on


def turn(case: Any) -> WaitsFor:
    """Whose turn it is now; what the administrator has, the front office's list shows as the office's."""
    return {
        Stage.DRAFT: WaitsFor.PATIENT,
        Stage.RECEIVED: WaitsFor.FRONT_OFFICE,
        Stage.WITH_PROVIDER: WaitsFor.PHYSICIAN,
        Stage.ANSWERED: WaitsFor.PATIENT,
        Stage.WITH_ADMINISTRATOR: WaitsFor.FRONT_OFFICE,
        Stage.ANSWERED_FINALLY: WaitsFor.PATIENT,
        Stage.OUTSIDE: WaitsFor.FRONT_OFFICE,
        Stage.CLOSED: WaitsFor.NOBODY,
    }[Stage(case.stage)]


def for_patient(case: Any, names: Names) -> str:
    """The sentence the patient reads: "you" is she, "we" is the clinic."""
    return _(patient_words(case)) % names.places


def for_office(case: Any, names: Names) -> str:
    """The sentence people at the clinic read."""
    return _(office_words(case)) % names.places


def patient_words(case: Any) -> str:
    return _PATIENT[Stage(case.stage)] if case.stage != Stage.CLOSED else _closed(case)


def office_words(case: Any) -> str:
    if case.stage == Stage.OUTSIDE and case.questions_open:
        return _OUTSIDE_ASKS
    return _OFFICE[Stage(case.stage)]


_PATIENT = {
    Stage.DRAFT: N_(
        "You have not sent this yet, and nobody at the clinic can see it. Open it to send it, or throw it away."
    ),
    Stage.RECEIVED: N_("We have your complaint, and give it to who answers it. We aim to answer you by %(due)s."),
    Stage.WITH_PROVIDER: N_(
        "%(physician)s is to answer your complaint. We aim to answer you by %(due)s. "
        "If no answer comes by then, it goes to our administrator by itself."
    ),
    Stage.ANSWERED: N_("We have answered. Tell us if you are satisfied, or send it on to our administrator."),
    Stage.WITH_ADMINISTRATOR: N_(
        "Our office administrator looks into your complaint. We aim to answer you by %(due)s."
    ),
    Stage.ANSWERED_FINALLY: N_(
        "Our administrator has answered. Tell us if you are satisfied. You can also go to an office outside."
    ),
    Stage.OUTSIDE: N_("An office outside the clinic has your complaint. We answer its questions."),
}
_OFFICE = {
    Stage.DRAFT: N_("%(patient)s has not sent this yet. The clinic waits for her."),
    Stage.RECEIVED: N_("%(patient)s complains and waits for the front office to pass it on. Our target is %(due)s."),
    Stage.WITH_PROVIDER: N_("%(patient)s waits for the answer of %(physician)s. Our target is %(due)s."),
    Stage.ANSWERED: N_("The clinic waits for %(patient)s, who has our answer and can send it on to the administrator."),
    Stage.WITH_ADMINISTRATOR: N_("%(patient)s waits for the answer of the administrator. Our target is %(due)s."),
    Stage.ANSWERED_FINALLY: N_("The clinic waits for %(patient)s, who has the administrator’s answer."),
    Stage.OUTSIDE: N_("An office outside the clinic has it. The clinic waits for what it finds."),
    Stage.CLOSED: N_("This complaint is closed. Nobody waits."),
}


_OUTSIDE_ASKS = N_("An office outside the clinic has it, and waits for the administrator to answer its questions.")


def _closed(case: Any) -> str:
    return {
        Outcome.RESOLVED: N_("You told us that you are satisfied. This complaint is closed."),
        Outcome.NOT_RESOLVED: N_(
            "This complaint is closed at our clinic. You can still go to an office outside the clinic."
        ),
        Outcome.TAKEN_OUTSIDE: N_("The office outside the clinic has finished. This complaint is closed."),
        Outcome.WITHDRAWN: N_("You took this complaint back. You can complain again at any time."),
    }[Outcome(case.outcome)]
