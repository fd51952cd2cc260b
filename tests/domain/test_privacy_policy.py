"""The policy as data: whole in every language, compared clause by clause, plain to read."""

from dataclasses import replace

import pytest

from portal.adapters.prose import faults as prose_faults
from portal.domain.policy_changes import How, compare
from portal.domain.privacy_policy import (
    ACTS,
    ADDS,
    FIGURES,
    Clause,
    Edition,
    Words,
    faults,
    from_json,
    shipped,
    to_json,
)
from portal.domain.words import speaking
from portal.web.clauses import ADDRESSES
from tests.test_words import GRADE, LONGEST_SENTENCE, grade, sentences, whole_sentences, words

BOTH = ("en", "fr")


def clause(name: str, text: str = "We keep it.", **more: str) -> Clause:
    return Clause(name, {"en": Words(f"About {name}", text), "fr": Words(f"De {name}", f"FR {text}")}, **more)


A, B, C, D = (clause(name) for name in "abcd")


def test_the_policy_we_ship_can_be_published_as_it_is() -> None:
    ours = shipped()
    assert list(faults(ours.clauses, ours.changes, BOTH)) == []
    for each in ours.clauses:
        for said in each.words.values():
            assert prose_faults(said.body) + prose_faults(said.how) == [], each.id
    assert len({each.id for each in ours.clauses}) == len(ours.clauses) >= 14


def test_every_act_figure_and_addition_a_clause_names_is_there() -> None:
    for each in shipped().clauses:
        assert each.act in {"", *ACTS}
        assert each.figure in {"", *FIGURES}
        assert each.adds in {"", *ADDS}
    assert set(ADDRESSES) == set(ACTS)
    assert {each.act for each in shipped().clauses} >= {"ask_record", "consents", "disclosures", "complaints", "record"}


@pytest.mark.parametrize("each", shipped().clauses, ids=lambda each: each.id)
def test_every_clause_we_ship_is_plain_to_read(each: Clause) -> None:
    said = whole_sentences([each.words["en"].body, each.words["en"].how])
    assert grade(said) <= GRADE
    assert max(len(words(sentence)) for text in said for sentence in sentences(text)) <= LONGEST_SENTENCE
    french = sentences(each.words["fr"].body)
    assert max(len(sentence.split()) for sentence in french) <= LONGEST_SENTENCE + 5


def test_a_version_with_a_text_missing_in_one_language_says_which() -> None:
    half = replace(A, words={"en": A.words["en"], "fr": Words("De a", "", "Dites-le.")})
    found = [fault.sentence for fault in faults((half,), {"en": "New.", "fr": "Neuf."}, BOTH)]
    assert found == [
        "Clause 1 says in one language what to do, and does not in English.",
        "Clause 1 has no text in French.",
    ]
    assert [fault.sentence for fault in faults((A,), {"en": "New.", "fr": " "}, BOTH)] == [
        "Say what changed in French. Patients read it first."
    ]
    assert next(iter(faults((), {"en": "x", "fr": "x"}, BOTH))).sentence == "The policy has no clause."


def test_a_place_that_nothing_fills_is_named() -> None:
    found = list(faults((clause("a", "Call {phnoe} or {phone}."),), {"en": "x"}, ("en",)))
    assert [fault.sentence for fault in found] == ["Clause 1 in English: nothing fills the place {phnoe}."]
    assert found[0].clause_id == "a"


def test_the_fault_is_said_in_the_language_of_who_writes() -> None:
    with speaking("fr"):
        found = [fault.sentence for fault in faults((replace(A, words={}),), {"en": "x"}, ("en",))]
    assert len(found) == 2


def test_a_version_is_the_same_after_it_was_kept_and_read_again() -> None:
    ours = shipped()
    assert from_json(to_json(ours.clauses)) == ours.clauses
    kept = Edition(1, ours.in_force_from, from_json(to_json(ours.clauses)))
    assert kept.identity == ours.identity


def test_its_identity_changes_with_any_word_in_any_language() -> None:
    first = Edition(1, shipped().in_force_from, (A, B))
    other = replace(first, clauses=(A, replace(B, words={**B.words, "fr": Words("De b", "Autre.")})))
    assert first.identity != other.identity
    assert first.digest_in("en") == other.digest_in("en")
    assert first.digest_in("fr") != other.digest_in("fr")
    assert replace(first, clauses=(B, A)).identity != first.identity
    assert len(first.identity) <= 24  # the column it is kept in


def test_a_language_that_lacks_is_told_in_the_first() -> None:
    assert A.told("de") == A.words["en"]
    assert replace(A, words={"fr": A.words["fr"]}).told("de") == A.words["fr"]


def hows(before: tuple[Clause, ...], after: tuple[Clause, ...]) -> list[tuple[str, How]]:
    return [(change.id, change.how) for change in compare(before, after, "en")]


def test_what_is_new_gone_moved_or_the_same_is_told_apart() -> None:
    assert hows((A, B, C), (A, B, C)) == [("a", How.SAME), ("b", How.SAME), ("c", How.SAME)]
    assert hows((A, B), (A, D, B)) == [("a", How.SAME), ("d", How.NEW), ("b", How.SAME)]
    assert hows((A, B, C), (A, C)) == [("a", How.SAME), ("c", How.SAME), ("b", How.GONE)]
    assert hows((A, B, C, D), (D, A, B, C)) == [("d", How.MOVED), ("a", How.SAME), ("b", How.SAME), ("c", How.SAME)]


def test_a_change_is_shown_word_by_word_in_the_language_of_the_reader() -> None:
    before, after = clause("a", "We keep it for ten years."), clause("a", "We keep it for sixteen years.")
    (change,) = compare((before,), (after,), "en")
    assert change.how == How.CHANGED
    assert [(piece.kind, piece.text) for piece in change.paragraphs[0]] == [
        ("same", "We keep it for"),
        ("gone", "ten"),
        ("new", "sixteen"),
        ("same", "years."),
    ]
    only_french = replace(before, words={**before.words, "fr": Words("De a", "Autre.")})
    assert compare((before,), (only_french,), "en")[0].how == How.SAME
    assert compare((before,), (only_french,), "fr")[0].how == How.CHANGED


def test_an_item_that_is_added_to_a_list_is_new_and_the_others_stay() -> None:
    (change,) = compare((clause("a", "- one\n- two"),), (clause("a", "- one\n- and\n- two"),), "en")
    assert [[(piece.kind, piece.text) for piece in line] for line in change.paragraphs] == [
        [("same", "- one")],
        [("new", "- and")],
        [("same", "- two")],
    ]


def test_nothing_of_a_text_is_lost_in_its_comparison() -> None:
    before, after = shipped().clauses[:3], shipped().clauses[1:5]
    for change in compare(before, after, "fr"):
        if change.how == How.NEW:
            said = next(each for each in after if each.id == change.id).told("fr")
            shown = " ".join(piece.text for line in change.paragraphs for piece in line)
            assert shown.split() == f"{said.body} {said.how}".split()
