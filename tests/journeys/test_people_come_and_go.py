"""People of the clinic come, go on leave, look into a file, and leave: as they see it, and as the patient does."""

import re
from collections.abc import Callable

import pyotp
import pytest

from portal.demo.people import PASSWORD
from tests.conftest import Clockwork
from tests.journeys.house import House
from tests.journeys.office_acts import PROOF, releases
from tests.journeys.review_acts import begins_the_review, releases_all_remaining, signs
from tests.journeys.visitor import Visitor
from tests.web.office.stages import WorkAs, referred

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]


def opens_the_page_of(esi: Visitor, name: str) -> None:
    esi.goes_to("/office/people")
    esi.follows(name)


def writes_a_day(esi: Visitor, field: str, day: str, month: str, year: str) -> None:
    for part, written in (("day", day), ("month", month), ("year", year)):
        esi.page.locator(f"#{field}-{part}").fill(written)


def test_the_physician_goes_on_leave_and_the_cover_reviews(arrives: Arrives, work_as: WorkAs) -> None:
    # Given a request of Mei that waits for her physician, who goes on leave.
    reference = referred(work_as, "mei")
    esi = arrives("esi")
    opens_the_page_of(esi, "Dr Femi Adeyemi")
    esi.follows("Write down a leave")
    writes_a_day(esi, "starts_on", "23", "11", "2026")
    writes_a_day(esi, "ends_on", "4", "12", "2026")
    esi.page.get_by_label("Who has the work meanwhile?").select_option(label="Dr Lena Hartmann")
    esi.presses("Write down the leave")
    esi.reads("Away from 23 November 2026 to 4 December 2026. Dr Lena Hartmann covers.")

    # Then Mei reads who decides meanwhile.
    mei = arrives("mei", phone=True)
    mei.goes_to(f"/access-requests/{reference}")
    mei.reads("Dr Lena Hartmann is going through your record.", "is away until 4 December 2026")

    # When the cover comes, it is what she does next; she reviews and signs.
    lena = arrives("lena")
    lena.goes_to("/office")
    lena.reads(f"Open {reference}", "You cover for Dr Femi Adeyemi until 4 December 2026.")
    begins_the_review(lena, reference)
    releases_all_remaining(lena, reference)
    signs(lena)

    # Then somebody else releases it, and the answer names who read the record.
    releases(esi, reference)
    mei.goes_to(f"/access-requests/{reference}")
    mei.reads("Dr Lena Hartmann decided on every entry.")


def test_who_is_deactivated_is_out_at_the_next_click(arrives: Arrives) -> None:
    # Given Dov at his work.
    dov, esi = arrives("dov"), arrives("esi")
    dov.goes_to("/office/cases")

    # When the administrator deactivates him.
    opens_the_page_of(esi, "Dov Levin")
    esi.follows("Deactivate")
    esi.fills_in(PROOF, PASSWORD)
    esi.presses("Deactivate")
    esi.reads("Dov Levin can no longer come in.")

    # Then his next click leads to the door, which stays shut.
    dov.follows("Patients")
    dov.is_at("/sign-in")
    dov.fills_in("E-mail address", "dov@clinic.example")
    dov.fills_in("Password", PASSWORD)
    dov.presses("Sign in")
    dov.reads("The e-mail address and the password do not belong together.")


@pytest.mark.parametrize("how", [{"phone": True}, {"scripts": False}], ids=["phone", "without-scripts"])
def test_a_file_opens_for_a_reason_and_the_patient_reads_it(arrives: Arrives, how: dict[str, bool]) -> None:
    dov = arrives("dov", **how)
    dov.goes_to("/office/patients")
    dov.fills_in("Name or number of the patient", "Whitfield")
    dov.presses("Find")
    dov.follows("Cora Whitfield")
    dov.reads("The patient will see your name, your role, the time and the reason you give.")
    dov.does_not_read("250-555-0142")
    dov.presses("Open the file")
    dov.reads("Choose why you open this file.")
    dov.chooses("The patient called, wrote or came to the clinic")
    dov.fills_in("In your own words", "She asked where to park.")
    dov.presses("Open the file")
    dov.reads("250-555-0142")

    cora = arrives("cora", **how)
    cora.goes_to("/access-log")
    cora.reads("Dov Levin, front office, opened your file.", "“She asked where to park.”")


def test_somebody_new_is_invited_and_stands_by_the_texts_first(
    arrives: Arrives, visit: Arrives, house: House, clock: Clockwork
) -> None:
    # Given an invitation by mail.
    esi = arrives("esi")
    esi.goes_to("/office/people")
    esi.follows("Invite somebody")
    esi.fills_in("Full name", "Noor Aziz")
    esi.fills_in("E-mail address", "noor@clinic.example")
    esi.page.get_by_role("checkbox", name="front office").check()
    esi.fills_in("Title", "Medical office assistant")
    esi.chooses("By e-mail, to the address above")
    esi.fills_in(PROOF, PASSWORD)
    esi.presses("Invite")
    with house.worker_at_work():
        pass
    mail = next(each for each in house.letters_by_mail() if each["To"] == "noor@clinic.example")
    link = re.search(r"https?://\S+/activate/\S+", mail.get_content())
    assert link

    # When she uses the link, sets her password and her codes, and signs in.
    noor = visit("noor")
    noor.goes_to(link[0])
    secret = noor.page.locator("ol strong").first.inner_text().replace(" ", "")
    noor.fills_in("A new password", "seven quiet otters at noon")
    noor.fills_in("The same password again", "seven quiet otters at noon")
    noor.page.locator("#code").fill(pyotp.TOTP(secret).at(clock()))
    noor.presses_first("Set")
    clock.move(seconds=31)
    noor.fills_in("E-mail address", "noor@clinic.example")
    noor.fills_in("Password", "seven quiet otters at noon")
    noor.presses("Sign in")
    noor.fills_in("The six digits your app shows now", pyotp.TOTP(secret).at(clock()))
    noor.presses("Go on")

    # Then nothing of the office opens before she stands by both texts.
    noor.is_at("/office/undertaking")
    noor.goes_to("/office/patients")
    noor.is_at("/office/undertaking")
    noor.reads("Confidentiality undertaking", "We collect only what we need")
    noor.presses("I have read both and stand by them")
    noor.is_at("/office/patients")
