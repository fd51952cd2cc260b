"""A release package on paper: the parts a caller hands to the press, what the press says back, and the manifest."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from portal.domain.errors import Invalid
from portal.domain.record_items import Block, Field, Paragraph, Table
from portal.domain.words import _

PAGE_OF_TEXT = 3600
PAGE_OF_LINES = 70
PAGE_OF_ROWS = 42
SECTION_PAGES = 6.0
TABLE_ROWS = 200
LINES_A_PAGE = 33.0
CATEGORY_LINES = 1.6


@dataclass(frozen=True)
class Section:
    """A piece of a package as HTML made by our own templates.

    ``anchor`` is unique in the package (letters, digits, hyphens) and is the target of ``href="part:ANCHOR"``.
    ``title`` is its line in the contents and the bookmarks; empty for the rest of a long item. ``depth`` is 1 for a
    category or a chapter and 2 for an item, ``day`` is the item's date in words. ``weight`` is the estimated number of
    pages.
    """

    anchor: str
    html: str
    weight: float
    title: str = ""
    depth: int = 2
    day: str = ""


@dataclass(frozen=True)
class Attached:
    """A whole PDF file that belongs to the package, printed page by page as it is.

    ``name`` is what a screen reader says of a page that holds no text.
    """

    anchor: str
    data: bytes
    name: str
    title: str = ""
    depth: int = 2
    day: str = ""


Part = Section | Attached


@dataclass(frozen=True)
class Removed:
    """Where a passage was taken out: the ground in plain words; ``label`` when it was a labelled fact."""

    ground: str
    label: str = ""
    kind: str = "removed"


@dataclass(frozen=True)
class Picture:
    """An enclosure printed where it belongs: ``src`` is a ``data:`` address of a PNG or JPEG, ``alt`` its words."""

    name: str
    src: str
    alt: str
    kind: str = "picture"


@dataclass(frozen=True)
class Follows:
    """An enclosure that is bound in as whole pages: the ``Attached`` part called ``anchor``."""

    name: str
    anchor: str
    kind: str = "follows"


Printed = Block | Removed | Picture | Follows


@dataclass(frozen=True)
class Line:
    """One line of the contents: what begins on which page of the whole package (1 is the cover)."""

    anchor: str
    title: str
    depth: int
    page: int
    day: str = ""


@dataclass(frozen=True)
class Contents:
    """What front and back of a package may tell: where everything is, and the fingerprint of the record's parts."""

    lines: tuple[Line, ...]
    fingerprint: str

    def page_of(self, anchor: str) -> int | None:
        """The page a part begins on; None for one without a line."""
        return next((line.page for line in self.lines if line.anchor == anchor), None)

    def leaves(self) -> tuple["ContentsLeaf", ...]:
        """The lines as they fill the pages of the contents, so that each page can be a section of weight 1."""
        runs: list[list[Line]] = [[]]
        room = LINES_A_PAGE
        for line in self.lines:
            need = CATEGORY_LINES if line.depth == 1 else 1.0
            if room < need + (line.depth == 1):
                runs.append([])
                room = LINES_A_PAGE
            room -= need
            runs[-1].append(line)
        last = len(runs)
        return tuple(ContentsLeaf(n, n == last, tuple(run), self.fingerprint) for n, run in enumerate(runs, 1))


@dataclass(frozen=True)
class ContentsLeaf:
    """One page of the contents: its number among them, whether it is the last, its lines."""

    number: int
    last: bool
    lines: tuple[Line, ...]
    fingerprint: str


@dataclass(frozen=True)
class Bound:
    """A package as it was bound: its pages, the page each part begins on, the digest of each part of the record."""

    pages: int
    starts: dict[str, int]
    digests: dict[str, str]
    fingerprint: str
    contents: Contents


class NotPrinted(Exception):
    """The press could not make the file; nothing was left behind. The text says why and holds nothing of a patient."""


