"""A change of a patient's name or contact as she asked for it: what would be different, and whether it can be."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from portal.domain.contact_plans import check_address, check_email, check_phone, choices, entry, lines_of, one_line
from portal.domain.errors import Invalid
from portal.domain.words import N_, _

LONGEST_NAME = 120


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


FIELD_NAMES = {
    "given_name": N_("Given name"),
    "family_name": N_("Family name"),
    "email": N_("E-mail on file"),
    "phone": N_("Telephone"),
    "address": N_("Address"),
}


@dataclass(frozen=True)
class Details:
    """A patient's name and contacts, as they are or as she wants them."""

    given_name: str = ""
    family_name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "Details":
        return cls(**facts)


def different(old: Details, new: Details) -> dict[str, tuple[str, str]]:
    """What would change, by field: as it is, and as it is wanted. Lines of an address are compared without blanks."""
    changed = {}
    for name in FIELD_NAMES:
        before, after = getattr(old, name), getattr(new, name)
        if lines_of(before) != lines_of(after):
            changed[name] = (before, after)
    return changed


def check(old: Details, new: Details) -> None:
    """Raises Invalid, naming the field, for the first thing that cannot be, or when nothing would change."""
    changed = different(old, new)
    if not changed:
        raise Invalid(_("Nothing is different from what we have. Change what should be different."))
    for name in ("given_name", "family_name"):
        if len(getattr(new, name)) > LONGEST_NAME:
            raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST_NAME), name)
        one_line(getattr(new, name), name)
    if not (new.given_name or new.family_name):
        raise Invalid(_("Write your name."), "given_name")
    for name, rule in (("email", check_email), ("phone", check_phone), ("address", check_address)):
        if name in changed and getattr(new, name):
            rule(getattr(new, name), name)


def check_refusal(reason: str) -> None:
    if entry(choices().refusals, reason) is None:
        raise Invalid(_("Choose why it is refused. The patient reads it."), "reason")


def check_told(told: str) -> None:
    if entry(choices().told, told) is None:
        raise Invalid(_("Choose how the old number or address was told."), "told")
