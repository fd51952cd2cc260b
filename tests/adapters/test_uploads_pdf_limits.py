"""PDF files that are locked, too large, damaged or endless: refused in words, or taken whole."""

from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from portal.adapters.uploads import limits
from tests.adapters.upload_samples import clean, looked, pdf, removed, taken


def test_a_pdf_locked_against_opening_is_refused() -> None:
    assert "password" in str(looked(pdf(encryption=pikepdf.Encryption(user="secret", owner="own"))).reason)


def test_a_pdf_locked_only_against_printing_is_taken_without_the_lock() -> None:
    found = taken(pdf(encryption=pikepdf.Encryption(user="", owner="own")))
    assert found.removed == removed("protection")
    with Pdf.open(BytesIO(found.clean or b"")) as kept:
        assert not kept.is_encrypted


@pytest.mark.parametrize(("pages", "verdict"), [(200, "accepted"), (201, "refused"), (10_000, "refused")])
def test_two_hundred_pages_are_taken(pages: int, verdict: str) -> None:
    found = looked(pdf(pages=pages))
    assert found.verdict == verdict
    assert found.accepted or f"{pages} pages" in str(found.reason)


@pytest.mark.parametrize(
    ("box", "unit", "verdict"),
    [
        ([0, 0, 7200, 10], 1, "accepted"),
        ([0, 0, 7201, 10], 1, "refused"),
        ([-4000, 0, 4000, 10], 1, "refused"),
        ([0, 0, 720, 720], 11, "refused"),
    ],
)
def test_a_page_may_be_a_hundred_inches_long(box: list[int], unit: int, verdict: str) -> None:
    def measured(made: Pdf) -> None:
        made.pages[0].obj.MediaBox, made.pages[0].obj.UserUnit = Array(box), unit

    found = looked(pdf(measured))
    assert found.verdict == verdict
    assert found.accepted or "Page 1" in str(found.reason)


def test_a_page_that_unpacks_to_hundreds_of_megabytes_is_refused() -> None:
    def change(made: Pdf) -> None:
        made.pages[0].obj.Contents = made.make_stream(b" " * (limits.PDF_DECODED_BYTES + 1))

    data = pdf(change, compress_streams=True)
    assert len(data) < limits.FILE_BYTES
    assert "unpacks to far more" in str(looked(data).reason)


def test_a_picture_of_a_thousand_million_pixels_in_a_pdf_is_refused() -> None:
    def change(made: Pdf) -> None:
        image = made.make_stream(b"", Type=Name.XObject, Subtype=Name.Image, Width=40_000, Height=40_000)
        made.pages[0].obj.Resources.XObject = Dictionary(I=image)

    assert "unpacks to far more" in str(looked(pdf(change)).reason)


def test_parts_that_contain_themselves_end() -> None:
    def drawing(made: Pdf) -> None:
        form = made.make_stream(b"/X Do", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1])
        form.Resources = Dictionary(XObject=Dictionary(X=form))
        made.pages[0].obj.Resources.XObject = Dictionary(X=form)

    def bookmarks(made: Pdf) -> None:
        item = made.make_indirect(Dictionary(Title="Chapter"))
        item.Next = item.First = item
        made.Root.Outlines = Dictionary(First=item, Last=item)

    def pages(made: Pdf) -> None:
        made.Root.Pages.Kids.append(made.Root.Pages)

    assert [looked(pdf(change)).verdict for change in (drawing, bookmarks, pages)] == [
        "accepted",
        "accepted",
        "refused",
    ]


def test_a_file_that_is_also_something_else_is_only_a_pdf_afterwards() -> None:
    tail = b"\nPK\x03\x04 and <html><script>alert(1)</script>"
    for data in (pdf() + tail, b"<!-- " + pdf()[:0] + pdf() + tail, b"\n\n" + pdf()):
        kept = looked(data)
        assert not kept.accepted or (b"script" not in (kept.clean or b"") and (kept.clean or b"").startswith(b"%PDF-"))


def test_the_same_file_is_written_the_same_way() -> None:
    data = pdf()
    assert clean(data) == clean(data)
