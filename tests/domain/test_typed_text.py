"""What is typed is kept as it can be read: no sign that turns the direction, none that nobody sees."""

import pytest

from portal.domain import typed_text

ALL = (typed_text.several_lines, typed_text.one_line, typed_text.envelope)
LONG, LINE, PLACE = ALL


@pytest.mark.parametrize(
    "typed", ["", " \n\t", "\u200b\u2060", "\ufeff", "\u3164\u115f", "\u2800", "\u0301", "\u200e\u200f"]
)
def test_a_text_without_a_visible_sign_is_empty(typed: str) -> None:
    assert [read(typed) for read in ALL] == ["", "", ""]


@pytest.mark.parametrize(
    "sign", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", *"\u00ad\u2060\ufeff\U000e0041"]
)
def test_what_turns_or_hides_is_left_out_everywhere(sign: str) -> None:
    assert [read(f"77 Safe{sign} Lane") for read in ALL] == ["77 Safe Lane"] * 3


@pytest.mark.parametrize(
    ("typed", "long", "line"),
    [
        ("می\u200cخواهم", "می\u200cخواهم", "می\u200cخواهم"),  # a Persian word is spelled with it
        ("ශ්\u200dරී", "ශ්\u200dරී", "ශ්\u200dරී"),
        ("Co\u200dra", "Co\u200dra", "Cora"),  # in a name of Latin letters it only hides
        ("\u200fשלום!\u200f", "\u200fשלום!\u200f", "שלום!"),
        ("ខ្ញុំ\u200bចង់", "ខ្ញុំ\u200bចង់", "ខ្ញុំចង់"),
        ("\u06dd12", "\u06dd12", "\u06dd12"),  # only steers by its kind, and is drawn
        ("a\u2028b\u2029c\x85d", "a\nb\nc\nd", "a b c d"),
        ("a\r\nb\rc", "a\nb\nc", "a\nb\nc"),
        ("a\x00b\x1b", "ab", "ab"),
        ("e\u0301", "é", "é"),
        ("🩺", "🩺", "🩺"),
    ],
)
def test_what_words_are_spelled_with_stays(typed: str, long: str, line: str) -> None:
    assert (LONG(typed), LINE(typed)) == (long, line)


def test_an_address_has_the_lines_that_its_reader_sees() -> None:
    assert PLACE("77 Safe\u202e Lane\u2028Lady\u200bsmith\u200f") == "77 Safe Lane\nLadysmith"
