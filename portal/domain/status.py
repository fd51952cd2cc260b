"""Where a case stands, for the person who looks: who waits for whom, by when, and what she does next.

Every kind of case says the first for the patient's side and for the office's (``standing`` and its neighbours). What to
do next is here, for each person. Who is not to see a case is told nothing, since she never gets there (``policy``).
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from portal.domain import accuracy_notes, complaints, consent_changes, policy
from portal.domain.access_requests import Delivery, FeeStage, Mode, Stage, Waiting
from portal.domain.actors import Actor, Role
from portal.domain.cases import KINDS, is_over
from portal.domain.consent_changes import Change
from portal.domain.standing import Names, WaitsFor
from portal.domain.status_words import FOR_REPRESENTATIVE
from portal.domain.words import N_, _


class Person(StrEnum):
    """Whom a sentence is for. Who covers does what the responsible physician does, and reads that she covers."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"
    FRONT_OFFICE = "front_office"
    ADMINISTRATOR = "administrator"
    PHYSICIAN = "physician"
    COVER = "cover"


PERSON_NAMES = {
    Person.PATIENT: N_("the patient"),
    Person.REPRESENTATIVE: N_("her representative"),
    Person.FRONT_OFFICE: N_("the front office"),
    Person.ADMINISTRATOR: N_("the administrator"),
    Person.PHYSICIAN: N_("the responsible physician"),
    Person.COVER: N_("the physician who covers for her"),
}
PATIENT_SIDE = frozenset({Person.PATIENT, Person.REPRESENTATIVE})
OFFICE = frozenset({Person.FRONT_OFFICE, Person.ADMINISTRATOR})
DESK = OFFICE  # what either of them can do
ADMINISTRATOR = frozenset({Person.ADMINISTRATOR})
PHYSICIAN = frozenset({Person.PHYSICIAN, Person.COVER})
NOTHING_FOR_HER = N_("You do not have to do anything now.")
NOTHING_FOR_US = N_("You have nothing to do here now.")
ACTS_FOR = N_("You act for %(patient)s.")
COVERS = N_("You cover for the responsible physician.")

Todo = tuple[frozenset[Person], str]


def people(actor: Actor, case: Any) -> frozenset[Person]:
    """What this person is to the case; several where she has several roles, empty for who has nothing to do with it."""
    if policy.patient_side(actor, case):
        return frozenset({Person.PATIENT if policy.subject(actor, case) else Person.REPRESENTATIVE})
    found = {Person.FRONT_OFFICE} if Role.FRONT_OFFICE in actor.roles else set()
    found |= {Person.ADMINISTRATOR} if Role.ADMINISTRATOR in actor.roles else set()
    if Role.PHYSICIAN in actor.roles and policy.responsible(actor, case):
        found |= {Person.PHYSICIAN if case.responsible_id == actor.id else Person.COVER}
    if case.stage == Stage.DECIDING and policy.reviewer(actor, case):
        found -= OFFICE  # who decided does not release
    return frozenset(found)


def say(case: Any, who: Iterable[Person], names: Names) -> str:
    """Where the case stands and what she does next, for somebody who is all of ``who`` to it."""
    return " ".join(_(words) % names.places for words in parts(case, frozenset(who)))


def parts(case: Any, who: frozenset[Person]) -> tuple[str, ...]:
    """The sentences of ``say`` as they are translated, with their named places."""
    kind = KINDS[case.kind]
    if who & PATIENT_SIDE:
        words = kind.patient_words(case)
        if Person.PATIENT not in who:
            words = FOR_REPRESENTATIVE.get(words, words)
        return (*([ACTS_FOR] if Person.PATIENT not in who else []), words, *_for_her(case))
    covering = Person.COVER in who and not is_over(case)
    return (*([COVERS] if covering else []), kind.office_words(case), *_for_us(case, who))


def is_hers(case: Any, who: Iterable[Person]) -> bool:
    """Whether it is this person who acts next."""
    who = frozenset(who)
    if who & PATIENT_SIDE:
        return KINDS[case.kind].turn(case) == WaitsFor.PATIENT
    return any(who & doers for doers, _words in _todos(case))


def _for_her(case: Any) -> tuple[str, ...]:
    """Where she acts, the sentence itself says what; once it is over nothing more is said."""
    return () if is_over(case) or KINDS[case.kind].turn(case) == WaitsFor.PATIENT else (NOTHING_FOR_HER,)


def _for_us(case: Any, who: frozenset[Person]) -> tuple[str, ...]:
    if is_over(case):
        return ()
    return tuple(words for doers, words in _todos(case) if who & doers)[:1] or (NOTHING_FOR_US,)


def _todos(case: Any) -> list[Todo]:
    """Who at the clinic can do what next, the most pressing first."""
    return _OF_KIND[case.kind](case)


