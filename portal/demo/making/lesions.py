"""What can be on a skin: plaques with scale, moles, bumps, cracks, scratch marks, stitches."""

from itertools import pairwise
from math import cos, pi, sin

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from portal.demo.making.canvas import Colour, Point, blank, blob, moved, noise, polygon, smooth, spots, strokes, tint
from portal.demo.making.dice import Dice

SILVER: Colour = (214, 206, 200)


def plaque(picture: Image.Image, centre: Point, radii: Point, seed: int, colour: Colour, scale: float = 0.9) -> None:
    """A raised, sharply edged patch; ``scale`` says how much silver lies on it (0 to 1)."""
    shape = polygon(blob(centre, radii, seed), 5)
    halo = shape.filter(ImageFilter.GaussianBlur(34))
    tint(picture, halo, colour, 0.35)
    tint(picture, moved(shape, 5, 7), (60, 30, 34), 0.35)
    tint(picture, shape, colour, 0.82)
    tint(picture, ImageChops.multiply(shape, noise(30, seed + 5)), (88, 44, 52), 0.4)
    bed = shape.filter(ImageFilter.GaussianBlur(16)).point(lambda level: max(0, level * 2 - 255))
    for layer, (grain, fine) in enumerate(((46, 16), (26, 8))):
        clouds = ImageChops.add(noise(grain, seed + 6 + layer), noise(fine, seed + 9 + layer), scale=2)
        limit = int(188 - 66 * scale) + 8 * layer
        flakes = clouds.point(lambda level, limit=limit: max(0, min(255, (level - limit) * 7)))
        inner = ImageChops.multiply(flakes, bed)
        tint(picture, moved(inner, 5, 7), (70, 40, 44), 0.28 * scale)
        tint(picture, inner, SILVER, 0.34 + 0.24 * scale)
    relief = noise(12, seed + 8).filter(ImageFilter.EMBOSS).point(lambda level: max(0, min(255, (level - 128) * 4)))
    tint(picture, ImageChops.multiply(relief, bed), (246, 240, 236), 0.3 * scale)


