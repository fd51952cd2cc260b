"""A patient links an account she has elsewhere: her way in from then on. With a real provider, in a browser."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Request

from portal.adapters.oidc import Provider
from portal.demo.people import PASSWORD
from portal.edges import Edge
from tests.conftest import Clockwork, Template
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.house import House
from tests.journeys.visitor import Visitor
from tests.providers.genuine import Genuine, genuine

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Traveller(Visitor):
    """Somebody who goes to the provider and back; the provider's own pages are not ours to look over."""

    there = ""

    def looks_around(self) -> None:
        if not self.page.url.startswith(self.there):
            super().looks_around()

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith(self.there):
            super()._note_request(request)


class Now(Clockwork):
    """The provider lives at the real time, so this portal does too."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def clock() -> Clockwork:
    return Now()


@pytest.fixture(scope="module")
def card() -> Iterator[Genuine]:
    with genuine() as provider:
        yield provider


@pytest.fixture
def edge(edge: Edge, card: Genuine) -> Edge:
    return replace(edge, outside=replace(edge.outside, providers={"card": Provider(card.settings())}))


@pytest.fixture
def mei(browser: Any, house: House, card: Genuine, template: Template) -> Iterator[Traveller]:
    """At a desk with one kind of database, on a phone with the other."""
    size = DESK if template.kind == "sqlite" else PHONE
    context = browser.new_context(viewport=size, locale="en-CA", reduced_motion="reduce")
    visitor = Traveller(context, house.address, "mei")
    visitor.there = card.issuer
    yield visitor
    context.close()


def signs_in_there(person: Visitor, name: str) -> None:
    person.fills_in("Name", name)
    person.presses("Sign in there")


def test_she_links_her_card_and_comes_in_by_it(mei: Traveller, card: Genuine) -> None:
    mei.goes_to("/sign-in")
    mei.presses("Sign in with Card")
    signs_in_there(mei, "mei-there")
    mei.reads("Card is not linked to an account here", "We kept nothing of what Card told us.")

    mei.follows("Go to the sign-in page")
    mei.fills_in("E-mail address", "mei@patients.example")
    mei.fills_in("Password", PASSWORD)
    mei.presses("Sign in")
    mei.follows("Account")
    mei.follows("See and change your ways to sign in")
    mei.reads("Not linked.")
    mei.follows("Link Card")
    mei.fills_in("Your password, or your code of this minute", PASSWORD)
    mei.presses("Go to Card")
    signs_in_there(mei, "mei-there")
    mei.is_at("/sign-in/providers")
    mei.reads("Card is linked.", "Linked on")

    mei.presses("Sign out")
    mei.is_at("/")
    mei.goes_to("/sign-in")
    mei.presses("Sign in with Card")  # she is signed in there still, so nothing more is asked
    mei.is_at("/home")
    mei.reads("Hello Mei")

    mei.presses("Sign out")
    mei.reads("Signed out here", "You are signed out.")
    mei.presses("Sign out of Card too")
    mei.presses("Yes")
    mei.is_at("/")
    mei.goes_to("/sign-in")
    mei.presses("Sign in with Card")
    assert mei.page.url.startswith(card.issuer)  # now she is asked there again
    signs_in_there(mei, "mei-there")
    mei.is_at("/home")

    mei.goes_to("/sign-in/providers")
    mei.follows("Unlink Card")
    mei.fills_in("Your password, or your code of this minute", PASSWORD)
    mei.presses("Unlink it")
    mei.reads("Card no longer opens your account here.", "Not linked.")
