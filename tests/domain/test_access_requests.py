"""Every stage, every step, every kind of person: exactly the steps written down here succeed."""

from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from portal.domain.access_requests import (
    STAGE_NAMES,
    WORKFLOW,
    Channel,
    Delivery,
    FeeStage,
    Mode,
    Outcome,
    Stage,
    Waiting,
)
from portal.domain.actors import SYSTEM, Actor, Role
from portal.domain.errors import NotAllowed, NotPossible
from portal.domain.rights import EVERYTHING
from portal.domain.standing import Names, for_office, for_patient, turn

PATIENT, PHYSICIAN, OTHER_PATIENT, CLERK, ADMINISTRATOR = (uuid4() for _ in range(5))


def person(role: Role, own_id: UUID | None = None, **facts: object) -> Actor:
    return Actor(own_id or uuid4(), "Somebody", frozenset({role}), **facts)  # type: ignore[arg-type]


HELD = {PATIENT: EVERYTHING}
CAST = {
    "patient": person(Role.PATIENT, patient_id=PATIENT),
    "representative": person(Role.PATIENT, represents=frozenset({PATIENT}), powers=HELD),
    "another patient": person(Role.PATIENT, patient_id=OTHER_PATIENT),
    "front office": person(Role.FRONT_OFFICE, CLERK),
    "administrator": person(Role.ADMINISTRATOR, ADMINISTRATOR),
    "responsible physician": person(Role.PHYSICIAN, PHYSICIAN),
    "another physician": person(Role.PHYSICIAN),
    "front office, whose own record it is": person(Role.FRONT_OFFICE, patient_id=PATIENT),
    "physician, whose own record it is": person(Role.PHYSICIAN, PHYSICIAN, patient_id=PATIENT),
    "front office, who represents her": person(Role.FRONT_OFFICE, represents=frozenset({PATIENT}), powers=HELD),
    "the portal": SYSTEM,
    "operator": person(Role.OPERATOR),
    "nobody": Actor(None, "", frozenset()),
}
HERS = {"patient", "representative"}
OFFICE = {"front office", "administrator"}

# Who may do what from where, written by hand from the design and not from the table in the code.
STEPS: dict[Stage, dict[str, set[str]]] = {
    Stage.DRAFT: {"send": HERS, "register": OFFICE},
    Stage.RECEIVED: {
        "check_identity": OFFICE,
        "begin": OFFICE,
        "name_physician": OFFICE,
        "extend": OFFICE,
        "stop_clock": OFFICE,
        "restart_clock": OFFICE,
        "withdraw": HERS,
    },
    Stage.GATHERING: {
        "check_identity": OFFICE,
        "gather": OFFICE,
        "ask": OFFICE,
        "estimate": OFFICE,
        "waive_fee": OFFICE,
        "keep_fee": OFFICE,
        "name_physician": OFFICE,
        "extend": OFFICE,
        "stop_clock": OFFICE,
        "restart_clock": OFFICE,
        "refer": OFFICE,
        "no_record": OFFICE,
        "withdraw": HERS,
    },
    Stage.AWAITING_PATIENT: {
        "answer": HERS,
        "accept_fee": HERS,
        "decline_fee": HERS,
        "ask_waiver": HERS,
        "go_on": OFFICE,
        "extend": OFFICE,
        "stop_clock": OFFICE,
        "restart_clock": OFFICE,
        "withdraw": HERS,
    },
    Stage.IN_REVIEW: {
        "judge": {"responsible physician"},
        "send_back": {"responsible physician"},
        "sign": {"responsible physician"},
        "extend": OFFICE,
        "stop_clock": OFFICE,
        "restart_clock": OFFICE,
        "withdraw": HERS,
    },
    Stage.DECIDING: {
        "return_review": OFFICE,
        "release": OFFICE,
        "offer_viewing": OFFICE,
        "refuse": {"administrator"},
        "extend": OFFICE,
        "stop_clock": OFFICE,
        "restart_clock": OFFICE,
        "withdraw": HERS,
    },
    Stage.PREPARING: {"built": {"the portal"}, "rebuild": OFFICE, "restart_clock": OFFICE, "withdraw": HERS},
    Stage.READY: {"collect": HERS, "hand_over": OFFICE, "withdraw": HERS},
    Stage.DELIVERED: {"close": OFFICE},
    Stage.CLOSED: {},
}
EVENTS = sorted({step.event for step in WORKFLOW.steps})


