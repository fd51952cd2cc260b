"""What is not ours among the papers that came in: the reasons to choose from, and how long such a paper lies aside."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from portal.domain.errors import Invalid
from portal.domain.words import _

SHORTEST, LONGEST = 10, 500


@dataclass(frozen=True)
class Reason:
    """Why a paper is not ours; ``title`` is what is chosen."""

    id: str
    title: str


@dataclass(frozen=True)
class AsideRules:
    """``kept_days`` is for how many days a paper lies aside before its scan is destroyed."""

    kept_days: int
    reasons: tuple[Reason, ...]

    def until(self, aside_on: date) -> date:
        """The last day on which a paper that was put aside can be brought back."""
        return aside_on + timedelta(days=self.kept_days)


@cache
def rules() -> AsideRules:
    """What the data file says."""
    table = tomllib.loads(files("portal.domain").joinpath("incoming_papers.toml").read_text("utf-8"))
    return AsideRules(table["kept_days"], tuple(Reason(**each) for each in table["reasons"]))


def find_reason(wanted: str) -> Reason | None:
    return next((each for each in rules().reasons if each.id == wanted), None)


def check(reason: str, words: str) -> None:
    """Raises Invalid for a reason there is not, or without words by which somebody else can judge."""
    if find_reason(reason) is None:
        raise Invalid(_("Choose why it is not for us."), "reason")
    if len(words.strip()) < SHORTEST:
        raise Invalid(_("Write what you saw on the paper, so that somebody else can judge."), "words")
    if len(words) > LONGEST:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST), "words")
