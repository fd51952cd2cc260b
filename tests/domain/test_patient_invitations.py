"""The code of an invitation: easy to type, hard to guess, and a slip of the pen is found before it is looked for."""

from dataclasses import dataclass
from datetime import date
from math import log2

import pytest

from portal.domain.errors import Invalid
from portal.domain.patient_invitations import ALPHABET, DRAWN, check_sign, fits, new_code, printed, read_code, rules


@dataclass
class File:
    address: str | None = None
    phone: str | None = None
    birth_date: date = date(1985, 3, 27)


def test_a_code_has_more_than_sixty_bits_and_no_signs_that_look_alike() -> None:
    assert DRAWN * log2(len(ALPHABET)) > 60
    assert not set("01OILSZBGUY") & set(ALPHABET)


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_code()
    plain = code.replace("-", "")
    for typed in (
        code,
        code.lower(),
        plain,
        code.replace("-", " "),
        f"  {code.replace('-', ' - ')}\n",
        code.replace("-", "–"),
    ):
        assert read_code(typed) == plain
    assert read_code(code.replace("5", "s").replace("8", "B")) == plain


def test_any_one_wrong_sign_and_any_two_neighbours_exchanged_are_found() -> None:
    for _try in range(20):
        code = new_code().replace("-", "")
        slips = {code[:n] + sign + code[n + 1 :] for n in range(len(code)) for sign in ALPHABET}
        slips |= {code[:n] + code[n + 1] + code[n] + code[n + 2 :] for n in range(len(code) - 1)}
        for slip in slips - {code}:
            with pytest.raises(Invalid, match="does not fit the others"):
                read_code(slip)


def test_too_short_and_too_long_are_told_as_such() -> None:
    for typed in ("", "7KQ4", new_code() + "4"):
        with pytest.raises(Invalid, match="16 letters and digits"):
            read_code(typed)


def test_no_two_codes_are_alike() -> None:
    codes = {new_code() for _try in range(2000)}
    assert len(codes) == 2000
    assert all(printed(read_code(code)) == code and check_sign(read_code(code)[:-1]) == code[-1] for code in codes)


@pytest.mark.parametrize(
    ("file", "fact"),
    [
        (File("12 Rose St\nVictoria BC  V8V 1A1", "250-555-0142"), "postal_code"),
        (File("12 Rose St, Victoria, v8v1a1"), "postal_code"),
        (File("12 Rose St, Victoria", "250-555-0142"), "phone_last_four"),
        (File(None, "+1 (250) 555-0142 "), "phone_last_four"),
        (File("12 Rose St", "none"), None),
        (File(), None),
    ],
)
def test_the_fact_that_is_asked_for_is_one_that_is_on_file(file: File, fact: str | None) -> None:
    found = rules().fact_on_file(file)
    assert (found.id if found else None) == fact


def test_both_facts_must_be_those_on_file() -> None:
    file = File("Victoria BC V8V 1A1", "250-555-0142")
    born = file.birth_date
    assert fits(file, "postal_code", born, "v8v1a1")
    assert fits(file, "phone_last_four", born, " 01 42")
    assert not fits(file, "postal_code", date(1985, 3, 28), "V8V 1A1")
    assert not fits(file, "postal_code", born, "0142")
    assert not fits(File(), "postal_code", born, "")
