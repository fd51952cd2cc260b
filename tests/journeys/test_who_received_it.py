"""Something goes to somebody outside, or does not; and the patient finds out who received what, sooner or later."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.demo.people import PASSWORD
from portal.domain.dispatches import Event
from portal.domain.record_items import Category
from portal.models.consents import Consent
from portal.models.dispatches import Dispatch
from portal.models.letters import Letter
from portal.services import consents, dispatches
from tests.conftest import Clockwork
from tests.journeys.office_acts import PROOF
from tests.journeys.visitor import Visitor
from tests.services.test_disclosure_notices import hospital, in_danger
from tests.services.test_disclosures import by_two, gives, somebody, to_police
from tests.services.test_may_we import a_study, in_force
from tests.web.office.stages import WorkAs

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]


def test_a_disclosure_is_refused_because_consent_ended_a_minute_ago(
    arrives: Arrives, work_as: WorkAs, clock: Clockwork
) -> None:
    # Given Amina's consent to a study, and Dov who is about to send her results to it.
    with work_as("dov") as work:
        key = in_force(work, a_study(work), Category.RESULTS).id
    dov = arrives("dov")
    dov.goes_to("/office/patients/P-004117")
    dov.follows("Give information to somebody outside")
    dov.page.get_by_label("What is it for?").select_option(label="Research or a clinical trial")
    dov.fills_in("Who gets it?", "The Lesion")
    dov.page.get_by_label("Results and measurements").check()
    dov.fills_in("What is given?", "The results of 2026")
    dov.fills_in("Why does this recipient need it?", "The study counts them")
    dov.page.get_by_label("How does it go?").select_option(label="Courier")
    dov.presses("Ask whether we may")
    dov.reads("Before it goes out", "The patient agreed to", "The results of 2026")

    # When she takes her consent back, a minute before he presses.
    with work_as("amina") as work:
        consents.take_back(work, work.db.get_one(Consent, key))
    clock.move(minutes=1)
    dov.fills_in(PROOF, PASSWORD)
    dov.page.get_by_role("button", name="Let it go out").click()

    # Then nothing goes out, and he reads why in one sentence.
    dov.reads("This may not go out. The patient took her consent back on 23 November 2026.")

    # And she finds no entry, but that it was tried.
    amina = arrives("amina", phone=True)
    amina.goes_to("/disclosures")
    assert "The Lesion Study" not in amina.page.content()
    amina.goes_to("/access-log")
    amina.reads("wanted to give your information to somebody outside the clinic, and the portal refused")


def test_the_patient_finds_an_entry_that_was_held_back_until_yesterday(
    arrives: Arrives, work_as: WorkAs, clock: Clockwork
) -> None:
    # Given what the police received by law, held back because an investigation was open.
    police = somebody(work_as, "Nanaimo RCMP", "police")
    with work_as("dov", writes=False) as work:
        until = work.today + timedelta(10)
    by_two(work_as, to_police(police, kept_for="investigation", shown_from=until))
    amina = arrives("amina", phone=True)
    amina.goes_to("/disclosures")
    assert "RCMP" not in amina.page.content()

    # When the day has come and gone.
    clock.move(days=11)

    # Then it is there by itself, with the reason, and she sifts it out and follows it from the log.
    amina = arrives("amina", phone=True)
    amina.goes_to("/disclosures")
    amina.reads("Nanaimo RCMP", "It stands here since 3 December 2026.", "an investigation was open")
    amina.page.get_by_label("Who received it").select_option(label="Nanaimo RCMP")
    amina.presses("Show")
    amina.reads("The visit of 3 March")
    assert "Cedar Strait Mutual" not in amina.page.locator("section").all_inner_texts()
    amina.goes_to("/access-log")
    amina.reads("wrote down that we gave your information to somebody outside the clinic")


def test_a_letter_about_what_never_happened_is_marked_wrong_and_somebody_writes_to_her(
    arrives: Arrives, work_as: WorkAs
) -> None:
    # Given a letter in the post about what was given in danger, for the wrong patient.
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    with work_as("dov") as work:
        letter = select(Letter.id).where(Letter.disclosure_id == key)
        sheet = work.db.scalars(select(Dispatch).where(Dispatch.letter_id.in_(letter), Dispatch.way == "post")).one()
        dispatches.follows(work, sheet, Event.CONFIRMED)
        dispatches.follows(work, sheet, Event.PRINTED)
        dispatches.follows(work, sheet, Event.POSTED)

    # When Dov corrects the register.
    dov = arrives("dov")
    dov.goes_to(f"/office/disclosures/{key}/correct")
    dov.fills_in("What was wrong with the entry?", "It was about another patient.")
    dov.page.get_by_label("Nothing was given at all").check()
    dov.presses("Enter the correction")

    # Then he reads what to do, and the letter can go out by no way.
    dov.goes_to(f"/office/disclosures/{key}")
    dov.reads("Somebody has to write to her that it was.")
    dov.follows("Choose what to do")
    dov.reads("She got this letter, and it was wrong")
    dov.goes_to(f"{dov.page.url}/next")
    dov.reads("Nothing more is to be done")
    for way in ("Post", "Courier", "Fax", "Telephone", "At the front desk"):
        assert dov.page.get_by_label(way, exact=True).count() == 0

    # And she reads on her telephone that it does not count.
    amina = arrives("amina", phone=True)
    amina.goes_to("/disclosures")
    amina.reads("Our letter to you about this was wrong. It does not count any more.")
    amina.follows("Read the letter that was wrong")
    amina.reads("This letter was wrong. It does not count any more.")
