"""A person at a browser: what she does in words, and every page she comes to is looked over for her.

Looked over means: axe-core finds nothing, the content policy stopped nothing, the console is silent, nothing was asked
of another origin, and nothing sticks out at the side. axe-core is asked once about each make of page: two pages of one
make differ in words, numbers and addresses alone.
"""

import os
import re
from collections.abc import Callable
from copy import copy
from itertools import count
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Download, Locator, Page, Request, expect

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async (tags) => {
    const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
    return found.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | "));
}"""
# How a page is made: its tags and where text stands. Of numbers and keys only counts which are the same.
MAKE = """() => {
    const met = new Map();
    const ordinal = part => met.get(part) ?? met.set(part, "#" + met.size).get(part);
    const varies = each => ["action", "src", "value"].includes(each.name)
        || each.name === "href" && !each.value.startsWith("#");
    const attributes = tag => [...tag.attributes].map(each => each.name + "=" + (varies(each)
        ? Boolean(each.value) : each.value.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+/g, ordinal)));
    const made = node => node.nodeType === Node.TEXT_NODE ? (node.data.trim() && "text")
        : node.nodeType !== Node.ELEMENT_NODE ? ""
        : `<${node.tagName} ${attributes(node).join(" ")}>${[...node.childNodes].map(made).join("")}</>`;
    return made(document.documentElement);
}"""
NOTE_STOPPED = """window.stopped = []; addEventListener("securitypolicyviolation",
    e => window.stopped.push(e.violatedDirective + " " + e.blockedURI + " " + e.sourceFile))"""
CHOSEN = "(document.activeElement.labels || [])[0]?.innerText.trim()"
MOST_TABS = 120
# That a page says no (403, 404, 409) or a form came back (422) is told to the console too; and a window that lies
# behind another is not drawn, so the font that was fetched for it is not used yet.
NO_FAULT = re.compile("status of (403|404|409|422)|woff2 was preloaded using link preload but not used")
SHOTS = os.environ.get("PORTAL_JOURNEY_SHOTS", "")  # a folder: a picture of every page is put there
PATIENCE = 30_000
FOUND_GOOD: set[tuple[int, str]] = set()  # makes of pages, at a width, that axe found nothing in
numbers = count(1)


class Visitor:
    """Somebody at a browser of her own."""

    def __init__(self, context: BrowserContext, address: str, name: str, scripts: bool = True) -> None:
        self.context = context
        self.address = address
        self.name = name
        self.scripts = scripts
        self.faults: list[str] = []
        context.on("request", self._note_request)
        if scripts:
            context.add_init_script(NOTE_STOPPED)
        self.page: Page = context.new_page()
        self.watch()

    def watch(self) -> None:
        """Hear what the window complains about."""
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"a script failed: {error}"))

    # What she does.

    def goes_to(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else f"{self.address}{path}")
        self.looks_around()

    def follows(self, words: str, exact: bool = True) -> None:
        """Follow the first link with these words."""
        self._and_then(lambda: self.link(words, exact).first.click())

    def follows_in(self, part: Locator, *words: str) -> None:
        """Follow the first link in a part of the page that has any of these words."""
        links = part.locator("a", has_text=re.compile("|".join(map(re.escape, words))))
        self._and_then(links.first.click)

    def presses(self, words: str) -> None:
        """Press the button with these words, and wait for the page it leads to."""
        self._and_then(lambda: self.button(words).first.click())

    def presses_first(self, beginning: str) -> None:
        """Press the first button whose words begin so."""
        self._and_then(
            self.page.locator("main button", has_text=re.compile(rf"^\s*{re.escape(beginning)}")).first.click
        )

    def opens(self, words: str) -> None:
        """Unfold what is folded away under these words."""
        self.page.locator("summary", has_text=_whole(words)).first.click()

    def fills_in(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).first.fill(text)

    def chooses(self, answer: str) -> None:
        """Choose a radio button, or tick a box, by its words."""
        self.page.get_by_label(answer, exact=True).first.check()

    def hands_in(self, label: str, file: Path) -> None:
        self.page.get_by_label(label).first.set_input_files(file)

    def another_window(self) -> "Visitor":
        """The same person, in another window of the same browser."""
        other = copy(self)
        other.faults = []
        other.page = self.context.new_page()
        other.watch()
        return other

    # What she does by keyboard alone.

    def tabs_to(self, words: str) -> None:
        """Press Tab until the link or button with these words has the focus."""
        self._tabs_until("words => document.activeElement.textContent.trim().startsWith(words)", words)

    def tabs_to_the_field(self, label: str) -> None:
        self._tabs_until(
            "label => [...(document.activeElement.labels || [])].some(l => l.innerText.includes(label))", label
        )

    def tabs_to_the_choice(self, words: str) -> None:
        """In the group of radio buttons that has the focus, go down by the arrow to the one with these words."""
        for _try in range(12):
            if self.page.evaluate(CHOSEN) == words:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {words!r}")

    def strikes(self, key: str) -> None:
        """Press a key that leads to another page."""
        self._and_then(lambda: self.page.keyboard.press(key))

    def _tabs_until(self, question: str, words: str) -> None:
        for _try in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(question, words):
                return
        raise AssertionError(f"{MOST_TABS} times Tab do not lead to {words!r}")

    def downloads(self, press: Callable[[], Any], to: Path) -> Path:
        with self.page.expect_download() as waiting:
            press()
        arrived: Download = waiting.value
        arrived.save_as(to / arrived.suggested_filename)
        return to / arrived.suggested_filename

    # What she sees.

    def reads(self, *sentences: str) -> None:
        """Each of these can be read on the page."""
        for sentence in sentences:
            expect(self.page.get_by_text(sentence).locator("visible=true").first).to_be_visible(timeout=PATIENCE)

    def does_not_read(self, *words: str) -> None:
        text = self.words
        for word in words:
            assert word not in text, f"{self.page.url} says {word!r}"

    def is_at(self, path: str) -> None:
        expect(self.page).to_have_url(re.compile(re.escape(self.address + path) + "$"), timeout=PATIENCE)

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", self.page.locator("body").inner_text())

    def link(self, words: str, exact: bool = True) -> Locator:
        """Links, also those that look like buttons."""
        return self.page.locator("a", has_text=_whole(words) if exact else words)

    def button(self, words: str) -> Locator:
        return self.page.locator("button", has_text=_whole(words))

    # What is looked over for her.

    def looks_around(self) -> None:
        """Look the page over. Called by everything above that leads to another page."""
        self.page.wait_for_load_state("load")
        self._picture()
        wide = self.page.locator("html")
        if self.scripts:
            self.faults += [f"the policy stopped {what}" for what in self.page.evaluate("window.stopped || []")]
            self._ask_axe()
            over = wide.evaluate("page => page.scrollWidth - page.clientWidth")
            self.faults += [f"{over} pixels stick out at the side"] if over > 0 else []
        assert not self.faults, f"{self.name} at {self.page.url}:\n" + "\n".join(self.faults)

    def _ask_axe(self) -> None:
        """Whether people can use the page who do not see it, or see it badly."""
        make = (self.page.viewport_size or {"width": 0})["width"], self.page.evaluate(MAKE)
        if make in FOUND_GOOD:
            return
        self.page.evaluate(f"{AXE.read_text('utf-8')}; null")
        found = self.page.evaluate(RUN_AXE, RULES)
        self.faults += [f"axe: {what}" for what in found]
        if not found:
            FOUND_GOOD.add(make)

    def _and_then(self, act: Callable[[], Any]) -> None:
        """Do what leads to another page, or to this one anew, and look it over."""
        with self.page.expect_navigation(wait_until="load"):
            act()
        self.looks_around()

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"something was asked of another place: {request.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not NO_FAULT.search(message.text):
            self.faults.append(f"the console says: {message.text}")

    def _picture(self) -> None:
        if SHOTS:
            width = (self.page.viewport_size or {"width": 0})["width"]
            path = re.sub(r"[^a-z0-9]+", "-", self.page.url.removeprefix(self.address).lower()).strip("-") or "front"
            name = f"{next(numbers):03d}-{self.name}-{width}-{path[:60]}.png"
            self.page.screenshot(path=Path(SHOTS) / name, full_page=True)


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(words)}\s*$")
