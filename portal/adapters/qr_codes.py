"""A text as a QR code that stands in the page itself: no picture to load, no style attribute, black on white."""

import segno
from markupsafe import Markup

SQUARE = 8  # pixels a square on paper


def qr_code(text: str, pixels_a_square: int = 5) -> Markup:
    """The code as inline SVG, with the quiet border that scanners need; the words beside it are the page's."""
    svg = segno.make(text, error="m", micro=False).svg_inline(
        scale=pixels_a_square, border=4, dark="#000", light="#fff", svgclass="p-qr", lineclass=None
    )
    return Markup(svg)  # noqa: S704 – drawn by the library from numbers; the text itself is not in it


def qr_picture(text: str) -> str:
    """The same for paper, as the address of a picture within the page; a quarter of it may be stained."""
    return str(segno.make(text, error="q", micro=False).png_data_uri(scale=SQUARE, border=4))
