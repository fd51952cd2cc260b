"""From the bytes of a file to its text, or one sentence that says why it cannot be read."""

import codecs

from portal.domain.errors import Invalid
from portal.domain.words import N_, _

MEGABYTE = 1_000_000
# A file of this size or larger is refused: reading it would take some eight times as much memory.
TOO_LARGE = 50 * MEGABYTE

_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OTHER_FILES = (
    (b"%PDF-", N_("a PDF")),
    (b"PK\x03\x04", N_("a ZIP archive: unpack it first")),
    (b"\x1f\x8b", N_("a compressed file: unpack it first")),
    (b"\xff\xd8\xff", N_("a picture")),
    (b"\x89PNG", N_("a picture")),
    (b"<", N_("XML or a web page")),
)


def text_of(file: str, data: bytes) -> str:
    """The text of an export file. Raises Invalid for what is empty, too large, no JSON at first sight or not UTF-8."""
    if not data.strip():
        raise Invalid(_("%(file)s is empty. Export the record again.", file=file))
    if len(data) >= TOO_LARGE:
        raise Invalid(
            _(
                "%(file)s has %(size)s MB, and we can read files smaller than %(most)s MB."
                " Export the record in several files, or without its largest attachments.",
                file=file,
                size=len(data) // MEGABYTE,
                most=TOO_LARGE // MEGABYTE,
            )
        )
    _refuse_wide(file, data)
    plain = data.removeprefix(codecs.BOM_UTF8)
    for start, what in _OTHER_FILES:
        if plain.lstrip().startswith(start):
            raise Invalid(
                _(
                    "%(file)s is not FHIR in JSON. It is %(what)s. Export the record as FHIR R4 in JSON or NDJSON.",
                    file=file,
                    what=_(what),
                )
            )
    return _decoded(file, plain)


def _refuse_wide(file: str, data: bytes) -> None:
    # JSON begins with two ASCII characters, so a zero byte among the first four means UTF-16 or UTF-32.
    if data.startswith(_WIDE) or b"\x00" in data[:4]:
        raise Invalid(
            _("%(file)s is written in UTF-16 or UTF-32, and FHIR is written in UTF-8. Save it as UTF-8.", file=file)
        )


def _decoded(file: str, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(
            _(
                "%(file)s is not written in UTF-8 (line %(line)s holds a letter in another encoding, such as Latin-1)."
                " Save it as UTF-8.",
                file=file,
                line=data.count(b"\n", 0, error.start) + 1,
            )
        ) from None
