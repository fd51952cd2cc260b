"""Why a file may be opened without an open request: the reasons to choose from, and how long one is good for."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

from portal.domain.errors import Invalid
from portal.domain.words import _

SHORTEST, LONGEST = 10, 500


@dataclass(frozen=True)
class Reason:
    """``title`` is what is chosen, ``plain_words`` what the patient reads; ``own_words`` must be added to some."""

    id: str
    title: str
    plain_words: str
    own_words: bool = False


@dataclass(frozen=True)
class FileRules:
    lasts: timedelta
    reasons: tuple[Reason, ...]


@cache
def rules() -> FileRules:
    """What the data file says."""
    table = tomllib.loads(files("portal.domain").joinpath("file_reasons.toml").read_text("utf-8"))
    return FileRules(
        lasts=timedelta(minutes=table["lasts_minutes"]), reasons=tuple(Reason(**each) for each in table["reasons"])
    )


def check(reason_id: str, words: str) -> Reason:
    """The reason chosen. Raises Invalid for one there is not, or without the words it needs."""
    reason = next((each for each in rules().reasons if each.id == reason_id), None)
    if reason is None:
        raise Invalid(_("Choose why you open this file."), "reason")
    if reason.own_words and len(words) < SHORTEST:
        raise Invalid(_("Write in a few words why you open this file. The patient reads it."), "words")
    if len(words) > LONGEST:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST), "words")
    return reason


def in_words(reason_id: str, words: str) -> str:
    """The reason as the patient reads it."""
    plain = next((_(each.plain_words) for each in rules().reasons if each.id == reason_id), "")
    return " ".join(part for part in (plain, _("“%(words)s”", words=words) if words else "") if part)
