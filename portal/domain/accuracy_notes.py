"""A patient says that something in her record is wrong: the stages, the guards and the table of an accuracy note.

The physician corrects, corrects in part, or annotates. What is not corrected is noted beside the entry without being
asked again (BC PIPA s.24(3)); whoever received the entry is told. Source: law.md sections 7 and 19, lines 24 and 25.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.standing import Names, WaitsFor
from portal.domain.words import N_, _
from portal.domain.workflow import Step, Workflow

LONGEST_WORDS = 4000
MOST_PROOFS = 3


class Stage(StrEnum):
    DRAFT = "draft"  # inside one piece of work only: nothing is kept before it is said
    RECEIVED = "received"
    IN_REVIEW = "in_review"
    TELLING = "telling"
    DONE = "done"


STAGE_NAMES = {
    Stage.DRAFT: N_("draft"),
    Stage.RECEIVED: N_("received"),
    Stage.IN_REVIEW: N_("with the physician"),
    Stage.TELLING: N_("telling who received it"),
    Stage.DONE: N_("done"),
}


class Outcome(StrEnum):
    CORRECTED = "corrected"
    IN_PART = "corrected_in_part"
    ANNOTATED = "annotated"
    WITHDRAWN = "withdrawn"


OUTCOME_NAMES = {
    Outcome.CORRECTED: N_("corrected"),
    Outcome.IN_PART: N_("corrected in part and annotated"),
    Outcome.ANNOTATED: N_("annotated"),
    Outcome.WITHDRAWN: N_("withdrawn"),
}
# The three the physician chooses from, with what each does.
CHOICES = {
    Outcome.CORRECTED: (N_("Correct it"), N_("What she says is right. What is right stands beside the entry.")),
    Outcome.IN_PART: (
        N_("Correct it in part, and note the rest"),
        N_("Some of it is right. What is right stands beside the entry, and the patient's own words too."),
    ),
    Outcome.ANNOTATED: (
        N_("Do not correct it, and note it"),
        N_("The entry stays. The patient's own words stand beside it from now on."),
    ),
}
NOT_ALL = frozenset({Outcome.IN_PART, Outcome.ANNOTATED})
EVENT_OF = {
    Outcome.CORRECTED: "correct_entry",
    Outcome.IN_PART: "correct_in_part",
    Outcome.ANNOTATED: "annotate_entry",
}


@dataclass(frozen=True)
class Claim:
    """What the patient says: where it stands, what is wrong there, and what would be right."""

    where: str
    wrong: str
    right: str

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_json(cls, facts: Mapping[str, str]) -> "Claim":
        return cls(facts["where"], facts["wrong"], facts["right"])


def check_claim(claim: Claim, pointed: bool) -> None:
    """Raise Invalid unless the physician can find the place and knows what is meant; ``pointed`` is an entry chosen."""
    if not pointed and not claim.where.strip():
        raise Invalid(_("Say where it stands: which visit, letter or result, and about when."), "where")
    if not claim.wrong.strip():
        raise Invalid(_("Say what is wrong, or what is missing."), "wrong")
    if not claim.right.strip():
        raise Invalid(_("Say what would be right."), "right")
    for field, words in claim.to_json().items():
        check_length(words, field)


def check_length(words: str, field: str) -> None:
    if len(words) > LONGEST_WORDS:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST_WORDS), field)


@dataclass(frozen=True)
class Decision:
    """What the physician decided: how it ends, what is right from now on, and why, in words the patient reads."""

    outcome: Outcome
    corrected: str
    reasons: str


def check_decision(decision: Decision) -> None:
    """Raise Invalid unless the decision says what the patient, and who received the entry, must read."""
    if decision.outcome not in CHOICES:
        raise Invalid(_("Choose one of the three answers."), "outcome")
    if decision.outcome != Outcome.ANNOTATED and not decision.corrected.strip():
        raise Invalid(_("Write what is right. It stands beside the entry from now on."), "corrected")
    if decision.outcome in NOT_ALL and not decision.reasons.strip():
        raise Invalid(_("Write why you do not correct all of it. The patient reads your reasons."), "reasons")
    check_length(decision.corrected, "corrected")
    check_length(decision.reasons, "reasons")


def check_statement(text: str, most_words: int) -> None:
    """Raise Invalid for an empty statement of disagreement, or one longer than the law lets it be."""
    words = len(text.split())
    if not words:
        raise Invalid(_("Write why you do not agree."), "statement")
    if words > most_words:
        raise Invalid(_("Use at most %(n)s words. You wrote %(words)s.", n=most_words, words=words), "statement")
    check_length(text, "statement")


def physician_named(case: Any) -> str | None:
    return None if case.responsible_id else _("Name the responsible physician first.")


def place_found(case: Any) -> str | None:
    found = case.item_id or case.nowhere
    return None if found else _("Choose first which entry the patient means, or say that it stands in none.")


def all_told(case: Any) -> str | None:
    if case.notices_open:
        return _("Some who received the entry are not settled yet: %(n)s.", n=case.notices_open)
    return _("The patient still has time to add a statement.") if case.statement_awaited else None


def statement_possible(case: Any) -> str | None:
    return None if case.statement_awaited else _("A statement cannot be added here, or its time is over.")


S, P = Stage, Permission
BEFORE_DECISION = frozenset({S.RECEIVED, S.IN_REVIEW})
DECIDED = ("decide_note", "write_annotation", "make_notices", "letter_note_decision", "tell_patient_letter")
# fmt: off
WORKFLOW = Workflow(
    "accuracy_note",
    STAGE_NAMES,
    (
        Step("send_note", {S.DRAFT}, S.RECEIVED, P.ACCURACY_SEND, N_("Send"), (), ("receive", "letter_note_received", "tell_patient_received")),
        Step("pass_note_on", {S.RECEIVED}, S.IN_REVIEW, P.ACCURACY_PASS_ON, N_("Pass on to the physician"), (physician_named,), ("tell_physician",)),
        Step("add_proof", BEFORE_DECISION, None, P.ACCURACY_SEND, N_("Add a paper"), ()),
        Step("take_note_back", BEFORE_DECISION, S.DONE, P.ACCURACY_WITHDRAW, N_("Take it back"), (), ("outcome_note_withdrawn",)),
        Step("point_out", {S.IN_REVIEW}, None, P.ACCURACY_DECIDE, N_("Choose the entry"), ()),
        Step("correct_entry", {S.IN_REVIEW}, S.TELLING, P.ACCURACY_DECIDE, N_("Correct it"), (place_found,), DECIDED),
        Step("correct_in_part", {S.IN_REVIEW}, S.TELLING, P.ACCURACY_DECIDE, N_("Correct it in part"), (place_found,), DECIDED),
        Step("annotate_entry", {S.IN_REVIEW}, S.TELLING, P.ACCURACY_DECIDE, N_("Note it"), (place_found,), DECIDED),
        Step("settle_notice", {S.TELLING}, None, P.ACCURACY_WORK, N_("Record what was sent or answered"), ()),
        Step("notice_came_back", {S.TELLING}, None, P.ACCURACY_WORK, N_("Record that a letter did not arrive"), ()),
        Step("state_disagreement", {S.TELLING}, None, P.ACCURACY_SEND, N_("Add a statement"), (statement_possible,), ("write_statement", "make_notices")),
        Step("choose_review", {S.TELLING}, None, P.ACCURACY_WITHDRAW, N_("Ask for a review instead"), (statement_possible,), ("no_statement",)),
        Step("finish_note", {S.TELLING}, S.DONE, P.ACCURACY_FINISH, N_("Finish"), (all_told,)),
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
    if case.stage in (Stage.DRAFT, Stage.RECEIVED):
        return N_("We have what you sent and pass it on to a physician. We must answer you by %(due)s.")
    if case.stage == Stage.IN_REVIEW:
        return N_("%(physician)s looks at what you sent and decides. We must answer you by %(due)s.")
    return (_PATIENT_TELLING if case.stage == Stage.TELLING else _PATIENT_DONE)[Outcome(case.outcome)]


_PATIENT_TELLING = {
    Outcome.CORRECTED: N_("%(physician)s corrected the entry. We are telling everybody who had received it."),
    Outcome.IN_PART: N_(
        "%(physician)s corrected the entry in part. Your own words stand beside it. We are telling everybody who "
        "had received it."
    ),
    Outcome.ANNOTATED: N_(
        "%(physician)s did not correct the entry. Your own words stand beside it. We are telling everybody who had "
        "received it."
    ),
    Outcome.WITHDRAWN: N_("You took this back. Nothing was changed."),
}
_PATIENT_DONE = {
    Outcome.CORRECTED: N_("We corrected the entry, and told everybody who had to know."),
    Outcome.IN_PART: N_(
        "We corrected the entry in part, and your own words stand beside it. We told everybody who had to know."
    ),
    Outcome.ANNOTATED: N_("Your own words stand beside the entry. We told everybody who had to know."),
    Outcome.WITHDRAWN: N_("You took this back. Nothing was changed, and you can send it again at any time."),
}


def office_words(case: Any) -> str:
    if case.stage == Stage.DONE:
        return N_("This is done. Nobody waits.")
    if case.stage == Stage.TELLING:
        if case.notices_open:
            return N_("%(physician)s has decided. The front office tells everybody who had received the entry.")
        return N_("%(physician)s has decided, and everybody is told. The front office can finish.")
    if case.stage == Stage.IN_REVIEW:
        return N_("%(patient)s says that something is wrong. %(physician)s decides. Answer due by %(due)s.")
    return N_("%(patient)s waits for the front office to name a responsible physician. Answer due by %(due)s.")