def _access_request(case: Any) -> list[Todo]:
    match Stage(case.stage):
        case Stage.RECEIVED if not case.identity_checked_at:
            return [(DESK, N_("Check who is asking, and write down how."))]
        case Stage.RECEIVED:
            return [(DESK, N_("Start gathering the record."))]
        case Stage.GATHERING:
            return [(DESK, _gathering(case))]
        case Stage.AWAITING_PATIENT if case.waiting_for == Waiting.QUESTION:
            return [(DESK, N_("If no answer comes in time, go on without it."))]
        case Stage.IN_REVIEW:
            return [(PHYSICIAN, N_("Go through the record, then sign the review."))]
        case Stage.DECIDING if not case.items_released:
            return [(ADMINISTRATOR, N_("Read the refusal, then send it."))]
        case Stage.DECIDING:
            return [(DESK, N_("Read the answer, then send it."))]
        case Stage.PREPARING if case.package_failed:
            return [(DESK, N_("Make the package again."))]
        case Stage.READY:
            return _ready(case)
        case Stage.DELIVERED:
            return [(DESK, N_("Close the case."))]
        case _:
            return []


def _gathering(case: Any) -> str:
    if case.fee_stage == FeeStage.WAIVER_ASKED:
        return N_("Waive the fee, or say why it stays.")
    if case.fee_stage == FeeStage.DECLINED:
        return N_("Send a lower estimate, or waive the fee.")
    if case.items_gathered:
        return N_("Refer the request to the physician.")
    return N_("Bring the record in, or answer that there is none.")


def _ready(case: Any) -> list[Todo]:
    if case.mode == Mode.VIEW:
        return [(DESK, N_("Call her, agree on a day, and record the viewing afterwards."))]
    words = {
        Delivery.PICK_UP: N_("When she comes, look at her photo identification. Then record the hand-over."),
        Delivery.POST: N_("Print it, post it, and record the hand-over."),
        Delivery.FAX: N_("Print it, fax it, and record the hand-over."),
    }.get(Delivery(case.delivery))
    return [(DESK, words)] if words else []


def _consent_change(case: Any) -> list[Todo]:
    todo: list[Todo] = []
    if case.stage == consent_changes.Stage.RECEIVED:
        return [(DESK, N_("Name the responsible physician."))]
    if case.stage == consent_changes.Stage.IN_REVIEW and case.change == Change.GRANT:
        return [(PHYSICIAN, N_("Accept the consent, or decline it and say why."))]
    if case.stage == consent_changes.Stage.IN_REVIEW:
        todo.append((PHYSICIAN, N_("Take note of it. You can offer a talk first.")))
    if case.stage != consent_changes.Stage.DONE and case.tasks_open:
        todo.append((DESK, N_("Tell each recipient, see that what is shown comes down, and record the proof.")))
    elif case.stage == consent_changes.Stage.TASKS:
        todo.append((DESK | PHYSICIAN, N_("Everything is done. Finish the case.")))
    return todo


def _accuracy_note(case: Any) -> list[Todo]:
    match accuracy_notes.Stage(case.stage):
        case accuracy_notes.Stage.RECEIVED:
            return [(DESK, N_("Name the responsible physician."))]
        case accuracy_notes.Stage.IN_REVIEW:
            return [(PHYSICIAN, N_("Choose the entry that is meant, then decide and say why."))]
        case accuracy_notes.Stage.TELLING if case.notices_open:
            return [(DESK, N_("Send each letter, and write down who answered."))]
        case accuracy_notes.Stage.TELLING if not case.statement_awaited:
            return [(DESK, N_("Finish the case."))]
        case _:
            return []


def _complaint(case: Any) -> list[Todo]:
    match complaints.Stage(case.stage):
        case complaints.Stage.RECEIVED:
            return [(DESK, N_("Give it to the provider, or to the administrator."))]
        case complaints.Stage.WITH_PROVIDER:
            return [(PHYSICIAN, N_("Look into it, then write the answer."))]
        case complaints.Stage.WITH_ADMINISTRATOR:
            return [(ADMINISTRATOR, N_("Look into it, then write the final answer."))]
        case complaints.Stage.ANSWERED_FINALLY:
            return [(ADMINISTRATOR, N_("If she does not answer, you can close it without her word."))]
        case complaints.Stage.OUTSIDE if case.questions_open:
            return [(ADMINISTRATOR, N_("Answer each question by its date."))]
        case complaints.Stage.OUTSIDE:
            return [(ADMINISTRATOR, N_("Enter how it ended there, once they tell us."))]
        case _:
            return []


_OF_KIND = {
    "access_request": _access_request,
    "consent_change": _consent_change,
    "accuracy_note": _accuracy_note,
    "complaint": _complaint,
}
