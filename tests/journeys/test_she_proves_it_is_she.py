"""A passkey is made and opens the door; a phone is lost; a password is forgotten; somebody begins without codes."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.demo.people import PASSWORD
from portal.domain.actors import Role
from portal.services import accounts
from portal.services.work import Work
from tests.journeys.conftest import address_of
from tests.journeys.house import House
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
WorkAs = Callable[..., AbstractContextManager[Work]]
NEW = "seven tin boats at noon"
PROOF = "Your password, or your code of this minute"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_a_device(she: Visitor) -> Visitor:
    """At the portal's name, since a bare address has no passkeys, with a device that knows her finger."""
    she.address = she.address.replace("127.0.0.1", "localhost")
    devtools = she.context.new_cdp_session(she.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return she


def signs_in(she: Visitor, password: str = PASSWORD) -> None:
    she.goes_to("/sign-in")
    she.fills_in("E-mail address", address_of(she.name))
    she.fills_in("Password", password)
    she.presses("Sign in")


def test_she_makes_a_passkey_and_from_then_on_needs_no_password(visit: Arrives) -> None:
    # Given a patient at a device that can make passkeys,
    mei = with_a_device(visit("mei"))
    signs_in(mei)

    # when she makes one,
    mei.goes_to("/account")
    mei.follows("Make a passkey")
    mei.does_not_read("This browser makes no passkeys")
    mei.fills_in("A name for it", "my phone")
    mei.fills_in(PROOF, PASSWORD)
    mei.presses("Make a passkey")
    mei.reads("Your passkey is kept.", "my phone")

    # then it opens the door alone,
    mei.presses("Sign out")
    mei.goes_to("/sign-in")
    mei.presses("Use your passkey")
    mei.reads("Hello Mei")

    # and proves in the middle of an act that it is still she;
    mei.goes_to("/account")
    mei.follows("Ask for my second proof")
    mei.presses("Use your passkey instead")
    mei.reads("Your wish is kept.", "We ask for your code or your passkey before you download your record.")

    # after her password, it is the second step.
    mei.presses("Sign out")
    signs_in(mei)
    mei.presses("Use your passkey")
    mei.reads("Hello Mei")


def test_with_a_wrong_proof_she_makes_none_and_can_try_again(visit: Arrives) -> None:
    mei = with_a_device(visit("mei", phone=True))
    signs_in(mei)
    mei.goes_to("/account/passkeys")
    mei.fills_in("A name for it", "my phone")
    mei.fills_in(PROOF, "not her password")
    mei.presses("Make a passkey")
    mei.reads("There is something to put right")
    mei.fills_in(PROOF, PASSWORD)
    mei.presses("Make a passkey")
    mei.reads("Your passkey is kept.")


def test_where_there_can_be_no_passkey_nothing_is_said_of_one(visit: Arrives) -> None:
    for somebody in (visit("mei"), visit("mei", scripts=False)):
        somebody.goes_to("/sign-in")
        assert not somebody.button("Use your passkey").is_visible()
        signs_in(somebody)
        somebody.goes_to("/account/passkeys")
        somebody.reads("This browser makes no passkeys here.")
        assert not somebody.button("Make a passkey").is_visible()


def test_he_lost_his_phone_and_has_his_paper(arrives: Arrives, visit: Arrives) -> None:
    # Given somebody of the front office who printed his codes,
    dov = arrives("dov")
    dov.goes_to("/account")
    dov.follows("Make ten new codes")
    dov.fills_in(PROOF, PASSWORD)
    dov.presses("Show me ten new codes")
    dov.reads("Print this page now")
    codes = dov.page.locator("code").all_inner_texts()
    dov.follows("I have kept them")
    dov.reads("You have 10 codes left")

    # when he signs in somewhere else without his phone,
    elsewhere = visit("dov", phone=True)
    signs_in(elsewhere)
    elsewhere.follows("Use one of your recovery codes")
    elsewhere.fills_in("One of your recovery codes", codes[0].lower())
    elsewhere.presses("Go on")

    # then he is at work, and has one code less.
    assert elsewhere.page.url.endswith("/office")
    elsewhere.goes_to("/account")
    elsewhere.reads("You have 9 codes left")


def test_she_forgot_her_password(visit: Arrives, house: House) -> None:
    mei = visit("mei", phone=True)
    mei.goes_to("/sign-in")
    mei.follows("I forgot my password")
    mei.fills_in("E-mail address", address_of("mei"))
    with house.worker_at_work():
        mei.presses("Send me the link")
        mei.reads("If somebody signs in here with that address, we have sent a link to it.")
    mail = house.letters_by_mail()[-1].get_content()
    link = re.search(r"/recover/\S+", mail)
    assert link
    mei.goes_to(link[0])
    mei.fills_in("A new password", NEW)
    mei.fills_in("The same password again", NEW)
    mei.presses("Set my password")
    mei.reads("Your password is set.")
    signs_in(mei, NEW)
    mei.reads("Hello Mei")


def test_somebody_new_begins_with_a_passkey_in_place_of_codes(visit: Arrives, work_as: WorkAs) -> None:
    with work_as("operator") as work:
        made = accounts.add(work, "noor@clinic.example", "Noor Sandhu", frozenset({Role.FRONT_OFFICE}))
        token = accounts.give_link(work, made).rpartition("/")[2]
    noor = with_a_device(visit("noor"))
    noor.goes_to(f"/activate/{token}")
    noor.fills_in("A new password", NEW)
    noor.fills_in("The same password again", NEW)
    noor.presses("Make a passkey instead")
    noor.reads("Your password is set.")
    noor.presses("Use your passkey")
    assert noor.page.url.endswith("/office/undertaking")  # she stands by it before the office opens