def stain(picture: Image.Image, centre: Point, radii: Point, seed: int, colour: Colour, strength: float) -> None:
    """A flat, hazy patch of another colour."""
    shape = polygon(blob(centre, radii, seed), 26)
    tint(picture, ImageChops.multiply(shape, noise(60, seed + 1).point(lambda v: 150 + v * 2 // 5)), colour, strength)


def mole(picture: Image.Image, centre: Point, radius: float, seed: int, colour: Colour = (92, 54, 38)) -> None:
    """An ordinary mole."""
    shape = polygon(blob(centre, (radius, radius * 0.9), seed, 0.06), radius / 7)
    tint(picture, shape, colour, 0.85)
    tint(picture, spots([(centre[0], centre[1], radius * 0.45)], radius / 4), (62, 34, 26), 0.5)


def odd_mole(picture: Image.Image, centre: Point, radius: float, seed: int) -> None:
    """The atypical one: two browns, a smudged outer side, an off-centre dark part."""
    x, y = centre
    wide = polygon(blob((x + radius * 0.25, y), (radius * 1.15, radius * 0.8), seed, 0.2), radius / 5)
    tint(picture, wide, (120, 74, 52), 0.7)
    body = polygon(blob((x - radius * 0.1, y), (radius * 0.85, radius * 0.66), seed + 1, 0.14), radius / 12)
    tint(picture, body, (98, 56, 38), 0.85)
    tint(picture, ImageChops.multiply(body, noise(int(radius / 4), seed + 2)), (54, 28, 22), 0.7)
    dark = polygon(
        blob((x - radius * 0.35, y - radius * 0.15), (radius * 0.4, radius * 0.32), seed + 3, 0.2), radius / 9
    )
    tint(picture, dark, (48, 26, 24), 0.8)
    shine = polygon(blob((x - radius * 0.1, y - radius * 0.35), (radius * 0.3, radius * 0.1), seed + 4), radius / 7)
    tint(picture, shine, (214, 176, 150), 0.3)


def bump(picture: Image.Image, centre: Point, radius: float, colour: Colour, head: bool = False) -> None:
    """An inflamed lump: a red mound with a shaded foot and a lit top."""
    x, y = centre
    tint(picture, spots([(x, y, radius * 1.7)], radius * 0.6), colour, 0.5)
    tint(picture, spots([(x + radius * 0.25, y + radius * 0.3, radius)], radius * 0.3), (84, 36, 34), 0.45)
    tint(picture, spots([(x, y, radius * 0.85)], radius * 0.3), colour, 0.8)
    tint(picture, spots([(x - radius * 0.3, y - radius * 0.35, radius * 0.28)], radius * 0.16), (250, 222, 208), 0.55)
    if head:
        tint(picture, spots([(x, y, radius * 0.28)], radius * 0.09), (240, 226, 178), 0.9)


def wavy(start: Point, end: Point, seed: int, sway: float = 6, steps: int = 9) -> list[Point]:
    """A line that a hand might have drawn."""
    dice = Dice(seed)
    points = []
    for step in range(steps + 1):
        part = step / steps
        x, y = start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
        points.append((x + dice.between(-sway, sway), y + dice.between(-sway, sway)))
    return rounded(points)


def rounded(points: list[Point]) -> list[Point]:
    """An open line with its corners cut."""
    for _ in range(3):
        cut = [points[0]]
        for (ax, ay), (bx, by) in pairwise(points):
            cut += [(ax * 0.75 + bx * 0.25, ay * 0.75 + by * 0.25), (ax * 0.25 + bx * 0.75, ay * 0.25 + by * 0.75)]
        points = [*cut, points[-1]]
    return points


def crack(picture: Image.Image, start: Point, end: Point, seed: int, width: int = 9) -> None:
    """A split in thick skin, red at the bottom, pale along the lips."""
    line = [wavy(start, end, seed)]
    tint(picture, strokes(line, width * 4, 9), (196, 92, 84), 0.5)
    tint(picture, strokes(line, width * 2, 3), (228, 204, 190), 0.7)
    tint(picture, strokes(line, width, 1.5), (112, 20, 26), 0.95)


def creases(picture: Image.Image, lines: list[list[Point]], width: int = 7) -> None:
    """Folds of the skin: a dark line and its lit lower lip."""
    tint(picture, moved(strokes(lines, width * 2, 7), 3, 9), (255, 226, 206), 0.2)
    tint(picture, strokes(lines, width * 2, 7), (92, 52, 42), 0.32)
    core = [line[len(line) // 6 : -len(line) // 6] for line in lines]
    tint(picture, strokes(core, max(2, width // 2), 2), (70, 38, 32), 0.4)


def scratches(picture: Image.Image, centre: Point, spread: Point, count: int, seed: int) -> None:
    """Marks of nails, some with a row of small scabs."""
    dice = Dice(seed)
    lines, scabs = [], []
    for n in range(count):
        x, y = centre[0] + dice.between(-1, 1) * spread[0], centre[1] + dice.between(-1, 1) * spread[1]
        length, lean = dice.between(50, 130), dice.between(-0.4, 0.1)
        end = (x + length * cos(lean), y + length * sin(lean * pi))
        lines.append(wavy((x, y), end, seed + n, 3, 4))
        scabs += [(x + (end[0] - x) * t, y + (end[1] - y) * t, dice.between(3, 7)) for t in (0.2, 0.45, 0.7)]
    tint(picture, strokes(lines, 7, 2), (168, 52, 46), 0.6)
    tint(picture, spots(scabs, 1.5), (108, 26, 24), 0.85)


def rash(picture: Image.Image, area: list[Point], colour: Colour, seed: int, strength: float = 0.75) -> None:
    """Hazy redness with thickened lines, as in eczema."""
    shape = polygon(smooth(area), 36)
    tint(picture, shape, colour, strength * 0.6)
    clumps = noise(74, seed).point(lambda level: max(0, min(255, (level - 90) * 2)))
    tint(picture, ImageChops.multiply(shape, clumps), colour, strength * 0.65)
    fine = noise(20, seed + 1).point(lambda level: max(0, min(255, (level - 130) * 3)))
    tint(picture, ImageChops.multiply(shape, fine), (158, 62, 54), strength * 0.28)
    dry = ImageChops.add(noise(30, seed + 2), noise(8, seed + 3), scale=2)
    dry = dry.point(lambda level: max(0, min(255, (level - 148) * 6)))
    tint(picture, ImageChops.multiply(dry, shape), (244, 224, 210), strength * 0.4)
    lines = noise(7, seed + 4).filter(ImageFilter.EMBOSS).point(lambda level: max(0, min(255, (118 - level) * 5)))
    tint(picture, ImageChops.multiply(lines, shape), (120, 44, 40), strength * 0.22)


def stitches(picture: Image.Image, start: Point, end: Point, count: int) -> None:
    """A closed wound with its threads, each with a knot to one side and two short ends."""
    dice = Dice(count)
    wound = [wavy(start, end, 5, 4)]
    tint(picture, strokes(wound, 84, 26), (190, 96, 86), 0.4)
    tint(picture, strokes(wound, 20, 6), (206, 128, 112), 0.6)
    tint(picture, strokes(wound, 8, 2), (112, 34, 36), 0.85)
    threads, knots, holes = [], [], []
    for n in range(count):
        part = (n + 0.6) / (count + 0.2)
        x, y = start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
        lean = dice.between(-9, 9)
        top, foot = (x + lean, y - 46.0), (x - lean, y + 48.0)
        threads.append(wavy(top, foot, n, 2, 4))
        for turn in (dice.between(-2.9, -2.2), dice.between(-1.2, -0.3)):
            tip = (top[0] + 44 * cos(turn), top[1] + 34 * sin(turn))
            threads.append(rounded([top, (top[0] + 20 * cos(turn + 0.5), top[1] + 20 * sin(turn + 0.5)), tip]))
        knots.append((top[0], top[1], 7.5))
        holes += [(*top, 19.0), (*foot, 15.0)]
    tint(picture, spots(holes, 7), (164, 76, 68), 0.55)
    tint(picture, moved(strokes(threads, 6, 3), 4, 7), (70, 36, 32), 0.45)
    tint(picture, strokes(threads, 6, 1), (44, 74, 138))
    tint(picture, spots(knots, 1.2), (30, 54, 112))


def network(size: tuple[int, int], centre: Point, reach: float, seed: int) -> Image.Image:
    """The net of pigment that a dermatoscope shows: brown with pale holes, broken off on one side."""
    dice = Dice(seed)
    net = polygon(blob((centre[0] - reach * 0.12, centre[1]), (reach * 0.86, reach * 0.72), seed, 0.1), 40)
    holes = blank(size)
    draw = ImageDraw.Draw(holes)
    step = 40.0
    for row in range(-16, 17):
        for column in range(-16, 17):
            x = centre[0] + (column + (row % 2) / 2) * step + dice.around(0, 8)
            y = centre[1] + row * step * 0.87 + dice.around(0, 8)
            wide, high = dice.between(9, 17), dice.between(9, 16)
            if x > centre[0] + reach * 0.3 and dice.chance() < 0.5:
                wide, high = wide * 2.1, high * 1.7
            draw.ellipse((x - wide, y - high, x + wide, y + high), fill=235)
    return ImageChops.subtract(net, holes.filter(ImageFilter.GaussianBlur(3.5)))
