"""A patient asks for her record and receives it: from her own browser at home to the opened PDF."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.domain.actors import Role
from portal.edges import DEMO_RECORDS
from portal.services import accounts, patients
from tests.conftest import actor_of
from tests.journeys import office_acts, patient_acts
from tests.journeys.house import House
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LARGEST = Path(__file__).resolve().parents[3] / "shared" / "data" / "fhir" / "synthea-r4" / "Felipa_OKeefe.json"
HER_PASSWORD = "seven herons at the ferry"
LAWFUL_DAY = "Wednesday 6 January 2027"


def becomes_a_patient(house: House, given: str, family: str, born: date, email: str) -> str:
    """The clinic opens her file and gives her an account; the address of her own first link."""
    with house.edge.work(actor_of(house.edge, "esi")) as work:
        physician = actor_of(house.edge, "femi")
        file = patients.register(work, given, family, born, responsible_id=physician.id, email=email)
        account = accounts.add(work, email, f"{given} {family}", frozenset({Role.PATIENT}))
        file.account_id = account.id
        return accounts.give_link(work, account)


def test_she_asks_and_receives(house: House, visit: Callable[..., Visitor], arrives: Callable[..., Visitor], tmp_path: Path) -> None:
    if not LARGEST.exists():
        pytest.skip(f"the largest record is not on this machine: {LARGEST.name}")
    link = becomes_a_patient(house, "Felipa", "O'Keefe", date(1959, 8, 26), "felipa@patients.example")

    # She sets her password at home and signs in with it.
    she = visit("felipa")
    she.goes_to(link)
    she.fills_in("A new password", HER_PASSWORD)
    she.fills_in("The same password again", HER_PASSWORD)
    she.presses("Set up my sign-in")
    she.fills_in("E-mail address", "felipa@patients.example")
    she.fills_in("Password", HER_PASSWORD)
    she.presses("Sign in")
    reference = patient_acts.asks_for_everything(she)
    she.reads("We have your request and will first check who is asking.", LAWFUL_DAY)

    dov = arrives("dov")
    office_acts.checks_who_is_asking(dov, reference)
    office_acts.starts_gathering(dov, reference)
    office_acts.brings_in(dov, reference, LARGEST)
    office_acts.sends_an_estimate(dov, reference, "Photographs printed on photo paper", 2)
    patient_acts.accepts_the_fee(she, reference)
    office_acts.refers(dov, reference)
