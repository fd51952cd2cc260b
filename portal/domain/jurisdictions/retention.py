"""How long the law and the professional college have a record kept: plain values, each with the text it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.jurisdictions.basis import Basis, read_basis


@dataclass(frozen=True)
class AfterUse:
    """How many years a thing is kept after it was used to decide something about the patient."""

    years: int
    words: str
    basis: Basis


@dataclass(frozen=True)
class Retention:
    """The later of two days: ``years_after_last_entry``, and ``years_after_majority`` from the ``majority_age``.

    ``words`` and ``then_words`` (what is done afterwards) are sentences for the patient.
    """

    years_after_last_entry: int
    majority_age: int
    years_after_majority: int
    words: str
    then_words: str
    after_use: AfterUse
    basis: Basis
    then_basis: Basis


def read_retention(table: Mapping[str, Any]) -> Retention:
    """The rules of a ``[retention]`` table; ``KeyError`` where it lacks something."""
    use, then = table["after_use"], table["then"]
    plain = ("years_after_last_entry", "majority_age", "years_after_majority", "words")
    return Retention(
        **{key: table[key] for key in plain},
        then_words=then["words"],
        after_use=AfterUse(use["years"], use["words"], read_basis(use)),
        basis=read_basis(table),
        then_basis=read_basis(then),
    )
