"""What a jurisdiction's rules are made of: plain frozen values, each with the text it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from portal.domain.calendars import Calendar
from portal.domain.errors import Invalid
from portal.domain.jurisdictions.basis import Basis as Basis
from portal.domain.jurisdictions.bodies import Body as Body
from portal.domain.jurisdictions.breach_rules import BreachRules
from portal.domain.jurisdictions.consent_rules import ConsentRules
from portal.domain.jurisdictions.correction_rules import CorrectionRules
from portal.domain.jurisdictions.disclosure_rules import DisclosureRules
from portal.domain.jurisdictions.powers import RepresentativeRules
from portal.domain.jurisdictions.retention import Retention
from portal.domain.words import _

G = TypeVar("G", "ExtensionGround", "Ground")


class Unit(StrEnum):
    """How a period is counted."""

    STATUTORY_DAY = "statutory_day"  # days the calendar leaves out are not counted
    CALENDAR_DAY = "calendar_day"  # every day is counted
    MONTH = "month"  # to the same day of a later month, or that month's last day


class Rollover(StrEnum):
    """What happens when the last day is one the calendar leaves out."""

    NONE = "none"
    NEXT_OPEN_DAY = "next_open_day"


class Event(StrEnum):
    """What a clock may have to hear about. Whether it matters is the profile's business."""

    RECEIVED = "received"
    BASIC_FEE = "basic_fee"
    ESTIMATE = "estimate"
    FEE_REVIEW = "fee_review"
    CLARIFICATION = "clarification"
    IDENTITY = "identity"
    DISREGARD_APPLICATION = "disregard_application"


@dataclass(frozen=True)
class Source:
    """A text that was read: where, and how old the copy was."""

    key: str
    title: str
    read_at: str
    as_of: date


@dataclass(frozen=True)
class Pause:
    """An event that stops the clock from its first day to its last, with or without those two days themselves."""

    event: Event
    first_day_excluded: bool
    last_day_excluded: bool
    title: str
    words: str
    basis: Basis


@dataclass(frozen=True)
class ExtensionGround:
    """A lawful reason for more time; ``words`` is the sentence for the letter."""

    id: str
    title: str
    words: str
    basis: Basis


@dataclass(frozen=True)
class Extension:
    """How much more time may be taken, in the limit's own unit, and why.

    ``permission_beyond`` names who may allow more than ``max`` ("" when nobody can).
    """

    max: int
    grounds: tuple[ExtensionGround, ...]
    permission_beyond: str
    complaint_words: str
    basis: Basis

    def ground(self, ground: str) -> ExtensionGround:
        """The ground with that id; ``Invalid`` names the ones there are."""
        return _find(self.grounds, ground, "ground")


@dataclass(frozen=True)
class Window:
    """A length of time in a unit, with the rule for its last day: counting starts the day after the event."""

    unit: Unit
    length: int
    rollover: Rollover
    basis: Basis


@dataclass(frozen=True)
class Limit:
    """How long the clinic has to answer one kind of case.

    The clock starts with the last of ``start_events``; ``extension`` is None where the law gives no more time.
    """

    kind: str
    window: Window
    words: str
    start_events: tuple[Event, ...]
    start_basis: Basis
    pauses: tuple[Pause, ...]
    extension: Extension | None
    no_extension_words: str = ""

    def pause(self, event: Event) -> Pause | None:
        """The rule for ``event``, or None when it does not stop this clock."""
        return next((rule for rule in self.pauses if rule.event == event), None)


@dataclass(frozen=True)
class Ground:
    """A lawful reason to withhold.

    ``needs`` is ``harm`` (six answers), ``facts`` (a note of the facts) or ``none``; ``test`` is the law's test in our
    words, ``restating`` the vocabulary of the law and of common ways to say it again, which prove nothing alone;
    ``plain_words`` is the reason as the patient reads it, ``example`` a fair note of the facts.
    """

    id: str
    title: str
    plain_words: str
    citation: str
    provision: str
    mandatory: bool
    in_clinic_policy: bool
    severable: bool
    default_on: bool
    off_reason: str
    needs: str
    who_at_risk: str | None
    test: str
    example: str
    restating: frozenset[str]
    basis: Basis


