"""What a person typed, made plain: composed letters, one kind of line break, and no sign that nobody sees.

Signs that turn the direction of what follows can make a text read as another one, and signs without a shape can make
two texts look alike or an empty one count as words. Sources: Unicode Standard Annex 9 (explicit directional formatting
signs), Technical Reports 36 and 39 (spoofing by direction, signs without a shape), Standard section 5.8 (line breaks).
"""

import re
import unicodedata

# A line ends the same way whatever was pressed: U+2028, U+2029 and the old controls are breaks as well.
BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
ODD_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
JOINERS = "\u200c\u200d"  # Persian, Indian and Sinhala words are spelled with them
# In a long text they may stand: what tells a word's own direction, and where a Khmer or Thai line may break.
MARKS = "\u200b\u200e\u200f\u061c"
# Of the signs that only steer, these are drawn, before or around a number.
DRAWN = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
# Letters and pictures by their kind, and yet without a shape: fillers, and the empty pattern of Braille.
SHAPELESS = "\u115f\u1160\u3164\uffa0\u2800"


def several_lines(text: str) -> str:
    """A text of several lines; empty when no sign of it can be seen.

    What turns, embeds or isolates a direction (U+202A to U+202E, U+2066 to U+2069) is left out even where it is closed
    again: a page sets each text apart by itself, and the words stay.
    """
    return _plain(text, JOINERS + MARKS)


def one_line(text: str) -> str:
    """A text of one line, such as a name: of the signs that only steer, a joiner inside a word alone is kept.

    An odd line break becomes a blank; the usual one stays, for whoever asks for one line to refuse.
    """
    return _plain(ODD_BREAKS.sub(" ", text), "")


def envelope(text: str) -> str:
    """The lines of an address: as ``one_line`` has it, line by line."""
    return _plain(text, "")


def is_seen(text: str) -> bool:
    """Whether any sign of it has a shape; a picture newer than our tables has one."""
    return any(
        (unicodedata.category(sign)[0] in "LNPS" and sign not in SHAPELESS) or 0x1F000 <= ord(sign) < 0x20000
        for sign in text
    )


def _plain(text: str, kept: str) -> str:
    text = CONTROLS.sub("", BREAKS.sub("\n", unicodedata.normalize("NFC", text)))
    if not text.isascii():
        text = "".join(sign for place, sign in enumerate(text) if _stays(text, place, kept))
    return text.strip() if is_seen(text) else ""


def _stays(text: str, place: int, kept: str) -> bool:
    sign = text[place]
    if unicodedata.category(sign) != "Cf" or sign in DRAWN or sign in kept:
        return True
    return sign in JOINERS and _inside_a_word(text, place)


def _inside_a_word(text: str, place: int) -> bool:
    """Between two letters of a script that joins them: never beside a Latin letter, where it only hides."""
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return len(around) == 2 and all(unicodedata.category(sign)[0] in "LM" and ord(sign) >= 0x590 for sign in around)
