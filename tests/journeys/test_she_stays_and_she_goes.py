"""A session seen from the chair: warned in time, nothing typed is lost, and what was signed out of shows nothing."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import expect

from portal.services.work import Work
from tests.conftest import Clockwork
from tests.journeys.conftest import address_of
from tests.journeys.visitor import Visitor
from tests.web.patient import stages

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
WorkAs = Callable[..., AbstractContextManager[Work]]
WORDS = " ".join(f"word{n}" for n in range(2000))


def lets_time_pass(clock: Clockwork, *people: Visitor, minutes: int) -> None:
    """At the clinic, and in the browsers: nobody touches anything meanwhile."""
    clock.move(minutes=minutes)
    for person in people:
        person.page.clock.fast_forward(minutes * 60_000)


def test_who_wrote_two_thousand_words_is_warned_and_stays_or_finds_them_again(
    arrives: Arrives, visit: Arrives, work_as: WorkAs, clock: Clockwork
) -> None:
    # Given Mei, who has written a long answer, and another window of hers,
    address = f"/access-requests/{stages.asked(work_as)}/answer"
    mei = arrives("mei", phone=True)
    mei.page.clock.install()
    mei.goes_to(address)
    other = mei.another_window()
    other.page.clock.install()
    other.goes_to("/home")
    mei.goes_to(address)
    field = mei.page.locator("main textarea").first
    field.fill(WORDS)
    # when nothing happens for eighteen minutes, both windows warn her, and she can hear it and act on it;
    lets_time_pass(clock, mei, other, minutes=18)
    warning = mei.page.get_by_role("alertdialog", name="Are you still there?")
    expect(warning).to_be_visible()
    expect(other.page.get_by_role("alertdialog")).to_be_visible()
    assert mei.page.evaluate("document.activeElement.id") == "session-end-title"
    mei.looks_around()
    # when she says that she is, the warning is gone in both, and she is where she was;
    warning.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_have_count(0)
    expect(other.page.get_by_role("alertdialog")).to_have_count(0)
    assert field.input_value() == WORDS
    assert mei.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    # when she then goes away for good, the page is emptied,
    lets_time_pass(clock, mei, minutes=21)
    mei.page.wait_for_url("**/sign-in")
    mei.reads("What you wrote is kept for you. Sign in again and it is on the page.")
    mei.does_not_read("word1999")
    # then every word is there when she has signed in again.
    mei.fills_in("E-mail address", address_of("mei"))
    mei.fills_in("Password", "demo-portal-2026")
    mei.presses("Sign in")
    mei.is_at(address)
    assert mei.page.locator("main textarea").first.input_value() == WORDS


def test_after_signing_out_back_shows_nothing_and_the_other_window_is_empty(arrives: Arrives, work_as: WorkAs) -> None:
    # Given Mei with her record in one window and her requests in another,
    reference = stages.asked(work_as)
    mei = arrives("mei")
    mei.goes_to("/record")
    mei.goes_to(f"/access-requests/{reference}")
    other = mei.another_window()
    other.goes_to(f"/access-requests/{reference}")
    other.reads(reference)
    # when she signs out,
    mei.presses("Sign out")
    mei.reads("You are signed out.")
    # then the other window is at the door by itself,
    other.page.wait_for_url("**/sign-in", timeout=20_000)
    other.does_not_read(reference)
    # and neither Back nor the address shows anything of hers, nor does a field know what was typed.
    for _step in range(3):
        mei.page.go_back()
        mei.page.wait_for_load_state("load")
        assert not re.search(rf"{reference}|Mei Leung", mei.page.content())
    mei.goes_to("/record")
    mei.is_at("/sign-in")
    assert mei.page.locator("input[name=password]").input_value() == ""


def test_a_session_is_ended_from_another_browser(arrives: Arrives) -> None:
    # Given Mei signed in on her phone and at a computer she has left,
    left, phone = arrives("mei"), arrives("mei", phone=True)
    # when she looks on her phone where she is signed in, and ends the other,
    phone.goes_to("/account")
    phone.follows("See the browsers you are signed in with, and end any of them")
    phone.reads("Chrome on Linux", "This one", "In the network you are in now")
    phone.presses_first("End it")
    phone.reads("That session is ended.")
    # then the computer is at the door at its next click.
    left.follows("Who looked")
    left.is_at("/sign-in")
