"""Consent that is kept: asked, read, given, looked at, taken back at any hour, by each in her own browser."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.demo.people import PASSWORD
from portal.domain.consent_terms import Terms
from portal.models.record_items import RecordItem
from portal.services import consent_changes, consent_places, consent_reviews, consents, patients
from portal.services.work import Work
from tests.conftest import Clockwork
from tests.journeys.office_acts import PROOF, opens_the_case
from tests.journeys.visitor import Visitor
from tests.services.test_consent_changes import AMINA, asked, recipient

pytestmark = [pytest.mark.browser, pytest.mark.slow]

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


def on_the_website(work_as: WorkAs) -> UUID:
    """A picture of Amina's on the clinic's site, under a consent of hers that holds."""
    with work_as("dov") as work:
        site, amina = recipient(work, "clinic", "Our own site"), patients.find(work, AMINA)
        hers = (RecordItem.patient_id == amina.id, RecordItem.category == "photographs")
        picture = work.db.scalars(select(RecordItem.id).where(*hers).limit(1)).one()
        terms = Terms(
            "photos-website",
            {site.id: site.kind},
            items=frozenset({picture}),
            ends="date",
            expires_on=date(2027, 3, 31),
        )
        key = consent_changes.ask(work, amina, terms).id
    with work_as("amina") as work:
        mine = patients.own(work)
        case = consent_changes.give(work, mine, consents.find(work, mine, key), "Amina Haddad")
        reference = str(case.reference)
    with work_as("femi") as work:
        consent_reviews.accept(work, consent_changes.find(work, reference))
    with work_as("dov") as work:
        amina = patients.find(work, AMINA)
        consent_places.add(work, amina, consents.find(work, amina, key), "The website, page on acne")
    return key


def test_she_has_her_picture_taken_off_the_website_at_midnight(
    arrives: Arrives, work_as: WorkAs, clock: Clockwork
) -> None:
    # Given a picture of Amina's on the clinic's website, and the middle of the night.
    on_the_website(work_as)
    clock.move(hours=15)
    she = arrives("amina", phone=True)

    # When she wants it down, sees first what follows, and presses.
    she.goes_to("/consents")
    she.reads("in force", "Our own site")
    she.link("Take my pictures down", exact=False).click()
    she.reads("What stops", "What cannot be called back")
    she.chooses("No, thank you")
    she.presses("Take it back")

    # Then it has stopped at that minute, before anybody at the clinic is awake,
    she.reads("We have stopped. It counts from the moment we received it.")
    reference = she.words.split("Consent CC-", 1)[1].split()[0]
    she.goes_to("/consents")
    she.reads("withdrawn")

    # and next morning the office finds whom to tell and what to take down, with the letter written,
    clock.move(hours=9)
    dov, femi = arrives("dov"), arrives("femi")
    dov.goes_to("/office/cases")
    dov.reads(f"CC-{reference}", "A consent is taken back")
    opens_the_case(dov, f"CC-{reference}")
    dov.reads("Tell Our own site", "Take down: The website, page on acne")
    for what, proof in (
        ("Take down: The website, page on acne", "The page shows no picture since 8:05; looked at it twice."),
        ("Tell Our own site", "Our web editor signed the letter this morning."),
    ):
        dov.page.get_by_role("link", name=what).click()
        dov.fills_in("What was done, when, and what proves it?", proof)
        dov.presses("Record that it is done")
        dov.reads(proof)

    # and when the physician has seen it too, it is done, and the patient reads so.
    opens_the_case(femi, f"CC-{reference}")
    femi.presses("I have seen this")
    femi.reads("This is done.")
    she = arrives("amina", phone=True)
    she.goes_to(f"/consents/changes/CC-{reference}")
    she.reads("We have stopped, and everybody who had to know is told.")


def test_she_agrees_on_the_telephone_and_has_it_in_writing(arrives: Arrives, work_as: WorkAs) -> None:
    # Given a course that wants to show a picture, and Amina on the telephone.
    with work_as("dov") as work:
        recipient(work, "teaching", "Coast Medical School")
    dov, femi = arrives("dov"), arrives("femi")

    # When Dov reads the wording out, and writes down all of it but what she asked,
    dov.goes_to("/office/patients/P-004117/consents")
    dov.follows("Ask for a consent, or enter one")
    dov.chooses("It was given by telephone")
    dov.page.get_by_label("For what? A consent is for one purpose only.").select_option(value="photos-teaching")
    dov.page.get_by_label("Coast Medical School").check()
    dov.page.locator("input[name=items]").first.check()
    dov.chooses("On a day")
    for name, parts in (("expires_on", ("31", "3", "2027")), ("on", ("23", "11", "2026"))):
        for part, text in zip(("day", "month", "year"), parts, strict=True):
            dov.page.locator(f"[name={name}-{part}]").fill(text)
    dov.opens("The wording: Photographs and video for teaching")
    dov.fills_in("Who gave the consent?", "Amina Haddad")
    dov.fills_in("At what time?", "09:40")
    dov.fills_in("Where?", "By telephone")
    dov.chooses("By calling back the number on file")
    dov.page.get_by_label("I read the wording for this purpose out, word for word").check()
    dov.presses("Save")

    # then nothing is stored, and he is told what is missing.
    dov.reads("Write what the patient asked and what you answered, or that she asked nothing.")
    dov.fills_in("What did the patient ask, and what did you answer?", "Who sees it? The students of one course.")
    dov.presses("Save")
    dov.reads("The consent is entered with its evidence.", "By calling back the number on file", "09:40", "Dov Levin")
    reference = dov.page.url.rsplit("/", 1)[1]

    # When the physician accepts it, she finds it with its receipt, and can take it back as easily.
    opens_the_case(femi, reference)
    femi.presses("Accept the consent")
    femi.reads("It holds from now.")
    she = arrives("amina", phone=True)
    she.goes_to("/consents")
    she.reads("in force", "Coast Medical School", "Receipts", "Take my pictures down")
    she.goes_to("/access-log")
    she.reads("saw what you agreed to")
