"""The offices outside the clinic that a patient may turn to, and by which law such an office may have our papers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.jurisdictions.basis import Basis, read_basis

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Papers:
    """By which law this office is given the papers of a complaint; ``words`` is what the patient reads of it."""

    words: str
    provision: str
    basis: Basis


@dataclass(frozen=True)
class Body:
    """An office outside the clinic that a patient may turn to; ``papers`` where complaints are taken to it."""

    id: str
    name: str
    address: tuple[str, ...]
    phone: str
    email: str
    website: str
    words: str
    basis: Basis
    papers: Papers | None = None


def read_body(table: Table) -> Body:
    """One of ``[bodies.*]``."""
    plain = ("id", "name", "phone", "email", "website", "words")
    papers = _papers(table["papers"]) if "papers" in table else None
    return Body(
        **{key: table[key] for key in plain},
        address=tuple(table["address"]),
        basis=read_basis(table),
        papers=papers,
    )


def read_complaints_body(table: Table) -> Body:
    """One to which complaints are taken: ``KeyError`` where the file says no law by which it may have the papers."""
    if "papers" not in table:
        raise KeyError("papers")
    return read_body(table)


def _papers(table: Table) -> Papers:
    return Papers(words=table["words"], provision=table["provision"], basis=read_basis(table))
