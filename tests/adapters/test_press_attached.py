"""Whole files are bound in page by page: numbered, readable, fitted to our paper, with nothing of them that runs."""

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from portal.adapters.press import Press
from portal.domain.releases import Attached, NotPrinted, Part
from tests.adapters.printing import LETTER, ROOT, kinds, make, parents, press, section, texts

SAMPLES = ROOT.parent / "shared" / "data" / "pdf"


@pytest.fixture(scope="module")
def shop() -> Iterator[Press]:
    with press(workers=1) as made:
        yield made


@pytest.fixture(scope="module")
def report(shop: Press) -> bytes:
    return shop.letter(LETTER.replace("Dear Amina, here it is.", "The biopsy was benign."))


def scan(turned: int = 0, width: int = 800, height: int = 400) -> bytes:
    """A page without text, lying on its side."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(width, height))
    page.obj.Contents = pdf.make_stream(b"0 0 100 100 re f")
    page.obj.Rotate = turned
    data = io.BytesIO()
    pdf.save(data)
    return data.getvalue()


def test_a_file_stands_between_its_entry_and_the_next_with_numbers_and_its_text(
    shop: Press, tmp_path: Path, report: bytes
) -> None:
    out = tmp_path / "p.pdf"
    parts: list[Part] = [
        section("a", "before", "A", 1),
        Attached("file", report, "report.pdf", "Report"),
        section("b", "after"),
    ]
    bound = make(shop, out, parts)
    pages = texts(out)
    assert bound.starts["file"] == 4
    assert "The biopsy was benign." in pages[3]
    assert "Page 4 of 5" in pages[3]
    assert "after" in pages[4]
    assert "Report @4" in pages[1]


def test_its_pages_are_in_the_structure_and_the_claim_is_withdrawn(shop: Press, tmp_path: Path, report: bytes) -> None:
    out = tmp_path / "p.pdf"
    make(shop, out, [section("a", "x", "A", 1), Attached("f", report, "r.pdf"), Attached("s", scan(), "scan.pdf")])
    with pikepdf.open(out) as pdf:
        assert "pdfuaid:part" not in pdf.Root.Metadata.read_bytes().decode()
        text, picture = (parents(pdf)[int(pdf.pages[page].obj.StructParents)][0] for page in (3, 4))
        assert text.S == "/P"
        assert picture.S == "/Figure"
        assert str(picture.Alt) == "Page 1 of 1 of scan.pdf"
        assert kinds(pdf)["/Figure"] == 1
        assert pdf.check_pdf_syntax() == []


def test_a_page_on_its_side_gets_paper_on_its_side_and_a_large_one_is_made_to_fit(shop: Press, tmp_path: Path) -> None:
    out = tmp_path / "p.pdf"
    files = [scan(), scan(turned=90), scan(width=3000, height=4000)]
    make(shop, out, [section("a", "x", "A", 1), *(Attached(f"f{n}", data, "s") for n, data in enumerate(files))])
    with pikepdf.open(out) as pdf:
        sizes = [tuple(round(float(side)) for side in page.mediabox)[2:] for page in list(pdf.pages)[3:]]
    assert sizes == [(842, 595), (595, 842), (595, 842)]


@pytest.mark.parametrize("data", [b"", b"not a pdf", b"%PDF-1.7\ngarbage"])
def test_a_file_that_cannot_be_read_ends_the_package(data: bytes, shop: Press, tmp_path: Path) -> None:
    with pytest.raises(NotPrinted, match="attached file"):
        make(shop, tmp_path / "p.pdf", [section("a", "x"), Attached("f", data, "x.pdf")])
    assert list(tmp_path.iterdir()) == []


def test_a_locked_file_ends_the_package(shop: Press, tmp_path: Path, report: bytes) -> None:
    data = io.BytesIO()
    with pikepdf.open(io.BytesIO(report)) as pdf:
        pdf.save(data, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(NotPrinted, match="attached file"):
        make(shop, tmp_path / "p.pdf", [section("a", "x"), Attached("f", data.getvalue(), "x.pdf")])


def test_a_file_that_opens_without_a_password_is_printed_unlocked(shop: Press, tmp_path: Path, report: bytes) -> None:
    data, out = io.BytesIO(), tmp_path / "p.pdf"
    with pikepdf.open(io.BytesIO(report)) as pdf:
        pdf.save(data, encryption=pikepdf.Encryption(owner="o", user=""))
    make(shop, out, [section("a", "x"), Attached("f", data.getvalue(), "x.pdf")])
    assert "The biopsy was benign." in texts(out)[3]


def test_scripts_and_attachments_of_a_file_stay_behind(shop: Press, tmp_path: Path, report: bytes) -> None:
    data, out = io.BytesIO(), tmp_path / "p.pdf"
    with pikepdf.open(io.BytesIO(report)) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(2)"))
        pdf.attachments["evil.exe"] = b"MZ"
        pdf.save(data)
    make(shop, out, [section("a", "x"), Attached("f", data.getvalue(), "x.pdf")])
    with pikepdf.open(out) as pdf:
        assert len(pdf.attachments) == 0
        assert not any("/JS" in thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary))


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample files of ../shared/data/pdf are not here")
def test_real_files_of_many_makers_are_bound_in_or_refused_in_words(shop: Press, tmp_path: Path) -> None:
    out, bound, refused = tmp_path / "p.pdf", 0, 0
    for file in sorted(SAMPLES.glob("*/*.pdf")):
        parts: list[Part] = [section("a", "x", "A", 1), Attached("f", file.read_bytes(), file.name)]
        try:
            pages = make(shop, out, parts).pages
        except NotPrinted:
            refused += 1
            continue
        bound += 1
        with pikepdf.open(out) as pdf:
            assert pdf.check_pdf_syntax() == []
        assert f"of {pages}" in texts(out)[-1]
    assert bound >= 30
    assert refused <= 8
