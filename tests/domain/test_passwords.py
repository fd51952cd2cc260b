"""What may be a password: length and guessing count, the kinds of signs do not."""

import pytest

from portal.adapters.password_strength import common_passwords, weigh
from portal.domain.errors import Invalid
from portal.domain.passwords import LONGEST_BYTES, check

OWN = ("Mei", "Leung", "mei@patients.example", "mei")
CLINIC = ("Procerus", "Procerus Skin Care", "Nanaimo", "Adeyemi", "physician")
GOOD = "seven tin boats at noon"


def no_to(password: str, staff: bool = False) -> str:
    try:
        check(password, staff, OWN, CLINIC, weigh)
    except Invalid as no:
        assert no.field == "password"  # noqa: PT017
        return no.sentence
    return ""


def test_a_few_words_in_a_row_are_a_password() -> None:
    assert not no_to(GOOD)
    assert not no_to(GOOD, staff=True)


@pytest.mark.parametrize(("staff", "shortest"), [(False, 12), (True, 15)])
def test_the_shortest_password_has_twelve_signs_and_fifteen_for_staff(staff: bool, shortest: int) -> None:
    signs = "qV7 hjw29 kzX4 m"
    assert not no_to(signs[:shortest], staff)
    assert f"at least {shortest} characters" in no_to(signs[: shortest - 1], staff)


def test_the_longest_password_has_4096_bytes() -> None:
    start = "é tin boats at noon "
    longest = start + "é" * ((LONGEST_BYTES - len(start.encode())) // 2) + "x"
    assert len(longest.encode()) == LONGEST_BYTES
    assert not no_to(longest)
    assert "too long" in no_to(longest + "x")


@pytest.mark.parametrize(
    "password",
    ["only small letters here", "🐙🍎🚲🎻🧦🪴🌵🛶🧊🔧🎈🧭🦔🍋🔑", "4829 1730 6652 9047", "WHOLLY IN CAPITALS NOW"],
)
def test_no_kind_of_sign_is_asked_for(password: str) -> None:
    assert not no_to(password, staff=True)


@pytest.mark.parametrize("password", ["a" * 15, " " * 15, "passwordpassword", "qwertyuiop12345", "123456789012345"])
def test_what_is_soon_guessed_is_refused(password: str) -> None:
    assert "easy to guess" in no_to(password, staff=True) or "Many people" in no_to(password, staff=True)


def test_a_common_password_is_refused_in_any_case() -> None:
    """Each is refused; where it is long enough to be judged at all, because it is common."""
    common = sorted(common_passwords())
    assert len(common) == 30_000
    for word in common[:: len(common) // 1000]:
        assert no_to(word.title())
    assert all(weigh(word.upper())[0] for word in common[:: len(common) // 50])
    assert not weigh(GOOD)[0]


@pytest.mark.parametrize("password", ["MEI@patients.example now", "the Leung tin boats"])
def test_ones_own_name_and_address_are_refused(password: str) -> None:
    assert "your own name" in no_to(password)


@pytest.mark.parametrize("password", ["seven procerus boats", "rain over NANAIMO noon", "tin adeyemi boats"])
def test_words_that_all_know_who_know_the_clinic_are_refused(password: str) -> None:
    assert "name of the clinic" in no_to(password)


def test_an_everyday_word_of_the_clinics_name_may_stand_in_it() -> None:
    assert not no_to("careful skinny otters")
