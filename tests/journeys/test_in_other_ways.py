"""The same work by keyboard alone, without scripts, and on a phone."""

from collections.abc import Callable

import pytest

from portal.demo.people import PASSWORD
from portal.edges import Edge
from tests.clinic_at_work import Week
from tests.journeys import office_acts, patient_acts, review_acts
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
FACTS = "Her neighbour Aurelia told this about her own illness in April, and asked that it stay with us."
WHY = "Every line of the entry is about Aurelia, so nothing would be left."


def test_the_physician_reviews_by_keyboard_alone(arrives: Arrives, work_as: Arrives, edge: Edge) -> None:
    reference = Week(work_as, edge).in_review()
    femi = arrives("femi")
    femi.goes_to(f"/office/cases/{reference}")
    femi.tabs_to("Review the record")
    femi.strikes("Enter")
    femi.reads("Entry 1 of ")

    # j and k turn the pages; w opens what withholding asks for, and Tab and the arrows lead through it.
    femi.strikes("j")
    femi.reads("Entry 2 of ")
    femi.strikes("k")
    femi.reads("Entry 1 of ")
    femi.page.keyboard.press("w")
    femi.tabs_to_the_choice(review_acts.ABOUT_ANOTHER)
    femi.tabs_to_the_field("What are the facts?")
    femi.page.keyboard.type(FACTS)
    femi.tabs_to_the_field("Why is taking out passages not enough?")
    femi.page.keyboard.type(WHY)
    femi.tabs_to("Save and next")
    femi.strikes("Enter")
    femi.reads("1 of ")

    # r releases an entry and goes on, to the signature at the end.
    while not femi.page.url.endswith("/sign"):
        femi.strikes("r")
    femi.tabs_to_the_field(office_acts.PROOF)
    femi.page.keyboard.type(PASSWORD)
    femi.strikes("Enter")
    femi.reads("You signed the review.")


def test_a_request_is_made_without_scripts(arrives: Arrives) -> None:
    she = arrives("mei", scripts=False)
    patient_acts.begins_a_request(she)
    patient_acts.answers(she, "A copy to keep")
    patient_acts.answers(she, "I will say it in my own words")
    she.presses("Continue")
    she.reads("There is something to put right", "Say in your own words what you want to see.")
    she.fills_in("What do you want to see, in your own words?", "Everything about my hands since 2024.")
    she.presses("Continue")
    patient_acts.answers(she, "Pick it up at the clinic")
    patient_acts.answers(she)
    she.reads("Everything about my hands since 2024.")
    she.presses("Send the request")
    she.reads("Your request is on its way to us.", f"Number {patient_acts.reference_of(she)}")


def test_a_review_is_done_without_scripts(arrives: Arrives, work_as: Arrives, edge: Edge) -> None:
    reference = Week(work_as, edge).in_review()
    femi = arrives("femi", scripts=False)
    review_acts.begins_the_review(femi, reference)
    review_acts.withholds(femi, FACTS, WHY)
    review_acts.releases_all_remaining(femi, reference)
    review_acts.signs(femi)
    femi.reads("You signed the review.")


def test_a_patient_does_everything_on_a_phone(arrives: Arrives, visit: Arrives) -> None:
    visitor = visit("visitor", phone=True)
    for path in ("/", "/policy", "/accessibility", "/no-such-page"):
        visitor.goes_to(path)
    she = arrives("mei", phone=True)
    reference = patient_acts.asks_for_everything(she)
    she.opens("How we count")
    she.reads("Days counted: 30. Days left out: 14.")
    she.follows("Read the whole letter", exact=False)
    for path in ("/home", "/access-requests", "/access-log", "/disclosures", "/record", "/account", "/account/codes"):
        she.goes_to(path)
    she.goes_to(f"/access-requests/{reference}/withdraw")


def test_the_office_and_the_physician_work_on_a_phone(arrives: Arrives, work_as: Arrives, edge: Edge) -> None:
    week = Week(work_as, edge)
    decided, to_gather, to_review = week.deciding(), week.gathering(), week.in_review()
    esi = arrives("esi", phone=True)
    for path in ("/office/cases", "/office/patients", "/office/patients/P-004117"):
        esi.goes_to(path)
    for step in ("", "/record", "/estimate", "/question", "/extend", "/identity", "/physician", "/no-record"):
        esi.goes_to(f"/office/cases/{to_gather}{step}")
    esi.goes_to(f"/office/cases/{decided}")
    esi.goes_to(f"/office/cases/{decided}/release")
    esi.goes_to(f"/office/cases/{decided}/return-review")
    femi = arrives("femi", phone=True)
    review_acts.begins_the_review(femi, to_review)
    review_acts.withholds(femi, FACTS, WHY)
    femi.page.get_by_role("radio", name="Sever a passage").check()
    femi.looks_around()
    review_acts.releases_all_remaining(femi, to_review)
    review_acts.signs(femi)
    femi.reads("You signed the review.")
