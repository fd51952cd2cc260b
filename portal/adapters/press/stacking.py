"""Files of ours laid one upon the other for one run of a printer.

They are only printed, so what a screen reader would need of them is left behind.
"""

import io
from collections.abc import Iterable

import pikepdf


def stack(sheets: Iterable[bytes], duplex: bool) -> bytes:
    """All pages in order. Where both sides are printed, each file begins on the front of a sheet: a blank back is put
    where one is needed, so that no letter has the next one's first page on its back."""
    out = pikepdf.new()
    for each in sheets:
        with pikepdf.open(io.BytesIO(each)) as file:
            out.pages.extend(file.pages)
            if duplex and len(file.pages) % 2:
                box = file.pages[-1].mediabox
                out.add_blank_page(page_size=(float(box[2] - box[0]), float(box[3] - box[1])))
    data = io.BytesIO()
    out.save(data)
    return data.getvalue()


def pages(file: bytes) -> int:
    with pikepdf.open(io.BytesIO(file)) as opened:
        return len(opened.pages)
