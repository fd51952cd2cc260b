"""Taking passages out of an item: what can be marked, and what is left when it has been."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from portal.domain.errors import Invalid
from portal.domain.record_items import Block, Enclosure, Field, Paragraph, Severed, Table
from portal.domain.words import _

MARK = "▇▇▇▇▇"


@dataclass(frozen=True)
class Passage:
    """Something of an item that can be taken out whole: a block (``b2``) or a row of a table (``b2r0``)."""

    id: str
    text: str


def passages(blocks: Sequence[Block]) -> Iterator[Passage]:
    """Everything that can be marked, in reading order."""
    for number, block in enumerate(blocks):
        match block:
            case Field(label=label, text=text):
                yield Passage(f"b{number}", f"{label}: {text}")
            case Paragraph(text=text):
                yield Passage(f"b{number}", text)
            case Enclosure(name=name):
                yield Passage(f"b{number}", _("The file “%(name)s”", name=name))
            case Table(rows=rows):
                for place, row in enumerate(rows):
                    yield Passage(f"b{number}r{place}", " · ".join(cell for cell in row if cell))
            case _:
                pass


def check(blocks: Sequence[Block], marked: Collection[str], quotes: Sequence[str]) -> None:
    """Raises Invalid for a mark that is not in the item, or for words to take out that do not stand in it."""
    known = {passage.id for passage in passages(blocks)}
    if not set(marked) <= known:
        raise Invalid(_("A marked passage is no longer in this item. Look at it again."), "passages")
    for quote in quotes:
        if not any(quote in text for text in _texts(blocks)):
            raise Invalid(
                _(
                    "“%(quote)s” does not stand in this item, letter for letter. Copy the words from it.",
                    quote=quote[:80],
                ),
                "quotes",
            )


def sever(blocks: Sequence[Block], marked: Collection[str], quotes: Sequence[str], why: str) -> tuple[Block, ...]:
    """What is left: each marked passage replaced by a note that says ``why``, each quoted word by a mark and a note."""
    return tuple(piece for number, block in enumerate(blocks) for piece in _left(block, number, marked, quotes, why))


def _left(block: Block, number: int, marked: Collection[str], quotes: Sequence[str], why: str) -> Iterator[Block]:
    name = f"b{number}"
    if name in marked:
        yield Severed(why)
        return
    if isinstance(block, Table):
        gone = [place for place in range(len(block.rows)) if f"{name}r{place}" in marked]
        rows = tuple(_cells(row, quotes) for place, row in enumerate(block.rows) if place not in gone)
        yield replace(block, rows=rows)
        if gone or rows != tuple(row for place, row in enumerate(block.rows) if place not in gone):
            yield Severed(why)
        return
    left = _without(block, quotes)
    yield left
    if left != block:
        yield Severed(why)


def _cells(row: tuple[str, ...], quotes: Sequence[str]) -> tuple[str, ...]:
    return tuple(_blackened(cell, quotes) for cell in row)


def _without(block: Block, quotes: Sequence[str]) -> Block:
    match block:
        case Field():
            return replace(block, label=_blackened(block.label, quotes), text=_blackened(block.text, quotes))
        case Paragraph():
            return replace(block, text=_blackened(block.text, quotes))
        case Enclosure():
            return replace(block, name=_blackened(block.name, quotes))
        case _:
            return block


def _blackened(text: str, quotes: Sequence[str]) -> str:
    # Longest first: a short quote inside a longer one must not leave the longer one's ends standing.
    for quote in sorted(quotes, key=len, reverse=True):
        text = text.replace(quote, MARK)
    return text


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Field():
                yield from (block.label, block.text)
            case Paragraph():
                yield block.text
            case Enclosure():
                yield block.name
            case Table():
                yield from (cell for row in block.rows for cell in row)
            case _:
                pass


def title_left(title: str, blocks: Sequence[Block], marked: Collection[str], quotes: Sequence[str]) -> str:
    """The item's title without what was severed; empty when a marked passage says what the title says."""
    gone = [p.text.casefold() for p in passages(blocks) if p.id in marked]
    words = title.casefold()
    if any(words in text or (text.partition(": ")[2] or text) in words for text in gone if text):
        return ""
    return _blackened(title, quotes)