@dataclass(frozen=True)
class Manifest:
    """What was handed over, kept beside the file: ``portal verify`` compares the two.

    ``sha256`` and ``size`` are of the signed file. ``parts`` are ``(anchor, first page, sha256)`` in printed order and
    ``fingerprint`` is the digest over them, which is also printed on the contents page.
    """

    reference: str
    made_at: str
    pages: int
    size: int
    sha256: str
    fingerprint: str
    parts: tuple[tuple[str, int, str], ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @staticmethod
    def from_json(text: str) -> "Manifest":
        """The manifest that ``to_json`` wrote. Raises ``Invalid`` when the text is something else."""
        try:
            facts = json.loads(text)
            return Manifest(**{**facts, "parts": tuple(tuple(part) for part in facts["parts"])})
        except (ValueError, TypeError, KeyError):
            raise Invalid(_("This is not the list of contents of a package. Choose the file kept with it.")) from None

    def differences(self, size: int, sha256: str) -> list[str]:
        """What speaks against a file of this size and digest being the one handed over, in whole sentences."""
        found = []
        if size != self.size:
            found.append(_("The file has %(is)s bytes; we handed over %(was)s.", **{"is": size, "was": self.size}))
        if sha256 != self.sha256:
            found.append(_("The file is not, byte for byte, the one we handed over."))
        if self.fingerprint != fingerprint((anchor, digest) for anchor, _page, digest in self.parts):
            found.append(_("The list of contents has been changed since the package was made."))
        return found


def manifest(bound: Bound, reference: str, made_at: datetime, size: int, sha256: str) -> Manifest:
    """The manifest of a bound and signed package."""
    parts = tuple((anchor, bound.starts[anchor], digest) for anchor, digest in bound.digests.items())
    return Manifest(reference, made_at.isoformat(), bound.pages, size, sha256, bound.fingerprint, parts)


def part_digest(part: Part) -> str:
    """The digest of what a part is made of: the file itself, or the page text that was printed."""
    return hashlib.sha256(part.data if isinstance(part, Attached) else part.html.encode()).hexdigest()


def fingerprint(parts: Iterable[tuple[str, str]]) -> str:
    """One digest over the ``(anchor, digest)`` of all parts in printed order."""
    whole = hashlib.sha256()
    for anchor, digest in parts:
        whole.update(f"{anchor} {digest}\n".encode())
    return whole.hexdigest()


def weigh(blocks: Iterable[Printed]) -> float:
    """About how many pages these blocks fill, with room for a heading."""
    return 0.05 + sum(_weight(block) for block in blocks)


def portions(blocks: Sequence[Printed], most: float = SECTION_PAGES) -> Iterator[tuple[Printed, ...]]:
    """The blocks in runs of at most about ``most`` pages, so that one endless item never fills a printer's memory.

    Long tables are cut every few hundred rows under a repeated head, long texts at a line's end.
    """
    run: list[Printed] = []
    weight = 0.0
    for block in (piece for whole in blocks for piece in _pieces(whole, most)):
        if run and weight + _weight(block) > most:
            yield tuple(run)
            run, weight = [], 0.0
        run.append(block)
        weight += _weight(block)
    yield tuple(run)


def _weight(block: Printed) -> float:
    match block:
        case Paragraph():
            return 0.01 + len(block.text) / PAGE_OF_TEXT + block.text.count("\n") / PAGE_OF_LINES
        case Table():
            cells = sum(1 + sum(map(len, row)) / 160 for row in block.rows)
            return 0.035 + cells / PAGE_OF_ROWS
        case Picture():
            return 0.42
        case Field():
            return 0.018 + len(block.text) / PAGE_OF_TEXT
        case _:
            return 0.04


def _pieces(block: Printed, most: float) -> Iterator[Printed]:
    if isinstance(block, Table) and len(block.rows) > TABLE_ROWS:
        for start in range(0, len(block.rows), TABLE_ROWS):
            yield replace(block, rows=block.rows[start : start + TABLE_ROWS])
    elif isinstance(block, Paragraph | Field) and _weight(block) > most:
        for text in _lengths(block.text, most * 0.8):
            yield replace(block, text=text)
    else:
        yield block


def _lengths(text: str, most: float) -> Iterator[str]:
    """The text in lengths of at most ``most`` pages, cut after a line; a very long line, after a word or anywhere."""
    length, weight = "", 0.0
    for line in text.splitlines(keepends=True):
        for piece in _words(line, int(most * PAGE_OF_TEXT * 0.5)):
            if length and weight + _line_weight(piece) > most:
                yield length
                length, weight = "", 0.0
            length += piece
            weight += _line_weight(piece)
    yield length


def _line_weight(line: str) -> float:
    return len(line) / PAGE_OF_TEXT + 1 / PAGE_OF_LINES


def _words(line: str, most: int) -> Iterator[str]:
    start = 0
    while start < len(line):
        end = start + most
        if end < len(line):
            space = line.rfind(" ", start, end) + 1
            end = space if space > start + most // 2 else end
        yield line[start:end]
        start = end