@dataclass(frozen=True)
class ThirdPartyReports:
    """How an assessment is known that somebody else asked for, and what the reviewer is told of it."""

    resource_types: frozenset[str]
    signs: tuple[str, ...]
    words: str
    basis: Basis


@dataclass(frozen=True)
class ConfirmOrDeny:
    """For which grounds the law lets a refusal leave open whether there is anything, and how it is said."""

    grounds: frozenset[str]
    words: str
    provision: str
    basis: Basis


@dataclass(frozen=True)
class Part:
    """Something a letter must contain; ``letters`` are the kinds of letter that must."""

    id: str
    words: str
    letters: tuple[str, ...]
    basis: Basis


@dataclass(frozen=True)
class FeeRules:
    """What may be charged and how. ``clock_words`` says what an estimate does to the lawful date."""

    allowed_kinds: tuple[str, ...]
    estimate_before_charge: bool
    deposit_allowed: bool
    words: str
    clock_words: str
    complaint_words: str
    basis: Basis

    @property
    def corrections_free(self) -> bool:
        """Whether a correction may never carry a fee."""
        return "correction" not in self.allowed_kinds


@dataclass(frozen=True)
class Profile:
    """All the rules of one jurisdiction, in one version."""

    id: str
    name: str
    act: str
    act_short: str
    version: str
    as_of: date
    time_zone: str
    sources: Mapping[str, Source]
    calendar: Calendar
    limits: Mapping[str, Limit]
    internal_target_days: int
    grounds: tuple[Ground, ...]
    access_answer_parts: tuple[Part, ...]
    refusal_letter_parts: tuple[Part, ...]
    extension_letter_parts: tuple[Part, ...]
    estimate_letter_parts: tuple[Part, ...]
    disclosure_notice_parts: tuple[Part, ...]
    review_body: Body
    complaint_body: Body
    conduct_body: Body
    review_window: Window
    review_words: str
    review_more_words: str
    order_window: Window
    fees: FeeRules
    third_party_reports: ThirdPartyReports
    confirm_or_deny: ConfirmOrDeny
    representatives: RepresentativeRules
    retention: Retention
    disclosures: DisclosureRules
    consents: ConsentRules
    corrections: CorrectionRules
    breach: BreachRules

    def limit(self, kind: str) -> Limit:
        """The limit for ``kind`` of case; ``Invalid`` names the kinds there are."""
        if kind not in self.limits:
            raise Invalid(
                _(
                    "%(name)s has no time limit for %(kind)s. Choose one of: %(kinds)s.",
                    name=_(self.name),
                    kind=kind,
                    kinds=", ".join(self.limits),
                )
            )
        return self.limits[kind]

    def ground(self, ground: str) -> Ground:
        """The ground for withholding with that id; ``Invalid`` names the ones there are."""
        return _find(self.grounds, ground, "ground")

    def taken_to(self, body: str) -> Body:
        """The office outside that a complaint was taken to: ``complaint`` or ``conduct``."""
        return {"complaint": self.complaint_body, "conduct": self.conduct_body}[body]

    @property
    def letter_parts(self) -> tuple[Part, ...]:
        """Everything the law and the clinic require of letters, in reading order."""
        return (
            self.access_answer_parts
            + self.refusal_letter_parts
            + self.extension_letter_parts
            + self.estimate_letter_parts
            + self.disclosure_notice_parts
        )


def _find(things: tuple[G, ...], wanted: str, field: str) -> G:
    found = next((thing for thing in things if thing.id == wanted), None)
    if found is None:
        known = ", ".join(thing.id for thing in things)
        raise Invalid(_("There is no ground called %(id)s. Choose one of: %(known)s.", id=wanted, known=known), field)
    return found
