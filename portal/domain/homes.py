"""Whether an address that was typed is somebody's home, however it was written: safer is yes (decision 0180).

It is home when the postal code is the same, or the number of the house with the first word of the street, once case,
accents, blanks, signs that are typed for each other and short forms are folded away. The short forms are data with
their source (homes.toml).
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files

from portal.domain.addresses import LOOKS_LIKE
from portal.domain.names import fold

SLIP = 0.8  # how much alike two words are that differ by a slip of the hand, as the library counts it
SHORTEST_WITH_A_SLIP = 4
NUMBER = re.compile(r"(\d+)[a-z]?")
ORDINAL = re.compile(r"^(\d+)(st|nd|rd|th|e|re|er|eme)$")
Pair = tuple[str, str]


@dataclass(frozen=True)
class Words:
    """How words of addresses stand for one another; ``passed_over`` may come before the name of a street."""

    same: dict[str, str]
    passed_over: frozenset[str]
    boxes: frozenset[str]
    code: re.Pattern[str]
    whole_place: re.Pattern[str]
    alike: dict[int, str]
    alike_in_codes: dict[int, str]


@cache
def words() -> Words:
    """What the data file says."""
    table = tomllib.loads(files("portal.domain").joinpath("homes.toml").read_text("utf-8"))
    lists = {each["kind"]: each["alike"] for each in table["words"]}
    return Words(
        same={word: row[0] for rows in lists.values() for row in rows for word in row},
        passed_over=frozenset(row[0] for kind in ("street", "direction") for row in lists[kind]),
        boxes=frozenset(row[0] for row in lists["box"]),
        code=re.compile(table["code"]),
        whole_place=re.compile(table["whole_place"]),
        alike=str.maketrans(table["alike"]),
        alike_in_codes=str.maketrans(table["alike_in_codes"]),
    )


def is_home(typed: str, home: Sequence[str]) -> bool:
    """Whether ``typed`` may be the address whose lines are ``home``; no where there is none on file, or nothing typed.

    A code of a whole place is home only where no other house or box stands beside it. A text without any number is home
    where it names the street.
    """
    written, ours = _words(typed), [_words(line) for line in home]
    houses = {(number, name) for line in ours for number, names in _houses(line) for name in _chief(names)}
    named = {(number, name) for number, names in _houses(written) for name in names}
    if any(_is_same(one, other) for one in named for other in houses):
        return True
    if (code := _code_of(home)) and _squeezed(code) in _squeezed(typed):
        return not words().whole_place.match(code) or not named
    streets = {name for _number, name in houses if not _is_passed_over(name) and name not in words().boxes}
    return not any(map(_numbers, written)) and any(_is_alike(word, name) for word in written for name in streets)


def _houses(line: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Each number with the words behind it, up to the one that is no kind and no direction; and each box."""
    for place, word in enumerate(line):
        names = []
        for name in line[place + 1 :]:
            names.append(name)
            if not _is_passed_over(name):
                break
        for number in _numbers(word):
            if place and line[place - 1] in words().boxes:
                yield number, [line[place - 1]]
            yield number, names


def _chief(names: list[str]) -> list[str]:
    """The name of a street; of “North Road”, which has none, all its words."""
    return names[-1:] if names and not _is_passed_over(names[-1]) else names


def _is_passed_over(name: str) -> bool:
    return name in words().passed_over or (len(name) == 1 and name.isalpha())


def _numbers(word: str) -> set[str]:
    """What the number of a house may be read as: 7l is 71, or the door l of 7. Empty for any other word."""
    read = word.translate(words().alike)
    found = {read} if read.isdigit() and any(sign.isdigit() for sign in word) else set()
    return found | {number[1] for number in [NUMBER.fullmatch(word)] if number}


def _is_same(one: Pair, other: Pair) -> bool:
    return one[0] == other[0] and _is_alike(one[1], other[1])


def _is_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if min(len(one), len(other)) < SHORTEST_WITH_A_SLIP or one.isdigit() or other.isdigit():
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= SLIP


def _words(text: str) -> list[str]:
    """The words of an address, folded, each by the one that stands for it."""
    found = re.findall(r"\w+", _folded(re.sub(r"['’.]", "", text)))
    return [ORDINAL.sub(r"\1", words().same.get(word, word)) for word in found]


def _folded(text: str) -> str:
    plain = fold(text).translate(LOOKS_LIKE)
    return "".join(
        str(unicodedata.digit(sign)) if unicodedata.digit(sign, None) is not None else sign for sign in plain
    )


def _squeezed(text: str) -> str:
    return re.sub(r"\W", "", _folded(text)).translate(words().alike_in_codes)


def _code_of(home: Iterable[str]) -> str:
    """The postal code of an address, folded; empty where it has none."""
    found = words().code.findall(re.sub(r"\W", "", _folded("\n".join(home))))
    return found[-1] if found else ""
