"""The code of a letter by which a patient sets up her sign-in, and the facts on file that she gives with it.

Twenty-three signs, without any two that are easily taken for each other. Fifteen are drawn (67 bits); the last is a
check, a weighted sum modulo 23, a prime, with weights that all differ: any one wrong sign and any two neighbours
exchanged are found before the code is looked for.
"""

import hmac
import re
import secrets
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from portal.domain.errors import Invalid
from portal.domain.words import _

ALPHABET = "23456789ACEFHJKMNPRTVWX"
DRAWN, GROUP = 15, 4
READ_AS = str.maketrans({"S": "5", "Z": "2", "B": "8", "G": "6", "Y": "V", "U": "V"})


@dataclass(frozen=True)
class Fact:
    """One more fact on file: where it stands (``column``), how it is found there, and how the letter asks for it."""

    id: str
    column: str
    pattern: re.Pattern[str]
    title: str
    asked_for: str

    def of(self, patient: Any) -> str:
        """What the patient's file says, reduced to what is compared; empty when it says nothing."""
        found = self.pattern.search(getattr(patient, self.column) or "")
        return bare(found.group()) if found else ""


@dataclass(frozen=True)
class InvitationRules:
    lasts: timedelta
    tries: int
    facts: tuple[Fact, ...]

    def fact(self, fact_id: str) -> Fact:
        return next(fact for fact in self.facts if fact.id == fact_id)

    def fact_on_file(self, patient: Any) -> Fact | None:
        """The first fact that this patient's file has; None when it has none."""
        return next((fact for fact in self.facts if fact.of(patient)), None)


@cache
def rules() -> InvitationRules:
    """What the data file says."""
    table = tomllib.loads(files("portal.domain").joinpath("patient_invitations.toml").read_text("utf-8"))
    facts = (
        Fact(each["id"], each["column"], re.compile(each["pattern"]), each["title"], each["asked_for"])
        for each in table["facts"]
    )
    return InvitationRules(timedelta(days=table["days"]), table["tries"], tuple(facts))


def new_code() -> str:
    """A code nobody can guess, in groups as it is printed: ``7KQ4-M9XA-…``."""
    drawn = "".join(secrets.choice(ALPHABET) for _place in range(DRAWN))
    return printed(drawn + check_sign(drawn))


def check_sign(drawn: str) -> str:
    """The sign that belongs behind the others."""
    total = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(drawn, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def printed(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read_code(typed: str) -> str:
    """The code as it is kept track of, from what a person typed: case, blanks and hyphens do not matter.

    Raises Invalid, before anything is looked for, when it is no code or a sign of it does not fit the others.
    """
    code = bare(typed).translate(READ_AS)
    if len(code) != DRAWN + 1:
        raise Invalid(_("The code has %(n)s letters and digits. Copy all of it from the letter.", n=DRAWN + 1), "code")
    if any(sign not in ALPHABET for sign in code) or check_sign(code[:-1]) != code[-1]:
        raise Invalid(_("One sign of this code does not fit the others. Check it against the letter."), "code")
    return code


def bare(text: str) -> str:
    """Letters and digits only, in capitals."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def fits(patient: Any, fact_id: str, birth_date: date, answer: str) -> bool:
    """Whether both facts are those on file. The same work is done whatever is wrong."""
    on_file = rules().fact(fact_id).of(patient)
    born = hmac.compare_digest(patient.birth_date.isoformat().encode(), birth_date.isoformat().encode())
    told = hmac.compare_digest(on_file.encode(), bare(answer).encode())
    return born and told and bool(on_file)
