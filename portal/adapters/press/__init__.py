"""The press: letters and release packages as tagged PDF files, printed in child processes, in bounded memory."""

import io
import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from portal.adapters.press import assets, stacking
from portal.adapters.press.backbone import Facts
from portal.adapters.press.binding import Binding
from portal.adapters.press.book import Around, Book, Order, Progress
from portal.adapters.press.children import Children, Setting
from portal.adapters.press.fresh import fresh
from portal.adapters.press.stamps import Stamp
from portal.domain.releases import Bound, Part
from portal.domain.words import speaking

TEAL = "#0b5563"
CHUNK_SECONDS = 180.0
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_LANGUAGE = re.compile(r"<html[^>]*\slang=\"([^\"]*)\"")
_FOOTER = re.compile(r"<meta name=\"footer\" content=\"([^\"]*)\"")


class Press:
    """One press for a process. Children start with the first page and stay warm until ``close``.

    ``styles`` is our folder of print style sheets, ``fonts`` the folder set-up fills, ``paper`` ``A4`` or ``Letter``,
    ``brand`` the clinic's colour as ``#rrggbb``, ``seconds`` the longest a chunk may take.
    """

    def __init__(
        self,
        styles: Path,
        fonts: Path,
        paper: str = "A4",
        brand: str = TEAL,
        workers: int = 0,
        seconds: float = CHUNK_SECONDS,
    ) -> None:
        paper = paper.lower()
        if paper not in assets.PAPERS or not re.fullmatch(r"#[0-9a-fA-F]{6}", brand):
            raise ValueError("The paper is a4 or letter, and the colour is written #rrggbb.")
        self.paper = paper
        self.fonts = fonts
        self.workers = workers or os.cpu_count() or 1
        self.children = Children(Setting(styles.resolve(), fonts.resolve(), paper, brand, seconds))

    def letter(self, html: str) -> bytes:
        """A whole HTML page as one tagged PDF. Raises ``NotPrinted``.

        ``<title>`` and ``lang`` become the file's; ``<meta name="footer">`` is what stands at the foot.
        """
        file = io.BytesIO()
        language = _found(_LANGUAGE, html)
        with speaking(language.replace("-", "_")):
            binding = Binding(file, Stamp(_found(_FOOTER, html), self.fonts))
            laid = binding.chunk(self.children.print(html))
            binding.finish([laid], Facts(_found(_TITLE, html), language, _now()))
        return file.getvalue()

    def plain(self, html: str) -> bytes:
        """A page that carries nothing at its foot: an envelope, a label. Raises ``NotPrinted``."""
        return self.children.print(html).pdf

    def stack(self, sheets: Iterable[bytes], duplex: bool) -> bytes:
        """Several files for one run of the printer, in order; see ``stacking``."""
        return stacking.stack(sheets, duplex)

    def pages(self, file: bytes) -> int:
        """How many pages a file of ours has."""
        return stacking.pages(file)

    def book(
        self,
        out: Path,
        *,
        front: Around,
        parts: Iterable[Part],
        title: str,
        language: str,
        footer: str,
        back: Around = lambda contents: (),
        progress: Progress = lambda parts, pages: None,
    ) -> Bound:
        """A package at ``out``: the front, all ``parts`` in order, the back. ``front`` and ``back`` learn where all is.

        They may be asked several times, until the numbers hold. ``progress`` is told how many parts and pages are done;
        what it raises ends the work. Raises ``NotPrinted``. Whatever goes wrong, nothing is at ``out``.
        """
        with speaking(language.replace("-", "_")), fresh(out) as file:
            binding = Binding(file, Stamp(footer, self.fonts))
            book = Book(binding, self.children, Order(title, language, self.paper, self.workers, progress))
            return book.make(front, parts, back, Facts(title, language, _now()))

    def close(self) -> None:
        """End the children that are at rest."""
        self.children.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _found(place: re.Pattern[str], html: str) -> str:
    found = place.search(html)
    return unescape(found[1]).strip() if found else ""
