"""Who may act for a patient, as a jurisdiction's file says it: the kinds of power and what each needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.domain.errors import Invalid
from portal.domain.rights import Right
from portal.domain.words import _

if TYPE_CHECKING:
    from portal.domain.jurisdictions.profile import Basis


class Needs(StrEnum):
    """Whom a power is for."""

    MINOR = "minor"
    INCAPABLE = "incapable"  # somebody, found by another than us, who cannot decide this herself
    ADULT = "adult"
    DECEASED = "deceased"


@dataclass(frozen=True)
class Power:
    """A kind of power: ``proofs`` are the ids of what is collected, ``rights`` what it grants at most.

    ``gives_way``: it stops where the patient can decide herself. ``ranked``: those who have it come in an order.
    """

    id: str
    title: str
    words: str
    proof_words: str
    proofs: tuple[str, ...]
    rights: tuple[Right, ...]
    needs: Needs
    ends_at_majority: bool
    gives_way: bool
    ranked: bool
    basis: "Basis"

    @property
    def after_death(self) -> bool:
        return self.needs == Needs.DECEASED


@dataclass(frozen=True)
class Named:
    """Something the office chooses from a list; ``rank`` is its place where the order counts, else 0."""

    id: str
    title: str
    rank: int
    basis: "Basis"


@dataclass(frozen=True)
class RepresentativeRules:
    """All that a jurisdiction says about representatives; ``told_days_before`` a power ends, both are told."""

    age_of_majority: int
    told_days_before: int
    powers: tuple[Power, ...]
    relations: tuple[Named, ...]
    proofs: tuple[Named, ...]
    ways: tuple[Named, ...]
    capability_ways: tuple[Named, ...]
    death_ways: tuple[Named, ...]
    basis: "Basis"

    def find(self, power: str) -> Power | None:
        """The kind with that id, or None: a row may have been written under other rules."""
        return next((each for each in self.powers if each.id == power), None)

    def power(self, power: str) -> Power:
        """The kind with that id. Raises Invalid for one there is not."""
        found = self.find(power)
        if found is None:
            raise Invalid(_("Choose on what paper this person acts for the patient."), "power")
        return found

    def relation(self, rank: int | None) -> Named | None:
        return next((each for each in self.relations if each.rank == rank), None)

    def birthday(self, born: date) -> date:
        """The day somebody comes of age. Who was born on 29 February: 1 March where the year has no such day."""
        try:
            return born.replace(year=born.year + self.age_of_majority)
        except ValueError:
            return date(born.year + self.age_of_majority, 3, 1)

    def latest_birth(self, today: date) -> date:
        """The last day on which somebody was born who is of age ``today``."""
        try:
            return today.replace(year=today.year - self.age_of_majority)
        except ValueError:
            return date(today.year - self.age_of_majority, 2, 28)


def title_of(things: Iterable[Named], wanted: str) -> str:
    """The title of an id, in the language spoken now; empty for one there is not."""
    return next((_(each.title) for each in things if each.id == wanted), "")
