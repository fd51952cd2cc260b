"""The clinic writes its letters in its own words: the next one says them, one that was sent stays."""

from collections.abc import Callable

import pytest

from portal.demo.people import PASSWORD
from tests.journeys.office_acts import PROOF
from tests.journeys.patient_acts import asks_for_everything
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
TYPED = """Hello {reader},

It is good that you ask. Your request has the number {reference}.

## When you hear from us

You have our answer by {due}.

---

## Questions

{who-answers}
"""


@pytest.mark.parametrize("how", [{"phone": True}, {"scripts": False}], ids=["phone", "without-scripts"])
def test_the_administrator_words_a_letter_and_the_next_patient_reads_it(arrives: Arrives, how: dict[str, bool]) -> None:
    # Given a patient who asked before, and has the portal's letter.
    amina = arrives("amina", **how)
    before = asks_for_everything(amina)

    # When the administrator writes the letter anew, forgets the day, and is told.
    esi = arrives("esi", **how)
    esi.goes_to("/office/wordings")
    esi.follows("English: A request for a record has come")
    esi.fills_in("Title of the letter", "It is good that you ask")
    esi.fills_in("What the letter says", TYPED.replace("{due}", "and by"))
    esi.presses("See the letter")
    esi.reads("This letter must say the last day for our answer. Put {due} in.")

    # And puts it in, sees the letter as a patient will, changes her mind, looks again, and publishes.
    esi.fills_in("What the letter says", TYPED)
    esi.presses("See the letter")
    esi.reads("Hello Maria Example,", "Nothing is published yet.")
    esi.presses("Change the words")
    esi.fills_in("Title of the letter", "Good that you ask")
    esi.presses("See the letter")
    esi.fills_in("Why the words change", "Patients said that the old one was stiff.")
    esi.fills_in(PROOF, PASSWORD)
    esi.presses("Publish")
    esi.reads("Version 1 is published.", "Patients said that the old one was stiff.")
    esi.follows("Version 1")
    esi.reads("Every changed word")

    # Then the next patient has her letter in these words, with her own number and day.
    mei = arrives("mei", **how)
    after = asks_for_everything(mei)
    mei.goes_to(f"/access-requests/{after}")
    mei.reads("Good that you ask", f"Your request has the number {after}.")

    # And the letter that was sent before is as it was.
    amina.goes_to(f"/access-requests/{before}")
    amina.reads("We have your request")
    amina.does_not_read("Good that you ask")
