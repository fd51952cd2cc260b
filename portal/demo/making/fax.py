"""A report that came by fax: black and white pictures of pages, a little askew, no text to search."""

import io
from datetime import date, datetime, time

from PIL import Image, ImageDraw, ImageFont

from portal.demo.making.dice import Dice

_DPI = 120
_PAGE = (1020, 1320)
_MARGIN, _LEADING, _SIZE = 110, 25, 17


def faxed(head: str, to: str, text: str, title: str, day: date) -> bytes:
    """The text as a scanned PDF, one picture a page."""
    lines = _lines(f"{to}\n\n{text}")
    per_page = (_PAGE[1] - 2 * _MARGIN - 90) // _LEADING
    pages = [lines[start : start + per_page] for start in range(0, len(lines), per_page)]
    pictures = [_scan(page, number, len(pages), head, day) for number, page in enumerate(pages, 1)]
    out = io.BytesIO()
    made = datetime.combine(day, time(9, 41)).timetuple()
    rest: dict[str, object] = {"title": title, "creationDate": made, "modDate": made}
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=_DPI, **rest)
    return out.getvalue()


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _lines(text: str) -> list[str]:
    font, room = _font(_SIZE), _PAGE[0] - 2 * _MARGIN
    lines: list[str] = []
    for line in text.split("\n"):
        words = ""
        for word in line.split():
            longer = f"{words} {word}".strip()
            if words and font.getlength(longer) > room:
                lines.append(words)
                longer = word
            words = longer
        lines.append(words)
    return lines


def _scan(lines: list[str], number: int, total: int, head: str, day: date) -> Image.Image:
    """One page: the fax line on top, the sender's name, the text; then tilted, speckled and made black and white."""
    page = Image.new("L", _PAGE, 255)
    draw = ImageDraw.Draw(page)
    draw.text((_MARGIN, _MARGIN), head, font=_font(26), fill=0)
    draw.line((_MARGIN, _MARGIN + 40, _PAGE[0] - _MARGIN, _MARGIN + 40), fill=0, width=2)
    for position, words in enumerate(lines):
        draw.text((_MARGIN, _MARGIN + 66 + position * _LEADING), words, font=_font(_SIZE), fill=0)
    page = page.rotate(0.5 - 0.9 * (number % 2), Image.Resampling.BICUBIC, fillcolor=255)
    draw = ImageDraw.Draw(page)
    sent = f"{day:%Y-%m-%d} 09:41   FROM 250 555 0171   TO 250 555 0109   P.{number:02}/{total:02}"
    draw.text((60, 28), sent, font=_font(16), fill=0)
    dust = Dice(number)
    for _ in range(90):
        x, y = dust.below(_PAGE[0]), dust.below(_PAGE[1])
        draw.rectangle((x, y, x + dust.below(2), y + dust.below(2)), fill=0)
    return page.point(lambda level: 255 if level > 150 else 0).convert("1")
