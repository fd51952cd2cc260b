"""What may be a password: how long, how hard to guess, and what it may not say. Nothing about which signs it has.

Source: security.md V6 (6.1.2, 6.2.1 to 6.2.12).
"""

from collections.abc import Callable, Iterable

from portal.domain.errors import Invalid
from portal.domain.words import _

SHORTEST = {True: 15, False: 12}  # those who work at the clinic, patients
LONGEST_BYTES = 4096
LEAST_SCORE = 3  # of 0 to 4: hundreds of millions of guesses
TELLING = 4  # letters: a shorter part of a name stands in too many words

Weigh = Callable[[str, tuple[str, ...]], tuple[bool, int]]


def check(password: str, staff: bool, own: Iterable[str], clinic: Iterable[str], weigh: Weigh) -> None:
    """Raises Invalid with one sentence when this may not be the password of such a person.

    ``own`` are the words of her own name and address, ``clinic`` those everybody here knows. ``weigh`` says whether a
    password is a common one, and how hard it is to guess (0 to 4) for whoever knows these words.
    """
    if len(password) < SHORTEST[staff]:
        raise _no(_("Use at least %(n)s characters. A few words in a row are easy to remember.", n=SHORTEST[staff]))
    if len(password.encode("utf-8", "surrogatepass")) > LONGEST_BYTES:
        raise _no(_("This password is too long. Use at most %(n)s characters.", n=LONGEST_BYTES))
    hers, ours = tuple(own), tuple(clinic)
    if _says(password, hers):
        raise _no(_("Do not use your own name or e-mail address in the password."))
    if _says(password, ours):
        raise _no(_("Do not use the name of the clinic, of its town or of its physicians in the password."))
    common, score = weigh(password, (*hers, *ours))
    if common:
        raise _no(_("Many people use this password, so it is the first that is tried. Choose another one."))
    if score < LEAST_SCORE:
        raise _no(_("This password is easy to guess. Use a few words in a row that do not belong together."))


def _says(password: str, words: Iterable[str]) -> bool:
    said = password.casefold()
    return any(len(word) >= TELLING and word.casefold() in said for word in words)


def _no(sentence: str) -> Invalid:
    return Invalid(sentence, "password")
