"""What the child process that opened a file has to say: plain values, no sentences, nothing quoted from the file."""

from dataclasses import dataclass, field

from portal.adapters.uploads import limits

# The form of the answer: READY once the child has shut itself in, the length of a JSON report, that, the new file.
READY = b"R"
LENGTH_BYTES = 4


@dataclass
class Cleaned:
    """A file made anew; ``removed`` holds codes that ``sentences`` knows."""

    data: bytes
    removed: set[str] = field(default_factory=set)
    pages: int | None = None
    pixels: tuple[int, int] | None = None


class Refusal(Exception):
    """Why a file is not taken: a code that ``sentences`` knows, and the numbers its sentence names."""

    def __init__(self, code: str, **facts: int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def check_picture_size(width: int, height: int) -> None:
    """Refuse a picture that is too large to be decoded."""
    if width * height > limits.PICTURE_PIXELS or max(width, height) > limits.PICTURE_SIDE:
        raise Refusal("pixels", width=width, height=height)
