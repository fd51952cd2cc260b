"""A request that is refused as a whole: with reasons, the law, a name to ask, and where to go next."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.services.work import Work
from tests.clinic_at_work import Week
from tests.conftest import actor_of
from tests.journeys import office_acts, patient_acts
from tests.journeys.house import House
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_she_is_refused_with_a_letter_that_says_why_and_what_she_can_do(
    house: House, arrives: Callable[..., Visitor]
) -> None:
    def work_as(name: str) -> AbstractContextManager[Work]:
        return house.edge.work(actor_of(house.edge, name))

    # Given a review in which every entry is withheld, and signed,
    reference = Week(work_as, house.edge).deciding(withhold_all=True)
    dov, esi, amina = arrives("dov"), arrives("esi"), arrives("amina")

    # when the front desk looks, the refusal is not theirs to send;
    office_acts.opens_the_case(dov, reference)
    dov.does_not_read("Send the refusal")
    dov.goes_to(f"/office/cases/{reference}/refuse")
    dov.reads("This is not yours to do.")

    # the administrator reads the letter as it will go out, gives a wrong password, then the right one.
    office_acts.opens_the_case(esi, reference)
    esi.follows("Send the refusal")
    esi.reads("section 23(4)(c) of the Personal Information Protection Act", "This cannot be taken back.")
    esi.fills_in(office_acts.PROOF, "not her password")
    esi.presses("Send the refusal")
    esi.reads("There is something to put right")
    esi.fills_in(office_acts.PROOF, "demo-portal-2026")
    esi.presses("Send the refusal")
    esi.reads("The refusal is sent.", "This case is closed. Nobody waits.")

    # Then her letter has the reasons, the law, somebody to ask, where to complain until when, and no facts.
    patient_acts.looks_at_the_request(amina, reference)
    amina.reads("This request was refused. The letter says why, and what you can do about it.")
    amina.follows("Read the whole letter", exact=False)
    amina.reads(
        "section 23(4)(c) of the Personal Information Protection Act",
        "Esi Owusu",
        "Office of the Information and Privacy Commissioner",
        "within 30",
    )
    amina.does_not_read("Aurelia", "neighbour")
