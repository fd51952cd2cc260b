"""A physician with two minutes between patients: by keyboard, on a phone, and in a browser without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Visitor
from tests.web.office.stages import FACTS, WorkAs, referred

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]


@pytest.fixture
def reference(work_as: WorkAs) -> str:
    return referred(work_as)


def begins(arrives: Arrives, reference: str, **how: bool) -> Visitor:
    femi = arrives("femi", **how)
    femi.goes_to(f"/office/cases/{reference}/review")
    return femi


def number(femi: Visitor) -> str:
    return femi.page.locator(".p-review__where").inner_text()


def hits(femi: Visitor, key: str) -> None:
    """A key that leads to another page."""
    with femi.page.expect_navigation(wait_until="load"):
        femi.page.keyboard.press(key)
    femi.looks_around()


def choice(femi: Visitor, name: str) -> Locator:
    radio: Any = femi.page.get_by_role("radio", name=name)
    return radio.first  # type: ignore[no-any-return]


def test_she_reviews_by_keyboard(arrives: Arrives, reference: str) -> None:
    # Given the first entry of a record.
    femi = begins(arrives, reference)
    assert number(femi) == "Entry 1 of 27"

    # When she turns to the next and back, nothing is decided.
    hits(femi, "j")
    assert number(femi) == "Entry 2 of 27"
    hits(femi, "k")
    femi.reads("0 of 27 looked at")

    # When she releases it by key, she is at the next.
    hits(femi, "r")
    assert number(femi) == "Entry 2 of 27"
    femi.reads("1 of 27 looked at")

    # When she severs by key, the first box waits for her; what she ticks and why is hers to say.
    femi.page.keyboard.press("s")
    expect(choice(femi, "Sever")).to_be_checked()
    expect(femi.page.locator("#passages")).to_be_focused()

    # While she writes, letters are letters.
    femi.page.get_by_label("Words to take out").press_sequentially("jwrks")
    assert number(femi) == "Entry 2 of 27"
    expect(choice(femi, "Sever")).to_be_checked()
    femi.page.get_by_label("Words to take out").fill("")

    # When she withholds by key, the grounds wait for her.
    femi.page.get_by_role("heading", level=2).first.click()
    femi.page.keyboard.press("w")
    expect(choice(femi, "Withhold")).to_be_checked()
    expect(femi.page.locator("#ground")).to_be_focused()
    femi.chooses("It tells about another person")
    femi.fills_in("What are the facts?", FACTS)
    femi.fills_in("Why is taking out passages not enough?", "Every sentence of it names her sister.")
    femi.presses("Save and next")
    femi.reads("2 of 27 looked at")

    # A key never throws away what she wrote: at an entry that is withheld, r only chooses.
    hits(femi, "k")
    femi.page.keyboard.press("r")
    expect(choice(femi, "Release")).to_be_checked()
    assert number(femi) == "Entry 2 of 27"


def test_she_turns_the_keys_off(arrives: Arrives, reference: str) -> None:
    femi = begins(arrives, reference)
    femi.page.get_by_role("button", name="Turn the keys off").click()
    for key in "rswjk":
        femi.page.keyboard.press(key)
    assert number(femi) == "Entry 1 of 27"
    expect(choice(femi, "Withhold")).not_to_be_checked()
    # They stay off on the next page, and can be turned on there.
    femi.follows_in(femi.page.get_by_role("navigation", name="Entries", exact=True), "Next entry")
    femi.page.keyboard.press("k")
    assert number(femi) == "Entry 2 of 27"
    femi.page.get_by_role("button", name="Turn the keys on").click()
    hits(femi, "k")
    assert number(femi) == "Entry 1 of 27"


@pytest.mark.parametrize("how", [{"phone": True}, {"scripts": False}], ids=["phone", "without-scripts"])
def test_she_reviews_with_a_thumb_or_without_scripts(arrives: Arrives, reference: str, how: dict[str, bool]) -> None:
    # Given the first entry; what only sever or withhold ask for is not in the way.
    femi = begins(arrives, reference, **how)
    expect(femi.page.get_by_label("What are the facts?")).to_be_hidden()

    # When she chooses to sever, passages can be ticked.
    femi.page.locator("label", has_text="Sever a passage").click()
    femi.page.locator(".p-passage label").nth(1).click()
    expect(femi.page.locator("#passages-2")).to_be_checked()
    femi.page.get_by_label("It tells about another person").check()
    expect(femi.page.get_by_label("Which lesser step")).to_be_hidden()
    femi.fills_in("What are the facts?", FACTS)
    femi.presses("Save and look at what is left")

    # Then she sees what the patient will read.
    femi.reads("What the patient will read", "Taken out.", "1 of 27 looked at")
    femi.page.locator("label", has_text="Release").first.click()
    femi.presses("Save and next")
    assert number(femi) == "Entry 2 of 27"


def test_on_a_phone_the_choices_stay_within_reach(arrives: Arrives, reference: str) -> None:
    femi = begins(arrives, reference, phone=True)
    height = (femi.page.viewport_size or {"height": 0})["height"]
    for _screen in range(3):
        for what in ("Release", "Sever a passage", "Withhold"):
            box = femi.page.locator(".p-choice label", has_text=what).bounding_box()
            assert box
            assert height - 200 < box["y"] + box["height"] <= height
            assert min(box["width"], box["height"]) >= 44
        femi.page.mouse.wheel(0, 300)
