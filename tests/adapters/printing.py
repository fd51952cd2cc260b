"""What the tests of the press share: a press, parts with words to look for, and eyes for what came out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from portal.adapters.press import Press
from portal.domain.releases import Bound, Contents, Part, Section

ROOT = Path(__file__).resolve().parents[2]
STYLES, FONTS = ROOT / "static" / "print", ROOT / "static" / "built" / "fonts"
REFERENCE = "AR-2026-000123-K"
LETTER = (
    '<!doctype html><html lang="en"><head><title>Your letter</title><meta name="footer" content="AR-1"></head>'
    "<body><h1>Your letter</h1><p>Dear Amina, here it is.</p></body></html>"
)


@contextmanager
def press(**setting: Any) -> Iterator[Press]:
    """A press of two children that is closed at the end."""
    made = Press(STYLES, FONTS, **{"workers": 2, **setting})
    try:
        yield made
    finally:
        made.close()


def section(anchor: str, text: str, title: str = "", depth: int = 2, weight: float = 20.0) -> Section:
    """A page of its own that holds ``text``; heavy, so that it makes a chunk of its own."""
    level = min(depth, 2)
    html = (
        f'<section class="chapter" id="{anchor}"><h{level}>{escape(title or anchor)}</h{level}><p>{escape(text)}</p>'
        "<table><thead><tr><th>Test</th><th>Result</th></tr></thead><tbody><tr><td>Sodium</td><td>140</td></tr></tbody>"
        f'</table><p><b>Here <a href="part:{anchor}">it <i>is</i></a></b>.</p>'
        "<ul><li>one</li><li>two</li></ul></section>"
    )
    return Section(anchor, html, weight, title, depth)


def record(categories: int = 2, items: int = 3) -> list[Section]:
    """Categories with items; the text of item 1 of category 0 is ``word-0-1``."""
    found = []
    for category in range(categories):
        found.append(section(f"category-{category}", f"heading-{category}", f"Category {category}", 1))
        for item in range(items):
            found.append(section(f"item-{category}-{item}", f"word-{category}-{item}", f"Item {category}.{item}"))
    return found


def front(contents: Contents) -> Iterator[Section]:
    """A cover and one page of contents, as plain as can be."""
    yield Section("cover", '<section id="cover"><h1>Cover</h1></section>', 1.0, "Cover", 1)
    lines = "".join(
        f'<p><a href="part:{line.anchor}">{escape(line.title)}</a> @{line.page}</p>' for line in contents.lines
    )
    yield Section("contents", f'<section class="chapter" id="contents"><h1>Contents</h1>{lines}</section>', 1.0)


def make(made: Press, out: Path, parts: Iterable[Part], **more: Any) -> Bound:
    """A package of these parts."""
    facts: dict[str, Any] = {"front": front, "title": "Your record", "language": "en", "footer": REFERENCE, **more}
    return made.book(out, parts=parts, **facts)


def texts(file: Path | bytes) -> list[str]:
    """The text of every page, as a reader of the file finds it."""
    pdf = pypdfium2.PdfDocument(file)
    try:
        found = []
        for page in pdf:
            text = page.get_textpage()
            found.append(text.get_text_bounded())
            text.close()
            page.close()
        return found
    finally:
        pdf.close()


def elements(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every structure element under the root."""
    waiting: list[Any] = list(pdf.Root.StructTreeRoot.K)
    while waiting:
        element = waiting.pop()
        if isinstance(element, pikepdf.Dictionary) and "/S" in element:
            yield element
            kids: Any = element.get("/K", [])
            waiting.extend(kids if isinstance(kids, pikepdf.Array) else [kids])


def kinds(pdf: pikepdf.Pdf) -> Counter[str]:
    """How many elements there are of each kind."""
    return Counter(str(element.S) for element in elements(pdf))


def parents(pdf: pikepdf.Pdf) -> dict[int, Any]:
    """The parent tree, flat."""
    found: dict[int, Any] = {}
    waiting = [pdf.Root.StructTreeRoot.ParentTree]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.get("/Kids", []))
        entries = list(node.get("/Nums", []))
        found.update(zip((int(key) for key in entries[::2]), entries[1::2], strict=True))
    return found


def places(pdf: pikepdf.Pdf) -> dict[str, int]:
    """The page (from 1) each named place is on."""
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
    found: dict[str, int] = {}
    for node in pdf.Root.Names.Dests.Kids:
        entries = list(node.Names)
        for name, place in zip(entries[::2], entries[1::2], strict=True):
            found[str(name)] = pages[place[0].objgen]
    return found
