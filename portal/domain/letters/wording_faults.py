"""What is wrong with a clinic's own words for a letter, each in a sentence that says what to do."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from portal.domain.jurisdictions import Profile
from portal.domain.letters.letter import LetterKind
from portal.domain.letters.letter_wordings import BOX, LONGEST_TEXT, LONGEST_TITLE, PLACE, Wording, blocks_of
from portal.domain.letters.slots import OUTLINES, needed
from portal.domain.words import _


def faults(kind: LetterKind, wording: Wording, law: Profile) -> list[str]:
    """All that stands in the way of sending letters in these words; empty when nothing does."""
    found = chain(_size(wording), _unknown(kind, wording), _misplaced(kind, wording), _box(wording))
    return [*found, *_missing(kind, wording, law)]


def _size(wording: Wording) -> Iterator[str]:
    if not wording.title.strip():
        yield _("Give the letter a title.")
    if len(wording.title) > LONGEST_TITLE or "\n" in wording.title:
        yield _("Write the title in one line of at most %(n)s characters.", n=LONGEST_TITLE)
    if not wording.text.strip():
        yield _("Write what the letter says.")
    if len(wording.text) > LONGEST_TEXT:
        yield _("Write at most %(n)s characters.", n=LONGEST_TEXT)


def _unknown(kind: LetterKind, wording: Wording) -> Iterator[str]:
    known = {*OUTLINES[kind].slots, *OUTLINES[kind].places}
    for name in dict.fromkeys(PLACE.findall(f"{wording.title}\n{wording.text}")):
        if name not in known:
            yield _(
                "{%(name)s} stands for nothing in this letter. You can use: %(known)s.",
                name=name,
                known=", ".join(f"{{{each}}}" for each in sorted(known)),
            )


def _misplaced(kind: LetterKind, wording: Wording) -> Iterator[str]:
    """A slot inside a sentence or in the title, or more than once."""
    slots = OUTLINES[kind].slots
    blocks = [inner for block in blocks_of(wording.text, slots) for inner in block.walk()]
    texts = [wording.title, *(text for block in blocks if block.kind != "slot" for text in (block.text, *block.items))]
    inside = {name for text in texts for name in PLACE.findall(text)} & set(slots)
    for name in sorted(inside):
        yield _("{%(name)s} stands for whole paragraphs. Put it on a line of its own.", name=name)
    for name, times in Counter(block.text for block in blocks if block.kind == "slot").items():
        if times > 1:
            yield _("{%(name)s} stands in the letter more than once. Leave it once.", name=name)


def _box(wording: Wording) -> Iterator[str]:
    if sum(line.strip(" \t\r") == BOX for line in wording.text.split("\n")) > 1:
        yield _("A line of three hyphens begins the box at the end. Write it once.")
    box = next((block for block in blocks_of(wording.text, ()) if block.kind == "box"), None)
    if box and not box.text.strip():
        yield _("Begin the box with its title: below the three hyphens write a line such as “## What you can do”.")


def _missing(kind: LetterKind, wording: Wording, law: Profile) -> Iterator[str]:
    there = set(PLACE.findall(wording.text))
    lacking: dict[str, list[str]] = {}
    for name, words in needed(kind, law):
        if name not in there:
            lacking.setdefault(name, []).append(_(words))
    for name, said in lacking.items():
        yield _("This letter must say %(what)s. Put {%(name)s} in.", what="; ".join(said), name=name)
