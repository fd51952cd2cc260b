"""What changed between two versions of the policy: clause by clause, word by word, for one language."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from portal.domain.privacy_policy import Clause


class How(StrEnum):
    """What became of a clause."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True)
class Piece:
    """A run of words: ``same`` in both, ``gone`` with the older one, or ``new`` with the newer."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """What became of one clause; its numbers are its places in the two versions, None where it is not there.

    ``paragraphs`` begin with the heading only where that changed.
    """

    how: How
    id: str
    heading: str
    number_before: int | None
    number_after: int | None
    paragraphs: tuple[tuple[Piece, ...], ...] = ()


def compare(before: Sequence[Clause], after: Sequence[Clause], language: str) -> list[Change]:
    """Every clause of both, in the order of the newer version; those that are gone come last."""
    earlier = {clause.id: (number, clause) for number, clause in enumerate(before, 1)}
    kept = [clause.id for clause in after if clause.id in earlier]
    order = {name: place for place, name in enumerate(clause.id for clause in before if clause.id in kept)}
    moved = _moved([order[name] for name in kept])
    found = [
        _change(earlier.get(clause.id), (number, clause), language, order.get(clause.id) in moved)
        for number, clause in enumerate(after, 1)
    ]
    gone = set(earlier) - set(kept)
    return found + [_gone(number, clause, language) for number, clause in earlier.values() if clause.id in gone]


def _moved(order: list[int]) -> set[int]:
    """The fewest clauses that were moved: all but the longest run that kept its order."""
    stays = SequenceMatcher(None, sorted(order), order, autojunk=False).get_matching_blocks()
    return set(order) - {order[block.b + step] for block in stays for step in range(block.size)}


def _change(old: tuple[int, Clause] | None, new: tuple[int, Clause], language: str, moved: bool) -> Change:
    number, clause = new
    heading = clause.told(language).heading
    lines = _lines(clause, language)
    if old is None:
        return Change(How.NEW, clause.id, heading, None, number, tuple((Piece("new", line),) for line in lines[1:]))
    compared = tuple(paragraphs(_lines(old[1], language), lines))
    differs = any(piece.kind != "same" for paragraph in compared for piece in paragraph)
    how = How.CHANGED if differs else How.MOVED if moved else How.SAME
    same_heading = heading == old[1].told(language).heading
    return Change(how, clause.id, heading, old[0], number, compared[same_heading:] if differs else ())


def _gone(number: int, clause: Clause, language: str) -> Change:
    paragraphs = tuple((Piece("gone", line),) for line in _lines(clause, language)[1:])
    return Change(How.GONE, clause.id, clause.told(language).heading, number, None, paragraphs)


def _lines(clause: Clause, language: str) -> list[str]:
    """A clause as lines of plain text: its heading, each paragraph or list item, what to do."""
    said = clause.told(language)
    parts = [said.heading, *re.split(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)])\s)", said.body), said.how]
    return [" ".join(part.split()) for part in parts if part.strip()]


def paragraphs(before: list[str], after: list[str]) -> Iterator[tuple[Piece, ...]]:
    """What became of each line, word by word."""
    for kind, i, j, m, n in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ((Piece("same", line),) for line in before[i:j])
        elif kind == "replace" and j - i == n - m:
            yield from (_pieces(old, new) for old, new in zip(before[i:j], after[m:n], strict=True))
        else:
            yield from ((Piece("gone", line),) for line in before[i:j])
            yield from ((Piece("new", line),) for line in after[m:n])


def _pieces(before: str, after: str) -> tuple[Piece, ...]:
    """One paragraph, word by word."""
    old, new = before.split(), after.split()
    found: list[Piece] = []
    for kind, i, j, m, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", " ".join(old[i:j])))
            continue
        found += [Piece("gone", " ".join(old[i:j]))] if j > i else []
        found += [Piece("new", " ".join(new[m:n]))] if n > m else []
    return tuple(found)
