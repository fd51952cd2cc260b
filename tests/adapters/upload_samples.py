"""Files to send to the portal, good and bad, made for the tests; and eyes that look into what came out."""

import re
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image

from portal.adapters.uploads import Inspection, inspect
from portal.adapters.uploads.sentences import what_was_removed

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"

# What no kept file may show: looked for in the file's own text, by none of the rules it was cleaned by.
ACTING = re.compile(
    rb"/(JavaScript|JS|Launch|OpenAction|AA|EmbeddedFiles?|Filespec|EF|XFA|AcroForm|Widget|SubmitForm|ImportData|URI"
    rb"|GoToR|GoToE|Rendition|RichMedia\w*|Movie|Sound|Screen|FileAttachment|Metadata|PieceInfo|Producer|Creator"
    rb"|Author|Encrypt|Perms|Collection)(?![A-Za-z0-9])"
)


def from_outside(path: str) -> bytes:
    """A file of the shared test data; the test is skipped where that is not at hand."""
    if not DATA.is_dir():
        pytest.skip("the shared test data is not beside the project (../shared/data)")
    return (DATA / path).read_bytes()


def looked(data: bytes, name: str = "upload") -> Inspection:
    return inspect(name, data)


def taken(data: bytes) -> Inspection:
    """The inspection of a file that must be accepted."""
    result = inspect("upload", data)
    assert result.accepted, result.reason
    return result


def clean(data: bytes) -> bytes:
    result = taken(data).clean
    assert result is not None
    return result


def removed(*codes: str) -> tuple[str, ...]:
    return what_was_removed(set(codes))


# Pictures


def picture(file_format: str, mode: str = "RGB", size: tuple[int, int] = (40, 30), **how: Any) -> bytes:
    image = Image.radial_gradient("L").resize(size)
    out = BytesIO()
    (image if mode == "L" else Image.merge("RGB", (image, image.rotate(90), image)).convert(mode)).save(
        out, file_format, **how
    )
    return out.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def huge_png(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it is as large as you like."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", zlib.compress(bytes(20000))) + png_chunk(b"IEND", b"")


def png_chunks(data: bytes) -> list[bytes]:
    """The kinds of the chunks of a PNG, up to its very end."""
    at, kinds = 8, []
    while at < len(data):
        length = int.from_bytes(data[at : at + 4])
        kinds.append(data[at + 4 : at + 8])
        at += 12 + length
    return kinds


def jpeg_segments(data: bytes) -> list[int]:
    """The markers of a JPEG before its scan."""
    at, markers = 2, []
    while data[at + 1] != 0xDA:
        markers.append(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return markers


# PDF


def pdf(change: Any = None, pages: int = 1, text: str = "Hello", **how: Any) -> bytes:
    """A PDF with a line of text on each page; ``change`` is handed it before it is written."""
    made = Pdf.new()
    font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    for number in range(pages):
        page = made.add_blank_page(page_size=(300, 300))
        page.obj.Contents = made.make_stream(f"BT /F1 12 Tf 20 200 Td ({text} {number + 1}) Tj ET".encode())
        page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
    if change:
        change(made)
    out = BytesIO()
    made.save(out, **how)
    return out.getvalue()


def annotate(made: Pdf, **parts: Any) -> Any:
    """Put an annotation on the first page."""
    note = made.make_indirect(Dictionary(Type=Name.Annot, Rect=[10, 10, 100, 30], **parts))
    page = made.pages[0].obj
    page.Annots = Array([*page.get("/Annots", []), note])
    return note


def acting_in(data: bytes) -> set[bytes]:
    """The names of all that acts, hides or tells on somebody in a PDF: its parts unpacked, its streams left out."""
    out = BytesIO()
    with Pdf.open(BytesIO(data)) as opened:
        opened.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )
    return set(ACTING.findall(re.sub(rb"\bstream\r?\n.*?endstream", b"", out.getvalue(), flags=re.S)))
