"""Paper in the post: where the address stands so that the envelope's window shows it, envelopes, labels, sheets.

The table ``[post]`` of the clinic's file, all of it optional: ``window`` (``left`` or ``right``), ``envelope`` (``10``,
``DL``, ``C5``, ``C4``), ``label`` (``4x2``, ``99x57``) and ``duplex`` (true when sheets are printed on both sides). The
paper is the clinic's. Where a window is and who says so is data: ``posting.toml``.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from portal.domain.words import _

SIDES = ("left", "right")
LARGEST, SMALLEST = 10.5, 7.0  # points
POINT = 25.4 / 72  # millimetres
SPACING = 1.2


@dataclass(frozen=True)
class Box:
    """A rectangle on a sheet, in millimetres from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Window:
    """The hole of an envelope over the first sheet, and the part of it where the address may stand."""

    window: Box
    text: Box


@dataclass(frozen=True)
class Format:
    """An envelope or a label: its size, and where the address stands on it."""

    id: str
    width: float
    height: float
    text: Box


@dataclass(frozen=True)
class Post:
    """How this clinic posts its letters."""

    window: str = "left"
    envelope: str = "10"
    label: str = "4x2"
    duplex: bool = True


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("portal.domain").joinpath("posting.toml").read_text("utf-8"))


def window(side: str, paper: str) -> Window:
    """Where the window of this side is on this paper (``A4`` or ``Letter``)."""
    found = next(each for each in _table()["windows"] if (each["side"], each["paper"]) == (side, paper))
    return Window(Box(*found["window"]), Box(*found["text"]))


def envelope(name: str) -> Format:
    return _format("envelopes", name)


def label(name: str) -> Format:
    return _format("labels", name)


def _format(kind: str, name: str) -> Format:
    found = next(each for each in _table()[kind] if each["id"] == name)
    width, height = found["size"]
    return Format(name, width, height, Box(*found["text"]))


def type_size(lines: Sequence[str], box: Box) -> float:
    """The size in points at which these lines fit into the box, as large as may be; never below what can be read.

    A line is taken to be half as wide as it is high, sign by sign, which is more than our face needs.
    """
    fits = [LARGEST]
    if lines:
        fits.append(box.height / len(lines) / POINT / SPACING)
        fits.append(box.width / max(len(line) for line in lines) / POINT / 0.52)
    return max(SMALLEST, round(min(fits) - 0.05, 1))


def sheets(pages: int, duplex: bool) -> int:
    """How many sheets of paper these pages are."""
    return (pages + 1) // 2 if duplex else pages


def post_of(table: Mapping[str, Any], faults: list[str]) -> Post:
    """What the table says; every fault is noted in ``faults``, and the default stands in its place."""
    offered = {
        "window": SIDES,
        "envelope": tuple(each["id"] for each in _table()["envelopes"]),
        "label": tuple(each["id"] for each in _table()["labels"]),
        "duplex": (True, False),
    }
    good: dict[str, Any] = {}
    for key, value in table.items():
        if key not in offered:
            faults.append(_("%(name)s is not a setting we know. Take it out or mend its spelling.", name=f"post.{key}"))
        elif isinstance(value, bool) is not (key == "duplex") or value not in offered[key]:
            known = "true, false" if key == "duplex" else ", ".join(str(each) for each in offered[key])
            faults.append(
                _("%(name)s is %(value)s. Choose one of: %(known)s.", name=f"post.{key}", value=value, known=known)
            )
        else:
            good[key] = value
    return Post(**good)
