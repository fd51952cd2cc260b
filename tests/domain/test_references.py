"""References are typed by people: slips are noticed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.errors import Invalid
from portal.domain.references import ALPHABET, PREFIXES, is_reference, make, parse

ANY = st.builds(make, st.sampled_from(sorted(PREFIXES.values())), st.integers(2000, 9999), st.integers(1, 999_999))
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def test_the_contracts_example_is_a_reference() -> None:
    assert make("AR", 2026, 123) == "AR-2026-000123-K"


def test_the_check_letter_is_never_one_that_looks_like_a_digit() -> None:
    assert len(ALPHABET) == 23
    assert not set(ALPHABET) & set("ILO")


@given(ANY)
def test_every_reference_made_is_read_back(reference: str) -> None:
    assert is_reference(reference)
    assert str(parse(reference)) == reference


@given(ANY, st.data())
def test_any_one_wrong_character_is_noticed(reference: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([n for n, c in enumerate(reference) if c != "-"]))
    wrong = data.draw(st.sampled_from([c for c in CHARACTERS if c != reference[place]]))
    assert not is_reference(reference[:place] + wrong + reference[place + 1 :])


@given(ANY)
def test_two_neighbours_exchanged_are_noticed(reference: str) -> None:
    letters = [n for n, c in enumerate(reference) if c != "-"]
    for one, other in pairwise(letters):
        slip = list(reference)
        slip[one], slip[other] = slip[other], slip[one]
        assert "".join(slip) == reference or not is_reference("".join(slip))


@pytest.mark.parametrize(
    "typed", ["ar-2026-000123-k", " AR 2026 000123 K ", "AR2026000123K", "AR–2026–000123–K", "AR-2O26-OOOI23-K"]
)
def test_what_a_person_types_is_understood(typed: str) -> None:
    assert str(parse(typed)) == "AR-2026-000123-K"
    assert not is_reference(typed)


@pytest.mark.parametrize("typed", ["", "K", "AR-2026-000123", "ZZ-2026-000123-K", "AR-26-123-K", "AR-2026-000123-K-X"])
def test_what_is_no_reference_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid, match="looks like AR-2026-000123-K"):
        parse(typed)


def test_a_reference_whose_letter_does_not_fit_is_refused() -> None:
    with pytest.raises(Invalid, match="does not fit"):
        parse("AR-2026-000124-K")


@pytest.mark.parametrize(
    ("prefix", "year", "number"), [("XX", 2026, 1), ("AR", 2026, 0), ("AR", 2026, 1_000_000), ("AR", 26, 1)]
)
def test_nothing_else_is_made_into_a_reference(prefix: str, year: int, number: int) -> None:
    with pytest.raises(Invalid):
        make(prefix, year, number)
