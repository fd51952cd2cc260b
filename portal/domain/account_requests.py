"""Requests for an account: what is asked, how somebody shows who she is, and the reasons there are for a no."""

import re
import tomllib
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from portal.domain.errors import Invalid
from portal.domain.words import N_, _

OLDEST = 130


class Proof(StrEnum):
    """How somebody wants to show who she is."""

    COUNTER = "counter"
    CALL_BACK = "call_back"
    DOCUMENTS = "documents"


PROOF_NAMES = {
    Proof.COUNTER: N_("Come to the counter"),
    Proof.CALL_BACK: N_("Be called back"),
    Proof.DOCUMENTS: N_("Send a copy of an identity paper"),
}
# What settles a request: the ways of an identity check that fit one.
METHODS = ("photo_id", "call_back", "documents")


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Wanted:
    """What somebody wrote who asks for an account."""

    given_name: str
    family_name: str
    birth_date: date
    email: str = ""
    phone: str = ""
    number: str = ""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def to_json(self) -> dict[str, str]:
        return {**asdict(self), "birth_date": self.birth_date.isoformat()}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Wanted":
        known = {field.name: value.get(field.name, "") for field in fields(cls)}
        return cls(**{**known, "birth_date": date.fromisoformat(known["birth_date"])})


@dataclass(frozen=True)
class Named:
    """An entry of the data file. ``words`` is the sentence the reader is told, for a reason."""

    id: str
    title: str
    words: str = ""


@dataclass(frozen=True)
class RequestRules:
    kept_after_seen: timedelta
    kept_unseen: timedelta
    kinds: tuple[Named, ...]
    reasons: tuple[Named, ...]

    def kind(self, kind_id: str) -> str:
        return next((each.title for each in self.kinds if each.id == kind_id), self.kinds[-1].title)

    def reason(self, reason_id: str) -> Named:
        """Raises Invalid for one there is not."""
        reason = next((each for each in self.reasons if each.id == reason_id), None)
        if reason is None:
            raise Invalid(_("Choose why the request cannot be accepted."), "reason")
        return reason


@cache
def rules() -> RequestRules:
    """What the data file says."""
    table = tomllib.loads(files("portal.domain").joinpath("account_requests.toml").read_text("utf-8"))
    papers = table["papers"]
    return RequestRules(
        kept_after_seen=timedelta(days=papers["days_after_seen"]),
        kept_unseen=timedelta(days=papers["days_unseen"]),
        kinds=tuple(Named(**each) for each in table["kinds"]),
        reasons=tuple(Named(**each) for each in table["reasons"]),
    )


def check(wanted: Wanted, proof: Proof, with_paper: bool, today: date) -> None:
    """Raises Invalid for what cannot be, or does not suffice to answer her."""
    if wanted.birth_date > today or today.year - wanted.birth_date.year > OLDEST:
        raise Invalid(_("This birth date cannot be. Check the year."), "birth_date")
    if not wanted.email and not wanted.phone:
        raise Invalid(_("Give an e-mail address or a telephone number, so that we can answer you."), "phone")
    if wanted.phone and len(digits(wanted.phone)) < 7:
        raise Invalid(_("Write the telephone number with its area code."), "phone")
    if proof is Proof.DOCUMENTS and not with_paper:
        raise Invalid(_("Choose the picture or PDF of your identity paper."), "paper")


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


# How much each fact that agrees says about whose file it is.
AGREEING = {
    "number": N_("patient number"),
    "birth_date": N_("birth date"),
    "family_name": N_("family name"),
    "given_name": N_("given name"),
    "phone": N_("telephone"),
    "email": N_("e-mail"),
}
WEIGHTS = {"number": 4, "birth_date": 3, "family_name": 2, "given_name": 1, "phone": 2, "email": 2}
LEAST_WEIGHT = 3
