"""What a consent may be for, and the words a patient reads before she agrees: by purpose, version and language."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from portal.domain.errors import Invalid
from portal.domain.jurisdictions.consent_rules import ConsentRules
from portal.domain.words import N_, _

# Details that some purposes need (``Purpose.needs``), as a form asks for them and a receipt shows them.
DETAIL_NAMES = {
    "asked_for": N_("What was asked for"),
    "study": N_("Study"),
    "researcher": N_("Researcher"),
    "sponsor": N_("Sponsor"),
    "ethics_board": N_("Ethics board"),
    "ethics_number": N_("Number of the ethics approval"),
    "ethics_ends": N_("Last day of the ethics approval"),
    "contact": N_("Who answers questions about the study"),
    "ethics_contact": N_("How to reach the ethics board"),
    "words": N_("The words to be shown"),
}
DATES = frozenset({"ethics_ends"})


@dataclass(frozen=True)
class WordingPart:
    """A paragraph, and which of the things that must be stated it states."""

    id: str
    words: str


@dataclass(frozen=True)
class Version:
    version: str
    parts: tuple[WordingPart, ...]


@dataclass(frozen=True)
class Purpose:
    """``recipients`` are the kinds of recipient it may be about; ``pictures`` that it is about single pictures."""

    id: str
    title: str
    plain_words: str
    refusal: str
    stops: str
    stays: str
    implied: bool
    pictures: bool
    recipients: frozenset[str]
    needs: tuple[str, ...]
    versions: tuple[Version, ...]

    @property
    def current(self) -> Version:
        return self.versions[0]


@dataclass(frozen=True)
class Wording:
    """What was read: the paragraphs in one language, their version, and a digest of every word."""

    version: str
    language: str
    paragraphs: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over language, version and paragraphs."""
        return hashlib.sha256("\n".join((self.language, self.version, *self.paragraphs)).encode()).hexdigest()


@cache
def every() -> tuple[Purpose, ...]:
    """All purposes, in the order people read them."""
    table = tomllib.loads(files("portal.domain").joinpath("purposes.toml").read_text("utf-8"))
    return tuple(_purpose(each) for each in table["purposes"])


def find(purpose_id: str) -> Purpose:
    """The purpose of an id. Raises Invalid for one there is not, or for several at once."""
    found = next((each for each in every() if each.id == purpose_id), None)
    if found is None:
        raise Invalid(_("Choose one purpose. A consent is for one purpose only."), "purpose")
    return found


def exists(purpose_id: str) -> bool:
    return any(each.id == purpose_id for each in every())


def wording(purpose: Purpose, language: str) -> Wording:
    """What a patient reads now, in the language spoken now, which the caller names."""
    version = purpose.current
    return Wording(version.version, language, tuple(_(part.words) for part in version.parts))


def unstated(purpose: Purpose, rules: ConsentRules) -> frozenset[str]:
    """What the law says the wording must state and its current version does not; empty when it may be used."""
    stated = {part.id for part in purpose.current.parts}
    return rules.must_state.get(purpose.id, frozenset()) - stated


def _purpose(table: dict[str, Any]) -> Purpose:
    plain = ("id", "title", "plain_words", "refusal", "stops", "stays", "implied", "pictures")
    return Purpose(
        **{key: table[key] for key in plain},
        recipients=frozenset(table["recipients"]),
        needs=tuple(table["needs"]),
        versions=tuple(_version(each) for each in table["versions"]),
    )


def _version(table: dict[str, Any]) -> Version:
    return Version(table["version"], tuple(WordingPart(each["id"], each["words"]) for each in table["parts"]))
