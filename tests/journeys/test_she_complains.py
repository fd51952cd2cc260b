"""She is not satisfied: from a late request to the papers for the Commissioner, and who is named sees nothing of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from portal.models.people import Patient
from portal.services.work import Work
from tests.clinic_at_work import Week
from tests.conftest import Clockwork
from tests.journeys.house import House
from tests.journeys.office_acts import opens_the_case
from tests.journeys.visitor import Visitor
from tests.services.test_whole_request import squeezed, words_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
WorkAs = Callable[..., AbstractContextManager[Work]]
WORDS = "I asked for my record in the autumn. Nobody has told me anything since."
FOUND, BETTER = "Your request lay in a tray for ten days.", "A second person looks into the tray every evening."
QUESTION = "On which days was the request looked at, and by whom?"


def of(page: Visitor) -> str:
    """The number of the complaint whose page this is."""
    return page.page.url.rpartition("/")[2]


def on_the_day(somebody: Visitor, field: str, day: str) -> None:
    for part, text in zip(("year", "month", "day"), day.split("-"), strict=True):
        somebody.page.locator(f"[name={field}-{part}]").fill(text)


def test_a_late_request_becomes_a_complaint_and_the_papers_for_the_commissioner(
    arrives: Arrives, work_as: WorkAs, house: House, clock: Clockwork, tmp_path: Path
) -> None:
    # Given a request of Amina's whose day has passed,
    asked = Week(work_as, house.edge).sent()
    clock.move(days=60)
    she = arrives("amina", phone=True)

    # when she complains with one click, the count of the days goes along,
    she.goes_to(f"/access-requests/{asked}")
    she.follows("Complain about this")
    she.reads("It is 16 days late.")
    she.fills_in("What happened?", WORDS)
    she.presses("Send the complaint")
    she.reads("We have your complaint.", WORDS, "How the days of your request were counted", "PO Box 9038")
    reference = of(she)

    # the provider answers, and she is not satisfied;
    femi = arrives("femi")
    opens_the_case(femi, reference)
    femi.reads(WORDS, asked)
    femi.follows("Send the answer")
    femi.chooses("The clinic was right")
    femi.fills_in("What happened, as you found it", FOUND)
    femi.presses("Send the answer")
    femi.reads("The answer is sent.")
    she.goes_to(f"/complaints/{reference}")
    she.reads(FOUND, "Are you satisfied?")
    she.presses("No, send it to the administrator")
    she.reads("administrator")

    # the administrator notes what she hears, for the clinic alone, and finds her right;
    esi = arrives("esi")
    opens_the_case(esi, reference)
    esi.follows("Add an internal note")
    esi.page.locator("[name=kind]").first.check()
    esi.fills_in("Internal note", "Dov remembers the tray.")
    esi.presses("Add an internal note")
    esi.reads("The note is kept.", "Dov remembers the tray.")
    esi.follows("Send the final answer")
    esi.chooses("The patient was right")
    esi.fills_in("What happened, as you found it", FOUND)
    esi.fills_in("What we put right", "You have your record today.")
    esi.fills_in("What will change, so that it does not happen again", BETTER)
    esi.presses("Send the answer")
    she.goes_to(f"/complaints/{reference}")
    she.reads(BETTER)
    she.does_not_read("Dov remembers")
    she.presses("No, I am not satisfied")

    # and when the Commissioner writes, their file and their question are entered,
    opens_the_case(esi, reference)
    esi.follows("It was taken outside")
    esi.chooses("The Commissioner")
    esi.fills_in("The number of their file", "P26-01234")
    on_the_day(esi, "on", f"{clock():%Y-%m-%d}")
    esi.presses("It was taken outside")
    esi.follows("Enter a question of theirs")
    esi.fills_in("What do they ask?", QUESTION)
    on_the_day(esi, "due_on", "2027-03-01")
    esi.presses("Enter a question of theirs")
    esi.reads("P26-01234", QUESTION)

    # and one click makes the papers, in which nothing internal stands.
    with house.worker_at_work():
        esi.presses("Make the bundle")
    opens_the_case(esi, reference)
    papers = esi.page.locator(f"a[href*='/office/cases/{reference}/bundles/']").first
    said = words_of(esi.downloads(papers.click, tmp_path))
    for words in (WORDS, FOUND, BETTER, asked, reference, QUESTION):
        assert squeezed(words) in said, words
    assert squeezed("Dov remembers") not in said

    # To have the papers is not to have given them: when they went, it stands in the register, and she reads it there.
    opens_the_case(esi, reference)
    esi.reads("not recorded as given.")
    esi.follows("Record that it was given", exact=False)
    esi.reads("PO Box 9038", "P26-01234", "The Commissioner looks into a complaint")
    esi.presses("Record it")
    esi.reads("Choose how the papers went.")
    esi.page.get_by_label("How did it go?").select_option("courier")
    esi.presses("Record it")
    esi.reads("It stands in the register.", "Way: Courier.")
    esi.follows("Record our answer", exact=False)
    esi.reads(QUESTION, "PO Box 9038")
    esi.fills_in("What did we answer?", "On no day before the tenth.")
    esi.page.get_by_label("How did it go?").select_option("telephone")
    esi.presses("Record our answer")
    esi.reads("Our answer is recorded.", "On no day before the tenth.")
    she.goes_to("/disclosures")
    she.reads(
        "Office of the Information and Privacy Commissioner",
        reference,
        "took the complaint to them",
        "Our answer to a question of theirs",
    )
    she.follows(f"Complaint {reference}")


def test_a_complaint_about_the_responsible_physician_is_nowhere_for_her(
    arrives: Arrives, work_as: WorkAs, house: House
) -> None:
    she, femi, esi = arrives("amina"), arrives("femi"), arrives("esi")
    she.goes_to("/complaints/new")
    she.chooses("Somebody looked at or spoke about my information without need")
    she.fills_in("What happened?", WORDS)
    she.page.get_by_label("Dr Femi Adeyemi", exact=False).first.check()
    she.presses("Send the complaint")
    she.reads("They do not see it and do not handle it.")
    reference = of(she)
    with house.worker_at_work():
        pass
    esi.goes_to("/office/cases")
    esi.reads(reference)
    with work_as("system", writes=False) as work:
        number = work.db.query(Patient.number).filter(Patient.family_name == "Haddad").scalar()
    for place in ("/office", "/office/cases", f"/office/cases?q={reference}", f"/office/patients/{number}"):
        femi.goes_to(place)
        femi.does_not_read("CO-2026")
    femi.goes_to(f"/office/cases/{reference}")
    femi.reads("404")
    assert not [mail for mail in house.letters_by_mail() if "femi@" in str(mail["To"])]


def test_the_front_desk_enters_a_complaint_made_on_the_telephone(arrives: Arrives, work_as: WorkAs) -> None:
    dov, she = arrives("dov"), arrives("amina", phone=True)
    with work_as("system", writes=False) as work:
        number = work.db.query(Patient.number).filter(Patient.family_name == "Haddad").scalar()
    dov.goes_to(f"/office/patients/{number}/complaints/new")
    dov.chooses("By telephone")
    on_the_day(dov, "came_on", "2026-11-20")
    dov.fills_in("How did you make sure who it was?", "Called back at the number on file.")
    dov.page.locator("[name=about]").last.check()
    dov.fills_in("What happened, in the patient’s own words?", WORDS)
    dov.page.locator("main button[type=submit], main button:not([type])").last.click()
    dov.looks_around()
    dov.reads(WORDS, "Called back at the number on file.")
    she.goes_to(f"/complaints/{of(dov)}")
    she.reads(WORDS, "Receipt")
