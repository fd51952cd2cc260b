"""What a printed page may load: our own style sheets and fonts by name, and pictures carried inside the page. No more.

A page that asks for anything else is not printed at all: an ordinary error in a fetcher would be swallowed.
"""

import re
from pathlib import Path

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

FONT = re.compile(r"asset:font/((?:400|700)-(?:normal|italic))")
PICTURE = re.compile(r"data:image/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=\s]*")
PAPERS = ("a4", "letter")


class Refused(FatalURLFetchingError):  # type: ignore[misc]
    """A page asked for something that is not ours. It stops the printing."""


class Fetcher(URLFetcher):  # type: ignore[misc]
    """Serves ``asset:font/NAME`` from the folder of built fonts and lets through pictures in ``data:`` addresses."""

    def __init__(self, fonts: Path) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
        self.fonts = fonts

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if name := FONT.fullmatch(url):
            return URLFetcherResponse(url, font_file(self.fonts, name[1]).read_bytes(), {"Content-Type": "font/ttf"})
        if PICTURE.fullmatch(url):
            return super().fetch(url, headers)
        raise Refused(url.partition(":")[0][:12])


def font_file(fonts: Path, name: str) -> Path:
    """The file of one face of our font, such as ``400-normal``, as set-up makes them for paper."""
    found = sorted(fonts.rglob(f"atkinson-hyperlegible-{name}.ttf"))
    if not found:
        raise Refused("font")
    return found[0]


def has_fonts(fonts: Path) -> bool:
    """Whether set-up has put our font there; without it the system's own face is used."""
    return any(fonts.rglob("atkinson-hyperlegible-400-normal.ttf"))


def style_sheets(folder: Path, paper: str, fonts: Path) -> list[Path]:
    """The sheets of a printed page, in order."""
    faces = ["faces.css"] if has_fonts(fonts) else []
    return [folder / name for name in (*faces, "print.css", f"paper-{paper}.css")]
