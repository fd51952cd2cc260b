"""Letters in window envelopes, envelopes, labels, the cover sheet of a fax, and a batch for a printer of both sides."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from portal.adapters.paper import Paper
from portal.adapters.press import Press
from portal.domain import letters as compose
from portal.domain import patient_invitations, posting
from portal.domain.posting import Box
from portal.domain.words import _, speaking
from portal.edges import TEMPLATES
from portal.services.dispatch_printing import place_of
from tests.adapters import printing
from tests.domain.letter_samples import CLINIC, FACTS

LONG = (
    "Ruth-Annabelle Quistgaard-Hadjidimitriou",
    "care of the Harbourside Assisted Living",
    "Building C, Suite 1204",
    "12345 Old Island Highway North",
    "Qualicum Beach BC  V9K 1A1",
    "Canada",
)
SHORT = ("Ruth Quist", "12 Harbour Way", "Nanaimo BC  V9R 1A1")
POINT = 25.4 / 72
FACE = 1.6
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>')
PAPER = Paper(TEMPLATES, CLINIC.time_zone, {"clinic": CLINIC})


@pytest.fixture(scope="module", params=("A4", "Letter"))
def pressed(request: pytest.FixtureRequest) -> Iterator[tuple[str, Press]]:
    with printing.press(paper=request.param) as press:
        yield request.param, press


def words(file: bytes, folder: Path, page: int = 1) -> list[tuple[Box, str]]:
    """Each word of a page with its box in millimetres."""
    path = folder / "page.pdf"
    path.write_bytes(file)
    command = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), path, "-"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    boxes = ([float(each) * POINT for each in found[:4]] + [found[4]] for found in WORD.findall(told))
    return [(Box(x, y, right - x, bottom - y), word) for x, y, right, bottom, word in boxes]


def inside(word: Box, hole: Box) -> bool:
    across = hole.left <= word.left and word.left + word.width <= hole.left + hole.width
    return across and hole.top <= word.top and word.top + word.height <= hole.top + hole.height


def touches(word: Box, hole: Box) -> bool:
    across = word.left < hole.left + hole.width and word.left + word.width > hole.left
    return across and word.top < hole.top + hole.height and word.top + word.height > hole.top


@pytest.mark.parametrize("side", posting.SIDES)
@pytest.mark.parametrize("lines", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("large", [False, True], ids=["plain", "large"])
def test_the_window_shows_the_whole_address_and_nothing_else(
    pressed: tuple[str, Press], side: str, lines: tuple[str, ...], large: bool, tmp_path: Path
) -> None:
    paper, press = pressed
    letter = compose.acknowledgement(FACTS)
    place = place_of(side, paper, lines)
    html = PAPER.render("letters/letter.html", letter=letter, large=large, place=place, mark="AR-1: 1 sheet")
    window = posting.window(side, paper)
    found = words(press.letter(html), tmp_path)
    shown = [word for box, word in found if touches(box, window.window)]
    assert " ".join(shown).split() == " ".join(lines).split()
    # The box of a word is as high as its face, which is more than the line.
    room = Box(window.text.left - 0.5, window.text.top - FACE, window.text.width + 1, window.text.height + FACE)
    assert [word for box, word in found if inside(box, room)] == " ".join(lines).split()
    clear = Box(window.window.left + 3, window.window.top + 1.5, window.window.width - 6, window.window.height - 4.5)
    assert all(inside(box, clear) for box, word in found if touches(box, window.window))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_brings_a_code_or_a_link_is_one_sheet(pressed: tuple[str, Press], language: str) -> None:
    """With the longest address, fact and link; the envelope then holds nothing that can be parted from its code."""
    paper, press = pressed
    until, today, page = date(2026, 12, 23), date(2026, 11, 23), "https://portal.procerus-skin-care.example/activate"
    with speaking(language):
        fact = max((_(each.asked_for) for each in patient_invitations.rules().facts), key=len)
        asked = compose.InvitationFacts(CLINIC, "P-004117", LONG[0], LONG[1:], until, today, page=page, asked_for=fact)
        link = compose.WayInFacts(CLINIC, "P-004117", LONG[0], LONG[1:], until, today)
        written = (compose.invitation(asked).with_secret("K7QM-4RXT-9WPA"), compose.way_in(link).with_secret(page * 2))
        for side in posting.SIDES:
            for letter in written:
                place = place_of(side, paper, LONG)
                html = PAPER.render("letters/letter.html", letter=letter, place=place, mark="P-004117: 1 sheet")
                assert press.pages(press.letter(html)) == 1, (paper, side, letter.kind)


def test_each_sheet_says_to_which_letter_it_belongs(pressed: tuple[str, Press], tmp_path: Path) -> None:
    paper, press = pressed
    letter = compose.acknowledgement(FACTS)
    letter = replace(letter, blocks=letter.blocks * 4)
    html = PAPER.render("letters/letter.html", letter=letter, place=place_of("left", paper, SHORT), mark="MARK")
    file = press.letter(html)
    pages = press.pages(file)
    assert pages >= 2
    for page in range(1, pages + 1):
        assert "MARK" in [word for _box, word in words(file, tmp_path, page)]


def test_a_batch_begins_each_letter_on_a_front(tmp_path: Path) -> None:
    with printing.press() as press:
        one = press.letter(printing.LETTER)
        for duplex, pages in ((True, 6), (False, 3)):
            stacked = press.stack([one] * 3, duplex)
            assert press.pages(stacked) == pages
        with pikepdf.open(BytesIO(press.stack([one] * 3, True))) as file:
            assert [len(page.resources.get("/Font", {})) > 0 for page in file.pages] == [True, False] * 3


@pytest.mark.parametrize("kind", ["10", "DL", "C5", "C4"])
def test_an_envelope_is_as_large_as_it_says_and_keeps_the_edges_free(kind: str, tmp_path: Path) -> None:
    shape = posting.envelope(kind)
    sheets = [(LONG, (CLINIC.name, *CLINIC.address), posting.type_size(LONG, shape.text)), (SHORT, (), 10.5)]
    with printing.press() as press:
        file = press.plain(PAPER.render("letters/envelopes.html", title="Envelopes", format=shape, sheets=sheets))
        assert press.pages(file) == 2
    with pikepdf.open(BytesIO(file)) as opened:
        box = [float(each) * POINT for each in opened.pages[0].mediabox]
    assert box[2:] == pytest.approx([shape.width, shape.height], abs=0.2)
    free = Box(10, 8, shape.width - 20, shape.height - 16)
    assert all(inside(word, free) for word, _text in words(file, tmp_path))
    assert all(word.top >= 40 for word, _text in words(file, tmp_path, 2))


def test_a_label_holds_the_address() -> None:
    for kind in ("4x2", "99x57"):
        shape = posting.label(kind)
        assert shape.text.left + shape.text.width <= shape.width
        assert posting.type_size(LONG, shape.text) >= 8


def test_the_cover_sheet_of_a_fax_says_nothing_of_the_matter(tmp_path: Path) -> None:
    facts = {"recipient": "Ruth Quist", "number": "16045550177", "number_of_ours": "F-9A3C41", "pages": 3}
    html = PAPER.render("letters/fax_cover.html", day=date(2026, 11, 23), **facts)
    with printing.press() as press:
        file = press.letter(html)
        assert press.pages(file) == 1
    said = " ".join(word for _box, word in words(file, tmp_path))
    for part in ("Ruth Quist", "16045550177", "F-9A3C41", CLINIC.phone, "Call us"):
        assert part in said
    assert FACTS.reference not in said
