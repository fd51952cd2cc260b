"""A clinic's own words for a kind of letter: sentences with places, around slots that the portal writes from the facts.

A wording is plain text. A blank line begins a paragraph, ``## `` a heading, ``- `` an item of a list; what follows a
line of three hyphens stands in the box at the end. ``{received}`` is a place in a sentence; ``{review-right}`` on a
line of its own is a slot. Nothing of it is run: what is typed is read to blocks once, then the places are filled, so
that what stands in a place is never read itself. Address, date, number and signature are the portal's in every letter.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.sentences import Sentence

LONGEST_TITLE, LONGEST_TEXT = 160, 20_000
BOX = "---"
PLACE = re.compile(r"\{([^{}\n]{0,60})\}")
SLOT = re.compile(r"\{([a-z][a-z-]*)\}")
HEADING = re.compile(r"#{1,3} +(.*)")
ITEM = re.compile(r"[-*] +(.*)")


@dataclass(frozen=True)
class Wording:
    """A version of the clinic's own words. ``id`` is kept with each letter that is written in them."""

    title: str
    text: str
    id: str = ""


WordingFor = Callable[[LetterKind], Wording | None]


def the_portals(_kind: LetterKind) -> None:
    """No words of the clinic's own: the portal's."""


# From typed text to blocks


def blocks_of(text: str, slots: Iterable[str]) -> tuple[LetterBlock, ...]:
    """The text as blocks whose places still stand open; ``slots`` are the names that stand for whole paragraphs."""
    known, above, below = set(slots), list[LetterBlock](), list[LetterBlock]()
    chunks, found = _chunks(text.replace("\r\n", "\n").replace("\r", "\n")), above
    for chunk in chunks:
        if chunk == [BOX]:
            found = below
        else:
            found.append(_block(chunk, known))
    if not below:
        return tuple(above)
    title = below.pop(0).text if below[0].kind == "heading" else ""
    return (*above, LetterBlock("box", text=title, blocks=tuple(below)))


def _chunks(text: str) -> Iterator[list[str]]:
    """The lines of one block each: parted by blank lines, and wherever another kind of line begins."""
    chunk: list[str] = []
    for line in (line.strip(" \t") for line in text.split("\n")):
        alone = line == BOX or bool(HEADING.fullmatch(line) or SLOT.fullmatch(line))
        begins_list = bool(ITEM.fullmatch(line)) and not (chunk and ITEM.fullmatch(chunk[0]))
        if chunk and (not line or alone or begins_list):
            yield chunk
            chunk = []
        if alone:
            yield [line]
        elif line:
            chunk.append(line)
    if chunk:
        yield chunk


def _block(chunk: list[str], slots: set[str]) -> LetterBlock:
    if (named := SLOT.fullmatch(chunk[0])) and named[1] in slots:
        return LetterBlock("slot", text=named[1])
    if title := HEADING.fullmatch(chunk[0]):
        return LetterBlock("heading", text=title[1])
    if ITEM.fullmatch(chunk[0]):
        return LetterBlock("list", items=tuple(_items(chunk)))
    return LetterBlock("paragraph", text=" ".join(chunk))


def _items(chunk: list[str]) -> list[str]:
    items: list[str] = []
    for line in chunk:
        begun = ITEM.fullmatch(line)
        if begun:
            items.append(begun[1])
        else:
            items[-1] = f"{items[-1]} {line}"
    return items


# From blocks to typed text: the portal's own words as the editor shows them


def portals_own(letter: Letter) -> Wording:
    """The words the portal composes this letter in, as a clinic would type them, in the letter's language.

    Raises ValueError when something of the facts stands outside a slot or a place.
    """
    body = [block for block in letter.outline if block.kind != "signature"]
    return Wording(_open(letter.outline_title), "\n\n".join(_typed(body)))


def _typed(blocks: Sequence[LetterBlock]) -> Iterator[str]:
    for block in blocks:
        if block.kind == "slot":
            yield f"{{{block.text}}}"
        elif block.kind == "heading":
            yield f"## {_open(block.text)}"
        elif block.kind == "list":
            yield "\n".join(f"- {_open(item)}" for item in block.items)
        elif block.kind == "box":
            yield from (BOX, f"## {_open(block.text)}", *_typed(block.blocks))
        elif block.kind == "paragraph":
            yield _open(block.text)
        else:
            raise ValueError(f"a {block.kind} stands outside a slot")


def _open(text: str) -> str:
    if not isinstance(text, Sentence):
        raise ValueError(f"no sentence of the catalogue: {text!r}")
    return text.pattern


# The letter


def worded(sheet: Letter, wording: Wording | None, places: Mapping[str, str]) -> Letter:
    """The letter as it is sent: in the clinic's words where there are any, else in the portal's.

    ``sheet`` has the portal's words with the slots in their places and ends with the signature. ``places`` are those
    every letter of its kind has; the ones of its own sentences are added.
    """
    known = {**places, **_places(sheet)}
    held = replace(sheet, outline=sheet.blocks, outline_title=sheet.title, places=known)
    if wording is None:
        return replace(held, blocks=tuple(_settled(sheet.blocks)))
    slots = {block.text: block.blocks for block in sheet.walk() if block.kind == "slot"}
    typed = (_filled(block, slots, known) for block in blocks_of(wording.text, slots))
    settled = tuple(_settled(tuple(typed)))
    title = _fill(wording.title, known)
    return replace(held, title=title, blocks=(*settled, sheet.blocks[-1]), wording=wording.id)


def _places(sheet: Letter) -> dict[str, str]:
    """What stands in the places of the sentences outside the slots."""
    found: dict[str, str] = {}
    texts = [sheet.title, *(text for block in _outside_slots(sheet.blocks) for text in (block.text, *block.items))]
    for text in texts:
        found |= text.places if isinstance(text, Sentence) else {}
    return found


def _outside_slots(blocks: Iterable[LetterBlock]) -> Iterator[LetterBlock]:
    for block in blocks:
        if block.kind != "slot":
            yield block
            yield from _outside_slots(block.blocks)


def _filled(block: LetterBlock, slots: Mapping[str, tuple[LetterBlock, ...]], places: Mapping[str, str]) -> LetterBlock:
    if block.kind == "slot":
        return replace(block, blocks=slots[block.text])
    return replace(
        block,
        text=_fill(block.text, places),
        items=tuple(_fill(item, places) for item in block.items),
        blocks=tuple(_filled(inner, slots, places) for inner in block.blocks),
    )


def _fill(text: str, places: Mapping[str, str]) -> str:
    return PLACE.sub(lambda found: places.get(found[1], found[0]), text)


def _settled(blocks: Sequence[LetterBlock]) -> Iterator[LetterBlock]:
    """The slots opened. A heading goes with what stood under it, where that were slots and all of them are empty."""
    for at, block in enumerate(blocks):
        if block.kind == "slot":
            yield from () if block.is_empty_slot else block.blocks
        elif block.kind == "box":
            inner = tuple(_settled(block.blocks))
            if inner:
                yield replace(block, blocks=inner)
        elif block.kind != "heading" or not _stands_over_nothing(blocks[at + 1 :]):
            yield block


def _stands_over_nothing(after: Sequence[LetterBlock]) -> bool:
    under = []
    for block in after:
        if block.kind in ("heading", "box", "signature"):
            break
        under.append(block)
    return bool(under) and all(block.is_empty_slot for block in under)
