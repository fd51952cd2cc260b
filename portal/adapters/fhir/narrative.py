"""Text written for people: HTML and plain notes become paragraphs and tables, and nothing that could run.

The HTML is cut into marks and words by one regular expression and not by the standard library's parser, which takes
minutes over a few hundred kilobytes of marks that are never closed.
"""

import re
from html import unescape

from portal.domain.record_items import Block, Paragraph, Table

_BREAKS = frozenset(
    "address article aside blockquote dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr main nav"
    " ol p pre section title ul".split()
)
_SILENT = frozenset({"script", "style", "template", "noscript", "object", "embed", "iframe", "svg", "math"})
_SPACES = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_HEADING = re.compile(r"^#{1,6} +(?=\S)", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
_PIECES = re.compile(r"<!--|<[^<>]*>|[^<]+|<")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def html_blocks(html: str) -> list[Block]:
    """The paragraphs and tables of an HTML text, in order; scripts, styles and pictures left out."""
    reader = _Reader()
    for piece in _PIECES.finditer(html):
        reader.take(piece.group())
    reader.end()
    return reader.blocks


def text_blocks(text: str) -> list[Paragraph]:
    """A note as paragraphs: blank lines part them, line breaks within stay, marks of headings go."""
    text = clean(text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").expandtabs(4))
    pieces = _BLANK_LINES.split(_HEADING.sub("", text))
    kept = ("\n".join(line.rstrip() for line in piece.strip("\n").split("\n")) for piece in pieces)
    return [Paragraph(piece) for piece in kept if piece.strip()]


def clean(text: str) -> str:
    """``text`` without the control characters that no paper can show."""
    return _CONTROL.sub("", text)


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._words: list[str] = []
        self._items: list[str] = []
        self._rows: list[list[str]] = []
        self._heads: list[bool] = []
        # What ends the part that is left out now: a comment, a script, a style.
        self._until = ""
        self._tables = self._exact = 0
        self._head = self._cell = False

    def take(self, piece: str) -> None:
        if self._until:
            self._skip(piece)
        elif piece == "<!--":
            self._until = "-->"
        elif piece[0] != "<":
            self._words.append(unescape(piece) if self._exact else _SPACES.sub(" ", unescape(piece)))
        elif tag := _TAG.match(piece):
            self._mark(tag.group(2).lower(), bool(tag.group(1)), piece)
        elif len(piece) == 1:
            self._words.append("<")

    def end(self) -> None:
        self._until = ""
        while self._tables:
            self._close_table()
        self._break()
        self._end_list()

    def _skip(self, piece: str) -> None:
        before, found, after = piece.lower().partition(self._until)
        if found:
            comment, self._until = self._until == "-->", ""
            if comment and after:
                self.take(piece[len(before) + len(found) :])

    def _mark(self, tag: str, closing: bool, piece: str) -> None:
        if closing:
            self._close(tag)
        elif tag in _SILENT:
            self._until = "" if piece.endswith("/>") else f"</{tag}"
        else:
            self._open(tag, piece)
            if piece.endswith("/>") and tag not in ("br", "img", "hr"):
                self._close(tag)

    def _open(self, tag: str, piece: str) -> None:
        if tag == "table":
            self._open_table()
        elif tag == "br":
            self._words.append("\n")
        elif tag == "img":
            alt = _ALT.search(piece)
            self._words.append(f" {unescape(alt.group(1) or alt.group(2) or '')} " if alt else " ")
        elif tag == "li":
            self._break()
            self._words.append("– ")
        elif self._tables and tag in ("tr", "td", "th"):
            self._open_cell(tag)
        elif tag == "thead":
            self._head = True
        elif tag in _BREAKS:
            self._break()
        self._exact += tag == "pre"

    def _close(self, tag: str) -> None:
        if tag == "table" and self._tables:
            self._close_table()
        elif tag in ("td", "th") and self._tables:
            self._close_cell()
        elif tag == "thead":
            self._head = False
        elif tag in _BREAKS or tag == "li":
            self._break()
        if tag == "pre":
            self._exact = max(0, self._exact - 1)

    def _said(self) -> str:
        lines = clean("".join(self._words)).split("\n")
        self._words.clear()
        if self._exact:
            return "\n".join(line.rstrip() for line in lines).strip("\n")
        return "\n".join(said for line in lines if (said := _SPACES.sub(" ", line).strip()))

    def _break(self) -> None:
        if self._tables:
            self._words.append("\n")
            return
        said = self._said()
        if said.startswith("– "):
            self._items.append(said)
        elif said:
            self._end_list()
            self.blocks.append(Paragraph(said))

    def _end_list(self) -> None:
        if self._items:
            self.blocks.append(Paragraph("\n".join(self._items)))
            self._items = []

    def _open_table(self) -> None:
        if not self._tables:
            self._break()
            self._end_list()
        self._tables += 1

    def _open_cell(self, tag: str) -> None:
        # Words between cells, or a table inside a cell, join the row they stand in.
        self._close_cell()
        if tag == "tr" or not self._rows:
            self._rows.append([])
            self._heads.append(False)
        self._cell = tag != "tr"
        if (tag == "th" or self._head) and not self._rows[-1]:
            self._heads[-1] = True

    def _close_cell(self) -> None:
        said = self._said()
        cell, self._cell = self._cell, False
        if said or cell:
            if not self._rows:
                self._rows.append([])
                self._heads.append(False)
            self._rows[-1].append(said)

    def _close_table(self) -> None:
        self._close_cell()
        self._tables -= 1
        if self._tables:
            return
        rows = [(row, head) for row, head in zip(self._rows, self._heads, strict=True) if any(row)]
        self._rows, self._heads = [], []
        self.blocks += _table([row for row, _head in rows], bool(rows) and rows[0][1])


def _table(rows: list[list[str]], headed: bool) -> list[Block]:
    """Rows as a table where the first is a head that fits them all; else a line each."""
    width = len(rows[0]) if rows else 0
    if headed and len(rows) > 1 and all(len(row) <= width for row in rows):
        full = [row + [""] * (width - len(row)) for row in rows]
        used = [column for column in range(width) if any(row[column] for row in full)]
        head, *body = ([row[column] for column in used] for row in full)
        if len(used) > 1 and all(head):
            return [Table(tuple(head), tuple(tuple(row) for row in body))]
    return [Paragraph(_row_words([cell for cell in row if cell])) for row in rows]


def _row_words(row: list[str]) -> str:
    return f"{row[0]}: {row[1]}" if len(row) == 2 and "\n" not in row[0] else " · ".join(row)
