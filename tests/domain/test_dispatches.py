"""Which ways a letter takes, what follows what, and how a fax number is read."""

from dataclasses import replace
from itertools import product

import pytest

from portal.domain.contact_plans import choices
from portal.domain.dispatch_plans import Reader, ways
from portal.domain.dispatches import CARRIED, PROBLEM_NAMES, STEPS, WHY_NAMES, Event, Stage, Way, after, returns
from portal.domain.errors import Invalid, NotPossible
from portal.domain.fax_numbers import check_fax
from portal.domain.glimpses import ending, town
from portal.domain.posting import Box, post_of, sheets, type_size

CHANNELS = ["", *(each.id for each in choices().channels)]
READERS = [
    Reader(*flags[:5], channel=channel, delivery=delivery, has_fax=flags[5])
    for flags in product([False, True], repeat=6)
    for channel in CHANNELS
    for delivery in ("", "download", "pick_up", "post", "fax")
]


def test_every_letter_has_a_way_or_a_task() -> None:
    for reader in READERS:
        found = ways(reader)
        assert found, reader
        assert len({each.way for each in found}) == len(found), reader
        assert {each.why for each in found} <= set(WHY_NAMES)
        assert {each.problem for each in found if each.problem} <= set(PROBLEM_NAMES)


def test_who_has_no_sign_in_gets_it_on_paper_by_fax_or_is_a_task() -> None:
    for reader in (each for each in READERS if not each.signs_in):
        found = ways(reader)
        picks_up = (Way.COUNTER,) if reader.delivery == "pick_up" else ()
        assert any(each.way in (*CARRIED, Way.FAX, *picks_up) for each in found), reader
        assert Way.PORTAL not in {each.way for each in found}


def test_nothing_goes_to_a_way_that_is_closed() -> None:
    for reader in READERS:
        open_ways = {each.way for each in ways(reader) if not each.problem}
        assert reader.has_address or Way.POST not in open_ways, reader
        assert reader.has_phone or Way.PHONE not in open_ways, reader
        assert reader.has_fax or Way.FAX not in open_ways, reader


def test_what_lies_at_the_desk_is_posted_too_unless_she_comes_for_this_letter() -> None:
    likes_to_come = Reader(has_address=True, channel="pick_up")
    assert [each.way for each in ways(likes_to_come)] == [Way.COUNTER, Way.POST]
    assert [each.way for each in ways(replace(likes_to_come, delivery="pick_up"))] == [Way.COUNTER]


def test_who_cannot_be_told_by_email_is_told_otherwise_unless_she_wants_the_portal_alone() -> None:
    silent = Reader(signs_in=True, has_address=True)
    assert [each.way for each in ways(silent)] == [Way.PORTAL, Way.POST]
    assert [each.way for each in ways(Reader(signs_in=True, has_phone=True))] == [Way.PORTAL, Way.PHONE]
    assert [each.way for each in ways(Reader(signs_in=True, has_address=True, channel="portal"))] == [Way.PORTAL]
    assert [each.way for each in ways(Reader(signs_in=True, watched=True))] == [Way.PORTAL]


def test_a_letter_to_somebody_outside_goes_by_post() -> None:
    (found,) = ways(Reader(outside=True, has_address=True))
    assert (found.way, found.problem) == (Way.POST, "")
    (without,) = ways(Reader(outside=True))
    assert without.problem == "no_address"


def test_only_what_follows_is_done() -> None:
    for event, (those, before, then) in STEPS.items():
        for way, stage in product(Way, Stage):
            if way in those and stage in before:
                assert after(way, stage, event) == then
            elif (event, way, stage) != (Event.SETTLED, Way.EMAIL, Stage.TASK):
                with pytest.raises(NotPossible):
                    after(way, stage, event)


@pytest.mark.parametrize(("number", "again"), [("604-555-0177", "604 555 0177"), ("+1 (604) 555-0177", "6045550177")])
def test_a_fax_number_typed_alike_twice_is_one_number(number: str, again: str) -> None:
    assert check_fax(number, again) == "16045550177"


@pytest.mark.parametrize(
    ("number", "again", "field"),
    [("604-555-0177", "604-555-0178", "again"), ("555-0177", "555-0177", "number"), ("six", "six", "number"),
     ("604-555-0177\n911", "604-555-0177\n911", "number"), ("", "", "number")],
)  # fmt: skip
def test_any_other_is_refused_with_what_to_do(number: str, again: str, field: str) -> None:
    with pytest.raises(Invalid) as no:
        check_fax(number, again)
    assert no.value.field == field


def test_the_type_of_an_address_fits_its_box() -> None:
    box = Box(0, 0, 80, 22.2)
    for n in range(1, 8):
        size = type_size(["x" * 30] * n, box)
        assert size * 1.2 * n * 25.4 / 72 <= box.height
        assert size >= 7


def test_sheets_are_counted_by_both_sides() -> None:
    assert [sheets(n, True) for n in (1, 2, 3)] == [1, 1, 2]
    assert [sheets(n, False) for n in (1, 2, 3)] == [1, 2, 3]


def test_the_clinics_file_says_how_it_posts() -> None:
    faults: list[str] = []
    assert post_of({"window": "right", "envelope": "C5", "duplex": False}, faults).window == "right"
    assert faults == []
    post_of({"window": "middle", "duplex": "yes", "colour": "red"}, faults)
    assert len(faults) == 3


def test_every_reason_has_words_for_both() -> None:
    assert all(each.title and each.patient for each in returns())


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("Ruth Quist", "12 Harbour Way", "Nanaimo BC  V9R 1A1"), "Nanaimo BC"),
        (("Ruth Quist", "12 Harbour Way", "Campbell River, BC, V9W 2C9"), "Campbell River, BC"),
        (("Ruth Quist", "12 Harbour Way", "Nanaimo BC", "V9R 1A1"), ""),
        (("Ruth Quist", "PO Box 41", "Duncan"), "Duncan"),
        (("Ruth Quist",), ""),
        ((), ""),
    ],
)
def test_a_list_says_the_town_and_no_street(lines: tuple[str, ...], said: str) -> None:
    assert town(lines) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [("604-555-0177", "77"), ("+1 (604) 555 01 78", "78"), ("", ""), ("ruth1941@example.org", ""), ("55 12", "")],
)
def test_a_list_says_the_last_digits_of_a_number(number: str, said: str) -> None:
    assert ending(number) == said
