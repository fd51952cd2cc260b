"""A form on paper: printed at home under a code, brought to the counter, entered once, and found again by its code."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest

from portal.demo.people import PASSWORD
from portal.services import incoming_papers, paper_forms, patients
from portal.services.incoming_papers import Came
from portal.services.work import Work
from tests.adapters.printing import texts
from tests.journeys.test_she_complains import on_the_day
from tests.journeys.visitor import Visitor
from tests.web.office.test_paper_requests import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
WorkAs = Callable[..., AbstractContextManager[Work]]
NUMBER = "P-004117"
WORDS = "I asked for my record in the autumn. Nobody has told me anything since."
CODE = re.compile(r"\bP[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{2}\b")


def types(somebody: Visitor, code: str) -> None:
    """The code as a hurried hand writes it: small, and with blanks for the strokes."""
    somebody.goes_to("/office/patients")
    somebody.follows("A form came on paper: scan or type its code")
    somebody.fills_in("Scan or type the code", code.lower().replace("-", " "))
    somebody.presses("Open it")


def test_a_form_printed_at_home_becomes_a_case_at_the_counter_and_is_found_again(
    arrives: Arrives, tmp_path: Path
) -> None:
    # Given a patient who begins a complaint on her phone, and would rather write it by hand,
    she = arrives("amina", phone=True)
    she.goes_to("/complaints/new")
    she.opens("Print this form instead")
    she.looks_around()
    paper = she.downloads(she.button("Print the form").first.click, tmp_path)
    said = texts(paper.read_bytes())
    code = CODE.search(said[0])
    assert code is not None, "the form has a code"
    assert code[0] in paper.name, "and the file is named by it"
    for words in ("Amina Haddad", NUMBER):
        assert words in said[0], "she need not write who she is"

    # when she brings it to the counter, its code opens the right page for her, and it came on paper already;
    dov = arrives("dov")
    types(dov, code[0])
    dov.is_at(f"/office/patients/{NUMBER}/complaints/new?code={code[0]}")
    dov.reads("Enter a complaint", f"{NUMBER}, Amina Haddad")
    assert dov.page.get_by_label("On paper", exact=True).is_checked()

    # what is sent half filled in comes back with its code, and nothing is entered yet;
    dov.presses("Enter the complaint")
    dov.reads("Write what the patient said.")
    dov.is_at(f"/office/patients/{NUMBER}/complaints/new?code={code[0]}")

    # what is on the paper is entered, and she reads it in the portal;
    on_the_day(dov, "came_on", "2026-11-20")
    dov.fills_in("How did you make sure who it was?", "She stood before me with her card.")
    dov.page.locator("[name=about]").last.check()
    dov.fills_in("What happened, in the patient’s own words?", WORDS)
    dov.presses("Enter the complaint")
    dov.reads("The complaint is entered.", WORDS)
    case = dov.page.url.removeprefix(dov.address)
    she.goes_to(f"/complaints/{case.rpartition('/')[2]}")
    she.reads(WORDS, "Receipt")

    # and the code typed a second time opens what became of it, instead of a second case.
    types(dov, code[0])
    dov.is_at(case)
    dov.reads("This form was entered before.", "This is the case that it became.", WORDS)


def test_a_code_typed_wrongly_says_what_to_do(arrives: Arrives) -> None:
    dov = arrives("dov")
    types(dov, "P7KQ-4M9X-A3")
    dov.is_at("/office/paper-forms")
    dov.reads("One sign of this code does not fit")
    assert dov.page.get_by_label("Scan or type the code").input_value(), "what was typed is still there"


class Faxed:
    clean, safe_name, media_type = picture(), "fax.jpg", "image/jpeg"


def by_fax(work_as: WorkAs, form: str) -> str:
    """A form of hers that lies in the tray since Thursday; gives its code."""
    with work_as("amina") as work:
        code = paper_forms.print_for(work, patients.own(work), form, "", "en").code
    with work_as("dov") as work:
        incoming_papers.receive(work, Faxed, Came("fax", date(2026, 11, 19), "604-555-0177"))
    return code


def opens_from_the_tray(somebody: Visitor, code: str) -> None:
    somebody.goes_to("/office/correspondence/incoming")
    somebody.follows("By fax", exact=False)
    somebody.chooses("It is a form or a request: enter it, and the scan is filed with it")
    somebody.fills_in("The code of the form", code)
    somebody.presses("Go on")
    somebody.reads("The scan from the tray", "By fax, 19 November 2026", "From: 604-555-0177")


@pytest.mark.parametrize("phone", [False, True], ids=["at a desk", "on a phone"])
def test_forms_that_came_by_fax_are_entered_from_the_tray_with_their_scan(
    arrives: Arrives, work_as: WorkAs, phone: bool
) -> None:
    # Given a complaint that came by fax on Thursday and lies in the tray,
    code, dov = by_fax(work_as, "complaint"), arrives("dov", phone=phone)

    # when its code is typed there, its page opens with the scan beside it, and asks neither day nor way;
    opens_from_the_tray(dov, code)
    dov.opens("Look at the scan here")
    assert dov.page.get_by_alt_text("The scan that is being entered").is_visible()
    dov.does_not_read("On which day?", "How did it come?")
    dov.fills_in("How did you make sure who it was?", "I called her back at the number on file.")
    dov.page.locator("[name=about]").last.check()
    dov.fills_in("What happened, in the patient’s own words?", WORDS)
    dov.presses("Enter the complaint")
    dov.reads("The complaint is entered.", "Paper of 2026-11-19")

    # and she finds both on the page of her case, and the tray is empty.
    she = arrives("amina", phone=phone)
    she.goes_to(f"/complaints/{dov.page.url.rpartition('/')[2]}")
    she.reads(WORDS, "19 November 2026")
    dov.goes_to("/office/correspondence/incoming")
    dov.reads("The tray is empty.")

    # When a form about how to reach her comes the same way, it is entered once it is known that it was she;
    opens_from_the_tray(dov, by_fax(work_as, "contact"))
    dov.reads("A signature alone does not show that it was she")
    dov.chooses("By telephone")
    dov.fills_in("A telephone number that is safe", "604-555-0199")
    dov.chooses("On the telephone: I called her back on her safe number and asked three facts")
    dov.fills_in("Your password, or your code of this minute", PASSWORD)
    dov.presses("Keep this")
    dov.reads("It is kept, and counts from now on.")
    she.goes_to("/contact")
    she.reads("It came to us on paper, on 19 November 2026.")

    # and what has no code is entered for the patient who is chosen.
    by_fax(work_as, "access")
    dov.goes_to("/office/correspondence/incoming")
    dov.follows("By fax", exact=False)
    dov.chooses("It is a form or a request: enter it, and the scan is filed with it")
    dov.presses("Go on")
    dov.fills_in("Number of the patient", NUMBER)
    dov.chooses("Ask for my record")
    dov.presses("Go on")
    dov.reads("Enter a request", "The scan from the tray")
