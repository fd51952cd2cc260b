"""Every word a person reads, through gettext: one mechanism for pages, letters, e-mails and rules.

``_("We are waiting for %(name)s.", name=...)`` translates a whole sentence with named places in the language that
``speaking`` has set for this thread of work. The message is always a constant: user text only ever fills a place.
``N_`` marks a message that is translated later, where it is shown.
"""

import gettext as _gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

CATALOGUES = Path(__file__).resolve().parents[2] / "locales"
SOURCE_LANGUAGE = "en"

_language: ContextVar[str] = ContextVar("language", default=SOURCE_LANGUAGE)


@cache
def catalogue(language: str) -> _gettext.NullTranslations:
    """The translations into ``language`` (such as ``fr_CA``); the source text where there are none."""
    if language == SOURCE_LANGUAGE:
        return _gettext.NullTranslations()
    return _gettext.translation("messages", CATALOGUES, languages=[language], fallback=True)


def language() -> str:
    """The language spoken now."""
    return _language.get()


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Speak ``name`` inside the block."""
    token = _language.set(name)
    try:
        yield
    finally:
        _language.reset(token)


def _(message: str, **places: object) -> str:
    text = catalogue(_language.get()).gettext(message) if message else ""  # gettext's "" is the catalogue's own head
    return text % places if places else text


def ngettext(one: str, many: str, n: int, **places: object) -> str:
    """The sentence for ``n`` things; ``%(n)s`` is always a place in it."""
    return catalogue(_language.get()).ngettext(one, many, n) % {"n": n, **places}


def N_(message: str) -> str:
    return message
