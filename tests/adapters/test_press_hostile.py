"""Nothing a person wrote can make the press load, run or carry anything; what asks for more is not printed at all."""

import base64
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pytest

from portal.adapters.paper import Paper
from portal.adapters.press import Press
from portal.domain.letters import Letter, LetterBlock, LetterKind
from portal.domain.record_items import Field, Paragraph, Table
from portal.domain.releases import NotPrinted, Picture, Section
from tests.adapters.printing import ROOT, make, press, section, texts

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def shop() -> Iterator[Press]:
    with press(workers=1) as made:
        yield made


@pytest.fixture(scope="module")
def trap() -> Iterator[tuple[str, list[str]]]:
    """A server nobody should ever call, and who called."""
    called: list[str] = []

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.append(self.path)
            self.send_error(404)

    server = HTTPServer(("127.0.0.1", 0), Trap)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", called
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.txt"
    file.write_text("the-crown-jewels")
    return file


def markup(target: str) -> list[str]:
    """Every way we know to make a page ask for something."""
    return [
        f'<img src="{target}" alt="x">',
        f'<iframe src="{target}"></iframe>',
        f'<object data="{target}"></object>',
        f'<embed src="{target}">',
        f'<link rel="stylesheet" href="{target}">',
        f'<link rel="attachment" href="{target}">',
        f'<a rel="attachment" href="{target}">x</a>',
        f'<style>@import url("{target}");</style>',
        f'<style>@font-face {{ font-family: f; src: url("{target}") }} p {{ font-family: f }}</style>',
        f'<p style="background: url({target})">x</p>',
        f'<p style="list-style: url({target}) inside; display: list-item">x</p>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{target}"/></svg>',
        f'<input type="image" src="{target}">',
    ]


def test_markup_in_a_record_is_literal_text_in_every_kind_of_block(
    shop: Press, tmp_path: Path, secret: Path, trap: tuple[str, list[str]]
) -> None:
    address, called = trap
    paper = Paper(ROOT / "templates", "America/Vancouver")
    hostile = [*markup(address), *markup(secret.as_uri()), "{{ 7*7 }}{% import os %}${7*7}", "</article><script>"]
    blocks = [Field(text, text) for text in hostile]
    said = [*blocks, *(Paragraph(text) for text in hostile), Table(("Head", hostile[0]), ((hostile[0], hostile[1]),))]
    item = {"anchor": "i", "title": hostile[0], "day": "", "source": hostile[0], "blocks": said, "notes": []}
    html = paper.render("packages/item.html", item=item)
    make(shop, tmp_path / "p.pdf", [Section("i", html, 1.0, "<img src=x>", 1)])
    text = "".join("".join(page.split()) for page in texts(tmp_path / "p.pdf"))
    assert "".join(f'<iframe src="{address}"></iframe>'.split()) in text
    assert "{{7*7}}{%importos%}${7*7}" in text
    assert "</article><script>" in text
    assert called == []
    _carries_nothing(tmp_path / "p.pdf")


def test_markup_in_a_letter_is_literal_text(shop: Press, trap: tuple[str, list[str]]) -> None:
    address, called = trap
    said = tuple(LetterBlock(kind, text=f'<img src="{address}">') for kind in ("paragraph", "heading", "line", "quote"))
    letter = Letter(LetterKind.REQUEST, "<iframe>", said, "AR-1", date(2027, 2, 2), ("<b>Amina",))
    html = Paper(ROOT / "templates", "America/Vancouver").render("letters/letter.html", letter=letter, sender=["<i>"])
    text = "".join(texts(shop.letter(html)))
    assert f'<img src="{address}">' in text.replace("\r\n", "")
    assert "<b>Amina" in text
    assert called == []


@pytest.mark.parametrize("number", range(len(markup(""))))
@pytest.mark.parametrize("scheme", ["http", "file", "relative"])
def test_a_page_that_asks_for_what_is_not_ours_is_not_printed(
    number: int, scheme: str, shop: Press, tmp_path: Path, secret: Path, trap: tuple[str, list[str]]
) -> None:
    """Here the markup is real: as if a template had forgotten to escape."""
    address, called = trap
    target = {"http": address, "file": secret.as_uri(), "relative": "secret.txt"}[scheme]
    html = f'<section id="s"><h1>x</h1>{markup(target)[number]}</section>'
    out = tmp_path / "out" / "p.pdf"
    out.parent.mkdir()
    if (why := _refusal(shop, out, html)) is None:
        _carries_nothing(out)
    else:
        # A relative address has nothing to be relative to, and the library may stumble over that first.
        assert "not ours" in why or scheme == "relative"
        assert list(out.parent.iterdir()) == []
    assert called == []


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_fetcher_refuses_loudly_what_is_fetched_at_all(scheme: str, shop: Press, tmp_path: Path) -> None:
    target = {"http": "http://127.0.0.1:9/x", "file": "file:///etc/hostname"}[scheme]
    pages = [f'<section id="s"><h1>x</h1>{snippet}</section>' for snippet in markup(target)]
    refused = sum(_refusal(shop, tmp_path / "p.pdf", page) is not None for page in pages)
    assert refused >= 9


@pytest.mark.parametrize(
    "address",
    [
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:text/css,p{}",
        "data:text/html,x",
        "asset:font/../../../etc/passwd",
        "asset:print.css",
        "ftp://127.0.0.1/x",
    ],
)
def test_only_pictures_may_be_carried_in_a_page(address: str, shop: Press, tmp_path: Path) -> None:
    with pytest.raises(NotPrinted, match="not ours"):
        make(shop, tmp_path / "p.pdf", [Section("s", f'<p id="s"><img src="{address}" alt="x"></p>', 1.0)])


def test_a_picture_made_by_us_is_printed_with_its_words(shop: Press, tmp_path: Path) -> None:
    picture = Picture("Arm.png", "data:image/png;base64," + base64.b64encode(PIXEL).decode(), "Photograph of an arm")
    item = {"anchor": "i", "title": "Photograph", "day": "", "source": "", "blocks": [picture], "notes": []}
    html = Paper(ROOT / "templates", "America/Vancouver").render("packages/item.html", item=item)
    make(shop, tmp_path / "p.pdf", [Section("i", html, 1.0, "Photograph", 1)])
    with pikepdf.open(tmp_path / "p.pdf") as pdf:
        alts = [str(thing.Alt) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing]
        assert alts == ["Photograph of an arm"]


def test_a_refused_page_leaves_the_press_fit_for_the_next(shop: Press, tmp_path: Path) -> None:
    with pytest.raises(NotPrinted):
        make(shop, tmp_path / "p.pdf", [Section("s", '<p id="s"><img src="file:///x" alt=""></p>', 1.0)])
    assert make(shop, tmp_path / "p.pdf", [section("s", "fine")]).pages == 3


def _refusal(shop: Press, out: Path, html: str) -> str | None:
    """Why this page was not printed; None when it was."""
    try:
        make(shop, out, [Section("s", html, 1.0)])
    except NotPrinted as why:
        return str(why)
    return None


def _carries_nothing(out: Path) -> None:
    data = out.read_bytes()
    with pikepdf.open(out) as pdf:
        assert len(pdf.attachments) == 0
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream):
                data += thing.read_bytes() if "/Filter" not in thing or thing.Filter == "/FlateDecode" else b""
            elif isinstance(thing, pikepdf.Dictionary):
                assert thing.get("/S") not in ("/JavaScript", "/Launch", "/GoToR", "/SubmitForm")
    assert b"the-crown-jewels" not in data
