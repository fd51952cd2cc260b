"""What a list that leaves no trace may show of where something goes: a town, the end of a number."""

from collections.abc import Sequence
from itertools import takewhile

from portal.domain.fax_numbers import fax_digits


def town(lines: Sequence[str]) -> str:
    """The place below a name as a list may show it: of the last line what stands before its first digit.

    A street, a box and a postal code stay on the letter's own page; empty where the last line tells no town.
    """
    words = lines[-1].split() if len(lines) > 1 else []
    named = list(takewhile(lambda word: not any(sign.isdigit() for sign in word), words))
    return " ".join(named).strip(" ,")


def ending(number: str) -> str:
    """The last two digits of a number, as a list may show it; empty for an e-mail address, or where there is none."""
    digits = "" if "@" in number else fax_digits(number)
    return digits[-2:] if len(digits) > 6 else ""
