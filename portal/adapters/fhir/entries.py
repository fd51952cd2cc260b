"""One entry of an export: a resource, where it stood, and how a person is told where that is."""

import hashlib
import re
from dataclasses import dataclass, field

from portal.adapters.fhir.shapes import Resource, words_at
from portal.domain.errors import Invalid
from portal.domain.words import _

# Wider than the standard's [A-Za-z0-9-.]{1,64}, because real systems are; still no blanks left open by a template.
_ID = re.compile(r"[A-Za-z0-9._:|~@+=-]{1,200}\Z")
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,60}\Z")


EMPTY = "empty"
BROKEN = "broken"


@dataclass
class Entry:
    """One resource with its own JSON as ``text``.

    ``number`` counts from one, in lines for NDJSON and in entries else; it is 0 for a file of one resource. ``state``
    is EMPTY for an entry without a resource and BROKEN for what is no object.
    """

    file: str
    number: int
    in_lines: bool
    resource: Resource
    text: str
    full_url: str = ""
    state: str = ""

    type: str = field(init=False)
    id: str = field(init=False)
    source_id: str = field(init=False)

    def __post_init__(self) -> None:
        self.type = words_at(self.resource, "resourceType")
        # The resource's id; else the end of its full URL; else a digest, the same whenever it is read again.
        named = words_at(self.resource, "id") or re.split(r"[/:]", self.full_url)[-1]
        self.id = named or hashlib.sha256(self.text.encode(errors="replace")).hexdigest()[:32]
        self.source_id = f"{self.type}/{self.id}"

    @property
    def place(self) -> str:
        """Where it stands: "export.json, entry 12 (Condition/abc)"."""
        named = self.source_id if words_at(self.resource, "id") or self.full_url else self.type
        if self.number == 0:
            return _("%(file)s (%(named)s)", file=self.file, named=named[:120])
        return _(
            "%(file)s, %(spot)s (%(named)s)",
            file=self.file,
            spot=spot_words(self.number, self.in_lines),
            named=named[:120],
        )


def spot_words(number: int, in_lines: bool) -> str:
    """ "entry 12" of a bundle or "line 12" of an NDJSON file."""
    return _("line %(n)s", n=number) if in_lines else _("entry %(n)s", n=number)


def check_identity(entry: Entry) -> None:
    """Raise Invalid for what is no FHIR resource or has an id that can be no id."""
    spot = spot_words(entry.number, entry.in_lines) if entry.number else _("the whole file")
    if not _TYPE.match(entry.type):
        sentence = _(
            "%(file)s, %(spot)s: this is not FHIR, because it does not say what kind of entry it is (resourceType)."
            " Export the record again as FHIR R4.",
            file=entry.file,
            spot=spot,
        )
        raise Invalid(sentence)
    stated = entry.resource.get("id")
    if stated is not None and not (isinstance(stated, str) and _ID.match(stated)):
        sentence = _(
            "%(file)s, %(spot)s (%(type)s): %(id)s cannot be the id of a real entry. It looks like a blank that was"
            " never filled in. Export the record again from the clinic's system.",
            file=entry.file,
            spot=spot,
            type=entry.type,
            id=str(stated)[:80],
        )
        raise Invalid(sentence)
