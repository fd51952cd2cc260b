"""What a request may cost: the clinic's schedule, an estimate of it line by line, and when money may be asked at all.

Amounts are whole cents. Whether a fee is lawful, and what must come before it, is the jurisdiction's profile. Each line
says for which forms of the answer it may be charged: nobody pays postage for a download.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from portal.domain.access_requests import Delivery, Mode
from portal.domain.errors import Invalid, NotPossible
from portal.domain.jurisdictions import Profile
from portal.domain.words import N_, _

MOST_UNITS = 1_000_000
VIEWING = "view"
# The forms an answer can take, in the clinic's file and in a sentence: "nothing is charged for …".
FORMS = {
    Delivery.DOWNLOAD.value: N_("a download"),
    Delivery.PICK_UP.value: N_("a copy that is picked up"),
    Delivery.POST.value: N_("a copy sent by post"),
    Delivery.FAX.value: N_("a copy sent by fax"),
    VIEWING: N_("a viewing of the original"),
}


@dataclass(frozen=True)
class FeeLine:
    """One thing that costs something: ``cents`` a ``unit``, the first ``free_units`` of them free.

    ``unit_plural`` is the unit where there are several; ``charged_for`` are the ``FORMS`` it may be charged for.
    """

    id: str
    label: str
    unit: str
    unit_plural: str
    cents: int
    free_units: int = 0
    justification: str = ""
    charged_for: tuple[str, ...] = tuple(FORMS)


@dataclass(frozen=True)
class FeeSchedule:
    """What the clinic charges, with the part of it that may be asked for beforehand."""

    lines: tuple[FeeLine, ...] = ()
    deposit_percent: int = 0

    def fitting(self, form: str) -> "FeeSchedule":
        """The part of the schedule that may be charged for an answer of that form."""
        return replace(self, lines=tuple(line for line in self.lines if line.cents and form in line.charged_for))

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
    unit_plural: str = ""

    @property
    def free_units(self) -> int:
        """How many of them cost nothing."""
        return self.units - self.charged_units

    @property
    def many(self) -> str:
        """The unit as it is said after ``units``: 1 page, 140 pages."""
        return self.unit if self.units == 1 or not self.unit_plural else self.unit_plural


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


def form_of(mode: str, delivery: str) -> str:
    """Which of ``FORMS`` the answer takes."""
    return VIEWING if mode == Mode.VIEW else delivery


def why_nothing_is_charged(schedule: FeeSchedule, form: str) -> str | None:
    """Why an answer of that form costs nothing, in a sentence; None when the schedule has something for it."""
    if schedule.fitting(form).lines:
        return None
    return _("Nothing is charged for %(form)s.", form=_(FORMS[form]))


def check_form(schedule: FeeSchedule, units: Mapping[str, int], form: str) -> None:
    """``Invalid`` for units of a line that may not be charged for an answer of that form, or that is unknown."""
    for name in (name for name, number in units.items() if number):
        if form not in schedule.line(name).charged_for:
            label = _(schedule.line(name).label)
            raise Invalid(
                _("“%(label)s” is not charged for %(form)s. Leave it empty.", label=label, form=_(FORMS[form])), name
            )


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
        unit_plural=line.unit_plural,
    )
