"""Words struck out of a text: found however they are written, and taken out whole.

What counts is the words: capital letters, accents, kinds of blanks, dashes and quotes, and signs that are not seen make
no difference. Words taken out by hand are found inside longer words too ("depress" also takes out "depression"), and a
longer word goes as a whole. Taking out a little more than was meant is seen in the preview; leaving something is not.
"""

import unicodedata
from collections.abc import Collection, Iterator, Sequence

MARK = "▇▇▇▇▇"
_GAP = "\n"  # between the parts of one line, such as the cells of a row; no word reaches across
# Signs that show nothing and are not of the category Cf (Unicode: Default_Ignorable_Code_Point).
_UNSEEN = frozenset((0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0)).union(
    range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000)
)


def plain(text: str) -> str:
    """The words of a text alone, in one spelling, with single blanks between them; empty when it has none."""
    return " ".join(text.translate(_SPELLINGS).split())


def stands_in(words: str, texts: Sequence[str], whole: bool = False) -> bool:
    """Whether ``words`` stand in ``texts`` read as one line; ``whole`` asks for whole words."""
    sought = plain(words)
    return bool(sought) and any(True for _span in _places(sought, plain(_GAP.join(texts)), whole))


def blackened(texts: Sequence[str], words: Collection[str], whole: Collection[str] = ()) -> tuple[str, ...]:
    """``texts``, read as one line, without ``words`` wherever they stand and without ``whole`` where they stand whole.

    All places are found in what was there before, so that words which overlap leave nothing of one another.
    """
    line = _GAP.join(texts)
    gone = _gone(line, words, whole)
    left, start = [], 0
    for text in texts:
        left.append(_struck(text, gone[start : start + len(text)]))
        start += len(text) + len(_GAP)
    return tuple(left)


def _gone(line: str, words: Collection[str], whole: Collection[str]) -> bytearray:
    """A flag for each character of ``line``: whether it goes."""
    gone = bytearray(len(line))
    folded, origin = _folded(line)
    for sought, as_whole in [(plain(each), False) for each in words] + [(plain(each), True) for each in whole]:
        for first, last in _places(sought, folded, as_whole) if sought else ():
            start, end = _to_whole_words(line, origin[first], origin[last] + 1)
            gone[start:end] = b"\x01" * (end - start)
    return gone


def _struck(text: str, gone: bytearray) -> str:
    pieces: list[str] = []
    for sign, struck in zip(text, gone, strict=True):
        if not struck:
            pieces.append(sign)
        elif not pieces or pieces[-1] is not MARK:
            pieces.append(MARK)
    return "".join(pieces)


def _places(sought: str, folded: str, whole: bool) -> Iterator[tuple[int, int]]:
    """(first, last) of every place, those that overlap too."""
    start = folded.find(sought)
    while start >= 0:
        end = start + len(sought)
        if not whole or (folded[start - 1 : start] in ("", " ") and folded[end : end + 1] in ("", " ")):
            yield start, end - 1
        start = folded.find(sought, start + 1)


def _to_whole_words(line: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and _is_joined(line[start - 1]):
        start -= 1
    while end < len(line) and _is_joined(line[end]):
        end += 1
    return start, end


def _is_joined(sign: str) -> bool:
    """Whether a sign beside a struck one belongs to the same word. Han, kana and hangul are written without blanks."""
    return _SPELLINGS[ord(sign)] != " " and unicodedata.east_asian_width(sign) not in "WF"


def _folded(text: str) -> tuple[str, list[int]]:
    """The text in one spelling, and for each of its characters the place it came from."""
    signs: list[str] = []
    origin: list[int] = []
    for place, sign in enumerate(text):
        for each in _SPELLINGS[ord(sign)]:
            if each != " " or (signs and signs[-1] != " "):
                signs.append(each)
                origin.append(place)
    return "".join(signs), origin


def _fold(sign: str) -> str:
    """A character in one spelling: nothing for what is not seen, a blank for what parts words."""
    if unicodedata.category(sign) == "Cf" or ord(sign) in _UNSEEN:
        return ""
    spelt = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
    return "".join(_kind(each) for each in spelt if not unicodedata.combining(each))


def _kind(sign: str) -> str:
    return sign if sign.isalnum() or unicodedata.category(sign) in ("Mc", "Mn", "Me") else " "


class _Spellings(dict[int, str]):
    """Every character's one spelling, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = spelling = _fold(chr(code))
        return spelling


_SPELLINGS = _Spellings()
