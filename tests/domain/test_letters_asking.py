"""The patient's own letter: what she asks for, as it is kept on file."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain import letters
from portal.domain.access_requests import Delivery, Mode
from portal.domain.record_items import Category
from portal.domain.wishes import Scope, Wishes
from tests.domain.letter_samples import FACTS, WISHES, text


def test_the_patients_own_letter_says_what_she_asks_and_that_no_reason_is_needed() -> None:
    wishes = replace(
        WISHES,
        scope=Scope.CATEGORIES,
        categories=(Category.PHOTOGRAPHS, Category.RESULTS),
        delivery=Delivery.POST,
        delivery_to="12 Fern Road\nNanaimo",
        language="fr",
        format_needs="Large print",
    )
    said = text(letters.request_letter(FACTS, wishes))
    for part in (
        "Photographs",
        "Results and measurements",
        "12 Fern Road\nNanaimo",
        "French",
        "Large print",
        "the names of everybody it was disclosed to",
        "do not have to give a reason",
        "Received on Tuesday 12 May 2026 under the number AR-2026-000123-K",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("wishes", "part"),
    [
        (Wishes(scope=Scope.OWN_WORDS, words="The mole on my back"), "The mole on my back"),
        (
            Wishes(scope=Scope.DATES, since=date(2024, 1, 2), until=date(2025, 1, 2)),
            "Entries from Tuesday 2 January 2024 to",
        ),
        (Wishes(scope=Scope.DATES, until=date(2025, 1, 2)), "Entries up to Thursday 2 January 2025"),
        (Wishes(scope=Scope.DATES, since=date(2024, 1, 2)), "Entries from Tuesday 2 January 2024 on"),
        (Wishes(mode=Mode.VIEW, scope=Scope.EVERYTHING), "view the original at the clinic"),
        (Wishes(delivery=Delivery.PICK_UP), "pick it up"),
        (Wishes(), "not said yet what I want to see"),
    ],
)
def test_each_wish_has_its_sentence(wishes: Wishes, part: str) -> None:
    assert part in text(letters.request_letter(FACTS, wishes))


def test_a_draft_is_a_letter_without_a_number() -> None:
    letter = letters.request_letter(replace(FACTS, reference=""), WISHES)
    assert "has not been sent yet" in text(letter)
    assert letter.reference == ""


def test_a_representative_writes_and_is_written_to_in_her_own_name() -> None:
    facts = replace(FACTS, asked_by="Ben Rahman")
    asked = letters.request_letter(facts, WISHES)
    assert "I act for Amina Rahman" in text(asked)
    assert asked.blocks[-1].items[0] == "Ben Rahman"
    answered = letters.acknowledgement(facts)
    assert answered.addressed_to[0] == "Ben Rahman"
    assert "You asked for the record of Amina Rahman." in text(answered)
    assert "for the record of Amina Rahman" in text(letters.withdrawal(facts))
