"""What a jurisdiction, and the clinic beside it, ask of a disclosure: who must agree, and what may be told later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from portal.domain.errors import Invalid
from portal.domain.words import _

if TYPE_CHECKING:
    from portal.domain.jurisdictions.profile import Basis


@dataclass(frozen=True)
class Safeguard:
    """What a disclosure without consent needs besides its provision: a second person, a written note."""

    provisions: frozenset[str]
    two_people: bool
    note: bool
    basis: "Basis"


@dataclass(frozen=True)
class HoldingBack:
    """A lawful reason to tell the patient of a disclosure later, for those ``provisions`` alone.

    ``words`` is what she then reads. ``hers_alone`` says that nobody who acts for her is ever told by the portal.
    """

    id: str
    title: str
    words: str
    provision: str
    provisions: frozenset[str]
    longest_days: int
    hers_alone: bool
    basis: "Basis"


@dataclass(frozen=True)
class Notice:
    """The letter the law wants for what was given without consent: to whom, and in how many days from its writing.

    Which cases ask for it is said with them (``Lawful.notice``). ``words`` is what she reads about it.
    """

    to: str
    within_days: int
    words: str
    provision: str
    basis: "Basis"

    def by(self, written_on: date) -> date:
        """The day by which the letter is to be on its way."""
        return written_on + timedelta(days=self.within_days)


@dataclass(frozen=True)
class DisclosureRules:
    """The rules for whoever gives something to somebody outside; ``notice`` where the law asks for a letter."""

    safeguards: tuple[Safeguard, ...] = ()
    holding_back: tuple[HoldingBack, ...] = ()
    kept_years: int = 0
    notice: Notice | None = None

    def safeguard(self, provision: str) -> Safeguard | None:
        """What a disclosure under this provision needs; None where the provision is enough."""
        return next((each for each in self.safeguards if provision in each.provisions), None)

    def reasons_to_hold_back(self, provision: str) -> tuple[HoldingBack, ...]:
        return tuple(each for each in self.holding_back if provision in each.provisions)

    def held_back(self, reason: str) -> HoldingBack | None:
        return next((each for each in self.holding_back if each.id == reason), None)

    def check_held_back(self, provision: str, reason: str, shown_from: date | None, today: date) -> HoldingBack | None:
        """The reason to tell the patient later, or None when she is told at once.

        Raises Invalid unless the provision allows it and the day is one to come, no further off than the reason lets.
        """
        if not reason and shown_from is None:
            return None
        found = next((each for each in self.reasons_to_hold_back(provision) if each.id == reason), None)
        if found is None:
            raise Invalid(
                _("The law gives no reason here to tell the patient later. Let her see it at once."), "kept_for"
            )
        if shown_from is None or shown_from <= today:
            raise Invalid(_("Give the day from which the patient sees this. It is a day after today."), "shown_from")
        if shown_from > today + timedelta(days=found.longest_days):
            raise Invalid(
                _(
                    "For this reason an entry is held back for no more than %(n)s days. Choose an earlier day.",
                    n=found.longest_days,
                ),
                "shown_from",
            )
        return found


def read_disclosure_rules(table: Mapping[str, Any], basis: Any) -> DisclosureRules:
    """The rules of a jurisdiction's ``[disclosures]``; ``basis`` reads where a value comes from."""
    return DisclosureRules(
        safeguards=tuple(
            Safeguard(frozenset(each["provisions"]), each["two_people"], each["note"], basis(each))
            for each in table["safeguards"]
        ),
        holding_back=tuple(_holding_back(each, basis(each)) for each in table["holding_back"]),
        kept_years=table["kept"]["years"],
        notice=_notice(table["notice"], basis(table["notice"])) if "notice" in table else None,
    )


def _notice(table: Mapping[str, Any], basis: "Basis") -> Notice:
    plain = ("to", "within_days", "words", "provision")
    return Notice(**{key: table[key] for key in plain}, basis=basis)


def _holding_back(table: Mapping[str, Any], basis: "Basis") -> HoldingBack:
    plain = ("id", "title", "words", "provision", "longest_days", "hers_alone")
    return HoldingBack(**{key: table[key] for key in plain}, provisions=frozenset(table["provisions"]), basis=basis)
