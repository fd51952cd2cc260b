"""What a file is, told by its content whatever it is called; and the name it is kept under."""

import gzip
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.adapters.uploads import limits, sandbox
from portal.adapters.uploads.findings import Refusal
from portal.adapters.uploads.kinds import kind_of
from portal.adapters.uploads.names import safe_name
from portal.adapters.uploads.sentences import why_refused
from tests.adapters.upload_samples import huge_png, looked, pdf, picture


def packed(*names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return out.getvalue()


OTHERS = {
    "gif": b"GIF89a/*\x01\x00\x00*/=1;alert(1)//",
    "svg": b'<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"\xef\xbb\xbf \n<!DOCTYPE html><script>alert(1)</script>",
    "xml": b'<?xml version="1.0"?><ClinicalDocument/>',
    "zip": packed("photo.jpg"),
    "office": packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "text": "Dear clinic,\nplease send my record. Zoë".encode(),
    "recording": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
    "program": b"#!/bin/sh\nrm -rf /",
    "dicom": bytes(128) + b"DICM" + bytes(40),
    "postscript": b"%!PS-Adobe-3.0\n",
    "tiff": b"II*\x00\x08\x00\x00\x00",
    "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    "avif": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1",
    "picture": b"BM" + bytes(60),
    "unknown": bytes(range(200, 256)) + bytes(32),
}


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails the test when a file is opened at all."""

    def opened(_kind: str, _data: bytes) -> None:
        raise AssertionError("the file was handed to the child process")

    monkeypatch.setattr(sandbox, "clean", opened)


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.usefixtures("no_child")
def test_a_kind_we_do_not_take_is_named_without_being_opened(kind: str) -> None:
    found = looked(OTHERS[kind], name="photo of my skin")
    assert (found.verdict, found.kind) == ("refused", kind)
    assert found.reason == why_refused(Refusal(kind))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (gzip.compress(b"x", mtime=0), "zip"),
        (b"PK\x05\x06" + bytes(18), "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20), "office"),
        (b"{\\rtf1 hello}", "office"),
        (b"\x7fELF\x02", "program"),
        (b"MZ\x90\x00", "program"),
        (b"\xff\xfeD\x00e\x00a\x00r\x00", "text"),
        (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "text"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00", "recording"),
        (b"<html><svg></svg></html>", "html"),
        (b"\n\n%PDF-1.7\n", "pdf"),
        (b"\xef\xbb\xbf%PDF-1.7\n", "pdf"),
        (b"%PDF-1.4\n<html><script>alert(1)</script>", "pdf"),
        (b"\xff\xd8\xff\xe0 %PDF-1.4", "jpeg"),
        (b"GIF89a %PDF-1.4", "gif"),
        (b" " * 2000 + b"%PDF-1.7", "text"),
    ],
)
def test_the_first_bytes_decide(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


@given(st.binary(max_size=300))
def test_whatever_comes_has_a_kind_and_a_sentence(data: bytes) -> None:
    kind = kind_of(data)
    if kind not in {"pdf", "jpeg", "png"}:
        assert why_refused(Refusal(kind)).endswith(".")


@pytest.mark.usefixtures("no_child")
def test_a_file_that_only_its_name_calls_a_pdf_is_told_so() -> None:
    assert "named like a PDF" in str(looked(b"hello", name="letter.PDF").reason)
    assert "text file" in str(looked(b"hello", name="letter.txt").reason)
    assert "HEIC" in str(looked(OTHERS["heic"], name="IMG_0001.jpg").reason)


@pytest.mark.usefixtures("no_child")
def test_an_empty_file_is_refused() -> None:
    assert looked(b"").reason == why_refused(Refusal("empty"))


@pytest.mark.parametrize(("extra", "verdict"), [(-1, "accepted"), (0, "accepted"), (1, "refused")])
def test_ten_megabytes_are_taken_to_the_byte(extra: int, verdict: str) -> None:
    data = picture("PNG")
    result = looked(data + bytes(10 * 1024 * 1024 + extra - len(data)))
    assert result.verdict == verdict
    assert result.accepted or "10 MB" in str(result.reason)


@pytest.mark.parametrize("size", [(50_000, 50_000), (5_001, 5_000), (20_001, 100), (2**31, 2**31)])
@pytest.mark.usefixtures("no_child")
def test_a_picture_that_says_it_is_huge_is_refused_unopened(size: tuple[int, int]) -> None:
    reason = str(looked(huge_png(*size)).reason)
    assert f"{size[0]} by {size[1]} pixels" in reason


@pytest.mark.usefixtures("no_child")
def test_a_jpeg_that_says_it_is_huge_is_refused_unopened() -> None:
    data = bytearray(picture("JPEG", comment=b"before the frame"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = (60_000).to_bytes(2) * 2
    assert "60000 by 60000 pixels" in str(looked(bytes(data)).reason)


# Names

NAMES = {
    "photo.jpg": "photo.jpg",
    "PHOTO.JPEG": "PHOTO.JPEG",
    "../../etc/passwd": "passwd.jpg",
    "..\\..\\windows\\win.ini": "win.ini.jpg",
    "C:\\Users\\amina\\skin.jpg": "skin.jpg",
    "\\\\server\\share\\skin.jpg": "skin.jpg",
    "/absolute/skin.jpg": "skin.jpg",
    "folder/": "folder.jpg",
    "photo.jpg.exe": "photo.jpg.exe.jpg",
    "photo\u202egpj.exe": "photogpj.exe.jpg",
    "photo.jpg\x00.html": "photo.jpg.html.jpg",
    "a\r\nSet-Cookie: x.jpg": "a Set-Cookie: x.jpg",
    "tab\there.jpg": "tab here.jpg",
    "zero\u200bwidth\ufeff.jpg": "zerowidth.jpg",
    "line\u2028break.jpg": "line break.jpg",
    "  spaces  and dots . .": "spaces and dots.jpg",
    "": "file.jpg",
    "...": "file.jpg",
    "\ud800.jpg": "jpg.jpg",
    "e\u0301crit.jpg": "écrit.jpg",
    "می\u200cخواهم.jpg": "می\u200cخواهم.jpg",
    "SENĆOŦEN 漢字 😀.jpg": "SENĆOŦEN 漢字 😀.jpg",
    "<img src=x onerror=alert(1)>.jpg": "<img src=x onerror=alert(1)>.jpg",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_becomes_plain_text_with_the_ending_of_its_content(name: str) -> None:
    assert safe_name(name, "jpeg") == NAMES[name]


@given(name=st.text(max_size=400), kind=st.sampled_from(["pdf", "jpeg", "png", "zip", None]))
def test_no_name_can_leave_its_place(name: str, kind: str | None) -> None:
    safe = safe_name(name, kind)
    assert 0 < len(safe) <= limits.NAME_CHARACTERS
    assert not set(safe) & set("/\\\r\n\t\x00\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2028\u2029")
    assert safe == safe.strip()
    assert not safe.startswith(".")
    assert safe.encode()
    assert safe_name(safe, kind) == safe


@pytest.mark.parametrize("kind", ["pdf", None])
def test_a_long_name_keeps_its_ending(kind: str | None) -> None:
    safe = safe_name("a" * 300 + ".pdf", kind)
    assert (len(safe), safe[-5:]) == (200, "a.pdf")


MAKERS: dict[str, Callable[[], bytes]] = {
    "application/pdf": pdf,
    "image/jpeg": lambda: picture("JPEG"),
    "image/png": lambda: picture("PNG"),
}


@pytest.mark.parametrize("media_type", MAKERS)
def test_the_name_and_type_of_what_is_kept_come_from_its_content(media_type: str) -> None:
    found = looked(MAKERS[media_type](), name="invoice.pdf.html")
    assert found.media_type == media_type
    assert found.safe_name == f"invoice.pdf.html.{ {'image/jpeg': 'jpg'}.get(media_type, media_type[-3:]) }"
