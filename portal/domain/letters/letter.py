"""A letter as plain data: blocks in reading order, each saying which lawful part it fulfils; pages and PDFs draw it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any


class LetterKind(StrEnum):
    """Every letter. The answers carry the names of the outcomes they tell."""

    REQUEST = "request"
    ACKNOWLEDGEMENT = "acknowledgement"
    QUESTION = "question"
    ESTIMATE = "estimate"
    ESTIMATE_WAIVED = "estimate_waived"
    ESTIMATE_NOT_WAIVED = "estimate_not_waived"
    EXTENSION = "extension"
    RELEASED_IN_FULL = "released_in_full"
    RELEASED_IN_PART = "released_in_part"
    REFUSED = "refused"
    NOT_CONFIRMED = "not_confirmed"
    NO_RECORD = "no_record"
    WITHDRAWAL = "withdrawal"
    READY = "ready"
    INVITATION = "invitation"
    WAY_IN = "way_in"
    CONSENT_RECEIPT = "consent_receipt"
    CONSENT_NOTICE = "consent_notice"
    NOTE_RECEIVED = "note_received"
    CORRECTED = "corrected"
    CORRECTED_IN_PART = "corrected_in_part"
    ANNOTATED = "annotated"
    CORRECTION_NOTICE = "correction_notice"
    COMPLAINT_RECEIPT = "complaint_receipt"
    COMPLAINT_ANSWER = "complaint_answer"
    DISCLOSURE_NOTICE = "disclosure_notice"


# To somebody outside the clinic, not to the patient or who acts for her.
TO_OTHERS = frozenset({LetterKind.CONSENT_NOTICE, LetterKind.CORRECTION_NOTICE})


@dataclass(frozen=True)
class LetterBlock:
    """One block. ``kind`` decides what is filled.

    ``paragraph``, ``heading`` and ``line`` (a line of an address, no space between) have ``text``; ``quote`` has the
    ``text`` somebody wrote, line breaks kept; ``list`` has ``items``; ``table`` has ``head`` and ``rows``; ``box`` has
    its title in ``text`` and ``blocks`` inside; ``signature`` has ``items`` (name, title, clinic). ``part`` is the id
    of the lawful part this block fulfils. Only while a letter is composed there is ``slot``: a run of ``blocks`` that
    the portal writes from the facts, by the name in ``text``; it may be empty. ``secret`` is what is given out once and
    not kept: on file it has the ``text`` that says so, and what is given out has the secret itself in ``items``.
    """

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    blocks: tuple["LetterBlock", ...] = ()
    part: str | None = None

    @property
    def is_blank(self) -> bool:
        """Nothing a person could read: such a block fulfils no part."""
        cells = (cell for row in self.rows for cell in row)
        texts = (self.text, *self.items, *cells)
        return not any(text.strip() for text in texts) and all(block.is_blank for block in self.blocks)

    @property
    def is_empty_slot(self) -> bool:
        """A slot for which the facts have nothing to say."""
        return self.kind == "slot" and all(block.is_blank for block in self.blocks)

    def walk(self) -> Iterator["LetterBlock"]:
        """This block and every block inside it."""
        yield self
        for block in self.blocks:
            yield from block.walk()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; what is empty is left out."""
        value: dict[str, Any] = {"kind": self.kind}
        items = [] if self.kind == "secret" else list(self.items)  # a secret is never on file
        plain = {"text": self.text, "items": items, "head": list(self.head), "part": self.part}
        value |= {key: inner for key, inner in plain.items() if inner}
        if self.rows:
            value["rows"] = [list(row) for row in self.rows]
        if self.blocks:
            value["blocks"] = [block.to_json() for block in self.blocks]
        return value

    def with_secret(self, secret: str) -> "LetterBlock":
        """This block with ``secret`` wherever one stands."""
        if self.kind == "secret":
            return replace(self, items=(secret,))
        return replace(self, blocks=tuple(block.with_secret(secret) for block in self.blocks))

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "LetterBlock":
        """The block that ``to_json`` wrote."""
        return cls(
            kind=value["kind"],
            text=value.get("text", ""),
            items=tuple(value.get("items", ())),
            head=tuple(value.get("head", ())),
            rows=tuple(tuple(row) for row in value.get("rows", ())),
            blocks=tuple(cls.from_json(block) for block in value.get("blocks", ())),
            part=value.get("part"),
        )


@dataclass(frozen=True)
class Letter:
    """A letter in the language it was written in. ``addressed_to`` are the lines of the address window.

    ``wording`` is the version of the clinic's own words it is written in, empty for the portal's. ``outline`` and
    ``outline_title`` are the portal's own words with the slots, and ``places`` what stands in their places; a letter
    that was kept has none of them.
    """

    kind: LetterKind
    title: str
    blocks: tuple[LetterBlock, ...]
    reference: str = ""
    dated: date | None = None
    addressed_to: tuple[str, ...] = ()
    language: str = "en"
    wording: str = field(default="", compare=False)
    outline: tuple[LetterBlock, ...] = field(default=(), compare=False, repr=False)
    outline_title: str = field(default="", compare=False, repr=False)
    places: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def walk(self) -> Iterator[LetterBlock]:
        """Every block of the letter, boxes opened."""
        for block in self.blocks:
            yield from block.walk()

    def with_secret(self, secret: str) -> "Letter":
        """The letter as it is given out, once."""
        return replace(self, blocks=tuple(block.with_secret(secret) for block in self.blocks))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, for keeping."""
        return {
            "kind": self.kind.value,
            "title": self.title,
            "reference": self.reference,
            "dated": self.dated.isoformat() if self.dated else None,
            "addressed_to": list(self.addressed_to),
            "language": self.language,
            "blocks": [block.to_json() for block in self.blocks],
        } | ({"wording": self.wording} if self.wording else {})

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Letter":
        """The letter that ``to_json`` wrote."""
        return cls(
            kind=LetterKind(value["kind"]),
            title=value["title"],
            blocks=tuple(LetterBlock.from_json(block) for block in value["blocks"]),
            reference=value.get("reference", ""),
            dated=date.fromisoformat(value["dated"]) if value.get("dated") else None,
            addressed_to=tuple(value.get("addressed_to", ())),
            language=value.get("language", "en"),
            wording=value.get("wording", ""),
        )
