"""Taking passages out of an item: what can be marked, and what is left when it has been.

What is taken out is taken out wherever it stands in the item: a marked passage said again word for word in another
block, quoted words in any block, cell, label, file name or in the title (``blackening`` says what is the same word).
What a file shows cannot be read here, so the physician says of each file that it goes, or that she looked at it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from portal.domain.blackening import MARK as MARK
from portal.domain.blackening import blackened, plain, stands_in
from portal.domain.errors import Invalid
from portal.domain.record_items import Block, Enclosure, Field, Paragraph, Severed, Table, Unshown
from portal.domain.restating import telling_words
from portal.domain.words import _

TITLE = "title"
MOST_QUOTES = 100
SHORTEST_REPEATED = 4  # letters: "yes" elsewhere in the item says nothing of the passage that was taken out
SHORTEST_QUOTE = 2
TELLING = 3  # words: fewer of a withheld item may stand in an explanation by chance


@dataclass(frozen=True)
class Passage:
    """Something of an item that can be taken out whole: a block (``b2``) or a row of a table (``b2r0``)."""

    id: str
    text: str


@dataclass(frozen=True)
class _Cut:
    """What is taken out of one item: marked passages, words, files, and the marked passages' own words."""

    marked: Collection[str]
    quotes: Sequence[str]
    repeated: Sequence[str]
    files: Collection[str]


def passages(blocks: Sequence[Block]) -> Iterator[Passage]:
    """Everything that can be marked, in reading order; the title can be marked too, as ``TITLE``."""
    for number, block in enumerate(blocks):
        match block:
            case Field(label=label, text=text):
                yield Passage(f"b{number}", f"{label}: {text}")
            case Paragraph(text=text):
                yield Passage(f"b{number}", text)
            case Enclosure(name=name) | Unshown(name=name):
                yield Passage(f"b{number}", _("The file “%(name)s”", name=name))
            case Table(rows=rows):
                for place, row in enumerate(rows):
                    yield Passage(f"b{number}r{place}", " · ".join(cell for cell in row if cell))
            case _:
                pass


def severable(blocks: Sequence[Block]) -> bool:
    """Whether something can be taken out and something given: a single file can only be given or withheld."""
    found = list(passages(blocks))
    return len(found) > 1 or any(not isinstance(block, Enclosure) for block in blocks if found)


def check(
    blocks: Sequence[Block],
    marked: Collection[str],
    quotes: Sequence[str],
    title: str = "",
    files_looked_at: bool = False,
) -> None:
    """Whether this can be taken out and the rest be given.

    Raises Invalid for a mark that is not in the item, words that do not stand in it, or a file that stays although
    nobody said that it does not show what is taken out.
    """
    known = {passage.id for passage in passages(blocks)} | {TITLE}
    if not set(marked) <= known:
        raise Invalid(_("A passage you ticked is not in this entry. Look at it again."), "passages")
    if len(quotes) > MOST_QUOTES:
        raise Invalid(_("Use at most %(n)s lines of words. Mark whole passages instead.", n=MOST_QUOTES), "quotes")
    for quote in quotes:
        _check_quote(quote, [*_lines(blocks), (title,)])
    gone = _cut(blocks, marked, quotes).files
    staying = [block for block in blocks if isinstance(block, Enclosure) and block.file not in gone]
    if staying and not files_looked_at:
        raise Invalid(
            _(
                "The file “%(name)s” stays in. Mark it too, or say that you looked at it and that it shows nothing of "
                "what you take out.",
                name=staying[0].name,
            ),
            "files_looked_at",
        )


def _check_quote(quote: str, lines: Sequence[tuple[str, ...]]) -> None:
    words = plain(quote)
    if MARK[0] in quote or not words or (len(words) < SHORTEST_QUOTE and words.isascii()):
        raise Invalid(_("“%(quote)s” is too short to look for. Write whole words.", quote=quote[:80]), "quotes")
    if not any(stands_in(quote, line) for line in lines):
        raise Invalid(
            _("“%(quote)s” does not stand in this entry. Copy the words from one place of it.", quote=quote[:80]),
            "quotes",
        )


def check_explanation(text: str, blocks: Sequence[Block], marked: Collection[str], quotes: Sequence[str]) -> None:
    """Raises Invalid when what the patient will be told says what is taken out of the item."""
    cut = _cut(blocks, marked, quotes)
    _refuse_telling(text, [*quotes, *cut.repeated])


def check_explanation_of_withheld(text: str, blocks: Sequence[Block]) -> None:
    """Raises Invalid when what the patient will be told repeats a passage of an item that is kept back whole."""
    _refuse_telling(text, [said for said in _said(blocks) if len(plain(said).split()) >= TELLING])


def _refuse_telling(text: str, hidden: Sequence[str]) -> None:
    if any(stands_in(words, (text,), whole=True) for words in hidden):
        raise Invalid(
            _("This repeats words that the patient is not to read. Say it without them."),
            "explanation",
        )


def sever(blocks: Sequence[Block], marked: Collection[str], quotes: Sequence[str], why: str) -> tuple[Block, ...]:
    """What is left: each marked passage replaced by a note that says ``why``, each quoted word by a mark and a note."""
    cut = _cut(blocks, marked, quotes)
    left = [piece for number, block in enumerate(blocks) for piece in _left(block, number, cut, why)]
    left = list(_renamed(left, blocks, marked, why))
    note = Severed(why)
    # One note is enough where several passages in a row are gone.
    return tuple(left[:1]) + tuple(after for before, after in pairwise(left) if not before == after == note)


