"""May we? One purpose, one set of recipients, one set of information; a denial before everything but the law."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, combinations, product
from typing import Any
from uuid import UUID, uuid4

import pytest

from portal.domain import consents, purposes, recipients
from portal.domain.consents import Decision, State, To, may_we, state
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import profile
from portal.domain.record_items import Category
from tests.domain.consent_samples import FAMILY, INSURER, LAB, NOON, SITE, STUDY, TODAY, Sample, asking

BC = profile("ca-bc")
FACTS = ("granted_at", "effective_at", "refused_at", "declined_at", "withdrawn_at", "ended_at")
THREE = (Category.RESULTS, Category.REPORTS, Category.PHOTOGRAPHS)


def some_of(things: tuple[Category, ...]) -> Iterator[frozenset[Category]]:
    return (frozenset(each) for each in chain.from_iterable(combinations(things, n) for n in range(len(things) + 1)))


def test_only_a_consent_that_was_given_accepted_and_not_ended_is_in_force() -> None:
    """Every mix of facts, with an end yesterday, today, tomorrow, or none."""
    days = (None, TODAY - timedelta(1), TODAY, TODAY + timedelta(1))
    for given, ends in product(product((None, NOON), repeat=len(FACTS)), days):
        facts = dict(zip(FACTS, given, strict=True))
        found = state(Sample(**facts, expires_on=ends), TODAY)  # type: ignore[arg-type]
        good = facts["granted_at"] and facts["effective_at"] and not any(given[2:]) and (ends is None or ends >= TODAY)
        assert (found == State.IN_FORCE) == bool(good), facts
        assert (found == State.WITHDRAWN) == bool(facts["withdrawn_at"])
    assert set(consents.STATE_NAMES) == set(State)


def test_row_63_a_consent_is_express_for_one_purpose_and_covers_no_more_than_it_names() -> None:
    """Purpose × recipient × every set of information held × every set asked: yes exactly where all of it is covered."""
    yes = 0
    for purpose, to in (("research", STUDY), ("examination", INSURER), ("photos-website", SITE)):
        for held_for, held_to in (("research", STUDY), ("examination", INSURER), ("photos-website", SITE)):
            for held, asked in product(some_of(THREE), some_of(THREE)):
                if not asked:
                    continue
                one = Sample(purpose=held_for, recipient_ids=frozenset({held_to.id}), categories=held)
                answer = may_we(BC, asking(purpose, to, *asked), [one], TODAY)
                assert answer.yes == (purpose == held_for and asked <= held), (purpose, held_for, held, asked)
                assert (answer.consent_id == one.id) == answer.yes
                assert answer.because.endswith(".")
                yes += answer.yes
    assert yes == 3 * 19


def test_row_64_a_consent_for_a_named_recipient_is_for_nobody_else_of_the_same_kind() -> None:
    other = To(UUID(int=77), STUDY.kind, "Another study")
    one = Sample(purpose="research", recipient_ids=frozenset({STUDY.id}), categories=frozenset({Category.RESULTS}))
    assert may_we(BC, asking("research", STUDY, Category.RESULTS), [one], TODAY).yes
    answer = may_we(BC, asking("research", other, Category.RESULTS), [one], TODAY)
    assert not answer.yes
    assert "but not to all of this for Another study" in answer.because


@pytest.mark.parametrize(
    ("facts", "approved", "today", "until"),
    [
        ({}, None, date(2026, 12, 15), date(2027, 12, 31)),  # as long again, from its last day
        ({}, None, date(2027, 1, 10), date(2028, 1, 10)),  # ended: as long again, from today
        ({}, date(2027, 6, 30), date(2026, 12, 15), date(2027, 6, 30)),  # no longer than the approval
        ({}, date(2026, 12, 31), date(2026, 12, 15), None),  # the approval leaves no day more
        ({}, None, date(2026, 11, 30), None),  # too early
        ({}, None, date(2027, 4, 1), None),  # too late
        ({"expires_on": None}, None, date(2026, 12, 15), None),
        ({"decision": Decision.DENY}, None, date(2026, 12, 15), None),
        ({"withdrawn_at": NOON}, None, date(2026, 12, 15), None),
        ({"effective_at": None}, None, date(2026, 12, 15), None),
        ({"ended_at": NOON}, None, date(2026, 12, 15), None),
    ],
)
def test_row_70_a_renewal_is_as_long_again_and_only_near_its_end(
    facts: dict[str, Any], approved: date | None, today: date, until: date | None
) -> None:
    one = Sample(**{"expires_on": date(2026, 12, 31)} | facts)
    assert consents.renewed_until(one, date(2025, 12, 31), approved, today) == until


def test_two_consents_are_not_added_up_to_one() -> None:
    results, reports = (Sample(categories=frozenset({each})) for each in (Category.RESULTS, Category.REPORTS))
    answer = may_we(BC, asking("research", STUDY, Category.RESULTS, Category.REPORTS), [results, reports], TODAY)
    assert not answer.yes
    assert "not to all of this" in answer.because


def test_nothing_is_shared_between_the_uses_of_a_picture() -> None:
    picture = uuid4()
    uses = [each.id for each in purposes.every() if each.id.startswith("photos-")]
    assert len(uses) == 5
    for held, asked in product(uses, uses):
        one = Sample(held, recipient_ids=frozenset({SITE.id}), categories=frozenset(), item_ids=frozenset({picture}))
        answer = may_we(BC, asking(asked, SITE, picture), [one], TODAY)
        assert answer.yes == (held == asked and asked not in ("photos-advertising", "photos-publication"))
    other = asking("photos-website", SITE, uuid4())
    one = Sample("photos-website", recipient_ids=frozenset({SITE.id}), categories=frozenset(), item_ids=frozenset())
    assert not may_we(BC, other, [one], TODAY).yes


@pytest.mark.parametrize("purpose", ["photos-advertising", "testimonials"])
def test_the_publication_gate_stays_shut_although_she_agreed(purpose: str) -> None:
    one = Sample(purpose, recipient_ids=frozenset({SITE.id}))
    question = asking(purpose, SITE, Category.RESULTS)
    answer = may_we(BC, question, [one], TODAY)
    assert (answer.yes, answer.consent_id) == (False, one.id)
    assert "Your consent is kept" in answer.because
    gate = BC.consents.gate(purpose)
    assert gate is not None
    opened = replace(BC, consents=replace(BC.consents, publication=(replace(gate, rule="allowed"),)))
    assert may_we(opened, question, [one], TODAY).yes
    under = replace(BC, consents=replace(BC.consents, publication=(replace(gate, rule="conditional"),)))
    answer = may_we(under, question, [one], TODAY)
    assert answer.yes
    assert answer.provided == gate.words


def test_care_is_implied_until_she_limits_it() -> None:
    answer = may_we(BC, asking("care", FAMILY, Category.RESULTS), [], TODAY)
    assert answer.yes
    assert "section 8(1)" in answer.provision
    assert not may_we(BC, asking("care", INSURER, Category.RESULTS), [], TODAY).yes


def test_a_limit_holds_down_to_one_provider_or_one_slice() -> None:
    """Every denial (everyone or one provider × everything, one kind or one entry) against every question."""
    entry = uuid4()
    kinds = {entry: Category.RESULTS}
    for everyone, what in product((True, False), ("everything", "kind", "entry")):
        denial = Sample(
            "care",
            Decision.DENY,
            recipient_ids=frozenset() if everyone else frozenset({LAB.id}),
            everyone=everyone,
            everything=what == "everything",
            categories=frozenset({Category.RESULTS}) if what == "kind" else frozenset(),
            item_ids=frozenset({entry}) if what == "entry" else frozenset(),
        )
        for to, asked in product((LAB, FAMILY), (Category.RESULTS, Category.REPORTS, entry)):
            hit = {
                "everything": True,
                "kind": asked in (Category.RESULTS, entry),
                "entry": asked == entry,
            }[what]
            answer = may_we(BC, asking("care", to, asked, kinds=kinds), [denial], TODAY)
            assert answer.yes != ((everyone or to == LAB) and hit), (everyone, what, to.name, asked)
            lifted = replace(denial, withdrawn_at=NOON)
            assert may_we(BC, asking("care", to, asked, kinds=kinds), [lifted], TODAY).yes


def test_a_no_names_what_she_asked_us_not_to_share() -> None:
    denial = Sample("care", Decision.DENY, everyone=True, categories=frozenset({Category.REPORTS}))
    answer = may_we(BC, asking("care", LAB, Category.RESULTS, Category.REPORTS), [denial], TODAY)
    assert (answer.yes, answer.denied) == (False, {Category.REPORTS})
    assert "part of this" in answer.because


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"effective_at": None}, "physician has not accepted"),
        ({"withdrawn_at": NOON}, "took her consent back on 23 November 2026"),
        ({"expires_on": TODAY - timedelta(1)}, "has ended"),
        ({"ended_at": NOON}, "has ended"),
        ({"declined_at": NOON}, "did not take this consent up"),
        ({"refused_at": NOON}, "said no"),
        ({"granted_at": None, "effective_at": None}, "has not answered yet"),
        ({"recipient_ids": frozenset()}, "not to all of this"),
    ],
)
def test_a_no_says_why(facts: dict[str, object], words: str) -> None:
    answer = may_we(BC, asking("research", STUDY, Category.RESULTS), [Sample(**facts)], TODAY)  # type: ignore[arg-type]
    assert not answer.yes
    assert words in answer.because


def test_what_the_law_allows_needs_no_consent_and_no_denial_stops_it() -> None:
    everything = Sample("care", Decision.DENY, everyone=True, everything=True)
    for row in BC.consents.lawful:
        for kind in recipients.Kind:
            to = replace(FAMILY, kind=kind.value)
            answer = may_we(BC, asking(row.id, to, Category.RESULTS), [everything], TODAY)
            assert answer.yes == (kind in row.kinds and not row.by_contact), (row.id, kind)
            if answer.yes:
                assert answer.provision == row.provision
                assert answer.provided == row.condition
                assert answer.notice == row.notice


def test_a_question_is_about_one_purpose_and_some_information() -> None:
    with pytest.raises(Invalid, match="one purpose only"):
        may_we(BC, asking("research photos-website", STUDY, Category.RESULTS), [], TODAY)
    with pytest.raises(Invalid, match="what information"):
        may_we(BC, asking("research", STUDY), [], TODAY)


def test_every_wording_states_what_the_law_wants_stated() -> None:
    assert len(purposes.every()) == 9
    for purpose in purposes.every():
        assert purpose.id in BC.consents.must_state, purpose.id
        assert purposes.unstated(purpose, BC.consents) == frozenset(), purpose.id
        assert BC.consents.ends[purpose.id], purpose.id
        assert "your care here stays the same" in purpose.refusal.casefold(), purpose.id
        assert purpose.recipients <= set(recipients.Kind)
    assert all(row.kinds <= set(recipients.Kind) for row in BC.consents.lawful)


def test_row_65_a_wording_is_known_by_its_version_and_the_digest_of_every_word() -> None:
    purpose = purposes.find("research")
    read = purposes.wording(purpose, "en")
    assert len(read.digest) == 64
    assert read == purposes.wording(purpose, "en")
    assert replace(read, paragraphs=read.paragraphs[1:]).digest != read.digest
    assert replace(read, language="fr").digest != read.digest


def test_a_recipient_needs_a_name_a_kind_and_an_address_that_letters_reach() -> None:
    recipients.check("Coast Laboratory", "provider", "12 Pier Road\nNanaimo BC")
    for name, kind, address in (
        ("C", "provider", "a\nb"),
        ("Coast", "friends", "a\nb"),
        ("Coast", "provider", "Nanaimo"),
    ):
        with pytest.raises(Invalid):
            recipients.check(name, kind, address)
