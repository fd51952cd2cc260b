"""What is severed is gone: from the passage, from wherever else in the entry it is said again, from the title."""

import json
import unicodedata
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.blackening import blackened, plain, stands_in
from portal.domain.errors import Invalid
from portal.domain.record_items import Block, Enclosure, Field, Paragraph, Severed, Table, Unshown, block_to_json
from portal.domain.severing import (
    MARK,
    MOST_QUOTES,
    TITLE,
    check,
    check_explanation,
    check_explanation_of_withheld,
    passages,
    sever,
    severable,
    title_left,
)

WHY = "§"
NOTE = Severed(WHY)
CALL = (
    Field("Caller", "Samira Haddad"),
    Paragraph("Her sister rang. SAMIRA  HADDAD said that Ben drinks; samira haddad asked us not to say so."),
    Table(("What", "Who"), (("Call", "Samira Haddad"), ("Visit", "Amina Haddad"))),
    Enclosure("f1", "Note of Samira Haddad.pdf", "application/pdf"),
)


def words_of(blocks: tuple[Block, ...]) -> str:
    return json.dumps([block_to_json(block) for block in blocks], ensure_ascii=False)


# Marked passages


def test_every_block_and_every_row_of_a_table_can_be_marked() -> None:
    assert [(p.id, p.text) for p in passages(CALL)] == [
        ("b0", "Caller: Samira Haddad"),
        ("b1", CALL[1].text),  # type: ignore[union-attr]
        ("b2r0", "Call · Samira Haddad"),
        ("b2r1", "Visit · Amina Haddad"),
        ("b3", "The file “Note of Samira Haddad.pdf”"),
    ]


def test_a_marked_passage_gives_way_to_a_note_that_says_why() -> None:
    blocks = (Field("Pulse", "72"), Paragraph("Her mother has epilepsy."), Field("Weight", "61 kg"))
    assert sever(blocks, ["b1"], [], WHY) == (blocks[0], NOTE, blocks[2])


def test_a_marked_row_leaves_the_rest_of_its_table() -> None:
    table = Table(("Test", "Result"), (("HIV", "positive"), ("Glucose", "5.1")))
    assert sever((table,), ["b0r0"], [], WHY) == (Table(table.head, (("Glucose", "5.1"),)), NOTE)


def test_a_table_without_rows_left_is_not_shown_empty() -> None:
    table = Table(("Test", "Result"), (("HIV", "positive"), ("CD4", "200")))
    assert sever((table,), ["b0r0", "b0r1"], [], WHY) == (NOTE,)


def test_passages_in_a_row_leave_one_note() -> None:
    blocks = (Paragraph("One thing"), Paragraph("Another thing"), Paragraph("What stays"), Paragraph("A third thing"))
    assert sever(blocks, ["b0", "b1", "b3"], [], WHY) == (NOTE, blocks[2], NOTE)


def test_what_a_marked_passage_says_goes_wherever_the_entry_says_it_again() -> None:
    left = sever(CALL, ["b0"], [], WHY)
    assert "samira" not in words_of(left).casefold()
    assert "Amina Haddad" in words_of(left)


def test_a_short_value_is_not_hunted_through_the_entry() -> None:
    blocks = (Field("Smokes", "Yes"), Paragraph("Yes, she takes her tablets."))
    assert sever(blocks, ["b0"], [], WHY) == (NOTE, blocks[1])


def test_a_marked_value_is_looked_for_as_whole_words_only() -> None:
    blocks = (Field("Name", "Anna"), Paragraph("The annals of Anna and Annabel."))
    assert sever(blocks, ["b0"], [], WHY)[1] == Paragraph(f"The annals of {MARK} and Annabel.")


def test_a_file_that_is_marked_goes_wherever_it_is_enclosed() -> None:
    blocks = (Enclosure("f1", "Scan.pdf", "application/pdf"), Enclosure("f1", "Copy.pdf", "application/pdf"))
    assert sever(blocks, ["b0"], [], WHY) == (NOTE,)


# Words


def test_words_go_from_every_block_cell_label_head_and_file_name() -> None:
    blocks = (
        Field("Sister Rosa", "as Rosa said"),
        Paragraph("Rosa."),
        Table(("Rosa's test", "Result"), (("x", "Rosa"), ("y", "z"))),
        Enclosure("f1", "Rosa.pdf", "application/pdf"),
    )
    left = sever(blocks, [], ["Rosa"], WHY)
    assert "rosa" not in words_of(left).casefold()
    assert sum(block == NOTE for block in left) == 4


