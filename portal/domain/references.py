"""Case references such as ``AR-2026-000123-K``: kind, year, number, and a letter that betrays a slip of the pen.

The check letter is a weighted sum modulo 23, a prime, over the twelve characters before it. Every weight differs and
none is zero, so any one wrong character and any two neighbours exchanged give another letter. The 23 letters leave out
I, L and O, which are easily taken for digits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.domain.errors import Invalid
from portal.domain.words import _

PREFIXES = {"access_request": "AR", "consent_change": "CC", "accuracy_note": "AN", "complaint": "CO"}
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ"
OFFSET = 6  # any constant would do; this one makes the contract's example a true reference
MOST = 999_999
FORM = re.compile(r"([A-Z]{2})-(\d{4})-(\d{6})-([A-Z])", re.ASCII)
LOOSE = re.compile(
    r"([A-Z]{2})[\s\u2010-\u2015_/.-]*([\dOIL]{4})[\s\u2010-\u2015_/.-]*([\dOIL]{6})[\s\u2010-\u2015_/.-]*([A-Z])"
)
AS_DIGITS = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class Reference:
    """A reference taken apart."""

    prefix: str
    year: int
    number: int

    def __str__(self) -> str:
        stem = f"{self.prefix}-{self.year:04d}-{self.number:06d}"
        return f"{stem}-{check_letter(stem)}"


def make(prefix: str, year: int, number: int) -> str:
    """The reference of the ``number``-th case of that kind in ``year``; ``Invalid`` outside 1 to 999999."""
    if prefix not in PREFIXES.values() or not 1 <= number <= MOST or not 2000 <= year <= 9999:
        raise Invalid(
            _(
                "%(prefix)s, %(year)s and %(number)s do not make a reference. Use one of %(prefixes)s and a number "
                "from 1 to %(most)s.",
                prefix=prefix,
                year=year,
                number=number,
                prefixes=", ".join(PREFIXES.values()),
                most=MOST,
            )
        )
    return str(Reference(prefix, year, number))


def is_reference(text: str) -> bool:
    """Whether ``text`` is a reference exactly as it is printed."""
    match = FORM.fullmatch(text)
    return match is not None and match[1] in PREFIXES.values() and check_letter(text[:-2]) == match[4]


def parse(text: str) -> Reference:
    """The reference a person typed: case, spaces and dashes do not matter, and O, I, L among digits read as 0, 1, 1.

    ``Invalid`` when it is no reference or its check letter does not fit.
    """
    match = LOOSE.fullmatch(text.strip().upper())
    if match is None or match[1] not in PREFIXES.values():
        raise Invalid(_("A reference looks like AR-2026-000123-K. Copy it from the top of a letter."), "reference")
    year, number = (part.translate(AS_DIGITS) for part in match.group(2, 3))
    if check_letter(f"{match[1]}-{year}-{number}") != match[4]:
        raise Invalid(
            _("One character of this reference does not fit the others. Check it against the letter."), "reference"
        )
    return Reference(match[1], int(year), int(number))


def check_letter(stem: str) -> str:
    """The letter that belongs to ``AR-2026-000123``."""
    return ALPHABET[(OFFSET + sum(_weighted(stem))) % len(ALPHABET)]


def _weighted(stem: str) -> Iterator[int]:
    characters = stem.replace("-", "")
    for weight, character in enumerate(characters, start=2):
        yield weight * (int(character) if character.isdigit() else ord(character) - ord("A"))


def kind_of(reference: str) -> str | None:
    """The kind of case a reference belongs to, by its first letters; None for no reference."""
    return next((kind for kind, prefix in PREFIXES.items() if reference.upper().startswith(f"{prefix}-")), None)
