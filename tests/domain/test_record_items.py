"""A record item's blocks survive being kept as JSON, and categories have names in the order of a package."""

import json

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.record_items import (
    CATEGORY_NAMES,
    Block,
    Category,
    Enclosure,
    Field,
    Paragraph,
    Table,
    Unshown,
    block_from_json,
    block_to_json,
)

TEXT = st.text(max_size=40)
ROWS = st.lists(st.lists(TEXT, max_size=3).map(tuple), max_size=3).map(tuple)
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Field, TEXT, TEXT),
    st.builds(Paragraph, TEXT),
    st.builds(Table, st.lists(TEXT, max_size=3).map(tuple), ROWS),
    st.builds(Enclosure, TEXT, TEXT, TEXT),
    st.builds(Unshown, TEXT),
)


@given(BLOCKS)
def test_a_block_kept_as_json_comes_back_the_same(block: Block) -> None:
    assert block_from_json(json.loads(json.dumps(block_to_json(block)))) == block


def test_a_kept_block_says_its_kind_first() -> None:
    kept = block_to_json(Field("Status", "active"))
    assert list(kept) == ["kind", "label", "text"]
    assert kept["kind"] == "field"


def test_every_category_has_a_name() -> None:
    assert list(CATEGORY_NAMES) == list(Category)
    assert len(set(CATEGORY_NAMES.values())) == len(Category)
