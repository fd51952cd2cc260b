"""Photographs that fill the frame with skin: moles, a wound, a jaw, a back, a scalp."""

from math import cos, pi, sin

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from portal.demo.making.canvas import (
    SIZE,
    Colour,
    Point,
    blank,
    blob,
    finished,
    moved,
    noise,
    polygon,
    ruler,
    skin,
    smooth,
    spots,
    strokes,
    tint,
)
from portal.demo.making.dice import Dice
from portal.demo.making.lesions import SILVER, bump, mole, network, odd_mole, plaque, rounded, stain, stitches, wavy

AMINA: Colour = (182, 132, 98)
CORA: Colour = (232, 192, 172)
_PEN: Colour = (70, 50, 130)


def naevus_close() -> bytes:
    """The atypical mole among ordinary ones, with the surgeon's marks around it."""
    picture = skin(AMINA, 20)
    for n, (x, y, radius) in enumerate(
        [(330, 300, 15), (1420, 240, 18), (1560, 860, 13), (240, 880, 16), (1130, 150, 10)]
    ):
        mole(picture, (x, y), radius, 40 + n)
    odd_mole(picture, (900, 590), 175, 9)
    marks = [
        rounded([(500, 590), (740, 380), (1080, 380), (1330, 590)]),
        rounded([(500, 590), (740, 805), (1080, 805), (1330, 590)]),
    ]
    ink = ImageChops.multiply(strokes(marks, 11, 2), noise(14, 3).point(lambda v: 130 + v // 2))
    tint(picture, ink, _PEN, 0.75)
    ruler(picture, (180, 1060), 3, 480, "A.H.   21 March 2018   left upper back", 1.5)
    return finished(picture)


def naevus_dermoscopy() -> bytes:
    """The same through the dermatoscope: a lit disc, a network that breaks off, a dark blotch, dots."""
    picture = skin((206, 150, 116), 23).filter(ImageFilter.GaussianBlur(3))
    centre = (880.0, 660.0)
    body = polygon(blob(centre, (500, 400), 31, 0.13), 44)
    tint(picture, body, (158, 98, 66), 0.75)
    tint(picture, ImageChops.multiply(body, noise(130, 6)), (116, 66, 46), 0.6)
    lines = ImageChops.multiply(network(SIZE, centre, 520, 12), body.point(lambda v: min(255, v * 2)))
    tint(picture, lines, (82, 44, 30), 0.7)
    tint(picture, polygon(blob((720, 560), (150, 120), 33, 0.22), 24), (46, 26, 22), 0.85)
    dice = Dice(4)
    dots = [(dice.around(1020, 130), dice.around(700, 110), dice.between(7, 13)) for _ in range(26)]
    tint(picture, spots(dots, 2.5), (52, 28, 22), 0.85)
    hairs = [wavy((300, 240), (760, 120), 8, 10), wavy((1180, 1120), (1480, 930), 9, 10)]
    tint(picture, strokes(hairs, 7, 1.5), (44, 30, 26), 0.8)
    lens = blank()
    draw = ImageDraw.Draw(lens)
    draw.ellipse((285, 60, 1515, 1290), fill=255)
    rim = lens.filter(ImageFilter.GaussianBlur(5))
    glow = lens.filter(ImageFilter.GaussianBlur(120))
    tint(picture, glow.point(lambda v: max(0, 200 - v)), (40, 22, 18), 0.8)
    framed = Image.new("RGB", SIZE, (10, 12, 14))
    framed.paste(picture, (0, 0), rim)
    draw = ImageDraw.Draw(framed)
    for mm in range(7):
        x = 516 + mm * 128
        draw.line((x, 1180, x, 1216 if mm % 3 else 1240), fill=(20, 20, 20), width=5)
    draw.text((1580, 1270), "x10 POL", font=ImageFont.load_default(40), fill=(150, 160, 160))
    return finished(framed)


def wound_stitches() -> bytes:
    """Two weeks after the excision, seven stitches."""
    picture = skin(AMINA, 26)
    mole(picture, (1420, 240), 18, 41)
    mole(picture, (330, 290), 14, 42)
    stitches(picture, (510, 640), (1290, 612), 7)
    ruler(picture, (260, 1080), 4, 320, "A.H.   25 April 2018   day 14", -1)
    return finished(picture)


def _jaw(seed: int) -> Image.Image:
    """Cheek, jaw and neck from the left, hair and ear lobe at the edge; nothing else of the face."""
    picture = skin(AMINA, seed)
    under: list[Point] = [
        (-200, 760),
        (160, 860),
        (560, 990),
        (1050, 1080),
        (1500, 1060),
        (2000, 960),
        (2000, 1500),
        (-200, 1500),
    ]
    tint(picture, polygon(smooth(under), 46), (92, 54, 42), 0.6)
    tint(picture, strokes([rounded(under[:6])], 90, 60), (84, 48, 38), 0.4)
    lit = polygon(smooth([(500, 60), (1150, 20), (1600, 360), (1350, 780), (760, 760), (420, 420)]), 170)
    tint(picture, lit, (232, 184, 148), 0.5)
    lobe = polygon(smooth([(20, -100), (230, -60), (270, 180), (200, 330), (90, 350), (20, 200)]), 5)
    tint(picture, moved(lobe, 26, 34).filter(ImageFilter.GaussianBlur(22)), (70, 38, 30), 0.6)
    tint(picture, lobe, (186, 128, 98), 0.95)
    tint(picture, polygon(smooth([(60, -60), (190, -40), (200, 160), (110, 220), (60, 120)]), 24), (140, 84, 66), 0.6)
    tint(picture, spots([(150, 270, 12)], 1.5), (214, 190, 120))
    hair = [wavy((-60 + n * 7, -20), (-150 + n * 5 + (n % 5) * 8, 1400), n, 16, 6) for n in range(26)]
    tint(picture, strokes(hair, 26, 5), (34, 24, 22), 0.95)
    tint(picture, strokes(hair[::3], 4, 2), (96, 74, 64), 0.5)
    return picture


def jaw_before() -> bytes:
    """Nodules along the jaw."""
    picture = _jaw(30)
    places = [(420, 780, 38, 0), (640, 880, 46, 1), (840, 940, 34, 0), (1040, 960, 42, 1), (760, 760, 30, 1)]
    for x, y, radius, head in [*places, (540, 640, 26, 0), (1240, 890, 30, 0), (930, 800, 24, 1), (720, 1050, 32, 0)]:
        bump(picture, (x, y), radius, (164, 70, 64), bool(head))
    for n, (x, y) in enumerate([(620, 560), (850, 640), (1100, 780), (430, 560), (1000, 600), (1300, 740)]):
        stain(picture, (x, y), (26, 22), 60 + n, (104, 58, 46), 0.8)
    ruler(picture, (620, 1190), 5, 190, "A.H.   19 Sept 2018   left jaw", 0.8)
    return finished(picture)


def jaw_after() -> bytes:
    """The same jaw nine months later: fading marks, shallow scars."""
    picture = _jaw(30)
    for n, (x, y) in enumerate([(640, 880), (840, 930), (1040, 950), (540, 640), (850, 640)]):
        stain(picture, (x, y), (28, 22), 70 + n, (118, 68, 52), 0.6)
    for n, (x, y) in enumerate([(420, 790), (760, 770), (1230, 880), (930, 810), (690, 690)]):
        tint(picture, polygon(blob((x + 3, y + 4), (15, 12), 90 + n), 4), (98, 60, 48), 0.5)
        tint(picture, polygon(blob((x - 3, y - 3), (10, 8), 95 + n), 4), (222, 176, 146), 0.5)
    ruler(picture, (620, 1190), 5, 190, "A.H.   12 June 2019   left jaw", 0.8)
    return finished(picture)


def patch_grid() -> bytes:
    """An upper back with marker lines and numbers; three places have answered."""
    picture = skin(AMINA, 34)
    tint(picture, strokes([wavy((900, 0), (900, 1350), 1, 6, 14)], 60, 46), (96, 58, 46), 0.5)
    for side in (-1, 1):
        blade = [wavy((900 + side * 300, 260), (900 + side * 520, 820), 6 + side, 10)]
        tint(picture, strokes(blade, 120, 70), (98, 60, 46), 0.4)
    draw = ImageDraw.Draw(picture)
    places: dict[int, Point] = {}
    for column in range(8):
        for row in range(5):
            offset = 130 if column > 3 else 0
            places[column * 5 + row + 1] = (190 + column * 185 + offset, 220 + row * 190)
    for number, (x, y) in places.items():
        draw.text((x + 50, y - 92), str(number), font=ImageFont.load_default(38), fill=_PEN)
    squares = [
        [(x - 46, y - 46), (x + 46, y - 46), (x + 46, y + 46), (x - 46, y + 46), (x - 46, y - 46)]
        for x, y in places.values()
    ]
    tint(picture, strokes(squares, 7, 5), (110, 70, 54), 0.3)
    ticks = [[(x - 74, y - 76), (x - 54, y - 76)] for x, y in places.values()]
    ticks += [[(x - 64, y - 86), (x - 64, y - 66)] for x, y in places.values()]
    tint(picture, strokes(ticks, 7, 1.5), _PEN, 0.8)
    for number in (1, 24):
        stain(picture, places[number], (58, 56), number, (164, 62, 58), 0.95)
        for n in range(14):
            dice = Dice(number * 50 + n)
            x, y = places[number][0] + dice.around(0, 24), places[number][1] + dice.around(0, 24)
            bump(picture, (x, y), dice.between(6, 10), (178, 74, 66))
    stain(picture, places[18], (46, 44), 18, (172, 82, 70), 0.6)
    ruler(picture, (480, 1196), 6, 130, "A.H.   28 April 2023   D4", 0)
    return finished(picture)


def scalp_keratoses() -> bytes:
    """The crown under thin grey hair, rough pink patches, one of them thicker."""
    picture = skin(CORA, 44)
    tint(
        picture,
        polygon(smooth([(300, 200), (1500, 160), (1600, 900), (900, 1120), (260, 860)]), 160),
        (238, 160, 146),
        0.55,
    )
    dice = Dice(15)
    for n in range(17):
        x, y = dice.between(330, 1480), dice.between(230, 950)
        stain(picture, (x, y), (dice.between(30, 70), dice.between(24, 50)), 200 + n, (206, 104, 96), 0.8)
        rough = polygon(blob((x, y), (28, 22), 230 + n, 0.25), 4)
        tint(picture, ImageChops.multiply(rough, noise(8, 260 + n)), SILVER, 0.9)
    plaque(picture, (1010, 520), (74, 62), 77, (196, 84, 76), 0.75)
    _hair(picture, dice)
    ruler(picture, (420, 1160), 6, 150, "C.W.   16 Oct 2025   crown", 0.5)
    return finished(picture)


def _hair(picture: Image.Image, dice: Dice) -> None:
    """Grey hair that grows from the crown outwards, thin in the middle."""
    shades: list[Colour] = [(222, 219, 212), (186, 180, 172), (240, 238, 232)]
    for shade in shades:
        hairs = []
        for n in range(130):
            turn = dice.between(0, 2 * pi)
            away = dice.between(520, 900) if n % 6 else dice.between(120, 500)
            line = []
            for step in range(7):
                angle, reach = turn + step * 0.09, away + step * dice.between(55, 75)
                line.append((900 + reach * 1.25 * cos(angle), 560 + reach * 0.95 * sin(angle)))
            hairs.append(rounded(line))
        tint(picture, moved(strokes(hairs, 5, 3), 6, 10), (156, 104, 90), 0.35)
        tint(picture, strokes(hairs, 4, 1), shade, 0.85)
