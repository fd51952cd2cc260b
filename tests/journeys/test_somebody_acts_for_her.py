"""Somebody acts for a patient, until she decides herself or takes it back: as each of them sees it."""

from collections.abc import Callable

import pytest

from portal.demo.people import PASSWORD
from portal.services import patients
from tests.journeys.office_acts import PROOF
from tests.journeys.patient_acts import answers, reference_of
from tests.journeys.visitor import Visitor
from tests.services.test_representatives import child, guardian
from tests.web.office.stages import WorkAs

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]


def test_the_guardian_of_a_child_asks_until_the_child_decides_for_herself(arrives: Arrives, work_as: WorkAs) -> None:
    # Given a child whose father's power was checked.
    with work_as("dov") as work:
        patient = child(work)
        guardian(work, patient)
        number = patients.find(work, patient.number).number

    # When he asks for her record.
    ben = arrives("ben", phone=True)
    ben.goes_to("/representatives")
    ben.reads("Parent or guardian", "You act")
    ben.goes_to("/access-requests/new")
    ben.chooses("Tess Moreau")
    ben.presses("Begin")
    answers(ben, "A copy to keep")
    answers(ben, "Everything you have about me")
    answers(ben, "Download it here")
    answers(ben)
    ben.presses("Send the request")
    reference = reference_of(ben)
    ben.reads("A copy of the record of Tess Moreau")

    # Then the office reads who asked, and for whom; and writes down that she decides for herself.
    dov = arrives("dov")
    dov.goes_to(f"/office/cases/{reference}")
    dov.reads("Ben Lindqvist for Tess Moreau sent the request.")
    dov.goes_to(f"/office/patients/{number}/representatives")
    dov.reads("The patient is a minor until 1 June 2031.")
    dov.follows("She decides for herself")
    dov.chooses("The responsible physician spoke with the young person and finds that she can decide this")
    dov.fills_in(PROOF, PASSWORD)
    dov.presses("Write it down")
    dov.reads("This young person decides for herself since")

    # And her father sees nothing more, and reads why.
    ben.goes_to(f"/access-requests/{reference}")
    ben.reads("You no longer act for Tess Moreau.", "The patient decides for herself.")
    ben.goes_to("/home")
    ben.does_not_read("Tess Moreau")


def test_a_power_is_ended_while_its_holder_reads_a_page(arrives: Arrives) -> None:
    # Given Ben, who reads Amina's request.
    ben, amina = arrives("ben"), arrives("amina", phone=True)
    ben.goes_to("/access-requests/AR-2026-000001-U")
    ben.reads("A copy of the record of Amina Haddad")

    # When she sees what he did, and ends his power.
    amina.goes_to("/representatives")
    amina.reads("Representative under a representation agreement", "What was done for you last")
    amina.follows("End this", exact=False)
    amina.reads("It stops at once, also on pages that are open now.")
    amina.fills_in(PROOF, PASSWORD)
    amina.presses("End it now")
    amina.reads("The patient ended it.")

    # Then his next click leads nowhere, and the page says why.
    ben.follows("Withdraw the request")
    ben.reads("You cannot see this page any more", "You no longer act for Amina Haddad.", "The patient ended it.")
    ben.follows("See for whom you act")
    ben.reads("You do not act now")
