"""Names in any script: how they are compared when somebody looks for one, and in which order a list has them.

Nothing here changes a name: it is kept and printed as it was written. Two keys stand beside it as bytes, which every
database compares alike: the words it is found by, and what it is sorted by (decision 0078).
"""

import unicodedata
from collections.abc import Iterator
from functools import cache

# Letters that Unicode does not take apart, as people type them whose keyboard lacks them.
LATIN = {
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "ħ": "h",
    "ŧ": "t",
    "ŋ": "n",
    "ı": "i",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ə": "e",
    "ǝ": "e",
    "ɛ": "e",
    "ɔ": "o",
    "ɬ": "l",
    "ƛ": "l",
    "ɓ": "b",
    "ɗ": "d",
    "ƙ": "k",
    "ƴ": "y",
    "ʔ": "",
    "ʕ": "",
    "ɂ": "",
}
# Arabic letters as Persian and Urdu keyboards have them, the stretching sign; Hebrew letters at the end of a word.
OTHERS = {
    "ک": "ك",
    "ڪ": "ك",
    "ی": "ي",
    "ى": "ي",
    "ے": "ي",
    "ہ": "ه",
    "ھ": "ه",
    "ە": "ه",
    "ة": "ه",
    "ـ": "",
    "ך": "כ",
    "ם": "מ",
    "ן": "נ",
    "ף": "פ",
    "ץ": "צ",
}
KATAKANA = {chr(sign): chr(sign - 0x60) for sign in range(0x30A1, 0x30F7)}
PLAIN = str.maketrans(LATIN | OTHERS | KATAKANA)
# Letters that stand in their alphabet right behind another one, though not in the order of their code points.
BEHIND = {
    "й": ("и", 1),
    "і": ("и", 2),
    "ј": ("и", 3),
    "є": ("е", 1),
    "ґ": ("г", 1),
    "ђ": ("д", 1),
    "љ": ("л", 1),
    "њ": ("н", 1),
    "ћ": ("т", 1),
    "џ": ("ц", 1),
    "پ": ("ب", 1),
    "ٹ": ("ت", 1),
    "چ": ("ج", 1),
    "ڈ": ("د", 1),
    "ڑ": ("ر", 1),
    "ژ": ("ز", 1),
    "گ": ("ك", 1),
    "ں": ("ن", 1),
}
THAI_BEFORE = "เแโใไ"  # vowels that are written before the consonant they follow
ACCENTS = ((1, 1), (10, 35), (200, 255))  # classes of combining marks; those that tell letters apart stay
APOSTROPHES = "'’‘ʼ`´ʻˈ＇"
LONGEST_WORD, LONGEST_LEVEL = 120, 300
CJK = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")
END = b"\xff"  # no text in UTF-8 has this byte


def fold(text: str) -> str:
    """The text without case, accents and ways of writing the same letter: what is alike in this is found alike."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(sign for sign in apart if not _is_dropped(sign))
    return unicodedata.normalize("NFC", bare.translate(PLAIN))


def words_of(given: str, family: str) -> frozenset[bytes]:
    """Every word by whose beginning this person is found."""
    found = {word for name in (given, family) for word in _with_parts(name)}
    joined = [fold(name).replace(" ", "") for name in (family, given)]
    if all(joined) and all(_is_cjk(sign) for sign in "".join(joined)):
        found |= {"".join(joined), "".join(reversed(joined))}  # written without a blank, either name first
    return frozenset(word[:LONGEST_WORD].encode() for word in found)


def asked_for(text: str) -> list[tuple[bytes, bytes]]:
    """What somebody typed to find a person: for each word the range (from, before) that words beginning so lie in."""
    words = [word[:LONGEST_WORD].encode() for word in _words(fold(_without_apostrophes(text)))]
    return [(word, word + END) for word in words]


def sort_key(given: str, family: str) -> bytes:
    """Bytes whose order is the order of names in a list: by family name, then given name, letter by letter.

    Letters are weighed without accents and case first; those decide only between names that are alike else. Scripts
    follow one another as in Unicode: Latin, Greek, Cyrillic, and on to Chinese.
    """
    first = b"\x00\x00\x00\x00".join(_weights(name) for name in (family, given))
    second = unicodedata.normalize("NFC", f"{family}\x00{given}")
    return first + b"\x00\x00\x00\x00" + second.casefold().encode()[:LONGEST_LEVEL] + second.encode()[:LONGEST_LEVEL]


def _weights(name: str) -> bytes:
    shown = _thai_in_order(_without_apostrophes(unicodedata.normalize("NFC", name).casefold()))
    found = [weight for sign in shown for weight in _weight(sign)]
    if not found:  # nothing but pictures and signs: behind all letters
        found = [(0x110000 + ord(sign)) * 16 for sign in name]
    return b"".join(weight.to_bytes(4, "big") for weight in found[:LONGEST_LEVEL])


@cache
def _weight(sign: str) -> tuple[int, ...]:
    if sign in BEHIND:
        letter, place = BEHIND[sign]
        return (ord(letter) * 16 + place,)
    if sign.isspace() or unicodedata.category(sign) == "Pd":
        return (1,)
    letters = unicodedata.normalize("NFKD", fold(sign))  # Korean letter by letter, so that it comes before Japanese
    return tuple(_ordinal(each) for each in letters if unicodedata.category(each)[0] in "LNM")


def _ordinal(letter: str) -> int:
    behind, place = BEHIND.get(letter, (letter, 0))
    return ord(behind) * 16 + place


def _thai_in_order(text: str) -> str:
    signs = list(text)
    for place, sign in enumerate(signs[:-1]):
        if sign in THAI_BEFORE and signs[place + 1] not in THAI_BEFORE:
            signs[place], signs[place + 1] = signs[place + 1], sign
    return "".join(signs)


def _with_parts(name: str) -> Iterator[str]:
    """The words of a name; one with an apostrophe also by what stands behind it."""
    yield from _words(fold(_without_apostrophes(name)))
    for sign in APOSTROPHES:
        if sign in name:
            yield from _words(fold(name.replace(sign, " ")))


def _without_apostrophes(text: str) -> str:
    return "".join(sign for sign in text if sign not in APOSTROPHES)


def _words(folded: str) -> list[str]:
    """Letters, numbers and pictures that stand together; blanks, hyphens and all other signs are between words."""
    kept = "".join(" " if unicodedata.category(sign)[0] in "ZPC" else sign for sign in folded)
    return kept.split()


@cache
def _is_dropped(sign: str) -> bool:
    """Accents, letters written small beside others, joiners, and what only colours a picture."""
    if 0x2B0 <= ord(sign) <= 0x2FF or 0xFE00 <= ord(sign) <= 0xFE0F:
        return True
    kind, above = unicodedata.category(sign), unicodedata.combining(sign)
    return kind in ("Cf", "Sk") or any(first <= above <= last for first, last in ACCENTS)


@cache
def _is_cjk(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(CJK)
