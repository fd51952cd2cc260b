"""What an address says of a day, or of where a list goes on, is read as a stranger's: a sentence, never a fault."""

from collections.abc import Callable
from urllib.parse import quote
from uuid import UUID

import pytest

from portal.web import reach
from portal.web.office.correspondence import Tab
from portal.web.reach import ROLES
from tests.pages import ReadingClient

Clients = Callable[[str], ReadingClient]
KEY = str(UUID(int=7))
DAYS = ("9999-12-31", "0001-01-01", "2026-13-40", "20261101", "tomorrow")
PLACES = (
    "~",
    KEY,
    f"2026-11-01~{KEY}",
    f"2026-11-01T09:00:00~{KEY}",
    f"2026-11-01T09:00:00+00:00~{KEY}",
    f"0001-01-01T00:00:00+14:00~{KEY}",
    f"9999-12-31T23:59:59-14:00~{KEY}",
    "2026-11-01~",
    "9" * 18,
    "9" * 40,
    "-1",
    "\x00",
)
NAMES = ("after", "before", "since", "until", "from")
# Lists that are several lists, each with an order of its own.
LISTS = {
    "/office/messages": ("which=waiting", "which=mine", "which=answered"),
    "/office/cases": ("which=open", "which=late", "which=closed"),
    "/office/correspondence": tuple(f"tab={tab.value}" for tab in Tab),
}
WHO = {"patient": "amina", "front-office": "dov", "administrator": "esi", "physician": "femi"}


def pages() -> list[tuple[str, str]]:
    """(who, address) of every page without a part of its own, and of the threads, whose messages go on too."""
    found = [("amina", "/messages/general"), ("dov", "/office/patients/P-004711/messages")]
    for (method, address), row in reach.table().items():
        who = next((name for role, name in WHO.items() if role in row.reached), None)
        if method == "GET" and who is not None and "<" not in address and not address.startswith("/sign-"):
            found += [(who, f"{address}?{which}" if which else address) for which in LISTS.get(address, ("",))]
    return found


def test_no_day_and_no_place_in_an_address_is_a_fault(client_of: Clients) -> None:
    clients = {who: client_of(who) for who in WHO.values()}
    assert set(ROLES) >= set(WHO)
    faults = []
    for who, page in pages():
        for value in (*DAYS, *PLACES):
            asked = "&".join(f"{name}={quote(value)}" for name in NAMES)
            answer = clients[who].get(f"{page}{'&' if '?' in page else '?'}{asked}")
            if answer.status_code == 500:  # a page may well say that the worker rests
                faults.append(f"{page} with {value!r}")
    assert faults == []


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize("page", ["/access-log", "/access-log.csv", "/disclosures", "/disclosures.csv"])
def test_a_day_out_of_all_time_is_answered_with_how_to_write_one(client_of: Clients, page: str) -> None:
    for name in ("since", "until"):
        for day in ("9999-12-31", "0001-01-01"):
            answer = client_of("amina").get(f"{page}?{name}={day}")
            assert (answer.status_code, "such as 2027-03-01" in answer.text) == (422, True), day


@pytest.mark.usefixtures("sqlite_only")
def test_a_place_without_its_time_zone_is_a_place_that_was_cut_off(client_of: Clients) -> None:
    for after in (f"2026-11-01~{KEY}", f"0001-01-01T00:00:00%2B14:00~{KEY}"):
        answer = client_of("dov").get(f"/office/messages?which=answered&after={after}")
        assert (answer.status_code, "is cut off" in answer.text) == (422, True), after
