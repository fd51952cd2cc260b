"""Peers row 132: for every stage, outcome and person a sentence: who waits for whom, by when, and what to do next."""

import re
from itertools import product
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from portal.domain import access_requests as ar
from portal.domain import accuracy_notes as an
from portal.domain import complaints as co
from portal.domain import consent_changes as cc
from portal.domain.actors import Actor, Role
from portal.domain.cases import KINDS, is_over
from portal.domain.standing import WaitsFor
from portal.domain.status import (
    FOR_REPRESENTATIVE,
    NOTHING_FOR_HER,
    NOTHING_FOR_US,
    PATIENT_SIDE,
    PERSON_NAMES,
    Person,
    is_hers,
    parts,
    people,
    say,
)
from setup import statuses
from setup.statuses import NAMES, case
from tests.test_words import grade, sentences, words

ALL = list(statuses.situations())
IDS = [f"{kind}-{name}" for kind, name, _facts in ALL]
RUNNING = {
    "access_request": {*ar.BEFORE_RELEASE, ar.Stage.PREPARING},
    "consent_change": set(),
    "accuracy_note": an.BEFORE_DECISION,
    "complaint": co.BEFORE_ANSWER,
}
# What only the clinic says; a patient is spoken to, not about.
OFFICE_WORDS = ("due by", "target", "the patient", "EMR", "refer ", "hand-over", "case", "Amina")
NAMES_SOMEBODY = re.compile(
    r"\bwe\b|\bus\b|\byou\b|front office|administrator|office outside|Dr Femi Adeyemi|Amina Haddad|portal|physician"
    r"|clinic",
    re.IGNORECASE,
)


@pytest.mark.parametrize(("kind", "name", "facts"), ALL, ids=IDS)
@pytest.mark.parametrize("person", Person)
def test_row_132_every_person_reads_a_whole_sentence_of_every_situation(
    kind: str, name: str, facts: Any, person: Person
) -> None:
    said = say(facts, {person}, NAMES)
    assert said.endswith(".")
    assert "%" not in said
    assert "None" not in said
    assert NAMES_SOMEBODY.search(said) or (is_over(facts) and "Nobody waits." in said), said
    if facts.stage in RUNNING[kind]:
        assert NAMES.due in said, "a clock runs, so the sentence has its date"
    assert max(len(words(each)) for each in sentences(said)) <= 22


@pytest.mark.parametrize(("kind", "name", "facts"), ALL, ids=IDS)
def test_each_is_told_what_to_do_where_it_is_hers_and_else_that_there_is_nothing(
    kind: str, name: str, facts: Any
) -> None:
    doing = [person for person in Person if is_hers(facts, {person})]
    for person in set(Person) - PATIENT_SIDE:
        told = parts(facts, frozenset({person}))
        if is_over(facts):
            assert person not in doing
            assert NOTHING_FOR_US not in told
        else:
            assert (NOTHING_FOR_US in told) == (person not in doing)
    turn = KINDS[kind].turn(facts)
    for person in PATIENT_SIDE:
        told = parts(facts, frozenset({person}))
        assert (person in doing) == (turn == WaitsFor.PATIENT)
        assert (NOTHING_FOR_HER in told) == (turn != WaitsFor.PATIENT and not is_over(facts))
    if turn == WaitsFor.PHYSICIAN:
        assert {Person.PHYSICIAN, Person.COVER} <= set(doing)
    if turn == WaitsFor.FRONT_OFFICE and not facts.statement_awaited:
        assert Person.ADMINISTRATOR in doing, "somebody of the office has something to do"


@pytest.mark.parametrize(("kind", "name", "facts"), ALL, ids=IDS)
def test_the_patient_is_never_addressed_with_the_words_of_the_office(kind: str, name: str, facts: Any) -> None:
    said = say(facts, {Person.PATIENT}, NAMES)
    assert not [each for each in OFFICE_WORDS if each in said], said
    for_her = say(facts, {Person.REPRESENTATIVE}, NAMES)
    assert for_her.startswith("You act for Amina Haddad.")
    not_hers = r"[Yy]our (record|care|complaint|own words|request|package)|You (agreed|said|took|withdrew|told|asked)"
    assert not re.search(not_hers, for_her), for_her


