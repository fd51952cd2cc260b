"""People at browsers: the portal served for real, on each kind of database, and visitors who come to it."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from portal.demo.people import PASSWORD, TOTP_SECRET
from portal.edges import Edge
from tests.conftest import MONDAY, Clockwork
from tests.journeys.house import House, open_house
from tests.journeys.visitor import AXE, Visitor

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
VISITORS: pytest.StashKey[list[Visitor]] = pytest.StashKey()
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


class RunningClock(Clockwork):
    """The tests' Monday, but time passes: what counts seconds, counts them."""

    def __init__(self) -> None:
        super().__init__(MONDAY)
        self.since = time.monotonic()

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.since)


@pytest.fixture
def clock() -> Clockwork:
    return RunningClock()


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """Debian's Chromium, one for all journeys; it fetches nothing on its own account."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: run `make test`")
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium on this machine: run `make test`, or apt-get install chromium")
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run `make test`")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield opened
        opened.close()


@pytest.fixture
def house(edge: Edge) -> Iterator[House]:
    with open_house(edge) as opened:
        yield opened


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Any, house: House) -> Iterator[Callable[..., Visitor]]:
    """A browser for somebody who is not signed in yet: ``visit("mei", phone=True, scripts=False)``."""
    come_so_far = request.node.stash.setdefault(VISITORS, [])

    def come(name: str, phone: bool = False, scripts: bool = True) -> Visitor:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,
            java_script_enabled=scripts,
            accept_downloads=True,
            locale="en-CA",
            reduced_motion="reduce",
        )
        come_so_far.append(Visitor(context, house.address, name, scripts))
        return come_so_far[-1]

    yield come
    for visitor in come_so_far:
        visitor.context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """When a journey breaks off: where everybody was, and what stood there."""
    report = yield
    if report.when == "call" and report.failed:
        for visitor in item.stash.get(VISITORS, []):
            report.sections.append((f"{visitor.name} at {visitor.page.url}", visitor.words[:3000]))
    return report


@pytest.fixture
def arrives(visit: Callable[..., Visitor], clock: Clockwork) -> Callable[..., Visitor]:
    """Somebody of the cast comes and signs in by hand: ``arrives("dov")`` gives all her factors."""

    def sign_in(name: str, email: str = "", **how: bool) -> Visitor:
        person = visit(name, **how)
        person.goes_to("/sign-in")
        person.fills_in("E-mail address", email or address_of(name))
        person.fills_in("Password", PASSWORD)
        person.presses("Sign in")
        if person.page.url.endswith("/sign-in/code"):
            person.fills_in("The six digits your app shows now", pyotp.TOTP(TOTP_SECRET).at(clock()))
            person.presses("Go on")
        return person

    return sign_in


def address_of(name: str) -> str:
    """The demo clinic's sign-in of a first name."""
    return f"{name}@clinic.example" if name in ("dov", "femi", "lena", "esi") else f"{name}@patients.example"
