"""The colours a clinic may choose, and the contrast they must have to be readable."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.domain.words import N_, _

INK = "#1d2b2f"
WHITE = "#ffffff"
MIST = "#eef4f4"  # behind table heads, letters and whole sections; links stand on it (docs/look.md)
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3, level AA, text of normal size
FORM = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Colours:
    """``primary`` (header, buttons, links), ``hover`` (the same when pointed at), ``panel`` (behind text)."""

    primary: str = "#0b5563"
    hover: str = "#083e48"
    panel: str = "#f7f2ea"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours written ``#rrggbb``, from 1 to 21, by the formula of WCAG 2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def faults(colours: Colours) -> Iterator[str]:
    """What is wrong with a choice of colours: not a colour, or too little contrast, with the ratio."""
    wrong = {name: value for name, value in vars(colours).items() if not FORM.fullmatch(str(value))}
    for name, value in wrong.items():
        yield _(
            "The colour %(name)s is %(value)s. Write it as six hex digits, such as #0b5563.", name=name, value=value
        )
    if wrong:
        return
    pairs = (
        ("primary", WHITE, N_("white text on colours.primary")),
        ("hover", WHITE, N_("white text on colours.hover")),
        ("primary", MIST, N_("colours.primary on the mist behind tables and sections")),
        ("hover", MIST, N_("colours.hover on the mist behind tables and sections")),
        ("panel", INK, N_("dark text on colours.panel")),
        ("panel", colours.primary, N_("colours.primary on colours.panel")),
    )
    for name, other, words in pairs:
        ratio = contrast(getattr(colours, name), other)
        if ratio < LEAST_CONTRAST:
            yield _(
                "The contrast of %(pair)s is %(ratio)s to 1, and people need at least %(least)s to 1 to read it. "
                "Choose a colour further apart.",
                pair=_(words),
                ratio=f"{ratio:.2f}",
                least=LEAST_CONTRAST,
            )


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
