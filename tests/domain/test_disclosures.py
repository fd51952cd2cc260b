"""What a disclosure rests on, what it needs, when the patient is told; and that a spreadsheet runs nothing."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from portal.domain import disclosures, purposes, spreadsheets
from portal.domain.consents import Answer
from portal.domain.disclosures import Basis, How, Wanted, allowed, terms
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import profile
from portal.domain.record_items import Category

BC = profile("ca-bc")
TODAY = date(2026, 11, 23)
LETTER = Wanted("care", uuid4(), (Category.REPORTS,), "A letter", "Shared care", How.FAX)
TO_POLICE = replace(LETTER, purpose="police", note="File 26-1234 asks in writing for the day of the assault.")


@pytest.mark.parametrize("purpose", [each.id for each in purposes.every()])
def test_what_is_implied_for_care_needs_no_proof_and_all_else_does(purpose: str) -> None:
    needs = terms(BC, replace(LETTER, purpose=purpose), TODAY)
    assert needs.basis == (Basis.CARE if purpose == "care" else Basis.CONSENT)
    assert needs.proof == (purpose != "care")
    assert not needs.two_people


@pytest.mark.parametrize("row", BC.consents.lawful, ids=lambda row: row.id)
def test_every_case_of_the_law_needs_a_proof_and_what_the_profile_asks(row: disclosures.Lawful) -> None:
    safeguard = BC.disclosures.safeguard(row.id)
    needs = terms(BC, replace(LETTER, purpose=row.id, note="It was so."), TODAY)
    assert needs.basis == Basis.LAW
    assert needs.proof
    assert needs.two_people == (row.by_contact or (safeguard is not None and safeguard.two_people))
    if safeguard is not None and safeguard.note:
        with pytest.raises(Invalid, match="what was so") as no:
            terms(BC, replace(LETTER, purpose=row.id, note="  "), TODAY)
        assert no.value.field == "note"


def test_the_rules_name_only_cases_the_law_has() -> None:
    known = {row.id for row in BC.consents.lawful}
    for rule in (*BC.disclosures.safeguards, *BC.disclosures.holding_back):
        assert rule.provisions <= known
    assert all(each.words.endswith(".") for each in BC.disclosures.holding_back)
    assert {"police", "court-order"} <= {
        p for each in BC.disclosures.safeguards if each.two_people for p in each.provisions
    }


def test_what_the_privacy_contact_decides_is_allowed_only_for_the_recipients_the_law_names() -> None:
    needs = terms(BC, TO_POLICE, TODAY)
    assert needs.contact
    assert needs.two_people
    assert allowed(Answer(False, "The contact decides.", provision="section 18(1)"), needs)
    assert not allowed(Answer(False, "Not to this recipient."), needs)
    assert not allowed(Answer(False, "A denial.", provision="x"), terms(BC, LETTER, TODAY))


def held(**changes: object) -> Wanted:
    return replace(TO_POLICE, **{"kept_for": "investigation", "shown_from": TODAY + timedelta(30), **changes})  # type: ignore[arg-type]


def test_an_entry_is_held_back_for_a_reason_of_the_law_until_a_day() -> None:
    needs = terms(BC, held(), TODAY)
    assert needs.held is not None
    assert needs.held.provision.startswith("section 23(3)(c)")
    assert not needs.hers_alone
    assert terms(BC, held(kept_for="safety"), TODAY).hers_alone
    assert terms(BC, TO_POLICE, TODAY).held is None


@pytest.mark.parametrize(
    ("wanted", "field", "said"),
    [
        (held(kept_for=""), "kept_for", "gives no reason"),
        (held(kept_for="because"), "kept_for", "gives no reason"),
        (held(purpose="health-plan"), "kept_for", "gives no reason"),
        (held(purpose="care"), "kept_for", "gives no reason"),
        (held(shown_from=None), "shown_from", "day after today"),
        (held(shown_from=TODAY), "shown_from", "day after today"),
        (held(shown_from=TODAY + timedelta(367)), "shown_from", "no more than 366 days"),
    ],
)
def test_nothing_is_held_back_without_reason_or_without_end(wanted: Wanted, field: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as no:
        terms(BC, wanted, TODAY)
    assert no.value.field == field


@pytest.mark.parametrize("field", ["categories", "what", "why"])
def test_an_entry_says_what_and_what_for(field: str) -> None:
    empty: object = () if field == "categories" else "  "
    with pytest.raises(Invalid) as no:
        disclosures.check(replace(LETTER, **{field: empty}))  # type: ignore[arg-type]
    assert no.value.field == field
    disclosures.check(LETTER)


def test_what_is_wanted_can_wait_and_is_the_same_afterwards() -> None:
    for wanted in (LETTER, held()):
        assert Wanted.from_json(wanted.to_json()) == wanted


# C05: what was typed is text in a spreadsheet, whatever it begins with.

RUN = ["=HYPERLINK(1)", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u200b=1", "\ufeff=1", "\uff1d1"]


@pytest.mark.parametrize("cell", RUN)
def test_a_cell_that_would_be_run_is_text(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(b"".join(spreadsheets.lines([[cell]])).decode("utf-8-sig"), newline=""))
    assert row == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["", "A letter", "2026-11-23", 'He said "=1"', "a, b", "two\nlines", "Élodie – 5 = 5"])
def test_any_other_cell_stands_as_it_is(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(b"".join(spreadsheets.lines([[cell]])).decode("utf-8-sig"), newline=""))
    assert row == [cell]
