"""Photographs of arms, legs and hands on a clinic drape."""

from PIL import Image, ImageChops, ImageFilter

from portal.demo.making.canvas import (
    Colour,
    Point,
    blob,
    finished,
    on_drape,
    polygon,
    ruler,
    skin,
    spots,
    strokes,
    tint,
)
from portal.demo.making.dice import Dice
from portal.demo.making.lesions import crack, creases, mole, plaque, rash, scratches, stain, wavy

AMINA: Colour = (182, 132, 98)
MEI: Colour = (228, 188, 152)
_VIOLET: Colour = (132, 78, 82)
_MARK: Colour = (112, 70, 52)

_ARM: list[Point] = [
    (-400, 300), (420, 330), (760, 250), (960, 225), (1150, 290), (1500, 330), (2200, 300),
    (2200, 900), (1480, 900), (1160, 960), (900, 1010), (700, 940), (380, 900), (-400, 940),
]  # fmt: skip


def _elbow(sheet: Image.Image, label: str, paint: str) -> bytes:
    """A straight left arm seen from behind, the elbow in the middle."""
    folds = [wavy((790 + n * 46, 470 - n * 12), (830 + n * 40, 760 + n * 8), n, 8) for n in range(6)]
    creases(sheet, folds, 6)
    if paint == "plaque":
        plaque(sheet, (930, 610), (330, 205), 3, _VIOLET, 0.95)
        plaque(sheet, (1370, 520), (74, 52), 14, _VIOLET, 0.7)
        stain(sheet, (480, 640), (90, 60), 16, _MARK, 0.7)
    else:
        stain(sheet, (930, 610), (300, 180), 3, _MARK, 0.3)
        plaque(sheet, (880, 560), (70, 46), 5, (150, 96, 84), 0.3)
        plaque(sheet, (1040, 690), (46, 34), 6, (150, 96, 84), 0.3)
    picture = on_drape(sheet, _ARM)
    ruler(picture, (330, 1130), 9, 110, label, 0.7)
    return finished(picture)


def elbow_plaque() -> bytes:
    """A plaque of 6 by 4 cm, silver on violet-brown."""
    return _elbow(skin(AMINA, 1), "A.H.   4 October 2017   L elbow", "plaque")


def elbow_clear() -> bytes:
    """The same elbow, nearly clear."""
    return _elbow(skin(AMINA, 1), "A.H.   30 Sept 2026   L elbow", "clear")


_CREASE_ARM: list[Point] = [
    (-400, 240), (500, 300), (900, 330), (1300, 300), (2200, 360),
    (2200, 920), (1350, 960), (900, 1000), (450, 960), (-400, 990),
]  # fmt: skip


def _crease(label: str, redness: float, marks: int) -> bytes:
    sheet = skin(MEI, 51)
    area: list[Point] = [(700, 420), (1020, 380), (1240, 520), (1220, 800), (960, 900), (690, 820), (590, 620)]
    rash(sheet, area, (206, 96, 84), 8, redness)
    creases(sheet, [wavy((930, 360), (960, 940), 2, 12), wavy((880, 440), (890, 860), 3, 9)], 8)
    scratches(sheet, (930, 640), (230, 190), marks, 12)
    if redness > 0.9:
        crack(sheet, (950, 520), (962, 620), 4, 6)
    picture = on_drape(sheet, _CREASE_ARM)
    ruler(picture, (400, 1130), 6, 150, label, -0.8)
    return finished(picture)


def elbow_crease() -> bytes:
    """Eczema in the bend of the elbow."""
    return _crease("M.L.   7 Feb 2024   R elbow crease", 0.75, 7)


def elbow_crease_worse() -> bytes:
    """The same place, angrier."""
    return _crease("M.L.   22 April 2026   R elbow crease", 1.0, 14)


def calf_mole() -> bytes:
    """A small even mole on a calf."""
    sheet = skin(AMINA, 61)
    mole(sheet, (900, 600), 58, 5, (104, 62, 44))
    mole(sheet, (1330, 420), 20, 7)
    mole(sheet, (420, 800), 24, 8)
    dice = Dice(21)
    hairs = []
    for n in range(46):
        x, y, length = dice.between(60, 1740), dice.between(300, 930), dice.between(40, 80)
        hairs.append(wavy((x, y), (x + length, y + dice.between(4, 34)), n, 5, 3))
    tint(sheet, strokes(hairs, 3, 1.2), (84, 54, 42), 0.45)
    leg: list[Point] = [
        (-400, 260),
        (300, 190),
        (800, 170),
        (1300, 230),
        (2200, 400),
        (2200, 860),
        (1300, 980),
        (700, 1060),
        (-400, 1000),
    ]
    picture = on_drape(sheet, leg, 90)
    ruler(picture, (360, 1140), 3, 300, "A.H.   22 May 2024   R calf", 0.6)
    return finished(picture)