def request(stage: Stage, event: str = "", **facts: object) -> SimpleNamespace:
    """A request at a stage in which nothing stands in the way of ``event``."""
    here = SimpleNamespace(
        stage=stage,
        patient_id=PATIENT,
        responsible_id=PHYSICIAN,
        reviewer_id=PHYSICIAN,
        judged_by_ids=frozenset({PHYSICIAN}),
        about_ids=(),
        channel=Channel.PAPER,
        complete=True,
        identity_checked_at="today",
        paused_for={"fee_review": "today"},
        items_gathered=0 if event == "no_record" else 3,
        items_judged=3,
        items_released=0 if event == "refuse" else 2,
        fee_stage=FeeStage.WAIVER_ASKED if event in ("waive_fee", "keep_fee") else FeeStage.NONE,
        waiting_for=Waiting.QUESTION if event in ("answer", "go_on") else Waiting.FEE,
        mode=Mode.VIEW if event in ("offer_viewing", "hand_over") else Mode.COPY,
        delivery=Delivery.DOWNLOAD,
        package_built=True,
        package_failed=True,
        letter_gap=None,
        answer_letter_id="a letter",
        outcome=Outcome.RELEASED_IN_FULL,
    )
    vars(here).update(facts)
    return here


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("who", CAST)
def test_exactly_the_steps_written_down_succeed(stage: Stage, who: str) -> None:
    for event in EVENTS:
        case = request(stage, event)
        expected = who in STEPS[stage].get(event, set())
        try:
            step = WORKFLOW.take(event, case, CAST[who])
        except (NotPossible, NotAllowed):
            assert not expected, f"{who} was refused {event} at {stage}"
            assert case.stage == stage
        else:
            assert expected, f"{who} did {event} at {stage}"
            assert case.stage == (step.target or stage)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("who", CAST)
def test_each_person_is_offered_only_their_steps(stage: Stage, who: str) -> None:
    offered = {offer.event for offer in WORKFLOW.offers(request(stage), CAST[who])}
    assert offered == {event for event, people in STEPS[stage].items() if who in people}


def test_who_reviewed_cannot_release_even_when_also_the_administrator() -> None:
    both = Actor(PHYSICIAN, "Both", frozenset({Role.PHYSICIAN, Role.ADMINISTRATOR}))
    for event in ("release", "refuse", "offer_viewing", "return_review"):
        with pytest.raises(NotAllowed):
            WORKFLOW.take(event, request(Stage.DECIDING, event), both)


def test_who_decided_on_any_entry_is_neither_offered_the_release_nor_let_through() -> None:
    both = Actor(uuid4(), "Both", frozenset({Role.PHYSICIAN, Role.ADMINISTRATOR}))
    facts = {"reviewer_id": PHYSICIAN, "judged_by_ids": frozenset({PHYSICIAN, both.id})}
    here = request(Stage.DECIDING, **facts)
    assert not {"release", "return_review"} & {offer.event for offer in WORKFLOW.offers(here, both)}
    assert ["You decided on an entry" in why for why in WORKFLOW.barred(here, both)] == [True]
    for event in ("release", "refuse", "offer_viewing", "return_review"):
        with pytest.raises(NotAllowed, match="You decided on an entry of this record. Somebody else has to release"):
            WORKFLOW.take(event, request(Stage.DECIDING, event, **facts), both)
    assert WORKFLOW.barred(here, CAST["administrator"]) == []


def test_a_closed_request_has_no_way_out() -> None:
    assert not [step for step in WORKFLOW.steps if Stage.CLOSED in step.sources]


def test_every_stage_is_reached_and_every_event_has_one_row_from_a_stage() -> None:
    reached = {step.target for step in WORKFLOW.steps} | {Stage.DRAFT}
    assert reached >= set(Stage)
    rows = [(source, step.event) for step in WORKFLOW.steps for source in step.sources]
    assert len(rows) == len(set(rows))
    assert set(STAGE_NAMES) == set(Stage)


