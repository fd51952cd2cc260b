"""What a patient asks for in an access request: what to see, how to get it, in which form; is it enough?"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from portal.domain.access_requests import Delivery, Mode
from portal.domain.errors import Invalid
from portal.domain.record_items import Category
from portal.domain.words import N_, _


class Scope(StrEnum):
    EVERYTHING = "everything"
    CATEGORIES = "categories"
    DATES = "dates"
    OWN_WORDS = "own_words"


SCOPE_NAMES = {
    Scope.EVERYTHING: N_("Everything you have about me"),
    Scope.CATEGORIES: N_("Only some kinds of entries"),
    Scope.DATES: N_("Only a period of time"),
    Scope.OWN_WORDS: N_("I will say it in my own words"),
}
MODE_NAMES = {
    Mode.COPY: N_("A copy to keep"),
    Mode.VIEW: N_("To view the original at the clinic, with a staff member present"),
}
DELIVERY_NAMES = {
    Delivery.DOWNLOAD: N_("Download it here"),
    Delivery.PICK_UP: N_("Pick it up at the clinic"),
    Delivery.POST: N_("By post"),
    Delivery.FAX: N_("By fax"),
}
LONGEST = 4000


@dataclass(frozen=True)
class Wishes:
    """An access request as its author filled it in; every part may still be empty in a draft."""

    mode: Mode = Mode.COPY
    scope: Scope | None = None
    categories: tuple[Category, ...] = ()
    since: date | None = None
    until: date | None = None
    words: str = ""
    delivery: Delivery | None = None
    delivery_to: str = ""
    language: str = "en"
    format_needs: str = ""
    also_disclosures: bool = True
    answered: frozenset[str] = field(default_factory=frozenset)

    def to_json(self) -> dict[str, Any]:
        facts = asdict(self)
        facts["since"] = self.since.isoformat() if self.since else None
        facts["until"] = self.until.isoformat() if self.until else None
        facts["answered"] = sorted(self.answered)
        return facts

    @classmethod
    def from_json(cls, facts: Mapping[str, Any] | None) -> "Wishes":
        if not facts:
            return cls()
        return cls(
            mode=Mode(facts["mode"]),
            scope=Scope(facts["scope"]) if facts["scope"] else None,
            categories=tuple(Category(c) for c in facts["categories"]),
            since=date.fromisoformat(facts["since"]) if facts["since"] else None,
            until=date.fromisoformat(facts["until"]) if facts["until"] else None,
            words=facts["words"],
            delivery=Delivery(facts["delivery"]) if facts["delivery"] else None,
            delivery_to=facts["delivery_to"],
            language=facts["language"],
            format_needs=facts["format_needs"],
            also_disclosures=facts["also_disclosures"],
            answered=frozenset(facts["answered"]),
        )

    def in_one_line(self) -> str:
        """What is asked for, without how to get it: equal for two requests that ask for the same thing."""
        same = {
            k: v for k, v in self.to_json().items() if k in ("mode", "scope", "categories", "since", "until", "words")
        }
        return json.dumps(same, sort_keys=True)

    def covers(self, category: Category, occurred_on: date | None) -> bool:
        """Whether an entry lies inside what is asked. An entry without a date is never left out by dates."""
        if self.scope == Scope.CATEGORIES:
            return category in self.categories
        if self.scope == Scope.DATES and occurred_on is not None:
            return (self.since is None or occurred_on >= self.since) and (
                self.until is None or occurred_on <= self.until
            )
        return True


def check(wishes: Wishes, today: date) -> None:
    """Raises Invalid, naming the field, for the first thing that is missing or does not fit."""
    check_scope(wishes, today)
    check_delivery(wishes)
    if len(wishes.format_needs) > LONGEST:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST), "format_needs")


def check_scope(wishes: Wishes, today: date) -> None:
    if wishes.scope is None:
        raise Invalid(_("Choose what you want to see."), "scope")
    if wishes.scope == Scope.CATEGORIES and not wishes.categories:
        raise Invalid(_("Tick at least one kind of entry."), "categories")
    if wishes.scope == Scope.OWN_WORDS and not wishes.words.strip():
        raise Invalid(_("Say in your own words what you want to see."), "words")
    if len(wishes.words) > LONGEST:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST), "words")
    if wishes.scope == Scope.DATES:
        _check_dates(wishes, today)


def _check_dates(wishes: Wishes, today: date) -> None:
    if wishes.since is None and wishes.until is None:
        raise Invalid(_("Give the first day, the last day, or both."), "since")
    if wishes.since and wishes.since > today:
        raise Invalid(_("The first day is in the future. Choose a day up to today."), "since")
    if wishes.since and wishes.until and wishes.since > wishes.until:
        raise Invalid(_("The first day comes after the last day. Change one of them."), "until")


def check_delivery(wishes: Wishes) -> None:
    if wishes.mode == Mode.VIEW:
        return
    if wishes.delivery is None:
        raise Invalid(_("Choose how you want to get the copy."), "delivery")
    if wishes.delivery == Delivery.POST and not wishes.delivery_to.strip():
        raise Invalid(_("Write the address we should send the copy to."), "delivery_to")
    if wishes.delivery == Delivery.FAX and sum(c.isdigit() for c in wishes.delivery_to) < 10:
        raise Invalid(_("Write the fax number with its area code, ten digits."), "delivery_to")
    if len(wishes.delivery_to) > 400:
        raise Invalid(_("Use at most %(n)s characters here.", n=400), "delivery_to")
