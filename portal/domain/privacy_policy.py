"""The clinic's privacy policy: clauses in every language the clinic speaks, in versions that never change.

A clause names what exercises it (``act``), which figure shows that it is kept (``figure``) and what the portal adds to
it from the clinic's own settings and the law (``adds``); what each of these is called stands in the three tables here.
The words are Markdown. A few places in braces, such as ``{contact_phone}``, are filled when the clause is shown, so
that a telephone number that changes does not make a new version.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from portal.domain.letters.asking import LANGUAGES
from portal.domain.words import N_, SOURCE_LANGUAGE, _

LONGEST_HEADING, LONGEST_HOW, LONGEST_BODY, LONGEST_CHANGES = 90, 400, 6000, 2000
MOST_CLAUSES = 40

# What a clause can be exercised with, and what figures and facts it can carry: the keys stand in clauses for good.
ACTS = {
    "ask_record": N_("Ask for your record"),
    "my_requests": N_("My requests"),
    "record": N_("What we hold about you"),
    "access_log": N_("See who looked at my record"),
    "disclosures": N_("See who received my information"),
    "consents": N_("See and change my consents"),
    "accuracy_notes": N_("Say what is wrong in my record"),
    "complaints": N_("Complain"),
    "representatives": N_("Choose who may act for me"),
    "account": N_("Change how I sign in"),
}
FIGURES = {
    "access_request": N_("How fast we answer requests for a record"),
    "complaint": N_("How fast we answer complaints"),
}
ADDS = {
    "fees": N_("The list of our fees"),
    "grounds": N_("The lawful reasons to hold something back"),
    "ways_to_complain": N_("The offices outside the clinic"),
}
# The places that may stand in the words of a clause, and what fills them.
PLACES = {
    "clinic": N_("the name of the clinic"),
    "phone": N_("the telephone number of the clinic"),
    "contact": N_("the name of the privacy contact"),
    "contact_title": N_("the title of the privacy contact"),
    "contact_phone": N_("the telephone number of the privacy contact"),
    "contact_email": N_("the e-mail address of the privacy contact"),
    "law": N_("the name of the law"),
    "province": N_("the place whose law it is"),
    "access_limit": N_("how long the law gives us to answer a request"),
}
PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Words:
    """A clause in one language: heading, Markdown, and ``how`` the patient exercises it (may be empty)."""

    heading: str = ""
    body: str = ""
    how: str = ""


@dataclass(frozen=True)
class Clause:
    """One promise. ``id`` is its name in addresses, the same from version to version."""

    id: str
    words: Mapping[str, Words]
    act: str = ""
    figure: str = ""
    adds: str = ""

    def told(self, language: str) -> Words:
        """Its words in ``language``; in the first language there is where that one lacks."""
        return self.words.get(language) or self.words.get(SOURCE_LANGUAGE) or next(iter(self.words.values()), Words())


@dataclass(frozen=True)
class Edition:
    """One version of the policy. ``changes`` says in each language what is new in it; by whom, "" when it is ours."""

    number: int
    in_force_from: date
    clauses: tuple[Clause, ...]
    changes: Mapping[str, str] = field(default_factory=dict)
    published_at: datetime | None = None
    published_by: str = ""

    @property
    def digest(self) -> str:
        """A fingerprint of every word in every language."""
        return digest_of([asdict(clause) for clause in self.clauses])

    @property
    def identity(self) -> str:
        """What an acknowledgement is bound to: the number, and the words that stand behind it."""
        return f"{self.number}-{self.digest[:12]}"

    def digest_in(self, language: str) -> str:
        """A fingerprint of the words one person read."""
        return digest_of([(clause.id, asdict(clause.told(language))) for clause in self.clauses])

    def changed(self, language: str) -> str:
        """What is new, in ``language`` where that is known."""
        return self.changes.get(language) or self.changes.get(SOURCE_LANGUAGE) or next(iter(self.changes.values()), "")


def digest_of(values: object) -> str:
    """A fingerprint of plain values, the same on every machine."""
    spelled = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(spelled.encode()).hexdigest()


def to_json(clauses: Sequence[Clause]) -> str:
    """Clauses as they are kept."""
    return json.dumps([asdict(clause) for clause in clauses], ensure_ascii=False)


def from_json(text: str) -> tuple[Clause, ...]:
    return tuple(clause_from(table) for table in json.loads(text))


def clause_from(table: Mapping[str, Any]) -> Clause:
    words = {language: Words(**said) for language, said in table["words"].items()}
    return Clause(table["id"], words, *(table.get(key, "") for key in ("act", "figure", "adds")))


@cache
def shipped() -> Edition:
    """The version the portal comes with: in force until the clinic publishes its own."""
    table = tomllib.loads(files("portal.domain").joinpath("privacy_policy.toml").read_text("utf-8"))
    clauses = tuple(
        clause_from({**each, "words": {name: said for name, said in each.items() if isinstance(said, dict)}})
        for each in table["clauses"]
    )
    stripped = tuple(_stripped(clause) for clause in clauses)
    return Edition(table["number"], table["in_force_from"], stripped, table["changes"])


def _stripped(clause: Clause) -> Clause:
    words = {name: Words(*(part.strip() for part in asdict(said).values())) for name, said in clause.words.items()}
    return Clause(clause.id, words, clause.act, clause.figure, clause.adds)


@dataclass(frozen=True)
class Fault:
    """Why a version cannot be published yet, and which clause to open ("" for the version as a whole)."""

    clause_id: str
    sentence: str


def name_of(language: str) -> str:
    """A language in words, in the language spoken now."""
    return _(LANGUAGES.get(language, language))


def faults(clauses: Sequence[Clause], changes: Mapping[str, str], languages: Sequence[str]) -> Iterator[Fault]:
    """What stands in the way of publishing, clause by clause: nothing may lack in any of the clinic's languages."""
    if not clauses:
        yield Fault("", _("The policy has no clause."))
    for number, clause in enumerate(clauses, 1):
        for language in languages:
            yield from (Fault(clause.id, each) for each in _faults_of(clause, number, language))
    for language in languages:
        if not changes.get(language, "").strip():
            yield Fault("", _("Say what changed in %(language)s. Patients read it first.", language=name_of(language)))


def _faults_of(clause: Clause, number: int, language: str) -> Iterator[str]:
    said = clause.words.get(language, Words())
    place = {"number": number, "language": name_of(language)}
    if not said.heading.strip():
        yield _("Clause %(number)s has no heading in %(language)s.", **place)
    if not said.body.strip():
        yield _("Clause %(number)s has no text in %(language)s.", **place)
    if not said.how.strip() and any(other.how.strip() for other in clause.words.values()):
        yield _("Clause %(number)s says in one language what to do, and does not in %(language)s.", **place)
    for name in PLACE.findall(f"{said.body} {said.how}"):
        if name not in PLACES:
            yield _("Clause %(number)s in %(language)s: nothing fills the place {%(name)s}.", name=name, **place)
