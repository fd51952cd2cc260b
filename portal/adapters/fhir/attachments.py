"""Files inside a record: decoded from base64, known by their first bytes and not only by what is declared."""

import base64
import binascii
import re
from dataclasses import dataclass

from portal.adapters.fhir.shapes import Resource, words_at

_STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"PK\x03\x04", "application/zip"),
    (b"BM", "image/bmp"),
)
_ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "image/webp": ".webp",
    "application/rtf": ".rtf",
    "text/plain": ".txt",
    "text/html": ".html",
    "application/dicom": ".dcm",
    "audio/mpeg": ".mp3",
    "video/mp4": ".mp4",
}
# Kept as they are where the declaration is more exact than the first bytes (a Word file is a ZIP file).
_PACKED = ("application/vnd.", "application/epub", "application/x-")
_WHITE = re.compile(r"\s+")
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f/\\<>:\"|?*]+")


@dataclass(frozen=True)
class Content:
    """What a file holds; ``data`` is None when it cannot be decoded."""

    media_type: str
    charset: str
    data: bytes | None


def content_of(attachment: Resource) -> Content | None:
    """The file inside an attachment or a Binary; None when only its address was exported."""
    coded = words_at(attachment, "data")
    if not coded:
        return None
    declared, charset = _declared(words_at(attachment, "contentType"))
    data = _decoded(coded)
    return Content(media_type_of(declared, data or b""), charset, data)


def media_type_of(declared: str, data: bytes) -> str:
    """What the first bytes say, where they say it plainly; else what was declared."""
    for start, media_type in _STARTS:
        if data.startswith(start) and (start != b"BM" or declared in ("", "image/bmp")):
            return declared if media_type == "application/zip" and declared.startswith(_PACKED) else media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if declared.startswith(("image/", "application/pdf")) and _looks_like_text(data):
        return "text/plain"
    return declared or ("text/plain" if _looks_like_text(data) else "application/octet-stream")


def is_html(media_type: str) -> bool:
    """Whether a text is HTML, to be read as a browser would show it."""
    return media_type in _HTML


def is_text(media_type: str) -> bool:
    """Whether a file is running text that belongs on the page."""
    return media_type.startswith("text/") and media_type not in ("text/xml", "text/rtf") and not is_html(media_type)


def text_in(content: Content) -> str:
    """The words of a text file, in the character set it declares, or UTF-8, or Latin-1."""
    data = content.data or b""
    for charset in (content.charset, "utf-8-sig"):
        try:
            return data.decode(charset) if charset else data.decode("utf-8-sig")
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def file_name(title: str, media_type: str) -> str:
    """A name to save the file under: the title, without what no file name may hold, with its ending."""
    name = " ".join(_UNSAFE_NAME.sub(" ", title).split())[:100].strip(". ") or "file"
    ending = _ENDINGS.get(media_type, "")
    return name if not ending or name.lower().endswith(ending) else name + ending


def _declared(content_type: str) -> tuple[str, str]:
    media_type, _semicolon, rest = content_type.partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w.:-]+)", rest, re.IGNORECASE)
    return media_type.strip().lower(), charset.group(1) if charset else ""


def _decoded(coded: str) -> bytes | None:
    try:
        return base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        pass
    try:
        # Base64 may be broken into lines; anything else between its letters is damage.
        return base64.b64decode(_WHITE.sub("", coded), validate=True)
    except (binascii.Error, ValueError):
        return None


def _looks_like_text(data: bytes) -> bool:
    if not data or b"\x00" in data[:4096]:
        return False
    try:
        data[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(data[:4096]) - 4
    return True
