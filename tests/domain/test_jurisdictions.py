"""Every value of every jurisdiction says where it comes from, and the files hold what they promise."""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.domain import clocks, counting, fees, reviews
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import Event, calendar, known, profile, read_table, spoken
from portal.domain.jurisdictions.breach_rules import Told, read_breach_rules
from portal.domain.jurisdictions.reading import read_profile

HEADER = {"id", "name", "act", "act_short", "version", "as_of", "calendar", "first", "last"}
NEEDS = {"harm", "facts", "none"}


def tables(value: object, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of a file below its header, except the list of sources itself."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "sources":
                yield from tables(inner, f"{path}.{key}")
        if path:
            yield path, value
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from tables(inner, f"{path}[{number}]")


def stating(table: dict[str, Any]) -> bool:
    """Whether a table states something itself and is not only a shelf for other tables."""
    return not all(
        isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict))
        for value in table.values()
    )


@pytest.mark.parametrize("name", known())
def test_every_value_has_its_source_its_date_and_whether_it_was_verified(name: str) -> None:
    table = read_table(f"{name}.toml")
    sources = table["sources"]
    files = {name: table, "calendar": read_table("calendars", f"{table['calendar']}.toml")}
    seen = 0
    for file, content in files.items():
        for path, each in tables(content, ""):
            if not stating(each):
                continue
            seen += 1
            where = f"{file}{path}"
            assert each.get("source") in sources, where
            assert each.get("verified") in {"V", "S", "U"}, where
            assert type(each.get("as_of")) is date, where
            assert str(each.get("citation", "")).strip(), where
    assert seen > 60


@pytest.mark.parametrize("name", known())
def test_nothing_in_a_file_stands_outside_a_table_but_its_header(name: str) -> None:
    table = read_table(f"{name}.toml")
    loose = {key for key, value in table.items() if not isinstance(value, dict | list)}
    assert loose <= HEADER


@pytest.mark.parametrize("name", known())
def test_every_source_says_what_where_and_when(name: str) -> None:
    for key, source in read_table(f"{name}.toml")["sources"].items():
        assert set(source) == {"title", "read_at", "as_of"}, key
        assert type(source["as_of"]) is date, key


def test_no_statement_is_newer_than_the_text_it_rests_on() -> None:
    table = read_table("ca-bc.toml")
    for path, each in tables(table, ""):
        if stating(each):
            assert each["as_of"] <= table["sources"][each["source"]]["as_of"], path


def test_british_columbia_is_known_and_read_once() -> None:
    assert "ca-bc" in known()
    assert profile("ca-bc") is profile("ca-bc")
    assert profile("ca-bc").calendar is calendar("ca-bc")


@pytest.mark.parametrize("name", ["", "ca-zz", "../ca-bc", "calendars/ca-bc", "CA-BC"])
def test_an_unknown_jurisdiction_is_refused_with_the_ones_there_are(name: str) -> None:
    with pytest.raises(Invalid, match=r"Choose one of:.*ca-bc"):
        profile(name)


def test_the_version_a_case_began_under_can_be_asked_for() -> None:
    now = profile("ca-bc")
    assert profile("ca-bc", now.version) == now
    for missing in ("2001-01-01", "../x", ""):
        with pytest.raises(Invalid, match="no longer have version"):
            profile("ca-bc", missing)


def test_british_columbia_says_what_the_law_says() -> None:
    bc = profile("ca-bc")
    assert (bc.time_zone, bc.internal_target_days) == ("America/Vancouver", 5)
    access, correction = bc.limit("access"), bc.limit("correction")
    assert (access.window.unit, access.window.length) == ("statutory_day", 30)
    assert {pause.event for pause in access.pauses} == {Event.FEE_REVIEW, Event.DISREGARD_APPLICATION}
    assert access.extension is not None
    assert (access.extension.max, [g.id for g in access.extension.grounds]) == (30, ["detail", "volume", "consult"])
    assert correction.extension is None
    assert bc.fees.corrections_free
    assert bc.fees.estimate_before_charge
    assert bc.fees.deposit_allowed
    assert bc.confirm_or_deny.grounds == {"investigation"}
    assert [part.id for part in bc.access_answer_parts] == ["records", "uses", "recipients"]


