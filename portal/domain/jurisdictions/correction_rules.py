"""What a jurisdiction asks of a correction: whom to tell of it, and whether the patient may add a statement.

Time and fees stand where they stand for every kind of case: the limit ``correction``, and the fees' allowed kinds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from portal.domain.jurisdictions.basis import Basis, read_basis


class CountedFrom(StrEnum):
    """From which day the time before it is counted."""

    CORRECTION = "correction"
    REQUEST = "request"


@dataclass(frozen=True)
class ToTell:
    """Whom the law and the clinic tell of what was decided.

    ``years`` before the day; None tells everybody there ever was. ``outcomes`` are those after which somebody is told.
    """

    years: int | None
    counted_from: CountedFrom
    outcomes: frozenset[str]
    words: str
    provision: str
    basis: Basis

    def since(self, received: date, decided: date) -> date | None:
        """The first day that counts; None when every day does."""
        if self.years is None:
            return None
        day = received if self.counted_from == CountedFrom.REQUEST else decided
        try:
            return day.replace(year=day.year - self.years)
        except ValueError:  # the 29th of February
            return day.replace(year=day.year - self.years, day=28)

    def window(self, received: date, decided: date) -> tuple[date | None, date]:
        """The first and the last day that the law names: the years before, the day itself not counted."""
        day = received if self.counted_from == CountedFrom.REQUEST else decided
        return self.since(received, decided), day - timedelta(days=1)


@dataclass(frozen=True)
class Statement:
    """A statement of disagreement the patient may add when she was not found right, and how long she has.

    ``instead_of_review`` says that she has to choose: the statement, or a review by the regulator.
    """

    most_words: int
    days: int
    instead_of_review: bool
    words: str
    basis: Basis

    def last_day(self, decided: date) -> date:
        """The last of so many calendar days after the decision."""
        return decided + timedelta(days=self.days)


@dataclass(frozen=True)
class CorrectionRules:
    """The rules for accuracy notes: ``words`` say what becomes of one, ``statement`` is None where the law has none."""

    words: str
    provision: str
    to_tell: ToTell
    statement: Statement | None
    basis: Basis


def read_correction_rules(table: Mapping[str, Any]) -> CorrectionRules:
    """The rules of a jurisdiction's ``[corrections]``."""
    return CorrectionRules(
        words=table["words"],
        provision=table["provision"],
        to_tell=_to_tell(table["to_tell"]),
        statement=_statement(table["statement"]) if "statement" in table else None,
        basis=read_basis(table),
    )


def _to_tell(table: Mapping[str, Any]) -> ToTell:
    return ToTell(
        years=table.get("years"),
        counted_from=CountedFrom(table["counted_from"]),
        outcomes=frozenset(table["outcomes"]),
        words=table["words"],
        provision=table["provision"],
        basis=read_basis(table),
    )


def _statement(table: Mapping[str, Any]) -> Statement:
    plain = ("most_words", "days", "instead_of_review", "words")
    return Statement(**{key: table[key] for key in plain}, basis=read_basis(table))
