"""What everybody who works at the clinic stands by, in which version, and how often it is asked again."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Document(StrEnum):
    """The texts that are shown; both are acknowledged with one button."""

    CONFIDENTIALITY = "confidentiality"
    POLICY = "policy"


@dataclass(frozen=True)
class Undertakings:
    """``promises`` are the sentences of the undertaking; the policy stood by is the one in force."""

    every: timedelta
    versions: dict[Document, str]
    titles: dict[Document, str]
    opening: str
    promises: tuple[str, ...]


@cache
def current() -> Undertakings:
    """What the data file says."""
    table = tomllib.loads(files("portal.domain").joinpath("undertakings.toml").read_text("utf-8"))
    return Undertakings(
        every=timedelta(days=table["every_days"]),
        versions={each: table[each]["version"] for each in Document if "version" in table[each]},
        titles={each: table[each]["title"] for each in Document},
        opening=table[Document.CONFIDENTIALITY]["opening"],
        promises=tuple(table[Document.CONFIDENTIALITY]["promises"]),
    )
