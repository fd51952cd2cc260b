"""The table of an accuracy note, the rules of correction, and its letters (peers, rows 74 to 78; law, C1 to C3)."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from uuid import uuid4

import pytest

from portal.domain import accuracy_notes, cases, letters
from portal.domain.accuracy_notes import (
    CHOICES,
    EVENT_OF,
    NOT_ALL,
    OUTCOME_NAMES,
    WORKFLOW,
    Claim,
    Decision,
    Outcome,
    Stage,
    check_claim,
    check_decision,
    check_statement,
)
from portal.domain.actors import Actor, Role
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import profile
from portal.domain.jurisdictions.correction_rules import CountedFrom, Statement, ToTell
from portal.domain.letters import Corrected, gap
from portal.domain.standing import Names, WaitsFor
from tests.domain.letter_samples import FACTS

BC = profile("ca-bc")
FEMI = Actor(uuid4(), "Femi", frozenset({Role.PHYSICIAN}))
DOV = Actor(uuid4(), "Dov", frozenset({Role.FRONT_OFFICE}))
CLAIM = Claim("The list of allergies", "It says penicillin.", "I have no allergy.")


@dataclass
class Sample:
    stage: str = Stage.IN_REVIEW
    outcome: str | None = None
    notices_open: int = 0
    statement_awaited: bool = False
    item_id: object = None
    nowhere: bool = False
    responsible_id: object = FEMI.id
    patient_id: object = None
    kind: str = "accuracy_note"


def test_every_stage_and_outcome_has_its_sentence_for_both_sides() -> None:
    """All of them, so that no page ever stands without a word."""
    names, seen = Names("Amina Haddad", "Dr Femi Adeyemi", "4 January 2027"), set()
    for stage, outcome, left in product(Stage, Outcome, (0, 1)):
        case = Sample(stage, outcome, left)
        for say in (accuracy_notes.for_patient, accuracy_notes.for_office):
            told = say(case, names)
            assert told.endswith(".")
            assert "%(" not in told
            seen.add(told)
        assert cases.is_over(case) == (stage == Stage.DONE)
        assert (accuracy_notes.turn(case) == WaitsFor.NOBODY) == (stage == Stage.DONE)
    assert len(seen) >= 13
    assert set(OUTCOME_NAMES) == set(Outcome)
    assert set(CHOICES) == set(EVENT_OF) == set(Outcome) - {Outcome.WITHDRAWN}


def offered(case: Sample, actor: Actor) -> dict[str, str | None]:
    return {offer.event: offer.why_not for offer in WORKFLOW.offers(case, actor)}


def test_only_the_physician_decides_and_only_when_the_place_is_known() -> None:
    assert not set(EVENT_OF.values()) & set(offered(Sample(), DOV))
    for case, free in ((Sample(), False), (Sample(item_id=uuid4()), True), (Sample(nowhere=True), True)):
        for event in EVENT_OF.values():
            assert (offered(case, FEMI)[event] is None) is free


def test_every_decision_writes_the_note_the_letter_and_the_notices_in_the_same_step() -> None:
    """What is not corrected is annotated without being asked again (line 24)."""
    for step in WORKFLOW.steps:
        if step.event in EVENT_OF.values():
            assert {"write_annotation", "make_notices", "letter_note_decision"} <= set(step.effects)
            assert step.target == Stage.TELLING


def test_nothing_is_finished_while_somebody_is_not_told_or_a_statement_is_awaited() -> None:
    for left, awaited in product((0, 2), (False, True)):
        case = Sample(Stage.TELLING, Outcome.ANNOTATED, left, awaited)
        assert (offered(case, DOV)["finish_note"] is None) is (not left and not awaited)


@pytest.mark.parametrize("outcome", CHOICES)
def test_a_decision_says_what_must_be_read(outcome: Outcome) -> None:
    whole = Decision(outcome, "No allergy is known.", "The test of 2011 says so.")
    check_decision(whole)
    for without, needed in (
        (replace(whole, corrected=" "), outcome != Outcome.ANNOTATED),
        (replace(whole, reasons=" "), outcome in NOT_ALL),
        (replace(whole, reasons="x" * 4001), True),
    ):
        if needed:
            with pytest.raises(Invalid):
                check_decision(without)
        else:
            check_decision(without)


def test_a_withdrawal_is_no_decision() -> None:
    with pytest.raises(Invalid):
        check_decision(Decision(Outcome.WITHDRAWN, "x", "y"))


def test_her_words_say_where_it_stands_unless_she_pointed_at_it() -> None:
    check_claim(replace(CLAIM, where=""), pointed=True)
    for claim, field in (
        (replace(CLAIM, where=""), "where"),
        (replace(CLAIM, wrong="  "), "wrong"),
        (replace(CLAIM, right=""), "right"),
        (replace(CLAIM, right="word " * 50_000), "right"),
    ):
        with pytest.raises(Invalid) as no:
            check_claim(claim, pointed=False)
        assert no.value.field == field


# The law, as data.


def test_bc_gives_no_more_time_takes_no_fee_and_has_no_statement() -> None:
    limit = BC.limit("correction")
    assert (limit.window.length, limit.window.unit, limit.extension) == (30, "statutory_day", None)
    assert BC.fees.corrections_free
    assert BC.corrections.statement is None
    assert BC.corrections.to_tell.outcomes == set(CHOICES)
    assert BC.corrections.to_tell.basis.citation.startswith("PIPA s.24(2)(b)")


def test_c1_bc_tells_who_received_it_in_the_year_before_the_correction() -> None:
    window = BC.corrections.to_tell.window(date(2026, 5, 12), date(2026, 6, 24))
    assert window == (date(2025, 6, 24), date(2026, 6, 23))


def test_c2_where_it_is_counted_from_the_request_the_year_ends_before_it() -> None:
    rule = replace(BC.corrections.to_tell, counted_from=CountedFrom.REQUEST)
    assert rule.window(date(2026, 5, 12), date(2026, 6, 24)) == (date(2025, 5, 12), date(2026, 5, 11))


def test_c3_where_the_law_names_no_time_everybody_is_told() -> None:
    rule: ToTell = replace(BC.corrections.to_tell, years=None)
    assert rule.since(date(2026, 5, 12), date(2026, 6, 24)) is None


def test_a_year_before_a_leap_day_begins_on_the_day_before_it() -> None:
    assert BC.corrections.to_tell.since(date(2028, 1, 3), date(2028, 2, 29)) == date(2027, 2, 28)


def test_a_statement_of_disagreement_has_its_words_and_its_days() -> None:
    """A6 of the law: decided on 24 June, by 24 July."""
    rule = Statement(500, 30, True, "You can add a statement.", BC.corrections.basis)
    assert rule.last_day(date(2026, 6, 24)) == date(2026, 7, 24)
    check_statement("word " * 500, 500)
    for text in ("", " ", "word " * 501):
        with pytest.raises(Invalid):
            check_statement(text, 500)


# The letters.


def about(outcome: Outcome) -> Corrected:
    corrected = "" if outcome == Outcome.ANNOTATED else "No allergy is known."
    reasons = "" if outcome == Outcome.CORRECTED else "The test says so."
    return Corrected("Allergies, 3 May 2011", CLAIM, Decision(outcome, corrected, reasons), ("Dr. Ito",))


@pytest.mark.parametrize("outcome", CHOICES)
def test_row_76_she_reads_the_outcome_with_reasons_and_how_to_go_further(outcome: Outcome) -> None:
    letter = letters.note_decision(FACTS, about(outcome))
    assert gap(letter, BC) is None
    said = str(letter.to_json())
    assert "Dr. Ito" in said
    assert CLAIM.wrong in said
    assert ("the last day to ask is" in said) is (outcome in NOT_ALL)
    if outcome in NOT_ALL:
        silent = replace(about(outcome), decision=replace(about(outcome).decision, reasons=""))
        assert gap(letters.note_decision(FACTS, silent), BC) is not None


@pytest.mark.parametrize("outcome", CHOICES)
def test_the_letter_to_a_recipient_says_what_is_right_or_what_she_says(outcome: Outcome) -> None:
    letter = letters.correction_notice(FACTS, "Dr. Ito", ("1 Quay Street",), about(outcome))
    said = str(letter.to_json())
    assert letter.addressed_to == ("Dr. Ito", "1 Quay Street")
    assert ("No allergy is known." in said) is (outcome != Outcome.ANNOTATED)
    assert (CLAIM.right in said) is (outcome in NOT_ALL)
    assert "The test says so." not in said  # the reasons are for the patient alone


def test_a_statement_goes_to_the_recipient_in_her_own_words() -> None:
    said = str(
        letters.correction_notice(
            FACTS, "Dr. Ito", (), replace(about(Outcome.ANNOTATED), statement="I never had it.")
        ).to_json()
    )
    assert "I never had it." in said


def test_the_letter_that_it_came_says_until_when_and_that_it_is_free() -> None:
    said = str(letters.note_received(FACTS, CLAIM).to_json())
    for words in (CLAIM.wrong, "This costs you nothing.", "The law gives no more time for a correction"):
        assert words in said
