"""How a patient may be reached safely: what she told us, what is on file, and which way is open for each act.

Whoever reaches out asks ``reach``: it is the one place that weighs her plan against what is on file, and what it does
not give is not used. While somebody may be watching her, nothing on file counts, only what she named as safe.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from portal.domain import homes, phone_numbers
from portal.domain.errors import Invalid
from portal.domain.words import _

EMAIL, PHONE, ADDRESS = "email", "phone", "address"
LARGE_PRINT = "large_print"
LONGEST = {"phone": 40, "phone_when": 200, "address": 400, "email": 254, "code_word": 60}
FEWEST_DIGITS, MOST_DIGITS = 10, 15
FEWEST_LINES, MOST_LINES = 2, 6
SHORTEST_CODE_WORD = 4
NUMBER = re.compile(r"\+?[\d\s().-]+(\s*(x|ext\.?)\s*\d{1,6})?", re.ASCII | re.IGNORECASE)
MAIL = re.compile(r"[^@\s,;:<>()\[\]\"\\]+@[^@\s,;:<>()\[\]\"\\]+\.[^@\s,;:<>()\[\]\"\\]+")


@dataclass(frozen=True)
class Entry:
    """A choice of the data file: ``title`` for whoever chooses, the rest for whoever reads it afterwards."""

    id: str
    title: str
    hint: str = ""
    office: str = ""
    plain_words: str = ""
    in_person: bool = False


@dataclass(frozen=True)
class Choices:
    channels: tuple[Entry, ...]
    formats: tuple[Entry, ...]
    never: tuple[Entry, ...]
    verified: tuple[Entry, ...]
    refusals: tuple[Entry, ...]
    told: tuple[Entry, ...]


@cache
def choices() -> Choices:
    """What the data file offers."""
    table = tomllib.loads(files("portal.domain").joinpath("contact.toml").read_text("utf-8"))
    return Choices(**{name: tuple(Entry(**each) for each in table[name]) for name in Choices.__dataclass_fields__})


def entry(offered: Iterable[Entry], wanted: str) -> Entry | None:
    return next((each for each in offered if each.id == wanted), None)


@dataclass(frozen=True)
class OnFile:
    """What the office always had. ``emails`` are the file's and the sign-in's."""

    phone: str = ""
    address: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What the patient told us about reaching her; empty where she said nothing."""

    channel: str = ""
    language: str = ""
    formats: tuple[str, ...] = ()
    phone: str = ""
    phone_when: str = ""
    message_ok: bool = False
    address: str = ""
    email: str = ""
    never: tuple[str, ...] = ()
    neutral: bool = False

    @property
    def address_lines(self) -> tuple[str, ...]:
        return lines_of(self.address)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, facts: Mapping[str, Any] | None) -> "Plan":
        if not facts:
            return cls()
        return cls(**{**facts, "formats": tuple(facts["formats"]), "never": tuple(facts["never"])})


@dataclass(frozen=True)
class Reach:
    """Which ways are open now; empty where none is. ``neutral``: nothing outside may say who writes.

    ``closed`` are the ways on file that must not be used, and ``safe`` those she named herself.
    """

    email: str = ""
    phone: str = ""
    address: tuple[str, ...] = ()
    neutral: bool = False
    watched: bool = False
    closed: frozenset[str] = field(default_factory=frozenset)
    safe: frozenset[str] = field(default_factory=frozenset)


def reach(plan: Plan, on_file: OnFile, watched: bool) -> Reach:
    """The ways that are open. The e-mail is the first on file, unless she named another."""
    closed = frozenset({EMAIL, PHONE, ADDRESS}) if watched else frozenset(plan.never)
    safe = {way for way, named in ((EMAIL, plan.email), (PHONE, plan.phone), (ADDRESS, plan.address)) if named}
    return Reach(
        email=plan.email or ("" if EMAIL in closed else next(iter(on_file.emails), "")),
        phone=plan.phone or ("" if PHONE in closed else on_file.phone),
        address=plan.address_lines or (() if ADDRESS in closed else on_file.address),
        neutral=plan.neutral or watched,
        watched=watched,
        closed=closed,
        safe=frozenset(safe),
    )


