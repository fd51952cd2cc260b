"""A small letter as PDF, written by hand: US Letter, Helvetica, real text, the same bytes every time."""

from datetime import date
from typing import Any

_WIDTH, _HEIGHT, _MARGIN = 612, 792, 72
_SIZE, _LEADING = 10.5, 15
_TEAL, _INK, _GREY = "0.043 0.333 0.388", "0.114 0.169 0.184", "0.4 0.45 0.47"
# Widths of Helvetica's characters from space to tilde, in thousandths of the size (Adobe's metrics).
_WIDTHS = [
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556),
    *(556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667),
    *(556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556),
    *(556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722),
    *(500, 500, 500, 334, 260, 334, 584),
]


def letter(head: tuple[str, str], day: date, to: str, text: str, title: str) -> bytes:
    """A dated sheet under ``head`` (name, address line); ``title`` stands over the text and in the properties."""
    lines = _lines(head, day, to, text, title)
    per_page = int((_HEIGHT - 2 * _MARGIN) / _LEADING)
    pages = [lines[start : start + per_page] for start in range(0, len(lines), per_page)]
    contents = [_page(page, number, len(pages), title) for number, page in enumerate(pages, 1)]
    return _file(contents, title, day)


def heading(home: dict[str, Any]) -> tuple[str, str]:
    """Name and one line of address of an organization, for the top of its sheet."""
    street, city, code = home["address"]
    return home["name"], f"{street}, {city} BC  {code}   {home['phone']}"


def wrapped(text: str, room: float) -> list[str]:
    """``text`` in lines no wider than ``room`` thousandths of the type size."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _width(longer) > room and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _width(text: str) -> int:
    return sum(_WIDTHS[ord(c) - 32] if 32 <= ord(c) < 127 else 556 for c in text)


def _lines(head: tuple[str, str], day: date, to: str, text: str, title: str) -> list[tuple[str, str, str]]:
    """Every line as (font, colour, words), top to bottom; an empty one is a gap."""
    gap = ("R", _INK, "")
    lines = [("H", _TEAL, head[0]), ("S", _GREY, head[1]), gap, gap]
    lines += [("R", _INK, f"{day.day} {day:%B %Y}"), gap]
    if to:
        lines += [("R", _INK, to), gap]
    lines += [("B", _INK, title), gap]
    room = (_WIDTH - 2 * _MARGIN) / _SIZE * 1000
    for paragraph in text.split("\n\n"):
        for line in paragraph.split("\n"):
            lines += [("R", _INK, part) for part in wrapped(line, room)]
        lines.append(gap)
    return lines[:-1]


def _page(lines: list[tuple[str, str, str]], number: int, total: int, title: str) -> bytes:
    fonts = {"R": f"/R {_SIZE}", "B": f"/B {_SIZE + 1}", "H": "/B 16", "S": "/R 8.5"}
    out = ["BT"]
    for position, (font, colour, words) in enumerate(lines):
        if words:
            down = _HEIGHT - _MARGIN - position * _LEADING
            out.append(f"{fonts[font]} Tf {colour} rg 1 0 0 1 {_MARGIN} {down} Tm ({_escaped(words)}) Tj")
    foot = _escaped(f"{title}   page {number} of {total}")
    out += [f"/R 8 Tf {_GREY} rg 1 0 0 1 {_MARGIN} 40 Tm ({foot}) Tj", "ET"]
    return "\n".join(out).encode("cp1252")


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _file(contents: list[bytes], title: str, day: date) -> bytes:
    """The objects, one after another, and the table that says where each begins."""
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(contents)))
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-CA) >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
        f"<< /Title ({_escaped(title)}) /CreationDate (D:{day:%Y%m%d}120000-08'00') >>".encode("cp1252"),
    ]
    for n, content in enumerate(contents):
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] /Contents {7 + 2 * n} 0 R "
        objects.append((page + "/Resources << /Font << /R 3 0 R /B 4 0 R >> >> >>").encode())
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    return _joined(objects)


def _joined(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    starts = []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
