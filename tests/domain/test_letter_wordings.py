"""A clinic writes its letters in its own words, and cannot write one that lacks what the law asks of it."""

from dataclasses import replace
from datetime import date
from itertools import product, takewhile

import pytest

from portal.domain import letters
from portal.domain.jurisdictions.correction_rules import Statement
from portal.domain.letters import OUTLINES, Letter, LetterBlock, LetterKind, Wording, faults, gap, portals_own
from portal.domain.letters.letter_wordings import blocks_of
from portal.domain.letters.slots import PARTS, PLACES, SLOTS
from portal.domain.words import speaking
from tests.domain.letter_samples import BC, CLINIC, FACTS, text
from tests.domain.test_letters import ALL as SAMPLES

TODAY = date(2026, 11, 30)
EVERY = [*product(OUTLINES, ("en", "fr"))]
SHORT = Wording("We have it", "Dear {reader},\n\nIt is {reference}. We answer by {due}.")


def example(kind: LetterKind, wording: Wording | None = None) -> Letter:
    return letters.example(kind, CLINIC, BC, TODAY, lambda _kind: wording)


def told(wording: Wording, kind: LetterKind = LetterKind.ACKNOWLEDGEMENT) -> Letter:
    return example(kind, wording)


def without(own: Wording, name: str) -> Wording:
    return replace(own, text=own.text.replace(f"{{{name}}}", ""))


def slots_of(letter: Letter) -> list[LetterBlock]:
    return [inner for block in letter.outline for inner in block.walk() if inner.kind == "slot"]


def test_every_letter_the_clinic_writes_can_be_written_in_its_words() -> None:
    assert set(OUTLINES) == set(LetterKind) - {LetterKind.REQUEST}


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_the_portals_words_published_unchanged_give_the_same_letter(kind: LetterKind, language: str) -> None:
    with speaking(language):
        letter = example(kind)
        own = portals_own(letter)
        again = example(kind, replace(own, id="v1"))
        assert faults(kind, own, BC) == []
    assert again.to_json() == letter.to_json() | {"wording": "v1"}
    assert gap(again, BC) is None


@pytest.mark.parametrize("kind", OUTLINES)
def test_no_heading_of_ours_is_left_over_the_words_after_an_empty_slot(kind: LetterKind) -> None:
    """A heading goes only where all under it are empty slots: words after a slot would stand under it alone."""
    outline = example(kind).outline
    for at, block in enumerate(outline):
        under = [*takewhile(lambda each: each.kind not in ("heading", "box", "signature"), outline[at + 1 :])]
        if block.kind == "heading" and under[0].kind == "slot":
            assert {each.kind for each in under} == {"slot"}, block.text


@pytest.mark.parametrize("kind", OUTLINES)
def test_what_can_be_put_in_is_what_the_letter_has_and_is_explained(kind: LetterKind) -> None:
    letter, outline = example(kind), OUTLINES[kind]
    assert {slot.text for slot in slots_of(letter)} == set(outline.slots) <= set(SLOTS)
    assert set(outline.places) <= set(letter.places)
    assert set(outline.places) <= set(PLACES)
    assert not set(outline.slots) & set(outline.places)
    assert set(outline.must) <= {*outline.slots, *outline.places}
    silent = {slot.text for slot in slots_of(letter) if slot.is_empty_slot}
    nothing = {"for-whom", "statement"} | ({"what-is-right"} if kind is LetterKind.ANNOTATED else set())
    assert silent <= nothing, "the example shows what stands in every slot"


@pytest.mark.parametrize("kind", OUTLINES)
def test_a_lawful_part_stands_in_a_slot_and_nowhere_else(kind: LetterKind) -> None:
    letter = example(kind)
    for slot in slots_of(letter):
        said = {inner.part for block in slot.blocks for inner in block.walk() if inner.part}
        assert said <= set(PARTS.get(slot.text, ())), slot.text
    inside = {inner.part for slot in slots_of(letter) for block in slot.blocks for inner in block.walk()}
    needed = {part.id for part in BC.letter_parts if kind in part.letters}
    assert needed <= inside


@pytest.mark.parametrize("kind", [kind for kind in SAMPLES if kind in OUTLINES])
def test_the_words_are_the_same_whatever_the_facts(kind: str) -> None:
    """So what the administrator reads in the editor is what every letter of the kind is laid out by."""
    assert portals_own(SAMPLES[kind]()) == portals_own(example(LetterKind(kind)))


@pytest.mark.parametrize("kind", OUTLINES)
def test_without_a_part_it_needs_a_wording_is_refused_by_name(kind: LetterKind) -> None:
    own = portals_own(example(kind))
    must = {name for name in OUTLINES[kind].slots for part in BC.letter_parts
            if kind in part.letters and part.id in PARTS.get(name, ())}  # fmt: skip
    for name in must | set(OUTLINES[kind].must) - {"statement"}:
        said = faults(kind, without(own, name), BC)
        assert [each for each in said if each.startswith("This letter must say ") and f"Put {{{name}}} in." in each]
    for name in must:
        assert gap(example(kind, without(own, name)), BC), "and is caught again before a letter is sent"


def test_a_statement_must_be_told_of_where_the_law_knows_one() -> None:
    own = portals_own(example(LetterKind.ANNOTATED))
    assert faults(LetterKind.ANNOTATED, without(own, "statement"), BC) == []
    rule = Statement(500, 30, False, "You can add a statement.", BC.corrections.basis)
    law = replace(BC, corrections=replace(BC.corrections, statement=rule))
    assert len(faults(LetterKind.ANNOTATED, without(own, "statement"), law)) == 1


