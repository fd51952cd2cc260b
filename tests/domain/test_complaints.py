"""Complaints: every stage has its sentence, every step its guard, the targets are counted, no named person gets in."""

from datetime import date
from itertools import product
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from portal.domain import complaint_rules
from portal.domain.actors import Actor, Role
from portal.domain.complaint_rules import Targets
from portal.domain.complaints import OPEN, OUTCOME_NAMES, WORKFLOW, Outcome, Stage, for_office, for_patient, turn
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import profile
from portal.domain.policy import Permission, allows
from portal.domain.rights import EVERYTHING
from portal.domain.standing import Names, WaitsFor

BC = profile("ca-bc")
NAMES = Names("Amina Haddad", "Dr Femi Adeyemi", "30 December 2026")
PATIENT, PROVIDER, DESK, ADMIN = (uuid4() for _ in range(4))
COMPLAINT_STEPS = {step.may for step in WORKFLOW.steps} | {Permission.REQUEST_VIEW}


def case(stage: str, about: tuple[UUID, ...] = (), **more: Any) -> Any:
    facts: dict[str, Any] = {
        "kind": "complaint", "stage": stage, "outcome": None, "patient_id": PATIENT, "requested_by_id": None,
        "responsible_id": PROVIDER, "about_ids": about, "is_overdue": False, "questions_open": 0,
    }  # fmt: skip
    return SimpleNamespace(**(facts | more))


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_and_outcome_has_its_sentences_and_whose_turn_it_is(stage: Stage) -> None:
    for outcome in Outcome if stage == Stage.CLOSED else (None,):
        one = case(stage, outcome=outcome)
        told = for_patient(one, NAMES), for_office(one, NAMES)
        assert all(told)
        assert "%(" not in "".join(told)
        assert (turn(one) == WaitsFor.NOBODY) == (stage == Stage.CLOSED)
    assert set(OUTCOME_NAMES) == set(Outcome)


def test_a_named_person_may_do_nothing_whatever_her_roles_and_whomever_she_covers_for() -> None:
    named = uuid4()
    for stage, roles, covers in product(
        Stage, ({Role.PHYSICIAN}, {Role.FRONT_OFFICE, Role.ADMINISTRATOR}, {Role.PATIENT}), (set(), {PROVIDER})
    ):
        for responsible in (PROVIDER, named, None):
            held = {PATIENT: EVERYTHING} if Role.PATIENT in roles else {}
            actor = Actor(named, "N", frozenset(roles), None, frozenset(held), covers=frozenset(covers), powers=held)
            one = case(stage, (named,), responsible_id=responsible)
            assert not any(allows(actor, permission, one) for permission in COMPLAINT_STEPS)


def test_who_covers_for_a_named_physician_has_no_way_in_her_place() -> None:
    cover = Actor(uuid4(), "C", frozenset({Role.PHYSICIAN}), covers=frozenset({PROVIDER}))
    assert allows(cover, Permission.COMPLAINT_ANSWER, case(Stage.WITH_PROVIDER))
    for permission in COMPLAINT_STEPS:
        assert not allows(cover, permission, case(Stage.WITH_PROVIDER, (PROVIDER,)))


def test_a_complaint_about_the_provider_cannot_be_given_to_the_provider() -> None:
    desk = Actor(DESK, "D", frozenset({Role.FRONT_OFFICE}))
    for one in (case(Stage.RECEIVED, (PROVIDER,)), case(Stage.RECEIVED, responsible_id=None)):
        reasons = {offer.event: offer.why_not for offer in WORKFLOW.offers(one, desk)}
        assert reasons["to_provider"] is not None
        assert reasons["to_administrator"] is None


def test_only_an_administrator_decides_and_takes_outside() -> None:
    desk, admin = (
        Actor(key, "X", frozenset({role})) for key, role in ((DESK, Role.FRONT_OFFICE), (ADMIN, Role.ADMINISTRATOR))
    )
    events = {offer.event for offer in WORKFLOW.offers(case(Stage.WITH_ADMINISTRATOR), admin)}
    assert {"decide_complaint", "take_outside", "investigate"} <= events
    assert not {"decide_complaint", "take_outside"} & {
        offer.event for offer in WORKFLOW.offers(case(Stage.WITH_ADMINISTRATOR), desk)
    }


def test_a_closed_complaint_is_over_and_can_still_be_taken_outside() -> None:
    assert WORKFLOW.is_over(Stage.CLOSED)
    assert not any(WORKFLOW.is_over(stage) for stage in OPEN | {Stage.OUTSIDE})


def test_the_targets_are_counted_from_the_day_after() -> None:
    """Friday 20 November 2026: seven working days are Tuesday 1 December, thirty days 20 December."""
    found = complaint_rules.dates(BC, Targets(7, 30), date(2026, 11, 20))
    assert (found.acknowledge_by, found.answer_by) == (date(2026, 12, 1), date(2026, 12, 20))


def test_the_clinic_sets_its_own_targets_and_reads_what_is_wrong_with_them() -> None:
    faults: list[str] = []
    assert complaint_rules.targets_of({"answer_days": 14}, faults) == Targets(7, 14)
    assert faults == []
    for wrong in ({"answer_days": 0}, {"answer_days": True}, {"answer_days": "ten"}, {"reply_days": 3}):
        faults.clear()
        assert complaint_rules.targets_of(wrong, faults) == complaint_rules.default_targets()
        assert len(faults) == 1


def test_every_kind_has_its_words_and_leads_to_a_body_of_the_jurisdiction() -> None:
    """Row 80: coded kinds of complaint."""
    ids = [kind.id for kind in complaint_rules.kinds()]
    assert ids == [
        "access_late", "access_refused", "fee", "accuracy", "consent_ignored", "disclosure", "privacy_conduct", "other",
    ]  # fmt: skip
    for kind in complaint_rules.kinds():
        assert kind.title
        assert kind.office
        assert getattr(BC, f"{kind.body}_body").address
    with pytest.raises(Invalid):
        complaint_rules.find_kind("weather")
