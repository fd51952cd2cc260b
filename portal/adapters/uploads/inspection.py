"""Deciding about one upload: what it is, whether we take it, and the new file that is kept in its place."""

from dataclasses import dataclass

from portal.adapters.uploads import limits, sandbox
from portal.adapters.uploads.findings import Cleaned, Refusal, check_picture_size
from portal.adapters.uploads.kinds import ACCEPTED, ENDINGS, declared_size, kind_of
from portal.adapters.uploads.names import safe_name
from portal.adapters.uploads.sentences import what_was_removed, why_refused


@dataclass(frozen=True)
class Inspection:
    """What the portal does with an upload.

    ``kind`` is what the content is, also of a refused file (``pdf``, ``jpeg``, ``png``; ``heic``, ``zip``…).
    ``reason`` is the sentence for whoever sent it. ``clean`` is the file to keep: what was sent is never kept.
    """

    verdict: str
    kind: str
    safe_name: str
    media_type: str | None = None
    pages: int | None = None
    pixels: tuple[int, int] | None = None
    removed: tuple[str, ...] = ()
    reason: str | None = None
    clean: bytes | None = None

    @property
    def accepted(self) -> bool:
        return self.verdict == "accepted"


def inspect(name: str, data: bytes) -> Inspection:
    """Judge a file by its content and make it anew.

    Raises TooManyTries when too many files wait to be opened, sandbox.Unavailable when none can be opened at all.
    """
    kind = kind_of(data) if data else "empty"
    try:
        _may_be_opened(name, kind, data)
        cleaned = sandbox.clean(kind, data)
    except Refusal as refusal:
        return Inspection("refused", kind, safe_name(name, None), reason=why_refused(refusal))
    return _accepted(name, kind, cleaned)


def _may_be_opened(name: str, kind: str, data: bytes) -> None:
    """Refuse what needs no opening to be refused: it costs next to nothing and no parser sees it."""
    if not data:
        raise Refusal("empty")
    if len(data) > limits.FILE_BYTES:
        raise Refusal("too-large")
    if kind in {"text", "unknown"} and name.lower().endswith(ENDINGS):
        raise Refusal("misnamed")
    if kind not in ACCEPTED:
        raise Refusal(kind)
    if size := declared_size(kind, data):
        check_picture_size(*size)


def _accepted(name: str, kind: str, cleaned: Cleaned) -> Inspection:
    return Inspection(
        "accepted",
        kind,
        safe_name(name, kind),
        media_type=ACCEPTED[kind].media_type,
        pages=cleaned.pages,
        pixels=cleaned.pixels,
        removed=what_was_removed(cleaned.removed),
        clean=cleaned.data,
    )
