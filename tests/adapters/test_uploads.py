"""Uploads from the world: every file of the shared data gets its verdict, and what is kept of it is clean and whole."""

from functools import cache
from io import BytesIO
from pathlib import PurePath

import pypdfium2
import pytest
from PIL import ExifTags, Image, ImageChops, ImageOps, ImageStat

from portal.adapters.uploads import Inspection, inspect
from portal.adapters.uploads.findings import Refusal
from portal.adapters.uploads.sentences import why_refused
from tests.adapters.upload_samples import DATA, acting_in, from_outside, jpeg_segments, png_chunks, removed

# File: (kind, pages or pixels, what is removed)
ACCEPTED = {
    "images/iphone_gps.jpg": ("jpeg", (3264, 2448), "camera location"),
    "images/isic/ISIC_0000000.jpg": ("jpeg", (1022, 767), ""),
    "images/isic/ISIC_0000001.jpg": ("jpeg", (1022, 767), ""),
    "images/isic/ISIC_0000002.jpg": ("jpeg", (1022, 767), ""),
    "images/jolla_closeup.jpg": ("jpeg", (3264, 2448), "camera caption"),
    "images/orientation/Landscape_3.jpg": ("jpeg", (1800, 1200), "camera"),
    "images/orientation/Portrait_1.jpg": ("jpeg", (1200, 1800), "camera"),
    "images/orientation/Portrait_6.jpg": ("jpeg", (1200, 1800), "camera"),
    "images/pillow/exif.png": ("png", (512, 512), "camera caption"),
    "images/pillow/exif_gps.jpg": ("jpeg", (8, 8), "camera location"),
    "images/pillow/frozenpond.mpo": ("jpeg", (640, 480), "camera more-pictures"),
    "images/pillow/pil123rgba.png": ("png", (162, 150), ""),
    "images/pillow/pil_sample_cmyk.jpg": ("jpeg", (100, 100), "camera caption"),
    "pdf/pdfcpu/UserFont_CJKV.pdf": ("pdf", 1, "metadata"),
    "pdf/pdfcpu/french.pdf": ("pdf", 2, "form links metadata scripts"),
    "pdf/pdfjs/attachment.pdf": ("pdf", 1, "attachments metadata"),
    "pdf/pdfjs/js-authors.pdf": ("pdf", 1, "form metadata scripts"),
    "pdf/pikepdf/congress.pdf": ("pdf", 1, "metadata"),
    "pdf/pikepdf/form.pdf": ("pdf", 1, "form metadata"),
    "pdf/pikepdf/form_dd0293.pdf": ("pdf", 4, "form links metadata protection scripts xfa"),
    "pdf/pikepdf/fourpages.pdf": ("pdf", 4, "metadata"),
    "pdf/pikepdf/pike-jp2.pdf": ("pdf", 1, "metadata"),
    "pdf/pikepdf/sandwich.pdf": ("pdf", 1, "metadata"),
    "pdf/py-pdf/GeoTopo-komprimiert.pdf": ("pdf", 117, "links metadata"),
    "pdf/py-pdf/annotated_pdf.pdf": ("pdf", 1, "metadata"),
    "pdf/py-pdf/cmyk-image.pdf": ("pdf", 1, "metadata"),
    "pdf/py-pdf/crazyones-pdfa.pdf": ("pdf", 1, "metadata"),
    "pdf/py-pdf/google-doc-document.pdf": ("pdf", 1, "metadata"),
    "pdf/py-pdf/grayscale-image.pdf": ("pdf", 1, ""),
    "pdf/py-pdf/habibi-rotated.pdf": ("pdf", 4, "metadata"),
    "pdf/py-pdf/libreoffice-form.pdf": ("pdf", 1, "form metadata"),
    "pdf/py-pdf/minimal-document.pdf": ("pdf", 1, "metadata"),
    "pdf/py-pdf/mistitled_outlines_example.pdf": ("pdf", 4, "metadata"),
    "pdf/py-pdf/with-attachment.pdf": ("pdf", 1, "attachments metadata"),
    "pdf/pyhanko/minimal-two-fields-signed-twice.pdf": ("pdf", 1, "form metadata signature"),
    "pdf/qpdf/add-attachments-1.pdf": ("pdf", 1, "attachments"),
    "pdf/qpdf/append-xref-loop.pdf": ("pdf", 30, "repaired"),
    "pdf/qpdf/bad-xref.pdf": ("pdf", 1, "repaired"),
    "pdf/qpdf/bad16.pdf": ("pdf", 1, "repaired"),
    "pdf/qpdf/boxes.pdf": ("pdf", 8, ""),
    "pdf/qpdf/digitally-signed.pdf": ("pdf", 1, "form metadata signature"),
    "pdf/verapdf/veraPDF_test_suite_6-2-6-t01-pass-a.pdf": ("pdf", 1, "metadata"),
    "pdf/verapdf/veraPDF_test_suite_6-5-1-t01-fail-a.pdf": ("pdf", 1, "actions metadata"),
    "pdf/verapdf/veraPDF_test_suite_6-5-1-t01-fail-h.pdf": ("pdf", 1, "media metadata scripts"),
}
# File: (kind, why)
REFUSED = {
    "images/iphone_gps.HEIC": ("heic", "heic"),
    "images/pillow/broken.png": ("png", "broken-picture"),
    "images/pillow/decompression_bomb.gif": ("gif", "gif"),
    "images/pillow/delay.png": ("png", "animated"),
    "images/pillow/exif.avif": ("avif", "avif"),
    "images/pillow/flower.webp": ("webp", "webp"),
    "images/pillow/hopper_g4_500.tif": ("tiff", "tiff"),
    "images/pillow/hopper_orientation_6.webp": ("webp", "webp"),
    "images/pillow/iss634.gif": ("gif", "gif"),
    "images/pillow/iss634.webp": ("webp", "webp"),
    "images/pillow/multipage.tiff": ("tiff", "tiff"),
    "images/pillow/truncated_jpeg.jpg": ("jpeg", "broken-picture"),
    "pdf/debian-docs/gnuplot.pdf": ("pdf", "pages", 311),
    "pdf/pikepdf/graph-encrypted.pdf": ("pdf", "locked"),
    "pdf/py-pdf/libreoffice-writer-password.pdf": ("pdf", "locked"),
    "pdf/pyhanko/minimal-aes256.pdf": ("pdf", "locked"),
    "pdf/qpdf/empty.pdf": ("pdf", "no-pages"),
    "pdf/qpdf/issue-146.pdf": ("pdf", "broken-pdf"),
    "pdf/qpdf/issue-147.pdf": ("text", "misnamed"),
    "pdf/verapdf/veraPDF_test_suite_6-1-13-t09-fail-e.pdf": ("pdf", "page-size", 1),
}
PDFS = [path for path in ACCEPTED if path.startswith("pdf")]
PICTURES = [path for path in ACCEPTED if path.startswith("images")]


