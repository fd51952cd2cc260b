"""A number is the same one however it was written, and whatever stands behind it."""

import pytest

from portal.domain.phone_numbers import same

FILE = "250-555-0142 ext 3"


@pytest.mark.parametrize(
    "filed", [FILE, "250-555-0142", "(250) 555 0142 x3", "604-555-0100 or 250-555-0142", "555-0142"]
)
@pytest.mark.parametrize(
    "typed",
    ["250-555-0142", "+1 250 555 0142", "1-250-555-0142", "011 1 250 555 0142", "250.555.0142 ext. 77", "2505550142 3"],
)
def test_a_number_is_known_again(typed: str, filed: str) -> None:
    assert same(typed, filed)
    assert same(filed, typed)


@pytest.mark.parametrize("typed", ["250-555-0143", "604-555-0142", "250-555-0199 x 2", "", "3"])
def test_another_number_is_another_one(typed: str) -> None:
    assert not same(typed, FILE)
    assert not same(typed, "")
