"""What the physician does with a record, as acts of a visitor who is signed in."""

from portal.demo.people import PASSWORD
from tests.journeys.office_acts import PROOF
from tests.journeys.visitor import Visitor

ABOUT_ANOTHER = "It tells about another person"


def begins_the_review(femi: Visitor, reference: str) -> None:
    femi.goes_to(f"/office/cases/{reference}")
    femi.follows("Review the record")
    femi.reads("What becomes of this entry?")


def opens_the_entry(femi: Visitor, kind: str, title: str) -> None:
    """By the list at the left; the kind is opened first where a long record keeps it closed."""
    entries = femi.page.get_by_role("navigation", name="All entries")
    entry = entries.get_by_role("link", name=title)
    if not entry.count():
        femi.follows_in(entries, f"entry to decide, {kind}", f"entries to decide, {kind}")
    femi.follows_in(entries, title)
    femi.reads(title)


def withholds(femi: Visitor, facts: str, why_not_severing: str) -> None:
    """The entry that is open, because it tells about somebody else."""
    femi.page.get_by_role("radio", name="Withhold").check()
    femi.chooses(ABOUT_ANOTHER)
    femi.fills_in("What are the facts?", facts)
    femi.fills_in("Why is taking out passages not enough?", why_not_severing)
    femi.presses("Save and next")


def releases_all_remaining(femi: Visitor, reference: str) -> None:
    """Look at what it will do, then do it; entries that need a look are released one by one."""
    femi.goes_to(f"/office/cases/{reference}/review/release-remaining")
    femi.presses_first("Release")
    while not femi.page.url.endswith("/sign"):
        femi.page.get_by_role("radio", name="Release").check()
        femi.presses("Save and next")


def signs(femi: Visitor) -> None:
    femi.fills_in(PROOF, PASSWORD)
    femi.presses("Sign the review")
