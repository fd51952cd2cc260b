"""The clinic changes what it promises: the administrator publishes, and a patient reads what changed."""

from collections.abc import Callable

import pytest

from portal.demo.people import PASSWORD
from tests.journeys.office_acts import PROOF
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
SHORTER = "We ask for what we need to care for you. Never for more."


def writes_in(esi: Visitor, field: str, text: str) -> None:
    esi.page.locator(f"#{field}").fill(text)


@pytest.mark.parametrize("how", [{"phone": True}, {"scripts": False}], ids=["phone", "without-scripts"])
def test_the_administrator_publishes_and_the_patient_reads_what_changed(
    arrives: Arrives, visit: Arrives, how: dict[str, bool]
) -> None:
    # Given an administrator who begins a new version and writes a clause anew.
    esi = arrives("esi", **({} if how.get("phone") else how))
    esi.goes_to("/office/policy")
    esi.presses("Start a new version")
    esi.reads("Nothing has changed yet. There is nothing to publish.")
    esi.follows("We collect only what we need")
    writes_in(esi, "body_en", SHORTER)
    writes_in(esi, "body_fr", "Nous demandons ce qu’il nous faut pour vous soigner. Jamais plus.")
    esi.presses("Look at it first")
    esi.reads("Nothing is saved yet. Save it below.")
    esi.presses("Save the clause")

    # When she says what changed, looks at it as patients will, and publishes it.
    esi.follows("Write what changed")
    writes_in(esi, "changes_en", "We say more shortly what we ask you for.")
    writes_in(esi, "changes_fr", "Nous disons plus brièvement ce que nous vous demandons.")
    esi.presses("Save")
    esi.follows("in French")
    esi.reads("Jamais plus.")
    esi.goes_to("/office/policy")
    esi.follows("Look it over and publish it")
    esi.fills_in(PROOF, PASSWORD)
    esi.presses("Publish")
    esi.reads("Version 2 is published.")

    # Then the patient finds on her home what changed, before anything else of it.
    amina = arrives("amina", **how)
    amina.goes_to("/home")
    amina.reads("What changed in our privacy policy", "We say more shortly what we ask you for.")
    amina.follows("See every change, and the whole policy")
    amina.reads(SHORTER)
    amina.goes_to("/home")
    amina.presses("I have read it")
    amina.reads("Thank you. We wrote down that you have read it.")
    amina.does_not_read("What changed in our privacy policy")

    # And whoever has no account reads both versions.
    stranger = visit("stranger", **how)
    stranger.goes_to("/policy")
    stranger.follows("All versions, and what changed")
    stranger.follows("Version 1")
    stranger.reads("This version no longer holds.")


def test_what_is_held_is_read_kind_by_kind_on_a_phone(arrives: Arrives) -> None:
    mei = arrives("mei", phone=True)
    mei.goes_to("/home")
    mei.follows("Know how long we keep it")
    mei.reads("What we hold about you", "Why we keep it", "Nothing of it is destroyed before")
    mei.opens("How we count this day")
    mei.reads("The latest of these days counts.")
