"""What a request may cost: the clinic's schedule, an estimate of it line by line, and when money may be asked at all.

Amounts are whole cents. Whether a fee is lawful, and what must come before it, is the jurisdiction's profile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.errors import Invalid, NotPossible
from portal.domain.jurisdictions import Profile
from portal.domain.words import _

MOST_UNITS = 1_000_000


@dataclass(frozen=True)
class FeeLine:
    """One thing that costs something: ``cents`` a ``unit``, the first ``free_units`` of them free."""

    id: str
    label: str
    unit: str
    cents: int
    free_units: int = 0
    justification: str = ""


@dataclass(frozen=True)
class FeeSchedule:
    """What the clinic charges, with the part of it that may be asked for beforehand."""

    lines: tuple[FeeLine, ...] = ()
    deposit_percent: int = 0

    def line(self, wanted: str) -> FeeLine:
        """The line with that id; ``Invalid`` names the ones there are."""
        found = next((line for line in self.lines if line.id == wanted), None)
        if found is None:
            known = ", ".join(line.id for line in self.lines) or _("none")
            raise Invalid(_("The fee schedule has no line %(id)s. It has: %(known)s.", id=wanted, known=known), wanted)
        return found


@dataclass(frozen=True)
class EstimateLine:
    """A line of an estimate: so many units, of which so many are charged, at so much each."""

    id: str
    label: str
    unit: str
    units: int
    charged_units: int
    cents_each: int
    cents: int
    justification: str = ""


@dataclass(frozen=True)
class FeeEstimate:
    """What the patient is told before any work is charged for."""

    lines: tuple[EstimateLine, ...]
    total_cents: int
    deposit_cents: int = 0

    @property
    def is_free(self) -> bool:
        """Nothing to pay: then no estimate has to be sent."""
        return self.total_cents == 0

    def to_json(self) -> dict[str, object]:
        """Plain JSON values, for keeping."""
        return {
            "lines": [vars(line).copy() for line in self.lines],
            "total_cents": self.total_cents,
            "deposit_cents": self.deposit_cents,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "FeeEstimate":
        """The estimate that ``to_json`` wrote."""
        lines = tuple(EstimateLine(**line) for line in value["lines"])
        return cls(lines=lines, total_cents=value["total_cents"], deposit_cents=value["deposit_cents"])


def estimate(
    profile: Profile, kind: str, schedule: FeeSchedule, units: Mapping[str, int], deposit: bool = False
) -> FeeEstimate:
    """The fee for so many ``units`` of each line of the schedule.

    ``NotPossible`` when this ``kind`` of case never carries a fee, or no deposit may be asked; ``Invalid`` for a line
    the schedule lacks or a count that is not a whole number from 0.
    """
    lines = tuple(_line(schedule.line(name), number) for name, number in units.items() if number != 0)
    total = sum(line.cents for line in lines)
    if total:
        check_kind(profile, kind)
    if deposit and not profile.fees.deposit_allowed:
        raise NotPossible(_("No deposit may be asked for here."))
    part = -(-total * schedule.deposit_percent // 100) if deposit else 0
    return FeeEstimate(lines=lines, total_cents=total, deposit_cents=part)


def check_kind(profile: Profile, kind: str) -> None:
    """``NotPossible`` when a case of ``kind`` never carries a fee (a correction does not)."""
    if kind not in profile.fees.allowed_kinds:
        raise NotPossible(_("This is free of charge for the patient: the law allows no fee for it."))


def check_charge(profile: Profile, kind: str, total_cents: int, accepted_cents: int | None) -> None:
    """Whether ``total_cents`` may be charged, ``accepted_cents`` being the written estimate the patient accepted.

    Nothing to pay needs no estimate. ``NotPossible`` without an accepted estimate or above it.
    """
    if total_cents == 0:
        return
    check_kind(profile, kind)
    if not profile.fees.estimate_before_charge:
        return
    if accepted_cents is None:
        raise NotPossible(_("Send the patient a written estimate, and wait until she accepts it, before charging."))
    if total_cents > accepted_cents:
        raise NotPossible(
            _(
                "The patient accepted %(accepted)s. Send a new estimate before charging %(total)s.",
                accepted=say_cents(accepted_cents),
                total=say_cents(total_cents),
            )
        )


def say_cents(cents: int) -> str:
    """An amount of money as people write it: ``$12.50``."""
    dollars, rest = divmod(cents, 100)
    thousands = f"{dollars:,}".replace(",", _(","))  # French sets a blank there
    return _("$%(dollars)s.%(cents)s", dollars=thousands, cents=f"{rest:02d}")


def _line(line: FeeLine, units: object) -> EstimateLine:
    if isinstance(units, bool) or not isinstance(units, int) or not 0 <= units <= MOST_UNITS:
        raise Invalid(
            _("Give a whole number from 0 for %(label)s, not %(units)s.", label=_(line.label), units=units), line.id
        )
    charged = max(units - line.free_units, 0)
    return EstimateLine(
        id=line.id,
        label=line.label,
        unit=line.unit,
        units=units,
        charged_units=charged,
        cents_each=line.cents,
        cents=charged * line.cents,
        justification=line.justification,
    )