@pytest.mark.parametrize(
    ("written", "quote"),
    [
        ("SAMIRA haddad", "Samira Haddad"),
        ("Samira\n  Haddad", "Samira Haddad"),
        ("Samira\u00a0Haddad", "Samira Haddad"),
        ("Samira-Haddad", "samira haddad"),
        ("Sami\u00adra Had\u200bdad", "Samira Haddad"),
        ("Sami\u034fra Had\ufe0fdad", "Samira Haddad"),
        ("Sami\u3164ra Had\U000e0100dad", "Samira Haddad"),
        ("Samíra Haddad", "samira haddad"),
        (unicodedata.normalize("NFD", "Chloé"), "Chloé"),
        ("Chloe", "Chloé"),
        ("her sister’s", "her sister's"),
        ("STRASSE", "Straße"),
        ("ﬁbroma", "fibroma"),
        ("depression and depressed", "depress"),
    ],
)
def test_words_are_found_however_they_are_written(written: str, quote: str) -> None:
    left, note = sever((Paragraph(f"Before {written} after."),), [], [quote], WHY)
    assert isinstance(left, Paragraph)
    assert note == NOTE
    assert left.text.replace(f"{MARK} and {MARK}", MARK) == f"Before {MARK} after."


def test_words_that_overlap_leave_nothing_of_one_another() -> None:
    quotes = ["mother has epilepsy", "epilepsy since birth", "has"]
    assert blackened(("Her mother has epilepsy since birth today",), quotes) == (f"Her {MARK} today",)


def test_words_that_overlap_themselves_go_as_a_whole() -> None:
    assert blackened(("no no no no yes",), ["no no no"]) == (f"{MARK} yes",)


def test_a_word_goes_whole_even_where_only_a_part_was_named() -> None:
    assert blackened(("Smithson's and Smith",), ["Smith"]) == (f"{MARK}'s and {MARK}",)


def test_writing_without_blanks_loses_only_what_was_named() -> None:
    assert blackened(("患者的姐姐李伟来电",), ["李伟"]) == (f"患者的姐姐{MARK}来电",)


def test_words_are_found_across_a_label_and_what_it_says_and_across_cells() -> None:
    assert sever((Field("Sister", "Rosa"),), [], ["Sister: Rosa"], WHY) == (Field(MARK, MARK), NOTE)
    table = Table(("a", "b"), (("HIV", "positive"), ("x", "y")))
    assert sever((table,), [], ["HIV\tpositive"], WHY) == (Table(("a", "b"), ((MARK, MARK), ("x", "y"))), NOTE)


def test_a_mark_does_not_tell_how_long_the_words_were() -> None:
    assert blackened(("Al", "Wilhelmina van der Berg"), ["Al", "Wilhelmina van der Berg"]) == (MARK, MARK)


# The title


def test_the_title_loses_the_same_words() -> None:
    assert title_left("Call from Samira Haddad", CALL, [], ["samira haddad"]) == f"Call from {MARK}"


def test_a_title_that_says_what_only_a_marked_passage_says_is_not_given() -> None:
    blocks = (Field("Condition", "Alcohol dependence of the husband"), Field("Status", "active"))
    assert title_left("Husband's alcohol dependence", blocks, ["b0"], []) == ""


def test_a_title_that_says_it_in_another_form_of_the_word_is_not_given() -> None:
    assert title_left("Sisters visiting", (Paragraph("Her sister came."), Field("a", "b")), ["b0"], []) == ""


def test_a_title_that_says_what_the_rest_says_too_stays() -> None:
    blocks = (Field("Type", "Telephone note"), Paragraph("The sister called."))
    assert title_left("Telephone note", blocks, ["b1"], []) == "Telephone note"


def test_a_title_that_a_marked_passage_says_whole_is_not_given_though_its_words_stand_apart_elsewhere() -> None:
    blocks = (
        Field("Type", "Progress note, consultation (also called: Consultation note)"),
        Field("Category", "Clinical note"),
        Paragraph("Seen in consultation. Good progress."),
    )
    assert title_left("Progress note, consultation", blocks, ["b0"], []) == ""
    assert title_left("Progress note, consultation", (*blocks, Paragraph("progress NOTE consultation")), ["b0"], [])


def test_a_title_that_shares_a_run_of_words_with_a_marked_passage_alone_is_not_given() -> None:
    blocks = (Paragraph("She is afraid of her violent husband."), Paragraph("Husband came along. No violent cough."))
    assert title_left("Visit, violent husband", blocks, ["b0"], []) == ""
    assert title_left("Visit, husband", blocks, ["b0"], []) == "Visit, husband"


