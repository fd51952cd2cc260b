"""The pages of a message of which no e-mail told its reader: the work list, the row, the page and the thread."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from portal.edges import Edge
from portal.models.messages import UntoldMessage
from portal.services.work import Work
from tests.clinic_at_work import Week
from tests.pages import ReadingClient, text_of
from tests.services.test_messages import answers, opens
from tests.services.test_untold_messages import gives_up

Clients = Callable[[str], ReadingClient]
WorkAs = Callable[..., AbstractContextManager[Work]]
SECRET = "The wallflower photographs show the mole."
TASKS = "/office/correspondence?tab=came-back"


@pytest.fixture
def request_of_hers(work_as: WorkAs, edge: Edge) -> str:
    reference = Week(work_as, edge).sent()
    answers(work_as, "dov", reference, SECRET)
    gives_up(work_as)
    return reference


def place_of(client: ReadingClient) -> str:
    [place] = set(re.findall(r'href="(/office/correspondence/messages/[^"]+)"', client.get(TASKS).text))
    return place


def test_it_is_counted_listed_and_settled_and_never_says_what_is_written(
    client_of: Clients, request_of_hers: str
) -> None:
    dov = client_of("dov")
    assert "1 Letters and messages that need somebody" in text_of(dov.get("/office"))
    listed, place = text_of(dov.get(TASKS)), place_of(dov)
    assert "1 Needs somebody" in listed
    assert "The e-mail that a message waits for Amina Haddad did not go through. Call her" in listed
    assert "Nothing came back" not in listed
    page = dov.get(place)
    assert "Say only that it is there" in text_of(page)
    for each in (dov.get("/office"), dov.get(TASKS), page):
        assert "wallflower" not in each.text
    answer = dov.post(place, data={"how": "spoke", "words": "She knows."})
    assert answer.status_code == 422
    assert "Choose how you knew that it was she." in text_of(answer)
    assert "She knows." in answer.text
    told = {"how": "spoke", "verified": "call_back", "words": "She reads it tonight."}
    assert dov.post(place, data=told).status_code == 303
    assert dov.post(place, data=told).status_code == 303  # pressed twice
    assert client_of("esi").get(place).status_code == 409
    assert "Letters and messages" not in text_of(dov.get("/office"))
    assert "She reads it tonight." in text_of(dov.get(f"/office/cases/{request_of_hers}/messages"))


def test_the_thread_says_it_and_only_the_office_gets_the_way_to_it(client_of: Clients, request_of_hers: str) -> None:
    thread = f"/office/cases/{request_of_hers}/messages"
    dov, femi = client_of("dov"), client_of("femi")
    place = place_of(dov)
    for client in (dov, femi):
        assert text_of(client.get(thread)).count("did not go through") == 1
        assert "No e-mail about these messages reached" not in text_of(client.get(thread))
    assert place in dov.get(thread).text
    assert place not in femi.get(thread).text
    for who in ("femi", "lena", "amina", "ben"):
        assert client_of(who).get(place).status_code in (403, 404), who


def test_once_she_has_opened_it_the_page_says_that_nothing_is_left(
    client_of: Clients, work_as: WorkAs, request_of_hers: str
) -> None:
    dov = client_of("dov")
    place = place_of(dov)
    opens(work_as, "amina", request_of_hers)
    answer = dov.post(place, data={"how": "wrote", "words": "Posted."})
    assert answer.status_code == 409
    assert "Nothing is left to do here" in text_of(answer)
    with work_as("system", writes=False) as work:
        assert work.db.scalars(select(UntoldMessage.settled_sealed)).all() == [None]
