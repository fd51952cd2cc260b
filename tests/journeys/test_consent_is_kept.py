"""Consent that is kept: asked, read, given, looked at, taken back at any hour, by each in her own browser."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.demo.people import PASSWORD
from portal.services.work import Work
from tests.conftest import Clockwork
from tests.journeys.office_acts import PROOF, opens_the_case
from tests.journeys.visitor import Visitor
from tests.services.test_consent_changes import asked

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("sqlite_only")]

Arrives = Callable[..., Visitor]
WorkAs = Callable[..., AbstractContextManager[Work]]


def test_she_grants_and_withdraws_a_research_consent(arrives: Arrives, work_as: WorkAs, clock: Clockwork) -> None:
    # Given the clinic asks Amina for a study,
    asked(work_as)
    she, femi, dov = arrives("amina", phone=True), arrives("femi"), arrives("dov")

    # when she reads it on her phone and agrees,
    she.goes_to("/home")
    she.follows("Read and decide")
    she.reads("Light and lesions", "If you say no", "Your care here stays the same.", "What we will keep:")
    she.fills_in("Type your full name to agree", "Amina Haddad")
    she.fills_in(PROOF, PASSWORD)
    she.presses("I agree")
    she.reads("It takes effect when", "Until then we share nothing.")
    reference = she.words.split("Consent CC-", 1)[1].split()[0]

    # then her physician finds it, looks at it and accepts it,
    femi.goes_to("/office")
    femi.reads(f"CC-{reference}", "A consent is given")
    opens_the_case(femi, f"CC-{reference}")
    femi.reads("Amina Haddad agreed to something.", "Light and lesions", "Name that was typed")
    femi.presses("Accept the consent")
    femi.reads("It holds from now.")
    she.goes_to("/consents")
    she.reads("in force", "The Lesion Study", "What the law allows without your consent")

    # and when she takes it back at night, seeing first what follows,
    clock.move(hours=15)
    she = arrives("amina", phone=True)
    she.goes_to("/consents")
    she.link("Take it back", exact=False).click()
    she.reads("What stops", "What cannot be called back", "What the law continues", "It holds nothing up")
    she.chooses("Yes, please call me afterwards")
    she.presses("Take it back")
    she.reads("We have stopped.")

    # then the office finds next morning whom to tell, and records what proves it.
    clock.move(hours=9)
    dov = arrives("dov")
    dov.goes_to("/office/cases")
    dov.reads("A consent is taken back")
    dov.goes_to("/office/patients")
    dov.fills_in("Name or number of the patient", "Haddad Amina")
    dov.presses("Find")
    dov.goes_to(dov.link("Amina Haddad", exact=False).get_attribute("href") or "")
    dov.follows("What the patient agreed to")
    dov.reads("Every consent with its evidence", "withdrawn")
    dov.follows("Ask for a consent, or enter one")
    dov.reads("One consent is for one purpose")