def test_what_is_said_reads_as_easily_as_seven_years_of_school() -> None:
    for person in Person:
        said = sorted({words for _kind, _name, facts in ALL for words in parts(facts, frozenset({person}))})
        assert len(said) > 20
        assert grade(said) <= 7, f"{person}: {grade(said):.1f}"


def test_each_sentence_for_who_acts_for_her_stands_for_one_that_there_is() -> None:
    there = {kind.patient_words(facts) for key, kind in KINDS.items() for _k, _n, facts in ALL if facts.kind == key}
    told_elsewhere = {an._PATIENT_TELLING[an.Outcome.WITHDRAWN]}
    assert set(FOR_REPRESENTATIVE) - there - told_elsewhere == set()


# Nothing is left out: whatever a case's facts are, what is said is among the situations of the table.


def every_access_request() -> Any:
    for stage, waiting, fee, delivery, mode, gathered, released, failed in product(
        ar.Stage, (None, *ar.Waiting), ar.FeeStage, ar.Delivery, ar.Mode, (0, 3), (0, 3), (False, True)
    ):
        for outcome in ar.Outcome if stage == ar.Stage.CLOSED else (None,):
            yield case(
                "access_request", stage, waiting_for=waiting, fee_stage=fee, delivery=delivery, mode=mode,
                items_gathered=gathered, items_released=released, package_failed=failed, outcome=outcome,
                identity_checked_at="now" if failed else None,
            )  # fmt: skip


def every_other() -> Any:
    for stage, change, tasks in product(set(cc.Stage) - {cc.Stage.DRAFT, cc.Stage.DONE}, cc.Change, (0, 2)):
        if change != cc.Change.REFUSAL and not (change == cc.Change.GRANT and stage == cc.Stage.TASKS):
            yield case("consent_change", stage, change=change, tasks_open=tasks)
    for change, outcome in product(cc.Change, cc.Outcome):
        yield case("consent_change", cc.Stage.DONE, change=change, outcome=outcome)
    for stage, outcome, notices, awaited in product(
        set(an.Stage) - {an.Stage.DRAFT}, an.Outcome, (0, 2), (False, True)
    ):
        if stage != an.Stage.TELLING or outcome in an.CHOICES:
            yield case("accuracy_note", stage, outcome=outcome, notices_open=notices, statement_awaited=awaited)
    for stage, outcome, asked in product(set(co.Stage) - {co.Stage.DRAFT}, co.Outcome, (0, 2)):
        yield case("complaint", stage, outcome=outcome, questions_open=asked)


@pytest.mark.parametrize("person", Person)
def test_no_case_says_anything_that_is_not_in_the_table(person: Person) -> None:
    known = {(facts.kind, words) for _k, _n, facts in ALL for words in parts(facts, frozenset({person}))}
    said = {
        (facts.kind, words)
        for facts in (*every_access_request(), *every_other())
        for words in parts(facts, frozenset({person}))
    }
    assert said - known == set()
    assert set(PERSON_NAMES) == set(Person)


def test_a_person_is_what_she_is_to_this_case_and_who_signed_does_not_release() -> None:
    femi, patient = uuid4(), uuid4()
    one = SimpleNamespace(
        **{**vars(case("access_request", ar.Stage.DECIDING)), "patient_id": patient, "responsible_id": femi,
           "reviewer_id": femi, "about_ids": frozenset(), "requested_by_id": None}
    )  # fmt: skip

    def actor(*roles: Role, **more: Any) -> Actor:
        return Actor(id=more.pop("id", uuid4()), name="x", roles=frozenset(roles), **more)

    assert people(actor(Role.PATIENT, patient_id=patient), one) == {Person.PATIENT}
    assert people(actor(Role.PATIENT, represents=frozenset({patient})), one) == {Person.REPRESENTATIVE}
    assert people(actor(Role.FRONT_OFFICE), one) == {Person.FRONT_OFFICE}
    assert people(actor(Role.ADMINISTRATOR), one) == {Person.ADMINISTRATOR}
    assert people(actor(Role.PHYSICIAN, id=femi), one) == {Person.PHYSICIAN}
    assert people(actor(Role.PHYSICIAN, covers=frozenset({femi})), one) == {Person.COVER}
    assert people(actor(Role.PHYSICIAN), one) == set(), "another physician has nothing to do with it"
    both = people(actor(Role.PHYSICIAN, Role.ADMINISTRATOR, id=femi), one)
    assert both == {Person.PHYSICIAN}
    assert NOTHING_FOR_US in parts(one, both)
