"""A picture made small, for a page that says which picture it is about; runs in the child process only.

It is drawn from what ``pictures`` makes of the file, so that a small one never shows more than the large one.
"""

from io import BytesIO

from PIL import Image

from portal.adapters.uploads import pictures
from portal.adapters.uploads.findings import Cleaned

SIDE = 240
QUALITY = 80


def clean(data: bytes) -> Cleaned:
    """The picture within a square of SIDE pixels, as a JPEG on white. Raises Refusal."""
    with Image.open(BytesIO(pictures.clean(data).data), formats=("JPEG", "PNG")) as picture:
        small = _on_white(picture)
    small.thumbnail((SIDE, SIDE))
    out = BytesIO()
    small.save(out, "JPEG", quality=QUALITY)
    return Cleaned(out.getvalue(), pixels=small.size)


def _on_white(picture: Image.Image) -> Image.Image:
    if "A" not in picture.getbands():
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(paper, seen).convert("RGB")