@cache
def inspected(path: str) -> Inspection:
    return inspect(PurePath(path).name, from_outside(path))


def kept(path: str) -> bytes:
    data = inspected(path).clean
    assert data is not None
    return data


def test_every_file_of_the_shared_data_has_its_verdict_here() -> None:
    from_outside("README.md")
    found = {str(path.relative_to(DATA)) for top in ("images", "pdf") for path in (DATA / top).rglob("*.*")}
    assert found == set(ACCEPTED) | set(REFUSED)


@pytest.mark.parametrize("path", ACCEPTED)
def test_a_file_we_take_is_named_measured_and_what_goes_is_said(path: str) -> None:
    kind, size, codes = ACCEPTED[path]
    found = inspected(path)
    assert (found.verdict, found.kind, found.reason) == ("accepted", kind, None)
    assert (found.pages if kind == "pdf" else found.pixels) == size
    assert found.removed == removed(*codes.split())


@pytest.mark.parametrize("path", REFUSED)
def test_a_file_we_do_not_take_is_refused_with_what_is_wrong_and_what_to_do(path: str) -> None:
    kind, code, *number = REFUSED[path]
    facts = {{"pages": "pages", "page-size": "page"}[str(code)]: int(number[0])} if number else {}
    found = inspected(path)
    assert (found.verdict, found.kind) == ("refused", kind)
    assert found.reason == why_refused(Refusal(str(code), **facts))
    assert (found.clean, found.media_type, found.removed) == (None, None, ())


