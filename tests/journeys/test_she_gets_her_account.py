"""A patient gets her account: by a letter with a code, or by asking and coming to the counter."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from portal.demo.people import PASSWORD
from portal.services import patients
from tests.journeys.office_acts import PROOF
from tests.journeys.opened_pdf import words_of
from tests.journeys.visitor import Visitor
from tests.web.office.stages import WorkAs

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
SEEN = "Government photo identification seen at the counter"
NEW = "seven tin boats at noon"


@pytest.fixture
def number(work_as: WorkAs) -> str:
    """Nour has a file, and no sign-in."""
    with work_as("dov") as work:
        contact = {"address": "12 Rose Street\nVictoria BC V8V 1A1", "phone": "250-555-0177"}
        return patients.register(work, "Nour", "Al-Sayed", date(1985, 3, 27), **contact).number


def prints_the_letter(dov: Visitor, to: Path) -> str:
    """She is known, and the PDF is printed; gives the code that stands on it."""
    dov.chooses(SEEN)
    letter = dov.downloads(lambda: dov.button("Print the letter (PDF)").first.click(), to)
    words = words_of(letter)
    assert "DearNourAlSayed" in words
    assert "Thepostalcodeofyouraddress" in words
    found = re.search(r"Yourcode([2-9A-Z]{16})Whatyoudo", words)
    assert found, words
    return found[1]


def sets_up_her_sign_in(nour: Visitor, code: str) -> None:
    nour.goes_to("/sign-in")
    nour.follows("I have a letter with a code")
    nour.fills_in("The code in your letter", code.lower())
    writes_her_birth_date(nour)
    nour.fills_in("The fact your letter asks for", "v8v1a1")
    nour.presses("Go on")
    nour.reads("Hello Nour Al-Sayed.")
    nour.fills_in("The e-mail address you will sign in with", "nour@patients.example")
    nour.fills_in("The same e-mail address again", "nour@patients.example")
    nour.fills_in("A new password", NEW)
    nour.fills_in("The same password again", NEW)
    nour.chooses("I have read the privacy policy, and I keep my password to myself")
    nour.presses("Set up my sign-in")
    nour.reads("Your sign-in is set up.")
    nour.fills_in("E-mail address", "nour@patients.example")
    nour.fills_in("Password", NEW)
    nour.presses("Sign in")
    nour.is_at("/home")


def writes_her_birth_date(nour: Visitor) -> None:
    for part, written in (("day", "27"), ("month", "3"), ("year", "1985")):
        nour.page.locator(f"#birth_date-{part}").fill(written)


def test_from_the_invitation_to_the_first_sign_in(
    arrives: Arrives, visit: Arrives, number: str, tmp_path: Path
) -> None:
    # Given Dov, who invites Nour from her file.
    dov = arrives("dov")
    dov.goes_to("/office/patients")
    dov.fills_in("Name or number of the patient", "al-sayed nour")
    dov.presses("Find")
    dov.follows("Nour Al-Sayed")
    dov.chooses("The patient called, wrote or came to the clinic")
    dov.presses("Open the file")
    dov.follows("Invite to the portal")
    dov.chooses("On a letter that I print now and hand to her at the front desk")
    dov.fills_in(PROOF, PASSWORD)
    dov.presses("Invite the patient")

    # When he prints the letter, it carries the code this once.
    code = prints_the_letter(dov, tmp_path)
    dov.goes_to(f"/office/patients/{number}/invitation")
    dov.reads("A code of 23 November 2026 waits for the patient.")
    dov.does_not_read("Print the letter (PDF)")

    # Then she types the code, her birth date and the fact the letter names, and comes in on her phone.
    nour = visit("nour", phone=True)
    sets_up_her_sign_in(nour, code)
    nour.goes_to("/access-log")
    nour.reads("You set up your sign-in with the code.", "Dov Levin, front office, printed the letter")
    dov.goes_to(f"/office/patients/{number}/invitation")
    dov.reads("The patient set up her sign-in on 23 November 2026.")


def test_she_asks_for_an_account_and_comes_to_the_counter(
    arrives: Arrives, visit: Arrives, number: str, tmp_path: Path
) -> None:
    # Given Nour, who asks for an account without scripts.
    nour = visit("nour", scripts=False)
    nour.goes_to("/")
    nour.follows("Ask for an account")
    nour.fills_in("Given names", "Nour")
    nour.fills_in("Family name", "Al-Sayed")
    writes_her_birth_date(nour)
    nour.fills_in("Telephone number", "250-555-0177")
    nour.chooses("Come to the counter")
    nour.presses("Ask for an account")
    nour.reads("We have your request", "Come to our front desk with a photo identification.")

    # When she stands at the counter, Esi finds her file, sees who she is, and prints the letter.
    esi = arrives("esi")
    esi.goes_to("/office/patients")
    esi.reads("1 waits")
    esi.follows("Requests for an account")
    esi.follows("Nour Al-Sayed")
    esi.reads("birth date, family name, given name, telephone")
    esi.goes_to(f"{esi.page.url}/accept/{number}")
    esi.chooses("Government photo identification seen at the counter")
    esi.chooses("On a letter that I print now and hand to her at the front desk")
    esi.fills_in(PROOF, PASSWORD)
    esi.presses("Accept and invite")
    code = prints_the_letter(esi, tmp_path)

    # Then the code works, and whoever looks at the request later reads who settled it.
    sets_up_her_sign_in(nour, code)
    dov = arrives("dov")
    dov.goes_to("/office/account-requests")
    dov.reads("Esi", "accepted this request on 23 November 2026.")
