"""Telling facts from a test said again: which words of a text are its author's own.

An order that reviewed a refusal gave little weight to a sworn statement that repeated the law's criteria; the facts
carried the day. So a reason is measured by the distinct words it has beyond the test itself, common ways to say the
test again, and words that claim without telling anything.
"""

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from portal.domain.jurisdictions import Ground
from portal.domain.words import _

WORD = re.compile(r"[^\W_]+")
SHORTEST_STEM = 4
SHORTEST_SENTENCE = 3


def own_words(text: str, ground: Ground) -> frozenset[str]:
    """The distinct words of ``text``, cut to their stems, that are the author's own, not the law's or mere claims."""
    return _stems(text) - _vocabulary(ground.test, _(ground.test), *sorted(ground.restating))


def says_of_all(text: str) -> bool:
    """Whether a sentence says something of all of an entry: "It is all about him." """
    words = [_plain(word) for word in WORD.findall(text)]
    return len(words) >= SHORTEST_SENTENCE and not _WHOLLY.isdisjoint(words)


def telling_words(text: str) -> tuple[str, ...]:
    """The words of ``text`` that say something by themselves, cut to their stems, as they follow one another."""
    words = (_plain(word) for word in WORD.findall(text))
    return tuple(_stem(word) for word in words if word not in _FUNCTION and (len(word) > 1 or word.isdigit()))


def _stems(text: str) -> frozenset[str]:
    return frozenset(telling_words(text))


@cache
def _vocabulary(*texts: str) -> frozenset[str]:
    stems = _stems(_CLAIMS)
    return stems.union(*(_stems(text) for text in texts))


def _plain(word: str) -> str:
    """Lower case and without accents, so that a slip in either changes nothing."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


def _stem(word: str) -> str:
    """The word without its endings, as long as something of it is left: "threatening" and "threatens" are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return _stem(word[: -len(ending)])
    return word


_LISTS = tomllib.loads(files("portal.domain").joinpath("restating.toml").read_text(encoding="utf-8"))
_ENDINGS = tuple(_LISTS["endings"])
_FUNCTION = frozenset(_plain(word) for word in _LISTS["function"])
_WHOLLY = frozenset(_plain(word) for word in _LISTS["wholly"])
_CLAIMS = " ".join(_LISTS["claims"])
