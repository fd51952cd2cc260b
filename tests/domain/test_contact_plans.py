"""Which way is open to a patient, and what cannot stand in her plan or in a change of her contacts."""

from dataclasses import replace
from itertools import product

import pytest

from portal.domain import contact_changes, contact_plans
from portal.domain.contact_changes import Details
from portal.domain.contact_plans import OnFile, Plan, choices, reach
from portal.domain.errors import Invalid
from portal.domain.neutral_senders import WEATHER, neutral_of

HOME = ("12 Harbour Lane", "Nanaimo BC  V9R 1A1")
FILE = OnFile("250-555-0142", HOME, ("amina@patients.example", "old@patients.example"))
SAFE = Plan(
    channel="email", phone="604-555-0199", address="Box 9\nVictoria BC  V8W 2B2", email="quiet@elsewhere.example"
)
WORK = Plan(channel="portal")


def test_who_said_nothing_is_reached_by_what_is_on_file() -> None:
    open_ways = reach(Plan(), FILE, watched=False)
    assert (open_ways.email, open_ways.phone, open_ways.address) == ("amina@patients.example", "250-555-0142", HOME)
    assert not open_ways.neutral
    assert not open_ways.closed


def test_what_she_named_as_safe_comes_before_what_is_on_file() -> None:
    open_ways = reach(SAFE, FILE, watched=False)
    assert (open_ways.email, open_ways.phone) == ("quiet@elsewhere.example", "604-555-0199")
    assert open_ways.address == ("Box 9", "Victoria BC  V8W 2B2")


@pytest.mark.parametrize("never", [each.id for each in choices().never])
def test_what_she_forbade_is_not_used_and_nothing_stands_in_its_place(never: str) -> None:
    open_ways = reach(replace(WORK, never=(never,)), FILE, watched=False)
    assert not getattr(open_ways, never)
    for other in {"email", "phone", "address"} - {never}:
        assert getattr(open_ways, other)


def test_while_she_may_be_watched_nothing_on_file_is_ever_used() -> None:
    on_file = {FILE.phone, *FILE.emails, *HOME}
    for named, neutral in product(("", "email", "phone", "address"), (True, False)):
        plan = replace(WORK, neutral=neutral, **({named: getattr(SAFE, named)} if named else {}))
        open_ways = reach(plan, FILE, watched=True)
        assert not {open_ways.email, open_ways.phone, *open_ways.address} & on_file
        assert open_ways.neutral
        assert {way for way in ("email", "phone", "address") if getattr(open_ways, way)} == (
            {named} if named else set()
        )


