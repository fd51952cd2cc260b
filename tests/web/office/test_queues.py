"""The lists of cases: 25 a page, filters in the address, urgency in words."""

import re
from collections.abc import Callable

from portal.domain.access_requests import Channel, Delivery
from portal.domain.wishes import Scope, Wishes
from portal.services import access_requests, patients
from tests.conftest import Clockwork
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import WorkAs, gathering, sent

Clients = Callable[[str], ReadingClient]


def many(work_as: WorkAs, number: int) -> None:
    """So many requests of one patient, each in words of its own."""
    with work_as("dov") as work:
        mei = patients.search(work, "Mei")[0]
        for n in range(number):
            request = access_requests.start(work, mei, Channel.PAPER)
            words = Wishes(scope=Scope.OWN_WORDS, words=f"The visit number {n}", delivery=Delivery.DOWNLOAD)
            access_requests.save(work, request, words)
            access_requests.register(work, request, work.today)


def references(answer: object) -> list[str]:
    return re.findall(r'">(AR-\d{4}-\d{6}-\w)</a>', answer.get_data(as_text=True))  # type: ignore[attr-defined]


def test_a_page_has_25_cases_and_leads_to_the_rest_without_doubles(client_of: Clients, work_as: WorkAs) -> None:
    many(work_as, 29)
    client = client_of("dov")
    first = client.get("/office/cases")
    onward = re.search(r'href="([^"]+)" rel="next"', first.get_data(as_text=True))
    assert onward is not None
    second = client.get(onward[1].replace("&amp;", "&"))
    assert (len(references(first)), len(references(second))) == (25, 5)
    assert not set(references(first)) & set(references(second))
    assert 'rel="next"' not in second.get_data(as_text=True)


def test_the_filters_stay_in_the_address_of_the_next_page(client_of: Clients, work_as: WorkAs) -> None:
    many(work_as, 26)
    page = client_of("dov").get("/office/cases?which=unassigned&stage=received").get_data(as_text=True)
    onward = re.search(r'href="([^"]+)" rel="next"', page)
    assert onward is not None
    assert "which=unassigned" in onward[1]
    assert "stage=received" in onward[1]
    assert '<option value="unassigned" selected>' in page
    assert '<option value="received" selected>' in page


def test_a_stage_shows_only_its_cases(client_of: Clients, work_as: WorkAs) -> None:
    gathered, received = gathering(work_as, "mei"), sent(work_as, "cora")
    found = references(client_of("dov").get("/office/cases?stage=gathering"))
    assert found == [gathered]
    assert received not in found


def test_urgency_is_said_in_words_as_well(client_of: Clients, clock: Clockwork) -> None:
    client = client_of("dov")
    assert re.search(r"\d+ days left", text_of(client.get("/office/cases")))
    clock.move(days=60)
    fresh = client_of("dov")
    page = fresh.get("/office/cases")
    assert "p-queue__row--late" in page.get_data(as_text=True)
    assert re.search(r"\d+ days late", text_of(page))


def test_the_list_says_who_waits_for_whom(client_of: Clients) -> None:
    page = text_of(client_of("dov").get("/office/cases"))
    assert "Amina Haddad Copy of the record received the front office nobody yet" in page


def test_an_empty_list_says_what_would_be_there(client_of: Clients) -> None:
    assert "No case is late." in text_of(client_of("dov").get("/office/cases?which=late"))


def test_a_list_or_a_page_that_does_not_exist_is_told(client_of: Clients) -> None:
    client = client_of("dov")
    for query in ("which=everything", "stage=nowhere", "after=27"):
        assert client.get(f"/office/cases?{query}").status_code == 422
