"""The line at the foot of every page, "case number, page x of y", drawn once the whole package has been counted.

It is an artifact (a screen reader passes over it) in a font of its own, cut down to the few letters it needs.
"""

import io
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from portal.adapters.press import assets
from portal.adapters.press.writer import Writer
from portal.domain.words import _

SYSTEM_FONTS = Path("/usr/share/fonts")
SIDE, BASE, RULE, SIZE = 56.7, 28.3, 39.7, 8.5
INK = b"0.29 0.36 0.38"
FONT_NAME = "/PressFoot"
_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <ffff> endcodespacerange
%s
endcmap CMapName currentdict /CMap defineresource pop end end"""


class Stamp:
    """``text`` stands at the left foot of each page, the count at the right."""

    def __init__(self, text: str, fonts: Path) -> None:
        self.text = text
        self._font = _cut(fonts, text + self._count(0, 0) + "0123456789")
        self._glyphs: dict[int, str] = self._font.getBestCmap()
        self._scale = 1000 / self._font["head"].unitsPerEm

    def drawing(self, width: float, page: int, pages: int) -> bytes:
        """The content stream that ends a page of this width in points. It closes the ``q`` every page begins with."""
        count = self._count(page, pages)
        right = width - SIDE - self._width(count)
        return b"\n".join((
            b"Q /Artifact << /Type /Pagination /Subtype /Footer >> BDC q",
            b"0.81 0.85 0.86 RG 0.5 w %.2f %.2f m %.2f %.2f l S" % (SIDE, RULE, width - SIDE, RULE),
            b"BT %s rg %s %.1f Tf" % (INK, FONT_NAME.encode(), SIZE),
            b"1 0 0 1 %.2f %.2f Tm <%s> Tj" % (SIDE, BASE, self._codes(self.text)),
            b"1 0 0 1 %.2f %.2f Tm <%s> Tj ET Q EMC" % (right, BASE, self._codes(count)),
        ))  # fmt: skip

    def write_font(self, writer: Writer, number: int) -> None:
        """Write the font as object ``number``."""
        cid, facts, program, unicode = (writer.allot() for _each in range(4))
        name = b"/PRSFOT+Foot"
        writer.plain(number, b"<< /Type /Font /Subtype /Type0 /BaseFont %s /Encoding /Identity-H"
                             b" /DescendantFonts [ %d 0 R ] /ToUnicode %d 0 R >>" % (name, cid, unicode))  # fmt: skip
        system = b"<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        writer.plain(cid, b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont %s /CIDSystemInfo %s /FontDescriptor %d 0 R"
                          b" /CIDToGIDMap /Identity /W %s >>" % (name, system, facts, self._widths()))  # fmt: skip
        writer.plain(facts, self._descriptor(name, program))
        data = io.BytesIO()
        self._font.save(data)
        writer.deflated(program, b"/Length1 %d" % len(data.getvalue()), data.getvalue())
        writer.deflated(unicode, b"", _TO_UNICODE % self._letters())

    def _count(self, page: int, pages: int) -> str:
        return _("Page %(page)s of %(pages)s", page=page, pages=pages)

    def _codes(self, text: str) -> bytes:
        return b"".join(b"%04x" % self._id(letter) for letter in text)

    def _id(self, letter: str) -> int:
        return int(self._font.getGlyphID(self._glyphs.get(ord(letter), ".notdef")))

    def _advance(self, glyph: str) -> float:
        return float(self._font["hmtx"][glyph][0] * self._scale)

    def _width(self, text: str) -> float:
        return sum(self._advance(self._glyphs.get(ord(letter), ".notdef")) for letter in text) * SIZE / 1000

    def _widths(self) -> bytes:
        glyphs = self._font.getGlyphOrder()
        return b"[ 0 [ %s ] ]" % b" ".join(b"%d" % round(self._advance(glyph)) for glyph in glyphs)

    def _letters(self) -> bytes:
        rows = [b"<%04x> <%04x>" % (self._font.getGlyphID(glyph), code) for code, glyph in self._glyphs.items()]
        runs = [rows[start : start + 100] for start in range(0, len(rows), 100)]
        return b"\n".join(b"%d beginbfchar\n%s\nendbfchar" % (len(run), b"\n".join(run)) for run in runs)

    def _descriptor(self, name: bytes, program: int) -> bytes:
        head, across, units = self._font["head"], self._font["hhea"], self._scale
        box = b" ".join(b"%d" % round(side * units) for side in (head.xMin, head.yMin, head.xMax, head.yMax))
        rise, fall = round(across.ascent * units), round(across.descent * units)
        return (b"<< /Type /FontDescriptor /FontName %s /Flags 4 /FontBBox [ %s ] /ItalicAngle 0 /Ascent %d /Descent %d"
                b" /CapHeight %d /StemV 80 /FontFile2 %d 0 R >>" % (name, box, rise, fall, rise, program))  # fmt: skip


def _cut(fonts: Path, letters: str) -> TTFont:
    """The first of our faces, then the system's, that has all these letters, cut down to them."""
    for file in _faces(fonts):
        font = TTFont(file, lazy=False)
        if all(ord(letter) in font.getBestCmap() for letter in letters):
            break
    font.flavor = None
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[], legacy_kern=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(font)
    return font


def _faces(fonts: Path) -> list[Path]:
    ours = [assets.font_file(fonts, "400-normal")] if assets.has_fonts(fonts) else []
    return ours + sorted(SYSTEM_FONTS.rglob("DejaVuSans.ttf"))