def test_must_refuse_grounds_are_on_and_may_refuse_grounds_are_off_with_a_reason() -> None:
    grounds = profile("ca-bc").grounds
    assert {g.id for g in grounds if g.mandatory} == {
        "harm_other",
        "harm_requester",
        "other_person",
        "confidential_source",
    }
    assert all(g.default_on == g.mandatory for g in grounds)
    assert all(g.off_reason and not g.in_clinic_policy for g in grounds if not g.default_on)


def test_the_two_harm_grounds_name_who_is_at_risk_and_have_different_tests() -> None:
    other, requester = profile("ca-bc").ground("harm_other"), profile("ca-bc").ground("harm_requester")
    assert (other.who_at_risk, requester.who_at_risk) == ("other", "requester")
    assert "threaten" in other.test
    assert "immediate or grave" in requester.test


@pytest.mark.parametrize("name", known())
def test_grounds_are_well_formed(name: str) -> None:
    rules = profile(name)
    assert len({g.id for g in rules.grounds}) == len(rules.grounds)
    for ground in rules.grounds:
        assert ground.needs in NEEDS
        assert (ground.who_at_risk in {"requester", "other"}) == (ground.needs == "harm")
        assert ground.test.endswith("?")
        assert ground.plain_words.endswith(".")
        assert ground.provision.startswith("section ")
    assert rules.confirm_or_deny.grounds <= {g.id for g in rules.grounds}


def test_an_unknown_ground_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(Invalid, match="harm_other, harm_requester"):
        profile("ca-bc").ground("embarrassing")


def test_translators_get_every_sentence_a_person_may_read() -> None:
    words = set(spoken())
    bc = profile("ca-bc")
    wanted = {g.title for g in bc.grounds} | {g.plain_words for g in bc.grounds} | {g.provision for g in bc.grounds}
    wanted |= {bc.review_body.words, bc.fees.clock_words, bc.review_more_words, bc.act, "Easter Monday", "Saturday"}
    wanted |= {part.words for part in bc.letter_parts} | {bc.limit("correction").no_extension_words}
    assert wanted <= words


def test_british_columbia_asks_for_no_notice_of_a_breach_and_the_clinic_tells_both() -> None:
    rules = profile("ca-bc").breach
    assert (rules.must_tell, rules.clinic_tells) == (set(), {Told.PATIENT, Told.REVIEW_BODY})
    assert (rules.basis.verified, rules.clinic_basis.verified) == ("V", "S"), "the Act was read"
    assert "section 34" in rules.provision


def test_a_clinic_cannot_tell_fewer_of_a_breach_than_its_law_asks() -> None:
    table = read_table("ca-bc.toml")["breach"]
    stricter = {**table, "must_tell": ["patient", "review_body"]}
    assert read_breach_rules(stricter).must_tell == {Told.PATIENT, Told.REVIEW_BODY}
    with pytest.raises(ValueError, match="fewer"):
        read_breach_rules({**stricter, "clinic": {**table["clinic"], "tells": ["patient"]}})
    with pytest.raises(ValueError, match="newspaper"):
        read_breach_rules({**table, "must_tell": ["newspaper"]})
    with pytest.raises(KeyError):
        read_breach_rules({key: value for key, value in table.items() if key != "source"})


def test_no_number_or_name_of_a_jurisdiction_stands_in_the_code_of_the_rules() -> None:
    for module in (clocks, counting, fees, reviews):
        text = Path(str(module.__file__)).read_text(encoding="utf-8")
        code = re.sub(r'""".*?"""|#[^\n]*', "", text, flags=re.DOTALL)
        assert not re.search(r"\bca-|\bBC\b|Columbia|\b30\b|\b60\b|\bPIPA\b", code), module.__name__


@pytest.mark.parametrize("name", known())
def test_an_office_to_which_complaints_are_taken_says_by_which_law_it_may_have_our_papers(name: str) -> None:
    law, said = profile(name), set(spoken())
    for body in (law.taken_to("complaint"), law.taken_to("conduct")):
        assert body.papers is not None
        assert {body.papers.words, body.papers.provision} <= said, "a translator has to see it"
        if body.papers.basis.verified == "U":
            assert "To be checked" in body.papers.basis.note
    for which in ("complaint", "conduct"):
        table = deepcopy(read_table(f"{name}.toml"))
        del table["bodies"][which]["papers"]
        with pytest.raises(KeyError, match="papers"):
            read_profile(table, law.calendar)
