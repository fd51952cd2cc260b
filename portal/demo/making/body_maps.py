"""Body maps: a figure from the front and from behind, with the places shaded that a physician shades with a pen."""

import io

from PIL import Image, ImageChops, ImageDraw, ImageFont

from portal.demo.making.canvas import Colour, Point, smooth

_SIZE = (1600, 1200)
_LINE: Colour = (60, 84, 90)
_FILL: Colour = (250, 247, 240)
_PEN: Colour = (164, 62, 72)

# The left half of a figure, from the top of the head down; x is the distance from the middle line.
_HALF: list[Point] = [
    (0, 70), (48, 80), (66, 130), (60, 180), (40, 222), (38, 256), (70, 276), (140, 290), (178, 330), (190, 420),
    (204, 520), (226, 640), (240, 700), (236, 760), (216, 786), (196, 760), (190, 700), (170, 600), (150, 500),
    (136, 420), (128, 480), (118, 560), (132, 640), (140, 720), (134, 820), (118, 900), (122, 980), (108, 1060),
    (116, 1100), (110, 1120), (64, 1118), (62, 1060), (54, 960), (44, 880), (30, 760), (8, 690), (0, 690),
]  # fmt: skip

Shade = tuple[str, float, float, float, float]


def _figure(draw: ImageDraw.ImageDraw, x: float) -> None:
    left = [(x - px, py) for px, py in _HALF]
    right = [(x + px, py) for px, py in reversed(_HALF)]
    outline = smooth(left + right, 2)
    draw.polygon(outline, fill=_FILL)
    draw.line([*outline, outline[0]], fill=_LINE, width=4, joint="curve")


def _mask(x: float, shades: list[Shade], side: str) -> Image.Image:
    """The shaded places of one figure, kept inside its outline."""
    body, pen = Image.new("L", _SIZE, 0), Image.new("L", _SIZE, 0)
    half = [(x - px, py) for px, py in _HALF] + [(x + px, py) for px, py in reversed(_HALF)]
    ImageDraw.Draw(body).polygon(smooth(half, 2), fill=255)
    draw = ImageDraw.Draw(pen)
    for where, dx, y, wide, high in shades:
        if where == side:
            draw.ellipse((x + dx - wide, y - high, x + dx + wide, y + high), fill=255)
    hatch = Image.new("L", _SIZE, 70)
    lines = ImageDraw.Draw(hatch)
    for offset in range(-_SIZE[1], _SIZE[0], 12):
        lines.line((offset, _SIZE[1], offset + _SIZE[1], 0), fill=235, width=4)
    return ImageChops.multiply(ImageChops.multiply(pen, body), hatch)


def _map(title: str, notes: list[str], shades: list[Shade]) -> bytes:
    sheet = Image.new("RGB", _SIZE, (255, 255, 255))
    draw = ImageDraw.Draw(sheet)
    for side, x in (("front", 420), ("back", 980)):
        _figure(draw, x)
        sheet.paste(Image.new("RGB", _SIZE, _PEN), (0, 0), _mask(x, shades, side))
        draw.text((x, 1150), side, font=ImageFont.load_default(34), fill=_LINE, anchor="mm")
    for x, side in ((420 - 230, "R"), (420 + 230, "L"), (980 - 230, "L"), (980 + 230, "R")):
        draw.text((x, 850), side, font=ImageFont.load_default(40), fill=_LINE, anchor="mm")
    for n, line in enumerate([title, "", *notes]):
        draw.text((1270, 110 + n * 52), line, font=ImageFont.load_default(34 if n else 36), fill=_LINE)
    out = io.BytesIO()
    small = sheet.resize((1000, 750), Image.Resampling.LANCZOS)
    small.quantize(48, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def first_visit() -> bytes:
    """Elbows, knees, nape and behind the ears."""
    shades: list[Shade] = [
        ("back", -182, 505, 34, 52), ("back", 182, 505, 28, 42), ("front", -86, 900, 34, 40),
        ("front", 86, 900, 34, 40), ("back", 0, 205, 44, 26), ("back", -58, 150, 16, 26), ("back", 58, 150, 16, 26),
    ]  # fmt: skip
    notes = ["A. Haddad", "4 October 2017", "", "Elbows  2.4", "Knees  2.6", "Scalp  2.8", "", "PASI 7.8", "BSA 6 %"]
    return _map("Psoriasis", notes, shades)


def before_methotrexate() -> bytes:
    """The same, with lower back and shins."""
    shades: list[Shade] = [
        ("back", -182, 505, 38, 62), ("back", 182, 505, 36, 60), ("front", -86, 900, 38, 46),
        ("front", 86, 900, 38, 46), ("front", -90, 1000, 22, 70), ("front", 90, 1000, 22, 70), ("back", 0, 590, 96, 52),
        ("back", -40, 480, 26, 18), ("back", 56, 446, 20, 16), ("back", 0, 205, 46, 30), ("front", 30, 480, 22, 16),
    ]  # fmt: skip
    notes = ["A. Haddad", "13 January 2021", "", "Trunk  4.2", "Arms  2.3", "Legs  4.4", "Scalp  1.2", "", "PASI 12.1"]
    return _map("Psoriasis", notes, shades)


def mei() -> bytes:
    """Creases of elbows and knees, neck, eyelids, hands."""
    shades: list[Shade] = [
        ("front", -172, 500, 26, 40), ("front", 172, 500, 26, 40), ("front", 0, 246, 38, 24),
        ("front", -24, 130, 14, 7), ("front", 24, 130, 14, 7),
        ("back", -84, 905, 32, 38), ("back", 84, 905, 32, 38), ("back", -222, 736, 24, 40),
        ("back", 222, 736, 24, 40),
    ]  # fmt: skip
    notes = [
        "M. Leung",
        "7 February 2024",
        "",
        "Head, neck  1.8",
        "Arms  5.6",
        "Trunk  0",
        "Legs  6.8",
        "",
        "EASI 14.2",
    ]
    return _map("Eczema", notes, shades)
