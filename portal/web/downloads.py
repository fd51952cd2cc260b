"""Files on their way out: streamed under their own name, never run by the browser, never shown as a page of ours.

The data key is taken out of the vault before the answer begins, by the service that hands over the content; the first
part is read here, so that a file that cannot be opened is an error page and not half a file.
"""

import unicodedata
from collections.abc import Iterator
from itertools import chain
from urllib.parse import quote

from flask import Response

LOCKED = "sandbox; default-src 'none'; img-src 'self'; frame-ancestors 'none'"
SHOWN = frozenset({"image/png", "image/jpeg"})
FALLBACK = "file"


def attachment(name: str, media_type: str, size: int, content: Iterator[bytes]) -> Response:
    """The file to keep: ``size`` in bytes, as it is after opening."""
    return _sent("attachment", name, media_type, size, content)


def picture(name: str, media_type: str, size: int, content: Iterator[bytes]) -> Response:
    """A picture to show where a page names it; anything else is handed over to keep."""
    return _sent("inline" if media_type in SHOWN else "attachment", name, media_type, size, content)


def _sent(how: str, name: str, media_type: str, size: int, content: Iterator[bytes]) -> Response:
    first = next(content, b"")
    response = Response(chain((first,), content), content_type=media_type)
    response.content_length = size
    response.headers["Content-Disposition"] = f"{how}; {named(name)}"
    response.headers["Content-Security-Policy"] = LOCKED
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def named(name: str) -> str:
    """The file's name for the header (RFC 6266): in plain letters for old programs, and as it is (RFC 8187)."""
    whole = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C").replace("/", "-").strip() or FALLBACK
    plain = unicodedata.normalize("NFKD", whole).encode("ascii", "ignore").decode()
    plain = "".join(sign for sign in plain if sign not in '"\\%;').strip() or FALLBACK
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(whole, safe='')}"