def test_a_plan_comes_back_from_the_database_as_it_went_in() -> None:
    plan = replace(SAFE, never=("phone",), formats=("large_print",), message_ok=True, phone_when="mornings")
    assert Plan.from_json(plan.to_json()) == plan


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"channel": ""}, "channel"),
        ({"formats": ("braille?",)}, "formats"),
        ({"never": ("ever",)}, "never"),
        ({"phone": "call me"}, "phone"),
        ({"phone": "250-555-01A2"}, "phone"),
        ({"phone": "555-0142"}, "phone"),
        ({"phone": "250-555-0142\n604-555-0100"}, "phone"),
        ({"phone": "٢٥٠-٥٥٥-٠١٤٢"}, "phone"),
        ({"phone_when": "x" * 201}, "phone_when"),
        ({"phone_when": "now\nor never"}, "phone_when"),
        ({"email": "quiet@elsewhere.example\r\nBcc: him@home.example"}, "email"),
        ({"email": "quiet@elsewhere.example, him@home.example"}, "email"),
        ({"email": "quiet"}, "email"),
        ({"email": f"{'q' * 250}@e.ca"}, "email"),
        ({"address": "Box 9"}, "address"),
        ({"address": "\n".join("abcdefg")}, "address"),
        ({"address": "Box 9\n" + "x" * 400}, "address"),
        ({"never": ("phone",), "phone": "+1 (250) 555 0142"}, "phone"),
        ({"never": ("email",), "email": "Amina@Patients.example"}, "email"),
        ({"never": ("address",), "address": "12 HARBOUR LANE\nNanaimo, BC V9R1A1"}, "address"),
        ({"never": ("address",), "address": "12 Harbour Ln\nNanaimo"}, "address"),
        ({"never": ("address",), "address": "Front door\nNanaimo BC V9R IAI"}, "address"),
        ({"never": ("phone",), "phone": "250-555-0142 ext 4"}, "phone"),
        ({"channel": "email", "never": ("email",)}, "email"),
        ({"channel": "post", "never": ("address",)}, "address"),
        ({"channel": "phone", "never": ("phone",)}, "phone"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as no:
        contact_plans.check(replace(WORK, **changes), FILE)  # type: ignore[arg-type]
    assert no.value.field == field
    assert no.value.sentence.endswith(".")


@pytest.mark.parametrize("phone", ["604-555-0199", "+1 604 555 0199", "(604) 555-0199 x 12", "604.555.0199 ext. 7"])
def test_a_number_may_be_written_as_people_write_it(phone: str) -> None:
    assert contact_plans.check(replace(WORK, phone=phone), FILE).phone == phone


def test_by_post_without_any_address_cannot_be() -> None:
    with pytest.raises(Invalid, match="Write the address we may use"):
        contact_plans.check(Plan(channel="post"), OnFile())


def test_a_code_word_is_one_line_and_not_too_short() -> None:
    contact_plans.check_code_word("marigold")
    for bad in ("abc", "mari\ngold", "x" * 61):
        with pytest.raises(Invalid):
            contact_plans.check_code_word(bad)


# Changes of contact.

NOW = Details("Amina", "Haddad", "amina@patients.example", "250-555-0142", "\n".join(HOME))


def test_a_change_says_what_would_be_different_and_blanks_are_no_difference() -> None:
    assert contact_changes.different(NOW, replace(NOW, phone="604-555-0199")) == {
        "phone": ("250-555-0142", "604-555-0199")
    }
    assert contact_changes.different(NOW, replace(NOW, address="\n\n".join(HOME) + " ")) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"given_name": "", "family_name": ""}, "given_name"),
        ({"family_name": "Had\ndad"}, "family_name"),
        ({"given_name": "A" * 121}, "given_name"),
        ({"phone": "none of yours"}, "phone"),
        ({"email": "a@b.ca\nBcc: c@d.ca"}, "email"),
        ({"address": "here"}, "address"),
    ],
)
def test_a_change_that_cannot_be_is_said_at_its_field(changes: dict[str, str], field: str | None) -> None:
    with pytest.raises(Invalid) as no:
        contact_changes.check(NOW, replace(NOW, **changes))
    assert no.value.field == field


def test_a_number_may_be_taken_off_the_file() -> None:
    contact_changes.check(NOW, replace(NOW, phone=""))


def test_what_is_told_and_why_it_is_refused_are_on_the_list() -> None:
    for check, good in ((contact_changes.check_told, "called"), (contact_changes.check_refusal, "not_she")):
        check(good)
        with pytest.raises(Invalid):
            check("because")


def test_every_choice_has_words_for_each_who_reads_it() -> None:
    offered = choices()
    assert all(each.title for group in vars(offered).values() for each in group)
    assert all(each.office for group in (offered.channels, offered.formats, offered.never) for each in group)
    assert all(each.plain_words.endswith(".") for each in offered.refusals)


# The neutral sender.


def test_without_a_table_there_is_weather_and_no_neutral_e_mail() -> None:
    faults: list[str] = []
    plain = neutral_of({}, faults)
    assert (plain.site, plain.origin, plain.email, faults) == (WEATHER, "https://weather.gc.ca", "", [])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "A\nB"),
        ("name", ""),
        ("email", "nobody"),
        ("email", "a@b.ca\r\nTo: c@d.ca"),
        ("return_address", "Box 9"),
        ("return_address", [""]),
        ("site", "http://weather.gc.ca/"),
        ("site", "javascript:alert(1)"),
        ("site", "https://user:word@weather.gc.ca/"),
        ("site", "https://weather.gc.ca/; script-src *"),
        ("site", "//weather.gc.ca"),
        ("colour", "grey"),
    ],
)
def test_a_fault_in_the_table_is_named(key: str, value: object) -> None:
    faults: list[str] = []
    neutral_of({key: value}, faults)
    assert len(faults) == 1
    assert f"neutral.{key}" in faults[0]
