"""The hash chain of the audit trail: what is hashed, and where a chain breaks first.

Source: security.md section 7. The stored text itself is hashed and kept unchanged; the chain commits to the ciphertext
of the personal detail, so that destroying a patient's key does not break verification.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Protocol

START = "0" * 64
PORTAL_CHAIN = "portal"


class Entry(Protocol):
    """What verification reads of an entry."""

    position: int
    text: str
    detail_sealed: bytes | None
    previous: str
    digest: str


def canonical(facts: Mapping[str, object]) -> str:
    """The one spelling of ``facts`` as JSON."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def chained(previous: str, text: str, detail_sealed: bytes | None) -> str:
    """The digest of an entry that follows ``previous``."""
    detail = hashlib.sha256(detail_sealed or b"").hexdigest()
    return hashlib.sha256(f"1|{previous}|{detail}|{text}".encode()).hexdigest()


def first_broken(entries: Iterable[Entry], head_position: int, head_digest: str) -> int | None:
    """The position of the first entry of a chain that does not fit, or None when the chain holds to its head.

    ``entries`` are all of the chain in order. One that ends before its head is broken at the first missing position.
    """
    previous, position = START, 0
    for entry in entries:
        position += 1
        fits = entry.position == position and entry.previous == previous
        if not fits or chained(previous, entry.text, entry.detail_sealed) != entry.digest:
            return position
        previous = entry.digest
    if position != head_position or previous != head_digest:
        return position + 1 if position < head_position else position
    return None
