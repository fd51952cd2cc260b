"""A patient says how she may be reached, pauses whoever acts for her, and gets a page off her screen at once."""

from collections.abc import Callable

import pytest

from portal.demo.people import PASSWORD
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
PROOF = "Your password, or your code of this minute"
SITE = "https://weather.gc.ca/"


def with_weather(she: Visitor) -> Visitor:
    """The neutral site answers from here: a test asks nothing of the world."""
    page = "<!doctype html><html lang='en'><title>Weather</title><main><h1>Sunny</h1></main></html>"
    she.context.route(f"{SITE}**", lambda route: route.fulfill(body=page, content_type="text/html"))
    return she


def is_at_the_weather(she: Visitor) -> None:
    she.page.wait_for_url(SITE)
    she.page.get_by_role("heading", name="Sunny").wait_for()
    she.faults[:] = [fault for fault in she.faults if SITE not in fault]  # it was meant to be asked for
    assert she.faults == []


def test_she_names_a_safe_way_and_whoever_acts_for_her_is_paused_without_a_hint(arrives: Arrives) -> None:
    # Given a representative with the patient's request open before him,
    ben = arrives("ben")
    ben.follows("My requests")
    ben.page.locator("main a[href^='/access-requests/AR-']").first.click()
    request = ben.page.url

    # when she says how she may be reached,
    amina = with_weather(arrives("amina", phone=True))
    amina.goes_to("/account")
    amina.follows("How we reach you")
    amina.chooses("An e-mail that says there is something for you")
    amina.chooses("Never call the number you have on file")
    amina.fills_in("An e-mail address that is safe", "quiet")
    amina.fills_in(PROOF, PASSWORD)
    amina.presses("Keep this")
    amina.reads("Write the e-mail address like this: name@example.com.")
    amina.fills_in("An e-mail address that is safe", "quiet@elsewhere.example")
    amina.fills_in("A code word for the telephone", "marigold")
    amina.fills_in(PROOF, PASSWORD)
    amina.presses("Keep this")
    amina.reads("It is kept, and counts from now on.", "You have a code word.")

    # and turns the switch on,
    amina.follows("See what the switch does")
    amina.reads("We do not tell them why.", "only the address you named as safe")
    amina.fills_in(PROOF, PASSWORD)
    amina.presses("Turn it on")
    amina.reads("It is done.")

    # then his next click finds nothing, and nothing says why;
    ben.page.goto(request)
    ben.looks_around()
    ben.does_not_read("Amina", "watch", "pause")
    ben.goes_to("/home")
    ben.does_not_read("Amina", "watch", "pause")

    # and staff are warned before they call.
    dov = arrives("dov")
    dov.goes_to("/office/patients/P-004117")
    dov.reads("Somebody may be watching this patient.", "Never call the number on file.")
    dov.presses("Show the code word")
    dov.reads("marigold")

    # When somebody comes into the room, she leaves at once and is signed out.
    amina.page.get_by_role("button", name="Leave this page now").click()
    is_at_the_weather(amina)
    amina.goes_to("/home")
    assert amina.page.url.endswith("/sign-in")


def test_she_leaves_by_the_keyboard_and_without_scripts(arrives: Arrives) -> None:
    # Escape, three times;
    mei = with_weather(arrives("mei"))
    mei.goes_to("/access-log")
    mei.page.keyboard.press("Escape")
    assert mei.page.locator("[data-leave-told]").inner_text() == "Press Escape two more times to leave."
    mei.page.keyboard.press("Escape")
    mei.page.keyboard.press("Escape")
    is_at_the_weather(mei)
    mei.goes_to("/home")
    assert mei.page.url.endswith("/sign-in")

    # and the same button where no script runs.
    cora = with_weather(arrives("cora", scripts=False))
    cora.goes_to("/access-log")
    cora.page.get_by_role("button", name="Leave this page now").click()
    is_at_the_weather(cora)
    cora.goes_to("/home")
    assert cora.page.url.endswith("/sign-in")