def _hand(left: bool, x: float) -> list[Point]:
    """The outline of a palm with fingers up; ``x`` is the middle of the palm."""
    half: list[Point] = [
        (-150, 1420), (-160, 1180), (-250, 1030), (-262, 800), (-270, 560), (-262, 360), (-222, 330), (-186, 364),
        (-172, 620), (-158, 660), (-140, 620), (-136, 240), (-94, 188), (-50, 240), (-44, 620), (-26, 654), (-8, 620),
        (8, 200), (52, 150), (94, 204), (92, 620), (110, 660), (128, 630), (150, 300), (192, 254), (232, 304),
        (220, 760), (262, 830), (340, 720), (392, 640), (440, 650), (446, 700), (380, 880), (290, 1040), (170, 1190),
        (158, 1420),
    ]  # fmt: skip
    return [(x + (px if left else -px), py) for px, py in half]


def palms() -> bytes:
    """Two palms: dry, red-brown, cracked along the fingers, with a line where the gloves ended."""
    sheet = skin((206, 156, 124), 71)
    for side, x in ((1, 425), (-1, 1375)):
        area: list[Point] = [
            (x - 300, 300),
            (x + 300, 300),
            (x + 330, 900),
            (x + 160, 1130),
            (x - 170, 1130),
            (x - 290, 850),
        ]
        rash(sheet, area, (176, 92, 76), 20 + side, 0.85)
        lines = [
            wavy((x - side * 190, 830), (x + side * 180, 720), 3, 8),
            wavy((x - side * 220, 940), (x + side * 130, 800), 4, 8),
        ]
        creases(sheet, [*lines, wavy((x + side * 190, 800), (x + side * 20, 1150), 5, 9)], 7)
        for n, (dx, top) in enumerate([(-222, 470), (-92, 400), (52, 370), (190, 440)]):
            joint = [wavy((x + side * (dx - 44), y), (x + side * (dx + 44), y), n, 4, 4) for y in (top, top + 130)]
            creases(sheet, joint, 5)
        crack(sheet, (x + side * 150, 560), (x + side * 225, 590), 1)
        crack(sheet, (x + side * 20, 470), (x + side * 86, 500), 2, 7)
        crack(sheet, (x - side * 110, 880), (x - side * 30, 940), 3)
    crack(sheet, (375, 720), (455, 760), 6, 7)
    tint(sheet, spots([(745 + n * 15, 800 + (n % 3) * 16, 8) for n in range(6)], 2), (238, 210, 180), 0.7)
    first = on_drape(sheet, _hand(True, 425), 40)
    second = on_drape(sheet, _hand(False, 1375), 40)
    picture = Image.composite(first, second, polygon([(-50, -50), (900, -50), (900, 1400), (-50, 1400)], 6))
    ruler(picture, (555, 1200), 5, 120, "A.H.   8 March 2023", 0)
    return finished(picture)


def nail_pits() -> bytes:
    """A fingertip with pits in the nail and one edge lifting, as a telephone takes it: no ruler, a warm tint."""
    sheet = skin((190, 138, 104), 81)
    creases(sheet, [wavy((350 + n * 50, 470), (360 + n * 50, 900), n, 9) for n in range(3)], 7)
    nail = blob((1130, 670), (330, 235), 2, 0.02)
    shape = polygon(nail, 6)
    tint(sheet, shape.filter(ImageFilter.GaussianBlur(18)), (96, 54, 46), 0.6)
    tint(sheet, shape, (226, 172, 158))
    tint(sheet, ImageChops.multiply(shape, spots([(870, 670, 120)], 30)), (244, 216, 206), 0.8)
    lifted = polygon(blob((1400, 700), (110, 190), 9, 0.1), 14)
    tint(sheet, ImageChops.multiply(shape, lifted), (240, 226, 186), 0.9)
    tint(sheet, strokes([[(x, 450), (x + 30, 890)] for x in range(900, 1400, 70)], 4, 5), (250, 226, 216), 0.25)
    dice = Dice(3)
    pits = [(dice.between(920, 1330), dice.between(510, 830), dice.between(7, 12)) for _ in range(17)]
    tint(sheet, ImageChops.multiply(shape, spots([(x - 4, y - 4, r) for x, y, r in pits], 3)), (150, 92, 84), 0.9)
    tint(
        sheet, ImageChops.multiply(shape, spots([(x + 5, y + 6, r * 0.6) for x, y, r in pits], 3)), (255, 238, 230), 0.7
    )
    shine = polygon(blob((1080, 520), (190, 26), 4, 0.1), 14)
    tint(sheet, ImageChops.multiply(shape, shine), (255, 246, 240), 0.6)
    finger: list[Point] = [
        (-400, 320),
        (500, 350),
        (900, 330),
        (1300, 370),
        (1520, 520),
        (1570, 680),
        (1510, 850),
        (1280, 980),
    ]
    picture = on_drape(sheet, [*finger, (880, 1020), (480, 1000), (-400, 1040)], 60)
    tint(picture, Image.new("L", picture.size, 255), (255, 190, 110), 0.1)
    return finished(picture.filter(ImageFilter.GaussianBlur(1.6)))
