"""A form on paper: printed at home under a code, brought to the counter, entered once, and found again by its code."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.adapters.printing import texts
from tests.journeys.test_she_complains import on_the_day
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("sqlite_only")]

Arrives = Callable[..., Visitor]
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
