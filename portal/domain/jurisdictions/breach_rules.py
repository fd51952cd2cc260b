"""What a jurisdiction asks once information reached somebody it was not for, and what the clinic does beyond it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.domain.jurisdictions.basis import Basis, read_basis


class Told(StrEnum):
    """Who can be told of a breach."""

    PATIENT = "patient"  # whose information it is
    REVIEW_BODY = "review_body"  # the office outside that watches over the Act


@dataclass(frozen=True)
class BreachRules:
    """``must_tell`` is what the law asks, in ``words``; ``clinic_tells`` is what is done here, in ``clinic_words``.

    Nobody of ``must_tell`` is missing from ``clinic_tells``. The two rest on texts of their own.
    """

    must_tell: frozenset[Told]
    words: str
    provision: str
    basis: Basis
    clinic_tells: frozenset[Told]
    clinic_words: str
    clinic_basis: Basis


def read_breach_rules(table: Mapping[str, Any]) -> BreachRules:
    """The rules of a jurisdiction's ``[breach]``; ``ValueError`` where the clinic tells fewer than the law asks."""
    clinic = table["clinic"]
    rules = BreachRules(
        must_tell=frozenset(map(Told, table["must_tell"])),
        words=table["words"],
        provision=table["provision"],
        basis=read_basis(table),
        clinic_tells=frozenset(map(Told, clinic["tells"])),
        clinic_words=clinic["words"],
        clinic_basis=read_basis(clinic),
    )
    if not rules.must_tell <= rules.clinic_tells:
        raise ValueError("The clinic cannot tell fewer of a breach than the law asks")
    return rules
