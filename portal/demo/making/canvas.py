"""Paint for the demo photographs: skin with its grain, shapes with soft edges, a ruler with a label.

Everything is drawn at twice the size and shrunk at the end; grain comes from seeded noise, so that a scene is
always the same.
"""

import io
from math import cos, pi, sin

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from portal.demo.making.dice import Dice, grains

Colour = tuple[int, int, int]
Point = tuple[float, float]

SIZE = (1800, 1350)
SHOWN = (900, 675)
DRAPE: Colour = (122, 158, 160)
PAPER: Colour = (246, 244, 236)
INK: Colour = (29, 43, 47)


def noise(cell: int, seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """Soft grey clouds, ``cell`` pixels across."""
    small = (size[0] // cell + 2, size[1] // cell + 2)
    clouds = Image.frombytes("L", small, grains(seed, small[0] * small[1]))
    return clouds.resize(size, Image.Resampling.BICUBIC)


def blank(size: tuple[int, int] = SIZE) -> Image.Image:
    return Image.new("L", size, 0)


def tint(picture: Image.Image, mask: Image.Image, colour: Colour, strength: float = 1.0) -> None:
    """Paint ``colour`` where ``mask`` is light."""
    weaker = mask if strength == 1.0 else mask.point(lambda level: int(level * strength))
    picture.paste(Image.new("RGB", picture.size, colour), (0, 0), weaker)


def skin(tone: Colour, seed: int) -> Image.Image:
    """A sheet of skin: large blotches, small furrows, light from the upper left."""
    sheet = Image.new("RGB", SIZE, tone)
    darker: Colour = (int(tone[0] * 0.86), int(tone[1] * 0.80), int(tone[2] * 0.78))
    tint(sheet, noise(220, seed), darker, 0.45)
    tint(sheet, noise(46, seed + 1).point(lambda level: max(0, level - 110)), darker, 0.5)
    furrows = ImageChops.add(noise(9, seed + 2), noise(15, seed + 3), scale=2)
    relief = furrows.filter(ImageFilter.GaussianBlur(1.5)).filter(ImageFilter.EMBOSS)
    sheet = ImageChops.soft_light(sheet, _grey(relief.point(lambda level: 128 + (level - 128) // 2)))
    wide = Image.linear_gradient("L").rotate(-25).crop((48, 48, 208, 168))
    light = wide.resize(SIZE, Image.Resampling.BICUBIC)
    return ImageChops.soft_light(sheet, _grey(light.point(lambda level: 150 - level // 6)))


def _grey(level: Image.Image) -> Image.Image:
    return Image.merge("RGB", (level, level, level))


def polygon(points: list[Point], soften: float = 4) -> Image.Image:
    """A filled shape as a mask with soft edges."""
    mask = blank()
    ImageDraw.Draw(mask).polygon(points, fill=255)
    return mask.filter(ImageFilter.GaussianBlur(soften))


def strokes(lines: list[list[Point]], width: int, soften: float = 2) -> Image.Image:
    """Lines with round joints as a mask."""
    mask = blank()
    draw = ImageDraw.Draw(mask)
    for line in lines:
        draw.line(line, fill=255, width=width, joint="curve")
    return mask.filter(ImageFilter.GaussianBlur(soften))


def spots(places: list[tuple[float, float, float]], soften: float = 3) -> Image.Image:
    """Discs (x, y, radius) as a mask."""
    mask = blank()
    draw = ImageDraw.Draw(mask)
    for x, y, radius in places:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return mask.filter(ImageFilter.GaussianBlur(soften))


def blob(centre: Point, radii: Point, seed: int, rough: float = 0.12) -> list[Point]:
    """The outline of something grown, not drawn with a compass."""
    dice = Dice(seed)
    waves = [(n, dice.between(-rough, rough) / n**0.6, dice.between(0, 2 * pi)) for n in range(2, 11)]
    points = []
    for step in range(180):
        angle = step * pi / 90
        reach = 1 + sum(size * sin(n * angle + turn) for n, size, turn in waves)
        points.append((centre[0] + radii[0] * reach * cos(angle), centre[1] + radii[1] * reach * sin(angle)))
    return points


def moved(mask: Image.Image, right: int, down: int) -> Image.Image:
    """The mask pushed aside, dark where nothing came in."""
    pushed = blank(mask.size)
    pushed.paste(mask, (right, down))
    return pushed


def smooth(points: list[Point], rounds: int = 3) -> list[Point]:
    """The outline with its corners cut, again and again (Chaikin)."""
    for _ in range(rounds):
        cut: list[Point] = []
        for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
            cut += [(ax * 0.75 + bx * 0.25, ay * 0.75 + by * 0.25), (ax * 0.25 + bx * 0.75, ay * 0.25 + by * 0.75)]
        points = cut
    return points


def on_drape(sheet: Image.Image, outline: list[Point], depth: float = 70) -> Image.Image:
    """A part of the body cut from ``sheet``, lying on the drape, rounded by its own shade."""
    mask = polygon(smooth(outline), 3)
    ground = Image.new("RGB", SIZE, DRAPE)
    weave = noise(5, 77).filter(ImageFilter.GaussianBlur(1)).point(lambda level: 118 + level // 13)
    ground = ImageChops.soft_light(ground, _grey(weave))
    shadow = moved(mask, 0, 34).filter(ImageFilter.GaussianBlur(34))
    tint(ground, shadow, (40, 60, 62), 0.55)
    round_off = mask.filter(ImageFilter.GaussianBlur(depth)).point(lambda level: max(0, 255 - int((level - 110) * 2.1)))
    shaded = sheet.copy()
    tint(shaded, round_off, (58, 34, 28), 0.5)
    ground.paste(shaded, (0, 0), mask)
    return ground


def ruler(picture: Image.Image, at: Point, cm: int, scale: float, label: str, turn: float = 0) -> None:
    """A paper ruler of ``cm`` centimetres at ``scale`` pixels a centimetre, with a label and three grey patches."""
    width, height = int(cm * scale + 40), 118
    strip = Image.new("RGBA", (width, height), (*PAPER, 255))
    draw = ImageDraw.Draw(strip)
    for mm in range(cm * 10 + 1):
        x, long = 20 + mm * scale / 10, 34 if mm % 10 == 0 else 24 if mm % 5 == 0 else 15
        draw.line((x, 0, x, long), fill=INK, width=3 if mm % 10 == 0 else 2)
        if mm % 10 == 0 and mm < cm * 10:
            draw.text((x + 7, 22), str(mm // 10), font=ImageFont.load_default(30), fill=INK)
    draw.text((20, 66), label, font=ImageFont.load_default(34), fill=INK)
    for n, level in enumerate((40, 128, 215)):
        draw.rectangle((width - 150 + n * 44, 68, width - 112 + n * 44, 106), fill=(level, level, level, 255))
    strip = strip.rotate(turn, Image.Resampling.BICUBIC, expand=True)
    place = (int(at[0]), int(at[1]))
    shadow = blank(picture.size)
    shadow.paste(strip.getchannel("A"), (place[0] + 6, place[1] + 9))
    tint(picture, shadow.filter(ImageFilter.GaussianBlur(8)), (30, 30, 30), 0.4)
    picture.paste(strip, place, strip)


def finished(picture: Image.Image) -> bytes:
    """The picture as a JPEG file, shrunk to the size at which it is kept."""
    out = io.BytesIO()
    picture.resize(SHOWN, Image.Resampling.LANCZOS).save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()
