"""A clinic's file is read whole, and every fault in it is told at once."""

import tomllib
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import portal
from portal.domain.clinics import Clinic
from portal.domain.colours import MIST, Colours, contrast, faults
from portal.domain.errors import Invalid

DEMO = tomllib.loads((Path(str(portal.__file__)).parent / "demo" / "clinic.toml").read_text(encoding="utf-8"))


def changed(**changes: Any) -> dict[str, Any]:
    return deepcopy(DEMO) | changes


def refused(table: dict[str, Any]) -> str:
    with pytest.raises(Invalid) as fault:
        Clinic.from_toml(table)
    return fault.value.sentence


def test_the_demo_clinic_is_read() -> None:
    clinic = Clinic.from_toml(DEMO)
    assert (clinic.name, clinic.jurisdiction, clinic.paper) == ("Procerus Skin Care", "ca-bc", "Letter")
    assert clinic.privacy_contact.title
    assert clinic.privacy_contact.phone
    assert clinic.fees.line("pages").justification
    assert clinic.uses_of_information
    assert date(2026, 12, 31) in clinic.closed_days
    assert date(2027, 1, 4) not in clinic.closed_days


def test_the_demo_clinic_is_nobodys() -> None:
    text = str(DEMO)
    assert "555-01" in text
    assert all(".example" in address for address in (DEMO["email"], DEMO["privacy_contact"]["email"]))


def test_an_empty_file_is_refused_with_everything_it_lacks() -> None:
    told = refused({})
    for name in ("name", "address", "phone", "privacy_contact.title", "jurisdiction", "paper", "uses_of_information"):
        assert f"- {name}" in told


def test_every_fault_is_told_at_once() -> None:
    told = refused(
        changed(paper="A3", email="nobody", phone="?", jurisdiction="ca-zz", languages=["English"], colour=1)
    )
    for part in ("paper is A3", "email cannot", "phone cannot", "ca-zz", "languages has English", "colour is not"):
        assert part in told
    assert told.count("\n- ") == 6


def test_further_grounds_are_those_that_the_law_allows_and_does_not_demand() -> None:
    assert Clinic.from_toml(changed()).further_grounds == ()
    assert Clinic.from_toml(changed(further_grounds=["privilege", "lien"])).further_grounds == ("privilege", "lien")
    told = refused(changed(further_grounds=["harm_other", "mood"]))
    assert "further_grounds has harm_other. Choose among: privilege, commercial" in told
    assert "further_grounds has mood." in told


def test_whether_a_refusal_may_leave_open_what_there_is_is_said_by_true_or_false() -> None:
    assert not Clinic.from_toml(DEMO).neither_confirm_nor_deny
    assert Clinic.from_toml(changed(neither_confirm_nor_deny=True)).neither_confirm_nor_deny
    assert "neither_confirm_nor_deny must be true or false" in refused(changed(neither_confirm_nor_deny="yes"))


def test_the_jurisdictions_zone_is_used_when_the_file_names_none() -> None:
    table = changed()
    del table["time_zone"]
    assert Clinic.from_toml(table).time_zone == "America/Vancouver"
    assert "time_zone is Mars" in refused(changed(time_zone="Mars"))


def test_colours_that_cannot_be_read_are_refused_with_their_ratio() -> None:
    told = refused(changed(colours={"primary": "#7fb8c2"}))
    assert "white text on colours.primary is 2.20 to 1" in told
    assert list(faults(Colours(panel="red"))) == [
        "The colour panel is red. Write it as six hex digits, such as #0b5563."
    ]
    assert list(faults(Colours())) == []


def test_a_link_must_be_readable_on_mist_as_well_as_on_white() -> None:
    assert contrast("#727272", "#ffffff") > 4.5
    told = list(faults(Colours(primary="#727272", hover="#717171", panel="#ffffff")))
    assert [sentence.split(", and people")[0] for sentence in told] == [
        "The contrast of colours.primary on the mist behind tables and sections is 4.33 to 1",
        "The contrast of colours.hover on the mist behind tables and sections is 4.39 to 1",
    ]


def test_the_mist_that_is_checked_is_the_mist_that_is_drawn() -> None:
    tokens = Path(__file__).resolve().parents[2] / "static" / "scss" / "_tokens.scss"
    assert f"$mist: {MIST};" in tokens.read_text("utf-8")


def test_contrast_is_the_formula_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#0b5563") == contrast("#0b5563", "#ffffff")


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"cents": -1}, "cents must be a whole number"),
        ({"cents": "25"}, "cents must be a whole number"),
        ({"justification": ""}, "justification is missing"),
        ({"id": "Pages!"}, "id cannot be right"),
        ({"price": 3}, "price is not a setting"),
        ({"unit_plural": ""}, "unit_plural is missing"),
        ({"charged_for": []}, "charged_for must be a list"),
        ({"charged_for": ["post", "pigeon"]}, "charged_for has pigeon. Use: download, pick_up, post, fax, view."),
    ],
)
def test_a_fee_line_without_a_price_a_name_or_a_reason_is_refused(change: dict[str, Any], part: str) -> None:
    line = DEMO["fees"]["lines"][0] | change
    assert part in refused(changed(fees={"lines": [line]}))


def test_two_fee_lines_cannot_share_an_id() -> None:
    line = DEMO["fees"]["lines"][0]
    assert "the id pages twice" in refused(changed(fees={"lines": [line, line]}))


@pytest.mark.parametrize("last", [date(2026, 12, 27), date(2028, 12, 28), "soon", None])
def test_a_closure_ends_after_it_begins_and_within_a_year(last: object) -> None:
    closure = {"first": date(2026, 12, 28), "last": last, "reason": "Winter"}
    assert "closures 1: last" in refused(changed(closures=[closure]))


@pytest.mark.parametrize("key", ["privacy_contact", "colours", "fees", "closures", "hours", "name"])
def test_a_value_of_the_wrong_kind_is_a_fault_and_not_a_crash(key: str) -> None:
    for wrong in (3, "text", [3], {"x": 3}, True, date(2026, 1, 1)):
        if key == "name" and wrong == "text":
            continue
        assert key in refused(changed(**{key: wrong}))