def test_what_may_be_left_out_can_be_left_out() -> None:
    own = portals_own(example(LetterKind.ACKNOWLEDGEMENT))
    for name in ("for-whom", "how-counted", "who-answers"):
        assert faults(LetterKind.ACKNOWLEDGEMENT, without(own, name), BC) == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("{last-day}", "{last-day} stands for nothing in this letter. You can use: {clinic}, {due}, "),
        ("By {Due} or {}.", "{Due} stands for nothing"),
        ("{0.__class__}", "{0.__class__} stands for nothing"),
        ("Ask {who-answers} now.", "{who-answers} stands for whole paragraphs. Put it on a line of its own."),
        ("- {how-counted}", "{how-counted} stands for whole paragraphs."),
        ("{who-answers}\n{who-answers}", "{who-answers} stands in the letter more than once."),
        ("---\nCall us.", "Begin the box with its title"),
        ("---\n## A\nb\n---\n## B\nc", "A line of three hyphens begins the box"),
        ("x" * 20_001, "Write at most 20000 characters."),
    ],
)
def test_each_fault_is_said_by_name_with_what_there_is(typed: str, says: str) -> None:
    wrong = faults(LetterKind.ACKNOWLEDGEMENT, replace(SHORT, text=f"{SHORT.text}\n\n{typed}"), BC)
    assert any(sentence.startswith(says) for sentence in wrong), wrong


def test_an_empty_wording_says_what_to_write() -> None:
    said = faults(LetterKind.WITHDRAWAL, Wording(" ", "\n"), BC)
    assert said == ["Give the letter a title.", "Write what the letter says."]
    assert faults(LetterKind.ACKNOWLEDGEMENT, replace(SHORT, title="{who-answers}"), BC)
    assert faults(LetterKind.ACKNOWLEDGEMENT, replace(SHORT, title="a\nb"), BC)


def test_her_words_are_laid_out_around_todays_facts() -> None:
    typed = (
        "Hello {reader}.\n\n## Your number\r\nIt is {reference},\nof {received}.\n- one\n  and a half\n- two\n"
        "\n{who-answers}\n---\n## Good to know\n\nWe answer by {due}."
    )
    letter = told(Wording("{clinic} has it", typed, "v7"))
    kinds = [block.kind for block in letter.blocks]
    assert letter.title == f"{CLINIC.name} has it"
    assert kinds[:4] == ["paragraph", "heading", "paragraph", "list"]
    assert kinds[-2:] == ["box", "signature"]
    assert letter.blocks[2].text.startswith("It is EX-2026-000001-A, of ")
    assert letter.blocks[3].items == ("one and a half", "two")
    assert CLINIC.privacy_contact.name in text(letter)
    assert letter.blocks[-2].text == "Good to know"
    assert letter.wording == "v7"
    assert letter.addressed_to == example(LetterKind.ACKNOWLEDGEMENT).addressed_to


def test_an_empty_slot_goes_with_its_heading_and_words_of_hers_keep_theirs() -> None:
    alone = told(replace(SHORT, text=f"{SHORT.text}\n\n## For whom\n{{for-whom}}\n\n## What next\n\nWait."))
    assert [block.text for block in alone.blocks if block.kind == "heading"] == ["What next"]
    kept = told(replace(SHORT, text=f"{SHORT.text}\n\n## For whom\n{{for-whom}}\n\nFor you."))
    assert [block.text for block in kept.blocks if block.kind == "heading"] == ["For whom"]


def test_an_empty_box_is_not_drawn() -> None:
    letter = told(replace(SHORT, text=f"{SHORT.text}\n---\n## For whom\n{{for-whom}}"))
    assert [block.kind for block in letter.blocks] == ["paragraph", "paragraph", "signature"]


def test_what_is_typed_stays_as_it_was_typed() -> None:
    typed = "<script>alert(1)</script> **bold** {{ 7*7 }} %(name)s {% raw %} [link](http://a.b) \\n"
    letter = told(replace(SHORT, text=typed))
    assert letter.blocks[0].text == typed


def test_what_stands_in_a_place_is_never_read_again() -> None:
    """A name that looks like a place, a heading or a list stays a name."""
    facts = replace(FACTS, patient_name="{due}", wording=lambda _kind: replace(SHORT, text="{reader}\n\n{due}"))
    assert letters.acknowledgement(facts).blocks[0].text == "{due}"
    facts = replace(facts, patient_name="## {who-answers}\n\n- x")
    assert letters.acknowledgement(facts).blocks[0] == LetterBlock("paragraph", text="## {who-answers}\n\n- x")


def test_a_representative_is_greeted_and_told_for_whom_in_her_words_too() -> None:
    typed = "Dear {reader},\n\n{for-whom}\n\nIt is {reference}. We answer by {due}."
    facts = replace(FACTS, asked_by="Joan Bell", wording=lambda _kind: Wording("t", typed))
    letter = letters.acknowledgement(facts)
    assert letter.blocks[0].text == "Dear Joan Bell,"
    assert "Amina Rahman" in letter.blocks[1].text
    assert letter.addressed_to[:2] == ("Joan Bell", "for the patient Amina Rahman")


def test_a_letter_that_was_kept_says_in_which_words_it_was_written() -> None:
    letter = told(replace(SHORT, id="v3"))
    again = Letter.from_json(letter.to_json())
    assert (again, again.wording) == (letter, "v3")
    assert "wording" not in example(LetterKind.READY).to_json()


def test_a_wording_without_anything_below_the_line_has_no_box() -> None:
    assert blocks_of("Hello.\n---\n", ()) == (LetterBlock("paragraph", text="Hello."),)