def test_a_file_is_not_called_by_what_was_taken_out() -> None:
    blocks = (Paragraph("Letter of the husband about his drinking."), Enclosure("f", "Husband drinking.pdf", "x/y"))
    assert sever(blocks, ["b0"], [], WHY) == (NOTE, Enclosure("f", MARK, "x/y"), NOTE)
    scan = Enclosure("f", "Scan 12.pdf", "x/y")
    assert sever((blocks[0], scan), ["b0"], [], WHY) == (NOTE, scan)


FEW_WORDS = st.lists(st.sampled_from("sister violent husband note of the visit cough 72".split()), max_size=6)
SENTENCES = FEW_WORDS.map(" ".join)


@given(SENTENCES, st.lists(SENTENCES.map(Paragraph), min_size=1, max_size=4), st.data())
def test_no_run_of_a_marked_passage_is_left_in_a_title_unless_it_stands_in_what_remains(
    title: str, blocks: list[Paragraph], data: st.DataObject
) -> None:
    marked = data.draw(st.sets(st.sampled_from([f"b{n}" for n in range(len(blocks))]), min_size=1))
    left = title_left(title, tuple(blocks), marked, [])
    remains = all_texts(sever(tuple(blocks), marked, [], WHY))
    words = [word for word in plain(left).split() if word not in ("of", "the")]
    for start, end in combinations(range(len(words) + 1), 2):
        run = " ".join(words[start:end])
        said = [_telling(block.text) for n, block in enumerate(blocks) if f"b{n}" in marked]
        if any(f" {run} " in each for each in said):
            assert any(f" {run} " in _telling(text) for text in remains), (left, run)


def _telling(text: str) -> str:
    return (
        " "
        + "  ".join(" ".join(w for w in plain(part).split() if w not in ("of", "the")) for part in text.split(MARK))
        + " "
    )


def test_a_title_can_be_marked_itself() -> None:
    assert title_left("Anything", CALL, [TITLE], []) == ""


def test_a_title_of_which_nothing_is_left_is_no_title() -> None:
    assert title_left("Samira Haddad", CALL, [], ["samira haddad"]) == ""


# What may be taken out


def test_a_mark_that_is_not_in_the_entry_is_refused() -> None:
    for unknown in ("b9", "b2r7", "b2", "x"):
        with pytest.raises(Invalid) as no:
            check(CALL, [unknown, "b3"], [])
        assert no.value.field == "passages"


def test_words_that_do_not_stand_in_the_entry_are_refused() -> None:
    with pytest.raises(Invalid, match="“Ben smokes” does not stand in this entry") as no:
        check(CALL, ["b3"], ["Ben smokes"])
    assert no.value.field == "quotes"


def test_words_from_two_places_are_refused() -> None:
    with pytest.raises(Invalid):
        check((Paragraph("one two"), Paragraph("three four")), [], ["two three"])


@pytest.mark.parametrize("quote", ["", " ", "…", "--", "a", MARK, f"Samira{MARK[0]}"])
def test_words_that_are_none_are_refused(quote: str) -> None:
    with pytest.raises(Invalid, match="too short") as no:
        check(CALL, ["b3"], [quote])
    assert no.value.field == "quotes"


def test_one_sign_of_a_writing_that_says_words_in_one_sign_is_a_word() -> None:
    check((Paragraph("姐姐"),), [], ["姐"])


def test_words_of_the_title_alone_can_be_taken_out() -> None:
    check((Paragraph("Nothing here"),), [], ["Samira"], title="Call of Samira")


def test_too_many_lines_of_words_are_refused() -> None:
    with pytest.raises(Invalid, match=f"at most {MOST_QUOTES}"):
        check((Paragraph("word"),), [], ["word"] * (MOST_QUOTES + 1))


def test_a_file_stays_only_when_somebody_looked_at_it() -> None:
    with pytest.raises(Invalid, match="Note of Samira Haddad.pdf") as no:
        check(CALL, ["b0"], [])
    assert no.value.field == "files_looked_at"
    check(CALL, ["b0"], [], files_looked_at=True)
    check(CALL, ["b0", "b3"], [])


def test_a_single_file_can_only_be_given_or_withheld() -> None:
    assert not severable((Enclosure("f", "Photo.jpg", "image/jpeg"),))
    assert not severable(())
    assert severable((Paragraph("A sentence."),))
    assert severable((Enclosure("f", "Photo.jpg", "image/jpeg"), Field("Place", "Left elbow")))


