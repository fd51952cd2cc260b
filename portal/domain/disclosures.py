"""The register of disclosures: what an entry says, and what must be so before one is made.

Source: law.md sections 10 and 19 (line 32); PIPA s.23(1)(c): the names of everybody who received something.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from portal.domain import purposes
from portal.domain.consents import Answer
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import Profile
from portal.domain.jurisdictions.consent_rules import Lawful
from portal.domain.jurisdictions.disclosure_rules import HoldingBack
from portal.domain.record_items import Category
from portal.domain.words import N_, _

LONGEST_WORDS = 1000


class Basis(StrEnum):
    """Why the clinic could give something; ``NOTED`` is what was written down without our check."""

    CARE = "care"
    CONSENT = "consent"
    LAW = "law"
    NOTED = "noted"


BASIS_NAMES = {
    Basis.CARE: N_("for care"),
    Basis.CONSENT: N_("with consent"),
    Basis.LAW: N_("by law, without consent"),
    Basis.NOTED: N_("noted afterwards"),
}


class How(StrEnum):
    """The way something went out."""

    FAX = "fax"
    POST = "post"
    COURIER = "courier"
    SECURE = "secure"
    ELECTRONIC = "electronic"
    BY_HAND = "by_hand"
    TELEPHONE = "telephone"
    SHOWN = "shown"


HOW_NAMES = {
    How.FAX: N_("Fax"),
    How.POST: N_("Post"),
    How.COURIER: N_("Courier"),
    How.SECURE: N_("Secure web form or mailbox"),
    How.ELECTRONIC: N_("From our system to theirs"),
    How.BY_HAND: N_("Handed over"),
    How.TELEPHONE: N_("By telephone or in person, in words"),
    How.SHOWN: N_("Shown, not given"),
}

# The ways in which papers go, and those of an answer, which may be spoken.
OF_PAPERS = tuple(each for each in How if each not in (How.TELEPHONE, How.SHOWN))
OF_ANSWERS = (*OF_PAPERS, How.TELEPHONE)


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to give to somebody outside the clinic.

    ``purpose`` is a purpose or a case the law names; ``why`` and ``what`` are words the patient reads. ``note`` says,
    where the law is the basis, what was so. ``shown_from`` is the day from which the patient is told, ``kept_for`` why
    not at once.
    """

    purpose: str
    recipient_id: UUID
    categories: tuple[Category, ...]
    what: str
    why: str
    how: How
    note: str = ""
    shown_from: date | None = None
    kept_for: str = ""

    def to_json(self) -> dict[str, Any]:
        plain = asdict(self) | {"recipient_id": str(self.recipient_id), "categories": list(self.categories)}
        return plain | {"shown_from": self.shown_from.isoformat() if self.shown_from else None}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "Wanted":
        day = facts["shown_from"]
        return cls(
            **{key: facts[key] for key in ("purpose", "what", "why", "note", "kept_for")},
            recipient_id=UUID(facts["recipient_id"]),
            categories=tuple(Category(each) for each in facts["categories"]),
            how=How(facts["how"]),
            shown_from=date.fromisoformat(day) if day else None,
        )


@dataclass(frozen=True)
class Terms:
    """What a disclosure rests on and therefore needs.

    ``proof`` is that whoever does it shows once more who she is; ``contact`` that the privacy contact is one of two.
    """

    basis: Basis
    law: Lawful | None = None
    two_people: bool = False
    contact: bool = False
    held: HoldingBack | None = None

    @property
    def proof(self) -> bool:
        """Everything outside the circle of care is proven for."""
        return self.basis != Basis.CARE

    @property
    def provision(self) -> str:
        return self.law.provision if self.law else ""

    @property
    def hers_alone(self) -> bool:
        return self.held is not None and self.held.hers_alone


def terms(profile: Profile, wanted: Wanted, today: date) -> Terms:
    """What this disclosure needs under the profile. Raises Invalid when its note or its day is missing or wrong."""
    law = profile.consents.lawful_row(wanted.purpose)
    held = profile.disclosures.check_held_back(wanted.purpose, wanted.kept_for, wanted.shown_from, today)
    if law is None:
        implied = purposes.find(wanted.purpose).implied
        return Terms(Basis.CARE if implied else Basis.CONSENT)
    safeguard = profile.disclosures.safeguard(law.id)
    if safeguard is not None and safeguard.note:
        missing = _("Say in your own words what was so: %(condition)s", condition=_(law.condition))
        check_words(wanted.note, missing, "note")
    two_people = law.by_contact or (safeguard is not None and safeguard.two_people)
    return Terms(Basis.LAW, law, two_people, law.by_contact, held)


def allowed(answer: Answer, needs: Terms) -> bool:
    """Whether the answer lets it go out; where the privacy contact decides, a no that names its provision does too."""
    return answer.yes or (needs.contact and bool(answer.provision))


def check(wanted: Wanted) -> None:
    """Raise Invalid unless the patient could read from it what was given, and why."""
    if not wanted.categories:
        raise Invalid(_("Choose what kinds of information it is."), "categories")
    for field, sentence in (
        ("what", N_("Say what is given, so that the patient knows it: a letter, a result, which days.")),
        ("why", N_("Say what it is for, so that the patient knows it.")),
    ):
        check_words(getattr(wanted, field), _(sentence), field)
    if len(wanted.note) > LONGEST_WORDS:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST_WORDS), "note")


def check_words(words: str, missing: str, field: str) -> None:
    if not words.strip():
        raise Invalid(missing, field)
    if len(words) > LONGEST_WORDS:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST_WORDS), field)
