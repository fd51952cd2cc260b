"""The name a file is shown and offered under: text that means nothing to a path, a header or a reading order."""

import unicodedata

from portal.adapters.uploads.kinds import ACCEPTED
from portal.adapters.uploads.limits import NAME_CHARACTERS

# Joiners that Persian, Indic scripts and composed emoji need; every other unseen sign goes.
_JOINERS = {"\u200c", "\u200d"}
_NAMELESS = "file"


def safe_name(name: str, kind: str | None) -> str:
    """``name`` without folders, control signs and signs that turn the reading order, at most 200 characters.

    A file we accept always ends as its content says, so that ``form.pdf.exe`` is never offered to anybody.
    """
    last_part = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    seen = "".join(_shown(sign) for sign in unicodedata.normalize("NFC", last_part))
    plain = " ".join(seen.split()).strip(". ") or _NAMELESS
    endings = ACCEPTED[kind].endings if kind in ACCEPTED else ()
    if endings and not plain.lower().endswith(endings):
        return plain[: NAME_CHARACTERS - len(endings[0])].rstrip(". ") + endings[0]
    return _cut(plain)


def _shown(sign: str) -> str:
    """The sign itself, a space for what breaks a line, nothing for what is not seen."""
    category = unicodedata.category(sign)
    if category.startswith("Z") or sign in "\t\n\r\v\f":
        return " "
    return "" if category.startswith("C") and sign not in _JOINERS else sign


def _cut(name: str) -> str:
    """At most as long as we allow, the ending kept."""
    if len(name) <= NAME_CHARACTERS:
        return name
    stem, dot, ending = name.rpartition(".")
    tail = dot + ending if dot and len(ending) <= 10 else ""
    return (stem if tail else name)[: NAME_CHARACTERS - len(tail)] + tail
