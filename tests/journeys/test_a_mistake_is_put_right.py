"""A mistake in her record: said on a phone, decided on one page, told to whoever had it, printed with the next."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from portal.domain.record_items import Category
from portal.domain.reviews import Decision
from portal.services import access_requests, judgements, releases, reviews
from portal.services.judgements import Reasoning
from portal.services.work import Work
from tests.clinic_at_work import Week
from tests.journeys.house import House
from tests.journeys.office_acts import opens_the_case
from tests.journeys.visitor import Visitor
from tests.services.test_accuracy_notes import gave, pays_only
from tests.services.test_whole_request import squeezed, words_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
WorkAs = Callable[..., AbstractContextManager[Work]]
WRONG, RIGHT = "It says that I am allergic to penicillin.", "I never was. It was a rash that came with a virus."
CORRECTED = "The rash of 2011 came with a virus. No reaction to penicillin was ever seen here."
REASONS = "The hospital never tested the allergy, so we cannot take it off the list."


def test_a_wrong_allergy_is_corrected_in_part_and_both_recipients_are_told(
    arrives: Arrives, work_as: WorkAs, house: House, tmp_path: Path
) -> None:
    # Given two who received Amina's allergies, and Amina on her phone,
    for name in ("Dr. Ito", "Coast Pharmacy"):
        gave(work_as, name, Category.ALLERGIES)
    Image.new("RGB", (60, 40), "white").save(tmp_path / "letter.png")
    she, femi, dov = arrives("amina", phone=True), arrives("femi"), arrives("dov")

    # when she starts from what the clinic holds, says what is wrong and attaches a paper,
    she.goes_to("/record")
    she.page.locator("a[href*='kind=allergies']").click()
    she.looks_around()
    she.fills_in("Where does it stand?", "The list of allergies")
    she.fills_in("What is wrong, or missing?", WRONG)
    she.fills_in("What would be right?", RIGHT)
    she.hands_in("A paper that shows it, if you have one", tmp_path / "letter.png")
    she.presses("Send")
    she.reads("We have what you sent.", "Dr Femi Adeyemi looks at what you sent", WRONG)
    reference = "AN-" + she.words.split("Mistake AN-", 1)[1].split()[0]
    she.goes_to("/home")
    she.reads("A mistake in your record", reference)

    # then the physician finds it, chooses the entry, and sees each letter before she decides,
    femi.goes_to("/office")
    femi.reads(reference)
    opens_the_case(femi, reference)
    femi.reads(WRONG, RIGHT, "letter.png")
    femi.follows("Choose the entry that is meant")
    femi.page.locator("input[name=item]").first.check()
    femi.presses("This is the entry")
    femi.follows("Decide")
    femi.chooses("Correct it in part, and note the rest")
    femi.fills_in("What is right?", CORRECTED)
    femi.fills_in("Why? The patient reads it.", REASONS)
    femi.presses("Show what will be sent")
    femi.reads("We corrected your record in part", "Dr. Ito", "Coast Pharmacy", "A correction to a record")
    femi.presses("Decide, and send this")
    femi.reads("You decided.", CORRECTED)

    # and the office sends both letters and writes down who answered,
    pays_only(work_as, reference)
    for name in ("Dr. Ito", "Coast Pharmacy"):
        for what, field, said in (
            ("Our letter went out", "how", "fax"),
            ("They answered that they put it beside the entry", "by", f"The desk of {name}"),
        ):
            opens_the_case(dov, reference)
            line = dov.page.locator("#told + ul li", has_text=name)
            line.get_by_role("link", name="Record what was sent").click()
            dov.looks_around()
            dov.chooses(what)
            place = dov.page.locator(f"[name={field}]")
            place.select_option(said) if field == "how" else place.fill(said)
            for part, text in zip(("day", "month", "year"), ("23", "11", "2026"), strict=True):
                dov.page.locator(f"[name=on-{part}]").fill(text)
            dov.presses("Record it")
            dov.reads("It is recorded.")
    dov.reads("This is done. Nobody waits.")

    # and she reads what was decided, why, who was told, and what she can do;
    she.goes_to(f"/accuracy-notes/{reference}")
    she.reads("We told everybody who had to know.", CORRECTED, REASONS, "Dr. Ito: answered on")
    she.page.get_by_role("link", name="Our decision", exact=False).click()
    she.looks_around()
    she.reads("the last day to ask is", "Telephone")
    she.goes_to("/disclosures")
    she.reads("Coast Pharmacy", f"Our letter about {reference}.")

    # and the next package carries the note.
    said = next_package(work_as, house, tmp_path / "package.pdf")
    for words in (CORRECTED, WRONG, RIGHT, reference):
        assert squeezed(words) in said


def next_package(work_as: WorkAs, house: House, to: Path) -> str:
    """All of what she asks for next, released, printed and fetched; gives its words."""

    def gives_all(work: Work, request: Any) -> None:
        reviews.release_remaining(work, request)
        for place in judgements.places(work, request):
            if place.decision is None:
                reviews.judge(work, request, place.id, Decision.RELEASE, None, Reasoning())
        reviews.sign(work, request, judgements.digest(work, request))

    week = Week(work_as, house.edge)
    asked = week.does("femi", week.in_review(), gives_all)
    week.does("esi", asked, lambda w, r: releases.release(w, r, releases.shown_digest(w, r)))
    with house.worker_at_work():
        pass
    with work_as("amina") as work:
        to.write_bytes(b"".join(releases.download(work, access_requests.find(work, asked))[2]))
    return words_of(to)
