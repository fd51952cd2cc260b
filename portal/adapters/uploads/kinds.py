"""What a file is, told by its first bytes alone: neither its name nor what the browser says about it is asked."""

import re
from dataclasses import dataclass

HEAD_BYTES = 4096
_PDF_HEADER_WITHIN = 1024
_JPEG_SEGMENTS_READ = 1000


@dataclass(frozen=True)
class Accepted:
    """A kind we take, with the endings its file names may have; the first is the one we give."""

    media_type: str
    endings: tuple[str, ...]


ACCEPTED = {
    "pdf": Accepted("application/pdf", (".pdf",)),
    "jpeg": Accepted("image/jpeg", (".jpg", ".jpeg")),
    "png": Accepted("image/png", (".png",)),
}

ENDINGS = tuple(ending for kind in ACCEPTED.values() for ending in kind.endings)

_SIGNATURES = (
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"%PDF-", "pdf"),
    (0, b"GIF8", "gif"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (0, b"BM", "picture"),
    (0, b"8BPS", "picture"),
    (0, b"\x00\x00\x00\x0cjP  ", "picture"),
    (0, b"\xff\x4f\xff\x51", "picture"),
    (0, b"\xff\x0a", "picture"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"\x1f\x8b", "zip"),
    (0, b"BZh", "zip"),
    (0, b"\xfd7zXZ\x00", "zip"),
    (0, b"7z\xbc\xaf\x27\x1c", "zip"),
    (0, b"Rar!", "zip"),
    (0, b"\x28\xb5\x2f\xfd", "zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (0, b"{\\rtf", "office"),
    (128, b"DICM", "dicom"),
    (0, b"%!PS", "postscript"),
    (0, b"\x1a\x45\xdf\xa3", "recording"),
    (0, b"ID3", "recording"),
    (0, b"OggS", "recording"),
    (0, b"fLaC", "recording"),
    (0, b"\x7fELF", "program"),
    (0, b"MZ", "program"),
    (0, b"#!", "program"),
)
_ISO_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "heic"),
    **dict.fromkeys((b"avif", b"avis"), "avif"),
}
_OFFICE_MARKS = (b"[Content_Types].xml", b"word/", b"xl/", b"ppt/", b"mimetypeapplication/vnd.oasis")
_MARKUP = (
    ("svg", re.compile(rb"\A\s*(<\?xml[^>]*>|<!--.*?-->|<!doctype svg[^>]*>|\s)*<svg[\s>]", re.I | re.S)),
    ("html", re.compile(rb"<(!doctype html|html|head|body|script|iframe|title|table)[\s>]", re.I)),
    ("svg", re.compile(rb"<svg[\s>]", re.I)),
    ("xml", re.compile(rb"\A\s*<\?xml", re.I)),
)
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(data: bytes) -> str:
    """The kind of the file; ``unknown`` where nothing fits. Only the first 4 KB are read."""
    head = data[:HEAD_BYTES]
    for offset, mark, kind in _SIGNATURES:
        if head.startswith(mark, offset):
            return _zip_kind(head) if kind == "zip" else kind
    if head[4:8] == b"ftyp":
        return _ISO_BRANDS.get(head[8:12], "recording")
    if head[:4] == b"RIFF":
        return "webp" if head[8:12] == b"WEBP" else "recording"
    if b"%PDF-" in head[:_PDF_HEADER_WITHIN]:
        return "pdf"
    return _text_kind(head)


def _zip_kind(head: bytes) -> str:
    return "office" if head.startswith(b"PK") and any(mark in head for mark in _OFFICE_MARKS) else "zip"


def _text_kind(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    if _NOT_TEXT.search(head):
        return "unknown"
    plain = head.removeprefix(b"\xef\xbb\xbf")
    return next((kind for kind, mark in _MARKUP if mark.search(plain)), "text")


def declared_size(kind: str, data: bytes) -> tuple[int, int] | None:
    """Width and height as a picture's own header gives them, read without decoding; None where it gives none."""
    if kind == "png" and data[12:16] == b"IHDR":
        return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    return _jpeg_size(data) if kind == "jpeg" else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    for _segment in range(_JPEG_SEGMENTS_READ):
        marker, length = data[at : at + 2], int.from_bytes(data[at + 2 : at + 4])
        if len(marker) < 2 or marker[0] != 0xFF or length < 2:
            return None
        # Start of frame, in any of its kinds; C4, C8 and CC are tables and not frames.
        if 0xC0 <= marker[1] <= 0xCF and marker[1] not in {0xC4, 0xC8, 0xCC}:
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + length
    return None
