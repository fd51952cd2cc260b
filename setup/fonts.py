"""The portal's font for paper: one complete file a style. Runs in ``.venv``: ``python -m setup.fonts FROM TO``.

The package has the font cut in two (basic and extended Latin) for browsers. WeasyPrint does not heed the cut and draws
the wrong letters: "Łukasz" came out as "hukasz" while the text layer looked right. So the halves are joined again; the
font's licence (SIL OFL, no reserved name) allows it and travels with the files.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

FAMILY = "atkinson-hyperlegible"
STYLES = tuple(f"{weight}-{slope}" for weight in (400, 700) for slope in ("normal", "italic"))
HALVES = ("latin", "latin-ext")
# Instructions for low-resolution screens: each half has its own set and they cannot be joined; paper needs none.
SCREEN_TABLES = ("fpgm", "prep", "cvt ", "gasp")


def join(source: Path, target: Path) -> list[Path]:
    """Write ``atkinson-hyperlegible-<weight>-<slope>.ttf`` for every style into ``target``, and the licence."""
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / "LICENSE", target / "LICENSE")
    written = []
    for style in STYLES:
        halves = [source / "files" / f"{FAMILY}-{half}-{style}.woff2" for half in HALVES]
        written.append(target / f"{FAMILY}-{style}.ttf")
        _join(halves, written[-1])
    return written


def _join(halves: list[Path], target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = []
        for number, half in enumerate(halves):
            font = TTFont(half)
            font.flavor = None
            for table in SCREEN_TABLES:
                if table in font:
                    del font[table]
            plain.append(str(Path(folder) / f"{number}.ttf"))
            font.save(plain[-1])
        Merger().merge(plain).save(target)


if __name__ == "__main__":
    join(Path(sys.argv[1]), Path(sys.argv[2]))