GUARDED = [
    ("send", Stage.DRAFT, {"complete": False}, "patient", "Say what you want to see"),
    ("register", Stage.DRAFT, {"channel": Channel.PORTAL}, "front office", "has not sent this yet"),
    ("begin", Stage.RECEIVED, {"identity_checked_at": None}, "front office", "Check who is asking"),
    ("restart_clock", Stage.GATHERING, {"paused_for": {}}, "front office", "Nothing of this case is before"),
    ("refer", Stage.GATHERING, {"items_gathered": 0}, "front office", "Bring in the record"),
    ("refer", Stage.GATHERING, {"fee_stage": FeeStage.DECLINED}, "front office", "has not accepted the fee"),
    ("refer", Stage.GATHERING, {"fee_stage": FeeStage.WAIVER_ASKED}, "front office", "Decide on that first"),
    ("refer", Stage.GATHERING, {"responsible_id": None}, "front office", "Name the responsible physician"),
    ("no_record", Stage.GATHERING, {"items_gathered": 1}, "front office", "The record has entries"),
    ("estimate", Stage.GATHERING, {"fee_stage": FeeStage.ACCEPTED}, "front office", "settled already"),
    ("answer", Stage.AWAITING_PATIENT, {"waiting_for": Waiting.FEE}, "patient", "no open question"),
    ("accept_fee", Stage.AWAITING_PATIENT, {"waiting_for": Waiting.QUESTION}, "patient", "no open fee estimate"),
    ("sign", Stage.IN_REVIEW, {"items_judged": 1}, "responsible physician", "2 of 3 entries have no decision"),
    ("release", Stage.DECIDING, {"items_released": 0}, "front office", "Nothing is released"),
    ("release", Stage.DECIDING, {"letter_gap": "It does not say: reasons."}, "front office", "reasons"),
    ("release", Stage.DECIDING, {"mode": Mode.VIEW}, "front office", "view the original"),
    ("refuse", Stage.DECIDING, {"items_released": 1}, "administrator", "Part of the record is released"),
    (
        "refuse",
        Stage.DECIDING,
        {"items_released": 0, "letter_gap": "It does not say: contact."},
        "administrator",
        "contact",
    ),
    ("collect", Stage.READY, {"delivery": Delivery.POST}, "patient", "handed over by the clinic"),
    ("hand_over", Stage.READY, {"mode": Mode.COPY}, "front office", "downloads this package"),
    ("close", Stage.DELIVERED, {"answer_letter_id": None}, "front office", "no decision letter"),
]


@pytest.mark.parametrize(("event", "stage", "facts", "who", "why"), GUARDED)
def test_a_step_that_cannot_be_taken_says_why(event: str, stage: Stage, facts: dict, who: str, why: str) -> None:  # type: ignore[type-arg]
    case = request(stage, event, **facts)
    with pytest.raises(NotPossible, match=why):
        WORKFLOW.take(event, case, CAST[who])
    assert case.stage == stage
    greyed = next(o for o in WORKFLOW.offers(case, CAST[who]) if o.event == event)
    assert greyed.why_not is not None


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("waiting", Waiting)
@pytest.mark.parametrize("fee", FeeStage)
@pytest.mark.parametrize("delivery", Delivery)
@pytest.mark.parametrize("mode", Mode)
def test_at_every_moment_a_whole_sentence_says_who_waits_for_whom(
    stage: Stage, waiting: Waiting, fee: FeeStage, delivery: Delivery, mode: Mode
) -> None:
    names = Names("Amina Haddad", "Dr Femi Adeyemi", "Tuesday 2 February 2027")
    for outcome in Outcome:
        case = request(stage, waiting_for=waiting, fee_stage=fee, delivery=delivery, mode=mode, outcome=outcome)
        for sentence in (for_patient(case, names), for_office(case, names)):
            assert sentence.endswith(".")
            assert "%" not in sentence
        assert turn(case)


def test_once_the_record_is_gathered_both_read_that_it_goes_to_the_physician_next() -> None:
    names = Names("Mei Leung", "Dr Femi Adeyemi", "6 January")
    assert "gather the record" in for_office(request(Stage.GATHERING, items_gathered=0), names)
    case = request(Stage.GATHERING, items_gathered=27)
    assert (
        for_office(case, names) == "Mei Leung waits for the front office to refer the request. Answer due by 6 January."
    )
    assert "passes it to Dr Femi Adeyemi now" in for_patient(case, names)
