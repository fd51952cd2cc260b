"""Addresses to sign in with: one spelling each, and none that could be taken for another."""

import pytest

from portal.domain.addresses import canonical, skeleton, spelled
from portal.domain.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Amina@Patients.Example ", "amina@patients.example"),
        ("o'keefe+clinic@mail.example", "o'keefe+clinic@mail.example"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
        ("a@bu\u0308cher.example", "a@xn--bcher-kva.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("a@例え.example", "a@xn--r8jz45g.example"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert canonical(typed) == kept == spelled(typed) == canonical(kept)


@pytest.mark.parametrize(
    "typed",
    [
        "аmina@patients.example",  # a Cyrillic а
        "amina@раtients.example",
        "ａmina@patients.example",  # full width
        "mo\u017fes@patients.example",  # a long s, which folds to s
        "\u212aim@patients.example",  # the Kelvin sign, which folds to k
        "a\u200bmina@patients.example",
        "амина@patients.example",
        "amina@stra\u00dfe.example",
        "amina@pat\u200dients.example",
        "amina..b@patients.example", "amina@patients", "@patients.example", "amina@-a.example", "a@a_b.example",
        "amina@patients.example\r\nBcc: all@patients.example",
        "x" * 65 + "@patients.example",
    ],
)  # fmt: skip
def test_what_looks_like_an_address_and_is_none_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(Invalid) as no:
        canonical(typed)
    assert no.value.sentence.endswith(".")
    assert no.value.field == "email"
    assert spelled(typed) != "amina@patients.example"


def test_mixed_alphabets_are_named_as_what_they_are() -> None:
    with pytest.raises(Invalid, match="mixes letters of different alphabets"):
        canonical("аmina@patients.example")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("amina@apple.example", "amina@xn--80ak6aa92e.example"),  # аррӏе, all Cyrillic
        ("barn@patients.example", "bam@patients.example"),
        ("lee1@patients.example", "leel@patients.example"),
        ("b0b@patients.example", "bob@patients.example"),
        ("a@bucher.example", "a@bücher.example"),
    ],
)
def test_two_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)
    assert skeleton(canonical(one)) == skeleton(canonical(other))


def test_two_that_do_not_look_alike_have_two() -> None:
    assert skeleton("amina@patients.example") != skeleton("amira@patients.example")
