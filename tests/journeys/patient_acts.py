"""What a patient does in the portal, as acts of a visitor who is signed in."""

import time
from pathlib import Path

from tests.journeys.visitor import Visitor


def begins_a_request(she: Visitor) -> None:
    she.goes_to("/home")
    she.follows("Ask for your record")
    she.presses("Begin")


def answers(she: Visitor, *choices: str) -> None:
    """Choose these answers on the page of one question, and go on."""
    for choice in choices:
        she.chooses(choice)
    she.presses("Continue")


def asks_for_everything(she: Visitor) -> str:
    """A copy of everything as a download, a question a page; gives the number of the request."""
    begins_a_request(she)
    answers(she, "A copy to keep")
    answers(she, "Everything you have about me")
    answers(she, "Download it here")
    answers(she)
    she.reads("Check your answers before you send them", "This is the letter that will be on file.")
    she.presses("Send the request")
    return reference_of(she)


def reference_of(she: Visitor) -> str:
    """The number in the address of the page she is at."""
    reference = she.page.url.rstrip("/").rpartition("/")[2]
    assert reference.startswith("AR-"), she.page.url
    return reference


def looks_at_the_request(she: Visitor, reference: str) -> None:
    she.goes_to(f"/access-requests/{reference}")


def accepts_the_fee(she: Visitor, reference: str) -> None:
    looks_at_the_request(she, reference)
    she.follows("Answer the estimate")
    she.chooses("Yes, I accept the fee")
    she.presses("Send my answer")


def downloads_the_package(she: Visitor, reference: str, password: str, to: Path) -> Path:
    looks_at_the_request(she, reference)
    she.follows("Download it")
    she.fills_in("Your password, or your code of this minute", password)
    return she.downloads(lambda: she.button("Download the package").click(), to)


def waits_for_the_package(she: Visitor, reference: str, patience: int = 120) -> list[str]:
    """Look again and again how far the package is, until it is there; gives what was said meanwhile."""
    seen: list[str] = []
    until = time.monotonic() + patience
    while time.monotonic() < until:
        she.page.goto(f"{she.address}/access-requests/{reference}")
        if "Your package is ready" in she.words:
            return seen
        progress = she.page.locator("#package-progress")
        if progress.count():
            seen.append(progress.inner_text())
    raise AssertionError(f"the package was not ready after {patience} seconds: {seen[-1:]}")
