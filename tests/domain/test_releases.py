"""The parts of a package: what it weighs, how long entries are cut, what its contents and its manifest say."""

from datetime import UTC, datetime

import pytest

from portal.domain.errors import Invalid
from portal.domain.record_items import Field, Paragraph, Table
from portal.domain.releases import (
    SECTION_PAGES,
    TABLE_ROWS,
    Attached,
    Bound,
    Contents,
    Line,
    Manifest,
    Picture,
    Removed,
    Section,
    fingerprint,
    manifest,
    part_digest,
    portions,
    weigh,
)

NOTE = "The patient reports itching.\n" * 3000


def lines(number: int) -> tuple[Line, ...]:
    return tuple(Line(f"item-{n}", f"Item {n}", 1 if n % 10 == 0 else 2, n) for n in range(number))


def bound() -> Bound:
    digests = {"item-1": "a" * 64, "item-2": "b" * 64}
    told = Contents((), fingerprint(digests.items()))
    return Bound(9, {"cover": 1, "item-1": 3, "item-2": 5}, digests, told.fingerprint, told)


def test_a_long_text_is_cut_at_line_ends_and_nothing_is_lost() -> None:
    pieces = [block for portion in portions([Paragraph(NOTE)]) for block in portion]
    assert len(pieces) > 5
    assert "".join(piece.text for piece in pieces if isinstance(piece, Paragraph)) == NOTE
    assert all(isinstance(piece, Paragraph) and piece.text.endswith("\n") for piece in pieces)


@pytest.mark.parametrize("text", [NOTE, "x" * 200_000, "word " * 50_000, "\n" * 20_000])
def test_no_portion_is_much_heavier_than_it_may_be(text: str) -> None:
    for portion in portions([Paragraph(text), Field("Note", text)]):
        assert weigh(portion) <= SECTION_PAGES + 0.5


def test_a_long_table_is_cut_under_a_repeated_head() -> None:
    table = Table(("Test", "Result"), tuple((f"test {n}", str(n)) for n in range(950)))
    pieces = [block for portion in portions([table]) for block in portion if isinstance(block, Table)]
    assert all(piece.head == table.head and len(piece.rows) <= TABLE_ROWS for piece in pieces)
    assert tuple(row for piece in pieces for row in piece.rows) == table.rows


def test_a_short_entry_stays_in_one_piece_in_its_order() -> None:
    blocks = (
        Field("Status", "final"),
        Removed("It is about somebody else."),
        Paragraph("x"),
        Picture("p", "data:", "p"),
    )
    assert list(portions(blocks)) == [blocks]


def test_an_entry_that_says_nothing_still_has_a_portion() -> None:
    assert list(portions([])) == [()]
    assert weigh([]) > 0


def test_every_line_of_the_contents_is_on_one_page_of_them() -> None:
    leaves = Contents(lines(400), "f").leaves()
    assert [line.anchor for leaf in leaves for line in leaf.lines] == [f"item-{n}" for n in range(400)]
    assert [leaf.number for leaf in leaves] == list(range(1, len(leaves) + 1))
    assert [leaf.last for leaf in leaves] == [False] * (len(leaves) - 1) + [True]


def test_a_category_never_stands_last_on_a_page_of_contents() -> None:
    for number in range(20, 400):
        for leaf in Contents(lines(number), "f").leaves()[:-1]:
            assert leaf.lines[-1].depth == 2


def test_an_empty_package_has_one_page_of_contents() -> None:
    (leaf,) = Contents((), "f").leaves()
    assert leaf.last
    assert Contents((), "f").page_of("item-1") is None


def test_a_manifest_is_kept_as_text_and_read_again() -> None:
    kept = manifest(bound(), "AR-1", datetime(2027, 2, 2, tzinfo=UTC), 1000, "c" * 64)
    assert Manifest.from_json(kept.to_json()) == kept
    assert kept.parts == (("item-1", 3, "a" * 64), ("item-2", 5, "b" * 64))
    assert kept.differences(1000, "c" * 64) == []


def test_a_manifest_speaks_against_another_file_and_against_a_changed_list() -> None:
    kept = manifest(bound(), "AR-1", datetime(2027, 2, 2, tzinfo=UTC), 1000, "c" * 64)
    assert len(kept.differences(999, "d" * 64)) == 2
    forged = Manifest.from_json(kept.to_json().replace("a" * 64, "e" * 64))
    assert forged.differences(1000, "c" * 64) == ["The list of contents has been changed since the package was made."]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"parts": 3}', '{"parts": [], "more": 1}', "null"])
def test_what_is_no_manifest_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid, match="not the list of contents"):
        Manifest.from_json(text)


def test_a_part_is_known_by_what_is_printed_of_it() -> None:
    assert part_digest(Section("a", "<p>x</p>", 1)) == part_digest(Section("b", "<p>x</p>", 9, "Title"))
    assert part_digest(Section("a", "<p>x</p>", 1)) != part_digest(Section("a", "<p>y</p>", 1))
    assert part_digest(Attached("a", b"x", "n")) == part_digest(Attached("b", b"x", "m"))
