"""A package is one tagged file whose numbers, bookmarks and links are right, however it was cut for printing."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from portal.adapters.press import Press
from portal.domain.releases import Bound, Contents, NotPrinted, Section
from tests.adapters.printing import (
    LETTER,
    REFERENCE,
    elements,
    front,
    kinds,
    make,
    parents,
    places,
    press,
    record,
    section,
    texts,
)


@pytest.fixture(scope="module")
def shop() -> Iterator[Press]:
    with press() as made:
        yield made


@pytest.fixture(scope="module")
def made(shop: Press, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Bound]:
    out = tmp_path_factory.mktemp("book") / "package.pdf"
    return out, make(shop, out, record(2, 3), back=last_pages)


def last_pages(contents: Contents) -> Iterator[Section]:
    yield section("further", f"item 1.2 is on page {contents.page_of('item-1-2')}", "How to go further", 1)


def test_every_part_stands_on_the_page_the_press_says(made: tuple[Path, Bound]) -> None:
    out, bound = made
    pages = texts(out)
    assert len(pages) == bound.pages == 11
    for category in range(2):
        for item in range(3):
            page = bound.starts[f"item-{category}-{item}"]
            assert [n for n, text in enumerate(pages, 1) if f"word-{category}-{item}" in text] == [page]


def test_the_contents_and_the_last_pages_tell_the_true_page_numbers(made: tuple[Path, Bound]) -> None:
    pages = texts(made[0])
    told = re.findall(r"(Item \d\.\d|Category \d|How to go further) @(\d+)", pages[1])
    assert len(told) == 9
    for title, page in told:
        assert title in pages[int(page) - 1]
    assert "item 1.2 is on page 10" in pages[-1]
    assert "word-1-2" in pages[9]


def test_every_page_ends_with_the_case_number_and_its_place_among_all(made: tuple[Path, Bound]) -> None:
    for number, text in enumerate(texts(made[0]), 1):
        assert f"Page {number} of 11" in text
        assert REFERENCE in text


def test_bookmarks_are_categories_with_their_items_and_lead_there(made: tuple[Path, Bound]) -> None:
    out, bound = made
    with pikepdf.open(out) as pdf, pdf.open_outline() as outline:
        tree = {str(entry.title): [str(item.title) for item in entry.children] for entry in outline.root}
        assert tree == {
            "Cover": [],
            "Category 0": ["Item 0.0", "Item 0.1", "Item 0.2"],
            "Category 1": ["Item 1.0", "Item 1.1", "Item 1.2"],
            "How to go further": [],
        }
        item = outline.root[2].children[1]
        assert places(pdf)[str(item.destination)] == bound.starts["item-1-1"]


def test_a_line_of_the_contents_is_a_link_to_the_page_named_by_its_words(made: tuple[Path, Bound]) -> None:
    out, bound = made
    with pikepdf.open(out) as pdf:
        links = list(pdf.pages[1].obj.Annots)
        assert len(links) == 9
        where = places(pdf)
        for link in links:
            assert "/A" not in link
            assert where[str(link.Dest)] == bound.starts[str(link.Dest)]
        assert {str(link.Contents) for link in links} >= {"Item 0.0", "Category 1"}


def test_the_same_tags_come_out_however_the_package_was_cut(shop: Press, tmp_path: Path) -> None:
    cut, whole = tmp_path / "cut.pdf", tmp_path / "whole.pdf"
    make(shop, cut, record(2, 3))
    light = [Section(part.anchor, part.html, 0.1, part.title, part.depth) for part in record(2, 3)]
    make(shop, whole, light)
    with pikepdf.open(cut) as one, pikepdf.open(whole) as other:
        assert kinds(one) == kinds(other)
        assert kinds(one)["/TD"] == 16
        assert kinds(one)["/H2"] == 6
        assert kinds(one)["/Document"] == 1


def test_every_mark_on_every_page_belongs_to_an_element_of_that_page(made: tuple[Path, Bound]) -> None:
    with pikepdf.open(made[0]) as pdf:
        claimed, reachable = parents(pdf), {element.objgen for element in elements(pdf)}
        for page in pdf.pages:
            owners = claimed[int(page.obj.StructParents)]
            marks = _marks(page)
            assert marks == list(range(len(owners)))
            for mark, owner in zip(marks, owners, strict=True):
                assert owner.Pg.objgen == page.obj.objgen
                assert owner.objgen in reachable
                assert mark in [kid for kid in owner.K if isinstance(kid, int)]


def test_every_element_hangs_where_it_says_and_every_link_is_in_the_tree(made: tuple[Path, Bound]) -> None:
    with pikepdf.open(made[0]) as pdf:
        reachable = {element.objgen for element in elements(pdf)}
        for element in elements(pdf):
            parent = element.P
            assert parent.objgen in reachable or parent.objgen == pdf.Root.StructTreeRoot.objgen
        claimed = parents(pdf)
        for link in pdf.pages[1].obj.Annots:
            owner = claimed[int(link.StructParent)]
            assert owner.S == "/Link"
            assert owner.objgen in reachable


def test_boxes_that_mean_nothing_are_not_in_the_tree(made: tuple[Path, Bound]) -> None:
    with pikepdf.open(made[0]) as pdf:
        assert kinds(pdf)["/NonStruct"] == 0
        assert kinds(pdf)["/Span"] == 0
        assert kinds(pdf)["/LI"] == kinds(pdf)["/LBody"] == 18
        assert kinds(pdf)["/Link"] == 18


def test_head_cells_say_what_they_head_and_nothing_leans_on_ids(made: tuple[Path, Bound]) -> None:
    with pikepdf.open(made[0]) as pdf:
        heads = [element for element in elements(pdf) if element.S == "/TH"]
        assert heads
        assert all(head.A.Scope == "/Column" for head in heads)
        assert not any("/ID" in element for element in elements(pdf))


def test_the_file_says_its_language_and_title_and_that_it_is_accessible(made: tuple[Path, Bound]) -> None:
    with pikepdf.open(made[0]) as pdf:
        assert str(pdf.Root.Lang) == "en"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.docinfo.Title) == "Your record"
        about = pdf.Root.Metadata.read_bytes().decode()
        assert "<pdfuaid:part>1</pdfuaid:part>" in about
        assert pdf.check_pdf_syntax() == []


def test_every_font_is_inside_the_file(made: tuple[Path, Bound]) -> None:
    with pikepdf.open(made[0]) as pdf:
        described = [thing for thing in pdf.objects if _is(thing, "/FontDescriptor")]
        assert described
        assert all("/FontFile2" in facts or "/FontFile3" in facts for facts in described)


def test_front_pages_that_push_each_other_on_still_tell_the_truth(shop: Press, tmp_path: Path) -> None:
    def long_front(contents: Contents) -> Iterator[Section]:
        yield from front(contents)
        filler = "<p>And so on.</p>" * 120
        yield Section("more", f'<section class="chapter" id="more"><h1>More</h1>{filler}</section>', 1.0)

    out = tmp_path / "package.pdf"
    bound = make(shop, out, record(1, 2), front=long_front)
    pages = texts(out)
    assert bound.starts["item-0-1"] > 6
    assert "word-0-1" in pages[bound.starts["item-0-1"] - 1]
    assert f"Item 0.1 @{bound.starts['item-0-1']}" in pages[1]


def test_the_office_is_told_how_far_it_is(shop: Press, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    make(shop, tmp_path / "p.pdf", record(1, 3), progress=lambda parts, pages: heard.append((parts, pages)))
    assert heard == sorted(heard)
    assert heard[-1] == (4, 4)


def test_a_part_that_runs_over_a_page_stands_where_it_begins(shop: Press, tmp_path: Path) -> None:
    out = tmp_path / "long.pdf"
    bound = make(shop, out, [section("long", "first-word " + "and so on " * 3000 + "last-word", "Long", 1)])
    pages = texts(out)
    begins = [number for number, text in enumerate(pages, 1) if "first-word" in text]
    assert begins == [bound.starts["long"]]
    assert "last-word" not in pages[begins[0] - 1]
    with pikepdf.open(out) as pdf, pdf.open_outline() as outline:
        line = next(item for item in outline.root if item.title == "Long")
        assert places(pdf)[str(line.destination)] == begins[0]


def test_two_parts_of_one_name_and_a_part_without_its_name_are_refused(shop: Press, tmp_path: Path) -> None:
    out = tmp_path / "package.pdf"
    with pytest.raises(NotPrinted, match="Two parts"):
        make(shop, out, [section("same", "one"), section("same", "two")])
    with pytest.raises(NotPrinted, match="nothing on its page"):
        make(shop, out, [Section("absent", "<p>no name here</p>", 1.0)])
    assert list(tmp_path.iterdir()) == []


def test_other_scripts_are_printed_and_found(shop: Press, tmp_path: Path) -> None:
    out = tmp_path / "package.pdf"
    words = "Łukasz Ōtsuka Zoë, Ελένη, Пётр, ≥ 3 µg"
    make(shop, out, [section("names", words, "Names"), section("other", "x")])
    assert words in texts(out)[2]


def test_a_letter_is_one_tagged_file_with_its_title_and_number(shop: Press) -> None:
    data = shop.letter(LETTER)
    assert "Dear Amina" in texts(data)[0]
    assert "Page 1 of 1" in texts(data)[0]
    assert "AR-1" in texts(data)[0]


def test_paper_and_colour_are_the_clinics() -> None:
    with press(paper="Letter") as letters:
        data = letters.letter(LETTER)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert [round(float(side)) for side in pdf.pages[0].mediabox] == [0, 0, 612, 792]
    with pytest.raises(ValueError, match="paper"):
        Press(Path(), Path(), paper="A3")
    with pytest.raises(ValueError, match="colour"):
        Press(Path(), Path(), brand="red; } body { display: none")


def _marks(page: pikepdf.Page) -> list[int]:
    begun = [step for step in pikepdf.parse_content_stream(page) if str(step.operator) == "BDC"]
    return sorted(int(step.operands[1]["/MCID"]) for step in begun if "/MCID" in step.operands[1])


def _is(thing: object, kind: str) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == kind
