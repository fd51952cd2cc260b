"""PDF files written anew: the pages and what can be read on them, without anything that acts, hides or calls outside.

Runs in the child process only; whatever it needs is imported here, before the process shuts itself in.
"""

from io import BytesIO

import pikepdf
from pikepdf import Pdf, Stream

from portal.adapters.uploads import limits
from portal.adapters.uploads.findings import Cleaned, Refusal
from portal.adapters.uploads.pdf_annotations import settle, still_acting
from portal.adapters.uploads.pdf_parts import disarm, keep_only_pages, leftovers, named

# Makes the library open its source of random numbers, which it needs for some locked files and keeps open from then on.
Pdf.new().save(BytesIO(), encryption=pikepdf.Encryption(owner="anybody"))


def clean(data: bytes) -> Cleaned:
    """The PDF without anything but its pages. Raises Refusal."""
    try:
        with Pdf.open(BytesIO(data)) as pdf:
            return _remade(pdf)
    except pikepdf.PasswordError as fault:
        raise Refusal("locked") from fault
    except (Refusal, MemoryError):
        raise
    # A broken file can fail at any of its parts; to whoever sent it these are one.
    except Exception as fault:
        raise Refusal("broken-pdf") from fault


def _remade(pdf: Pdf) -> Cleaned:
    pages = _checked_pages(pdf)
    _check_weight(pdf)
    removed = {"protection"} if pdf.is_encrypted else set()
    removed |= disarm(pdf) | settle(pdf) | keep_only_pages(pdf)
    out = BytesIO()
    pdf.save(
        out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, fix_metadata_version=False
    )
    if pdf.get_warnings():
        removed.add("repaired")
    _look_again(out, pages)
    return Cleaned(out.getvalue(), removed, pages=pages)


def _checked_pages(pdf: Pdf) -> int:
    """How many pages there are, each of a size that can be drawn."""
    if bool(pdf.Root.get("/NeedsRendering", False)):
        raise Refusal("reader-only")
    if "/Collection" in pdf.Root:
        raise Refusal("portfolio")
    count = len(pdf.pages)
    if not count:
        raise Refusal("no-pages")
    if count > limits.PDF_PAGES:
        raise Refusal("pages", pages=count)
    for number, page in enumerate(pdf.pages, start=1):
        if _longest_side(page) > limits.PDF_PAGE_POINTS:
            raise Refusal("page-size", page=number)
    return count


def _longest_side(page: pikepdf.Page) -> float:
    """In points, 72 to the inch."""
    left, bottom, right, top = (float(edge) for edge in page.mediabox.as_list())
    return max(abs(right - left), abs(top - bottom)) * float(page.obj.get("/UserUnit", 1))


def _check_weight(pdf: Pdf) -> None:
    """Unpack what a viewer would have to unpack; the pixels of pictures are counted instead."""
    total = 0
    for part in pdf.objects:
        if not isinstance(part, Stream):
            continue
        if named(part, "/Subtype") == "/Image":
            pixels = int(part.get("/Width", 0)) * int(part.get("/Height", 0))
            if pixels > limits.PDF_IMAGE_PIXELS:
                raise Refusal("heavy")
        else:
            total += _unpacked(part)
        if total > limits.PDF_DECODED_BYTES:
            raise Refusal("heavy")


def _unpacked(stream: Stream) -> int:
    try:
        return len(stream.read_bytes())
    except pikepdf.PdfError:  # damaged, or packed in a way meant for pictures only: no viewer unpacks it either
        return 0


def _look_again(out: BytesIO, pages: int) -> None:
    """Open the new file as a stranger would: if anything is left in it, or a page is gone, it is not taken."""
    with Pdf.open(out) as written:
        if len(written.pages) != pages or leftovers(written) or still_acting(written):
            raise Refusal("broken-pdf")