@pytest.mark.parametrize("path", PDFS)
def test_nothing_in_a_kept_pdf_acts_hides_or_tells_on_anybody(path: str) -> None:
    assert acting_in(kept(path)) == set()


def test_the_test_above_sees_what_was_there_before() -> None:
    assert acting_in(from_outside("pdf/pikepdf/form_dd0293.pdf")) >= {b"XFA", b"JavaScript", b"AcroForm", b"Metadata"}
    assert b"Launch" in acting_in(from_outside("pdf/verapdf/veraPDF_test_suite_6-5-1-t01-fail-a.pdf"))
    assert b"Rendition" in acting_in(from_outside("pdf/verapdf/veraPDF_test_suite_6-5-1-t01-fail-h.pdf"))
    assert b"EmbeddedFiles" in acting_in(from_outside("pdf/pdfjs/attachment.pdf"))


def pages_of(data: bytes) -> list[tuple[str, Image.Image]]:
    """The words of each page and how it looks, by another program than the one that wrote it."""
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    try:
        return [(page.get_textpage().get_text_bounded(), page.render(scale=0.6).to_pil()) for page in document]
    finally:
        document.close()


@pytest.mark.parametrize("path", PDFS)
def test_every_page_of_a_kept_pdf_reads_and_looks_as_before(path: str) -> None:
    before, after = pages_of(from_outside(path)), pages_of(kept(path))
    assert len(before) == len(after)
    for (words, look), (words_kept, look_kept) in zip(before, after, strict=True):
        # A form's fields become words of the page; nothing that could be read before is lost.
        assert words_kept == words or set(words.split()) <= set(words_kept.split())
        difference = ImageStat.Stat(ImageChops.difference(look.convert("L"), look_kept.convert("L"))).mean[0]
        assert difference < (1.5 if "form" in ACCEPTED[path][2] else 0.1)  # an empty list loses its arrow


@pytest.mark.parametrize("path", PICTURES)
def test_a_kept_picture_holds_nothing_but_the_picture(path: str) -> None:
    data = kept(path)
    if inspected(path).kind == "png":
        assert set(png_chunks(data)) == {b"IHDR", b"IDAT", b"IEND"}
    else:
        # JFIF's own head, tables and the frame: no EXIF, XMP, profile (APP1, APP2), Photoshop (APP13) or comment.
        assert set(jpeg_segments(data)) <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4}
        assert data.endswith(b"\xff\xd9")
    with Image.open(BytesIO(data)) as picture:
        assert not picture.getexif()


@pytest.mark.parametrize("path", ["images/iphone_gps.jpg", "images/pillow/exif_gps.jpg"])
def test_the_place_where_a_photo_was_taken_is_gone(path: str) -> None:
    with Image.open(BytesIO(from_outside(path))) as before:
        assert before.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    with Image.open(BytesIO(kept(path))) as after:
        assert not after.getexif().get_ifd(ExifTags.IFD.GPSInfo)


@pytest.mark.parametrize("path", PICTURES)
def test_a_kept_picture_stands_upright_and_looks_as_before(path: str) -> None:
    with Image.open(BytesIO(from_outside(path))) as before, Image.open(BytesIO(kept(path))) as after:
        upright = ImageOps.exif_transpose(before).convert("RGB")
        assert after.size == upright.size
        difference = ImageStat.Stat(ImageChops.difference(upright, after.convert("RGB"))).mean
        assert max(difference) < 4
