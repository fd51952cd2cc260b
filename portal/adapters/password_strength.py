"""How easily a password is guessed, by zxcvbn and the list of common passwords inside its package; no network.

Why so: docs/decisions/0060-passwords-are-judged-by-guessing.md.
"""

from functools import cache

LOOKED_AT = 72  # signs; the library takes no more, and what is strong so far stays strong


def weigh(password: str, known_words: tuple[str, ...] = ()) -> tuple[bool, int]:
    """Whether many people use it, and how hard it is to guess (0 to 4) for whoever knows ``known_words``."""
    from zxcvbn import zxcvbn  # its word lists take a while to read: only where a password is set

    judged = zxcvbn(password[:LOOKED_AT], user_inputs=list(known_words), max_length=LOOKED_AT)
    return password.casefold() in common_passwords(), int(judged["score"])


@cache
def common_passwords() -> frozenset[str]:
    """The 30,000 that are used most, in small letters."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