def title_left(title: str, blocks: Sequence[Block], marked: Collection[str], quotes: Sequence[str]) -> str:
    """The item's title without what was severed; empty when it says what only a marked passage says."""
    if TITLE in marked:
        return ""
    cut = _cut(blocks, marked, quotes)
    (left,) = blackened((title,), cut.quotes, cut.repeated)
    stays = [text for line in _lines(sever(blocks, marked, quotes, "")) for text in line]
    return "" if not plain(left) or _tells(left, _ticked(blocks, marked), stays) else left


def _ticked(blocks: Sequence[Block], marked: Collection[str]) -> list[str]:
    return [passage.text for passage in passages(blocks) if passage.id in marked]


def _tells(text: str, gone: Sequence[str], stays: Sequence[str]) -> bool:
    """Whether a title or a file's name says what a marked passage says and no line that stays does.

    They are put together from the same facts as the blocks, often shortened: so a single word decides, and so do words
    that stay apart from one another when together they stand in a marked passage only.
    """
    if any(stands_in(text, (said,), whole=True) for said in gone):
        return not any(stands_in(text, (line,), whole=True) for line in stays)
    said, left, words = (
        [telling_words(each) for each in gone],
        [telling_words(each) for each in stays],
        telling_words(text),
    )
    return any(_in_some(run, said) and not _in_some(run, left) for run in _runs(words, said))


def _runs(words: Sequence[str], among: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """From each word on, the longest run that stands in one of ``among``."""
    for start in range(len(words)):
        end = start
        while end < len(words) and _in_some(words[start : end + 1], among):
            end += 1
        if end > start:
            yield words[start:end]


def _in_some(run: Sequence[str], lines: Sequence[Sequence[str]]) -> bool:
    long = len(run)
    return any(line[at : at + long] == run for line in lines for at in range(len(line) - long + 1))


def _renamed(left: Sequence[Block], blocks: Sequence[Block], marked: Collection[str], why: str) -> Iterator[Block]:
    """What is left, with no file called by what was taken out."""
    gone, others = _ticked(blocks, marked), [block for block in left if not isinstance(block, Enclosure)]
    stays = [text for line in _lines(others) for text in line]
    for block in left:
        if isinstance(block, Enclosure) and _tells(block.name, gone, stays):
            yield from (replace(block, name=MARK), Severed(why))
        else:
            yield block


def says(title: str, blocks: Sequence[Block], words: str) -> bool:
    """Whether an item says these words in its title or anywhere in it, as whole words."""
    return any(stands_in(words, line, whole=True) for line in [*_lines(blocks), (title,)])


def _cut(blocks: Sequence[Block], marked: Collection[str], quotes: Sequence[str]) -> _Cut:
    said = [text for id_, text in _said_by(blocks) if id_ in marked]
    repeated = [text for text in said if len(plain(text).replace(" ", "")) >= SHORTEST_REPEATED]
    files = {b.file for n, b in enumerate(blocks) if isinstance(b, Enclosure) and f"b{n}" in marked}
    return _Cut(marked, quotes, repeated, files)


def _said(blocks: Sequence[Block]) -> Iterator[str]:
    return (text for _id, text in _said_by(blocks))


def _said_by(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """Each passage with its own words: of a field what it says, not its label."""
    for number, block in enumerate(blocks):
        match block:
            case Field(text=text) | Paragraph(text=text) | Enclosure(name=text) | Unshown(name=text):
                yield f"b{number}", text
            case Table(rows=rows):
                yield from ((f"b{number}r{place}", " ".join(row)) for place, row in enumerate(rows))
            case _:
                pass


def _left(block: Block, number: int, cut: _Cut, why: str) -> Iterator[Block]:
    name = f"b{number}"
    if name in cut.marked or (isinstance(block, Enclosure) and block.file in cut.files):
        yield Severed(why)
        return
    left = _without(block, name, cut)
    if not (isinstance(left, Table) and not left.rows and left != block):
        yield left
    if left != block:
        yield Severed(why)


def _without(block: Block, name: str, cut: _Cut) -> Block:
    def struck(*texts: str) -> tuple[str, ...]:
        return blackened(texts, cut.quotes, cut.repeated)

    match block:
        case Field(label=label, text=text):
            label, text = struck(label, text)
            return replace(block, label=label, text=text)
        case Paragraph(text=text):
            return replace(block, text=struck(text)[0])
        case Enclosure(name=file_name) | Unshown(name=file_name):
            return replace(block, name=struck(file_name)[0])
        case Table(head=head, rows=rows):
            kept = tuple(struck(*row) for place, row in enumerate(rows) if f"{name}r{place}" not in cut.marked)
            return replace(block, head=struck(*head), rows=kept)
        case _:
            return block


def _lines(blocks: Sequence[Block]) -> Iterator[tuple[str, ...]]:
    """Everything the item says, in the lines in which words are looked for."""
    for block in blocks:
        match block:
            case Field(label=label, text=text):
                yield label, text
            case Paragraph(text=text):
                yield (text,)
            case Enclosure(name=name) | Unshown(name=name):
                yield (name,)
            case Table(head=head, rows=rows):
                yield head
                yield from rows
            case _:
                pass
