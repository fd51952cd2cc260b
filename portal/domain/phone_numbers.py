"""Whether two telephone or fax numbers ring at the same place, however each was written. Safer is yes.

Source of the lengths: the North American Numbering Plan, ten digits of which the last seven are dialled within an area;
``1`` stands before them from another area, ``011`` or ``00`` from abroad.
"""

import re
import unicodedata

WHOLE, WITHOUT_AREA = 10, 7
EXTENSION = re.compile(r"[^\W\d_]+|[#;,/\n]")  # a word or a mark: an extension follows, or another number
DIALLED_FIRST = re.compile(r"(011|00)?1?")


def digits_before_extension(text: str) -> str:
    """The digits of a number, without its extension."""
    return _digits(EXTENSION.split(text)[0])


def same(one: str, other: str) -> bool:
    """Whether one of the numbers in the first text is one of those in the second.

    Compared are the last ten digits; seven, where one was written without its area code.
    """
    return any(_ends_alike(a, b) for a in _numbers(one) for b in _numbers(other))


def _ends_alike(one: str, other: str) -> bool:
    length = min(len(one), len(other))
    return one[-length:] == other[-length:]


def _numbers(text: str) -> frozenset[str]:
    """Each number of a text; of one that is too long also its first ten digits, for an extension without a mark."""
    found: set[str] = set()
    for digits in filter(None, map(_digits, EXTENSION.split(text))):
        found |= {digits[-WHOLE:], DIALLED_FIRST.sub("", digits, count=1)[:WHOLE]}
    return frozenset(each for each in found if len(each) >= WITHOUT_AREA)


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(sign)) for sign in text if unicodedata.digit(sign, None) is not None)