def goes_home(typed: str, on_file: OnFile) -> bool:
    """Whether an address that was typed somewhere may be the one on file, however it was written."""
    return homes.is_home(typed, on_file.address)


def rings_there(typed: str, on_file: OnFile) -> bool:
    """Whether a telephone or fax number that was typed somewhere is the one on file, however it was written."""
    return phone_numbers.same(typed, on_file.phone)


def check(plan: Plan, on_file: OnFile) -> Plan:
    """The plan as it is kept. Raises Invalid, naming the field, for the first thing that cannot be."""
    if entry(choices().channels, plan.channel) is None:
        raise Invalid(_("Choose how we should reach you."), "channel")
    for name, offered in (("formats", choices().formats), ("never", choices().never)):
        if any(entry(offered, each) is None for each in getattr(plan, name)):
            raise Invalid(_("Choose one of the answers that are offered."), name)
    one_line(plan.phone_when, "phone_when")
    if plan.phone:
        check_phone(plan.phone, "phone")
    if plan.email:
        check_email(plan.email, "email")
    if plan.address:
        check_address(plan.address, "address")
    _check_forbidden(plan, on_file)
    _check_channel(plan, reach(plan, on_file, watched=False))
    return plan


def _check_forbidden(plan: Plan, on_file: OnFile) -> None:
    """She cannot name as safe the very thing that she forbids."""
    if PHONE in plan.never and rings_there(plan.phone, on_file):
        raise Invalid(_("Further up you forbid us this number. Write another one, or take that tick away."), "phone")
    if EMAIL in plan.never and plan.email.casefold() in {each.casefold() for each in on_file.emails}:
        raise Invalid(_("Further up you forbid us this address. Write another one, or take that tick away."), "email")
    if ADDRESS in plan.never and plan.address and goes_home(plan.address, on_file):
        raise Invalid(_("Further up you forbid us this address. Write another one, or take that tick away."), "address")


def _check_channel(plan: Plan, open_ways: Reach) -> None:
    """The way she likes best must be one by which she can be reached."""
    needs = {
        "email": (open_ways.email, "email", _("You chose e-mail. Write the address we may use.")),
        "post": (open_ways.address, "address", _("You chose post. Write the address we may use.")),
        "phone": (open_ways.phone, "phone", _("You chose the telephone. Write the number we may call.")),
    }
    there, name, sentence = needs.get(plan.channel, (True, "", ""))
    if not there:
        raise Invalid(sentence, name)


def check_phone(text: str, name: str) -> None:
    """A telephone number with its area code, and an extension at most."""
    one_line(text, name)
    digits = len(phone_numbers.digits_before_extension(text))
    if not NUMBER.fullmatch(text) or not FEWEST_DIGITS <= digits <= MOST_DIGITS:
        raise Invalid(_("Write the telephone number with its area code, such as 250-555-0123."), name)


def check_email(text: str, name: str) -> None:
    """One bare address: no line break, no second receiver."""
    one_line(text, name)
    if not text.isprintable() or not MAIL.fullmatch(text):
        raise Invalid(_("Write the e-mail address like this: name@example.com."), name)


def check_address(text: str, name: str) -> None:
    """An address as it stands on an envelope: a street or a box, then the place."""
    if len(text) > LONGEST["address"]:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST["address"]), name)
    if not FEWEST_LINES <= len(lines_of(text)) <= MOST_LINES:
        raise Invalid(
            _("Write the address in two to six lines: the street or box first, then the place and the postal code."),
            name,
        )


def check_code_word(text: str, name: str = "code_word") -> None:
    one_line(text, name)
    if len(text) < SHORTEST_CODE_WORD:
        raise Invalid(_("Choose a code word of at least %(n)s letters.", n=SHORTEST_CODE_WORD), name)


def one_line(text: str, name: str) -> None:
    """Raises Invalid for a line break, or for more than fits."""
    if len(text.splitlines()) > 1 or any(ord(sign) < 32 for sign in text):
        raise Invalid(_("Write this in one line."), name)
    most = LONGEST.get(name, 120)
    if len(text) > most:
        raise Invalid(_("Use at most %(n)s characters here.", n=most), name)


def lines_of(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