# What the patient is told instead


def test_an_explanation_cannot_say_what_is_taken_out() -> None:
    for marked, quotes in ((["b0"], []), ([], ["samira haddad"])):
        with pytest.raises(Invalid, match="not to read") as no:
            check_explanation("We took out what Samira-Haddad told us.", CALL, marked, quotes)
        assert no.value.field == "explanation"
    check_explanation("Somebody spoke to us in confidence.", CALL, ["b0"], ["samira haddad"])


def test_an_explanation_cannot_repeat_a_passage_of_an_entry_that_is_withheld() -> None:
    blocks = (Paragraph("Ben drinks a bottle a day"), Field("Status", "final"))
    with pytest.raises(Invalid, match="not to read"):
        check_explanation_of_withheld("It says: ben drinks a bottle a day.", blocks)
    check_explanation_of_withheld("It is final: we cannot give you this.", blocks)


# For any entry

LETTERS = "жщЖßéаÉ9 -\n"  # letters that no key of the JSON has, one of two cases, accents, blanks
TEXTS = st.text(LETTERS, min_size=0, max_size=12)
BLOCKS = st.one_of(
    st.builds(Field, TEXTS, TEXTS),
    st.builds(Paragraph, TEXTS),
    st.builds(Enclosure, st.just("§"), TEXTS, st.just("§")),
    st.builds(Unshown, TEXTS),
    st.builds(
        Table,
        st.tuples(TEXTS, TEXTS),
        st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3).map(tuple),
    ),
)
ENTRIES = st.lists(BLOCKS, min_size=1, max_size=5).map(tuple)


def all_texts(blocks: tuple[Block, ...]) -> list[str]:
    found: list[str] = []
    for block in blocks:
        match block:
            case Field(label=label, text=text):
                found += [label, text]
            case Paragraph(text=text):
                found.append(text)
            case Enclosure(name=name) | Unshown(name=name):
                found.append(name)
            case Table(head=head, rows=rows):
                found += [*head, *(cell for row in rows for cell in row)]
    return found


@st.composite
def cuts(draw: st.DrawFn) -> tuple[tuple[Block, ...], list[str], list[str]]:
    """An entry, passages of it, and pieces of its texts to take out."""
    blocks = draw(ENTRIES)
    marked = draw(st.lists(st.sampled_from([p.id for p in passages(blocks)] or ["b0"]), max_size=3))
    quotes = []
    for text in draw(st.lists(st.sampled_from(all_texts(blocks)), max_size=3)):
        start = draw(st.integers(0, len(text)))
        quotes.append(text[start : start + draw(st.integers(1, 6))])
    return blocks, marked, [quote for quote in quotes if plain(quote)]


@given(cuts(), TEXTS)
def test_no_severed_word_is_left_anywhere(cut: tuple[tuple[Block, ...], list[str], list[str]], title: str) -> None:
    blocks, marked, quotes = cut
    left = sever(blocks, marked, quotes, WHY)
    remains = words_of(left) + json.dumps(title_left(title, blocks, marked, quotes), ensure_ascii=False)
    for quote in quotes:
        for said in (quote, quote.upper(), quote.casefold()):
            assert json.dumps(said, ensure_ascii=False)[1:-1] not in remains
        # and in no other spelling; a mark parts what stood on either side of it
        assert not any(stands_in(quote, (part,)) for text in all_texts(left) for part in text.split(MARK))


@given(cuts())
def test_no_marked_passage_is_left_anywhere(cut: tuple[tuple[Block, ...], list[str], list[str]]) -> None:
    blocks, marked, _quotes = cut
    left = sever(blocks, marked, [], WHY)
    for number, block in enumerate(blocks):
        said = block.text if isinstance(block, (Field, Paragraph)) else ""
        if f"b{number}" in marked and len(plain(said).replace(" ", "")) >= 4:
            assert not any(stands_in(said, (text,), whole=True) for text in all_texts(left))


@given(ENTRIES)
def test_nothing_is_lost_when_nothing_is_severed(blocks: tuple[Block, ...]) -> None:
    assert sever(blocks, [], [], WHY) == blocks


@given(cuts())
def test_severing_never_adds_a_word(cut: tuple[tuple[Block, ...], list[str], list[str]]) -> None:
    blocks, marked, quotes = cut
    before = set("".join(all_texts(blocks))) | set(MARK)
    assert set("".join(all_texts(sever(blocks, marked, quotes, WHY)))) <= before
