"""From a jurisdiction's TOML text to the frozen profile; a fault in the file is a fault of ours and raises at once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.domain.calendars import Calendar
from portal.domain.jurisdictions.basis import read_basis
from portal.domain.jurisdictions.bodies import read_body, read_complaints_body
from portal.domain.jurisdictions.breach_rules import read_breach_rules
from portal.domain.jurisdictions.consent_rules import read_consent_rules
from portal.domain.jurisdictions.correction_rules import read_correction_rules
from portal.domain.jurisdictions.disclosure_rules import read_disclosure_rules
from portal.domain.jurisdictions.powers import Named, Needs, Power, RepresentativeRules
from portal.domain.jurisdictions.profile import (
    ConfirmOrDeny,
    Event,
    Extension,
    ExtensionGround,
    FeeRules,
    Ground,
    Limit,
    Part,
    Pause,
    Profile,
    Rollover,
    Source,
    ThirdPartyReports,
    Unit,
    Window,
)
from portal.domain.jurisdictions.retention import read_retention
from portal.domain.rights import Right

Table = Mapping[str, Any]


def read_calendar(table: Table) -> Calendar:
    """The calendar of an ``id``, ``first``, ``last``, ``[[weekdays]]`` and ``[[holidays]]`` file."""
    holidays: dict[date, str] = {}
    for holiday in table.get("holidays", ()):
        holidays |= dict.fromkeys(holiday["dates"], holiday["name"])
    return Calendar(
        id=table["id"],
        first=table["first"],
        last=table["last"],
        weekdays={entry["weekday"]: entry["name"] for entry in table.get("weekdays", ())},
        holidays=holidays,
    )


def read_profile(table: Table, calendar: Calendar) -> Profile:
    """The profile a jurisdiction's file describes; ``KeyError`` or ``ValueError`` where the file lacks something."""
    bodies = table["bodies"]
    return Profile(
        id=table["id"],
        name=table["name"],
        act=table["act"],
        act_short=table["act_short"],
        version=table["version"],
        as_of=table["as_of"],
        time_zone=table["time_zone"]["value"],
        sources={key: Source(key=key, **value) for key, value in table["sources"].items()},
        calendar=calendar,
        limits={kind: _limit(kind, value) for kind, value in table["limits"].items()},
        internal_target_days=table["internal_target"]["working_days"],
        grounds=tuple(_ground(value) for value in table["grounds"]),
        access_answer_parts=_parts(table, "access_answer_parts"),
        refusal_letter_parts=_parts(table, "refusal_letter_parts"),
        extension_letter_parts=_parts(table, "extension_letter_parts"),
        estimate_letter_parts=_parts(table, "estimate_letter_parts"),
        disclosure_notice_parts=_parts(table, "disclosure_notice_parts"),
        review_body=read_body(bodies["review"]),
        complaint_body=read_complaints_body(bodies["complaint"]),
        conduct_body=read_complaints_body(bodies["conduct"]),
        review_window=_window(table["review_window"]),
        review_words=table["review_window"]["words"],
        review_more_words=table["review_window"]["more_words"],
        order_window=_window(table["order_window"]),
        fees=_fees(table["fees"]),
        third_party_reports=_third_party_reports(table["third_party_reports"]),
        confirm_or_deny=_confirm_or_deny(table["confirm_or_deny"]),
        representatives=_representatives(table["representatives"]),
        retention=read_retention(table["retention"]),
        disclosures=read_disclosure_rules(table["disclosures"], read_basis),
        consents=read_consent_rules(table["consents"], read_basis),
        corrections=read_correction_rules(table["corrections"]),
        breach=read_breach_rules(table["breach"]),
    )


def _window(table: Table) -> Window:
    return Window(
        unit=Unit(table["unit"]),
        length=table["length"],
        rollover=Rollover(table["rollover"]),
        basis=read_basis(table),
    )


def _limit(kind: str, table: Table) -> Limit:
    return Limit(
        kind=kind,
        window=_window(table["window"]),
        words=table["window"]["words"],
        start_events=tuple(Event(event) for event in table["start"]["events"]),
        start_basis=read_basis(table["start"]),
        pauses=tuple(_pause(value) for value in table.get("pauses", ())),
        extension=_extension(table["extension"]) if "extension" in table else None,
        no_extension_words=table.get("no_extension", {}).get("words", ""),
    )


def _pause(table: Table) -> Pause:
    return Pause(
        event=Event(table["event"]),
        first_day_excluded=table["first_day_excluded"],
        last_day_excluded=table["last_day_excluded"],
        title=table["title"],
        words=table["words"],
        basis=read_basis(table),
    )


def _extension(table: Table) -> Extension:
    return Extension(
        max=table["max"],
        grounds=tuple(
            ExtensionGround(id=value["id"], title=value["title"], words=value["words"], basis=read_basis(value))
            for value in table["grounds"]
        ),
        permission_beyond=table["permission_beyond"],
        complaint_words=table["complaint_words"],
        basis=read_basis(table),
    )


def _ground(table: Table) -> Ground:
    plain = ("id", "title", "plain_words", "citation", "provision", "mandatory", "in_clinic_policy", "severable")
    return Ground(
        **{key: table[key] for key in plain},
        default_on=table["default_on"],
        off_reason=table.get("off_reason", ""),
        needs=table["needs"],
        who_at_risk=table.get("who_at_risk"),
        test=table["test"],
        example=table["example"],
        restating=frozenset(" ".join(table["restating"]).split()),
        basis=read_basis(table),
    )


def _third_party_reports(table: Table) -> ThirdPartyReports:
    return ThirdPartyReports(
        resource_types=frozenset(table["resource_types"]),
        signs=(*table["kinds"], *table["bodies"]),
        words=table["words"],
        basis=read_basis(table),
    )


def _confirm_or_deny(table: Table) -> ConfirmOrDeny:
    return ConfirmOrDeny(
        grounds=frozenset(table["grounds"]), words=table["words"], provision=table["provision"], basis=read_basis(table)
    )


def _parts(table: Table, group: str) -> tuple[Part, ...]:
    return tuple(
        Part(id=value["id"], words=value["words"], letters=tuple(value["letters"]), basis=read_basis(value))
        for value in table[group]
    )


def _fees(table: Table) -> FeeRules:
    plain = ("estimate_before_charge", "deposit_allowed", "words", "clock_words", "complaint_words")
    return FeeRules(
        **{key: table[key] for key in plain}, allowed_kinds=tuple(table["allowed_kinds"]), basis=read_basis(table)
    )


def _representatives(table: Table) -> RepresentativeRules:
    lists = ("relations", "proofs", "ways", "capability_ways", "death_ways")
    return RepresentativeRules(
        age_of_majority=table["age_of_majority"]["age"],
        told_days_before=table["told_days_before"],
        powers=tuple(_power(value) for value in table["powers"]),
        **{name: tuple(_named(value) for value in table[name]) for name in lists},
        basis=read_basis(table),
    )


def _power(table: Table) -> Power:
    plain = ("id", "title", "words", "proof_words", "ends_at_majority", "gives_way", "ranked")
    return Power(
        **{key: table[key] for key in plain},
        proofs=tuple(table["proofs"]),
        rights=tuple(map(Right, table["rights"])),
        needs=Needs(table["needs"]),
        basis=read_basis(table),
    )


def _named(table: Table) -> Named:
    return Named(id=table["id"], title=table["title"], rank=table.get("rank", 0), basis=read_basis(table))
