"""The pages of complaints: the journeys of the patient, the office and whom a complaint names, over HTTP."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from portal.domain.clocks import window_end
from portal.domain.dates import say_date
from portal.domain.jurisdictions import profile
from portal.edges import Edge
from portal.services import patients
from tests.clinic_at_work import Week
from tests.conftest import Clockwork
from tests.pages import ReadingClient, text_of
from tests.services.test_consent_changes import AMINA, WorkAs

pytestmark = pytest.mark.usefixtures("sqlite_only")
Clients = Callable[[str], ReadingClient]
WORDS = "Nobody called me back, and I waited three weeks."


def token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def once(page: str) -> str:
    found = re.search(r'name="once"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def form(client: ReadingClient, address: str = "/complaints/new", **data: Any) -> dict[str, Any]:
    page = client.get(address).text
    return {"csrf_token": token(page), "once": once(page), "about": "other", "words": WORDS} | data


def complained(client: ReadingClient, **data: Any) -> str:
    answer = client.post("/complaints/new", data=form(client, **data))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"]).rpartition("/")[2]


def person(client: ReadingClient, name: str) -> str:
    page = client.get("/complaints/new").text
    found = re.search(rf'value="([0-9a-f-]{{36}})"[^>]*>\s*(?:</input>)?.*?{name}', page, re.S)
    assert found is not None
    before = page[: page.index(name)]
    return re.findall(r'name="people"[^>]*value="([0-9a-f-]{36})"', before)[-1]


def test_the_patient_complains_reads_it_and_answers(client_of: Clients) -> None:
    amina = client_of("amina")
    reference = complained(amina)
    page = amina.get(f"/complaints/{reference}").text
    assert WORDS in page
    assert "PO Box 9038" in page
    assert "College of Physicians" in page
    assert reference in amina.get("/home").text
    femi = client_of("femi")
    address = f"/office/cases/{reference}"
    given = {"csrf_token": token(femi.get(f"{address}/complaint-answer").text)}
    given |= {"finding": "not_upheld", "findings": "We called on the third of the month."}
    assert femi.post(f"{address}/complaint-answer", data=given).status_code == 303
    page = amina.get(f"/complaints/{reference}").text
    assert "We called on the third" in page
    assert "Are you satisfied?" in page
    assert "Read the answer" in amina.get("/home").text
    sent = amina.post(f"/complaints/{reference}/not-satisfied", data={"csrf_token": token(page)})
    assert sent.status_code == 303
    assert "administrator looks into" in amina.get(f"/complaints/{reference}").text


def test_the_named_physician_gets_the_same_404_as_for_nothing_and_finds_it_nowhere(client_of: Clients) -> None:
    amina, femi, esi = client_of("amina"), client_of("femi"), client_of("esi")
    before = {each: femi.get(each).text.count("CO-") for each in ("/office", "/office/cases", "/office/patients")}
    reference = complained(amina, people=[person(amina, "Femi")])
    named, nothing = femi.get(f"/office/cases/{reference}"), femi.get("/office/cases/CO-2026-000999-A")
    assert (named.status_code, nothing.status_code) == (404, 404)

    def plain(page: str) -> str:
        return re.sub(r'(nonce|value|content)="[^"]*"', "", page).replace(reference, "CO-2026-000999-A")

    assert plain(named.text) == plain(nothing.text)
    for step in ("note", "complaint-answer", "named", "outside", "outside/question"):
        assert femi.get(f"/office/cases/{reference}/{step}").status_code == 404
    for address, count in before.items():
        assert femi.get(address).text.count("CO-") == count
    number = re.search(r"P-\d{6}", esi.get(f"/office/cases/{reference}").text)
    assert number is None or reference not in femi.get(f"/office/patients/{number[0]}").text
    assert reference in esi.get("/office/cases").text


def test_a_complaint_of_fifty_thousand_words_is_refused_in_one_sentence_and_comes_back_whole(
    client_of: Clients,
) -> None:
    amina = client_of("amina")
    answer = amina.post("/complaints/new", data=form(amina, words="whale " * 50_000))
    assert answer.status_code == 422
    assert "Use at most 20000 characters here." in answer.text.replace("20,000", "20000")
    assert answer.text.count("whale") >= 50_000
    assert "CO-2026" not in amina.get("/complaints").text


def test_markup_in_every_field_is_shown_as_it_was_written(client_of: Clients) -> None:
    amina, dov = client_of("amina"), client_of("dov")
    evil = '<script>alert("x")</script>{{ 7*7 }}'
    reference = complained(amina, words=evil, wish=evil)
    address = f"/office/cases/{reference}"
    given = {"csrf_token": token(dov.get(f"{address}/note").text), "kind": "note", "text": evil}
    assert dov.post(f"{address}/note", data=given).status_code == 303
    for page in (amina.get(f"/complaints/{reference}").text, dov.get(address).text):
        assert "<script>alert" not in page
        assert "{{ 7*7 }}" in page


def test_the_internal_note_is_on_no_page_of_the_patient(client_of: Clients) -> None:
    amina, dov = client_of("amina"), client_of("dov")
    reference = complained(amina)
    address = f"/office/cases/{reference}"
    given = {"csrf_token": token(dov.get(f"{address}/note").text), "kind": "note", "text": "Only for ourselves, zebra."}
    assert dov.post(f"{address}/note", data=given).status_code == 303
    assert "zebra" in dov.get(address).text
    for page in ("/home", "/complaints", f"/complaints/{reference}", "/access-log"):
        assert "zebra" not in amina.get(page).text


def test_the_same_form_sent_twice_is_one_complaint(client_of: Clients) -> None:
    amina = client_of("amina")
    data = form(amina)
    first, second = (amina.post("/complaints/new", data=data).headers["Location"] for _ in range(2))
    assert first == second


def test_the_same_form_with_other_words_is_neither_lost_nor_said_to_be_sent(client_of: Clients) -> None:
    amina = client_of("amina")
    data = form(amina)
    first = amina.post("/complaints/new", data=data).headers["Location"]
    for changed in ({"words": "Dov laughed at me, ostrich."}, {"people": person(amina, "Dov")}, {"straight": "yes"}):
        answer = amina.post("/complaints/new", data=data | changed)
        assert answer.status_code == 422
        assert "so this is not sent yet" in answer.text
        assert next(iter(changed.values())) in answer.text
        assert once(answer.text) != data["once"]
    assert "ostrich" not in amina.get(first).text
    again = data | {"words": "Dov laughed at me, ostrich.", "people": person(amina, "Dov"), "once": once(answer.text)}
    second = amina.post("/complaints/new", data=again)
    assert second.status_code == 303
    assert second.headers["Location"] != first
    reference = second.headers["Location"].rpartition("/")[2]
    assert client_of("dov").get(f"/office/cases/{reference}").status_code == 404


def test_the_front_desk_enters_a_complaint_that_came_by_telephone(client_of: Clients, work_as: WorkAs) -> None:
    dov, amina = client_of("dov"), client_of("amina")
    with work_as("dov", writes=False) as work:
        number = patients.find(work, AMINA).number
    address = f"/office/patients/{number}/complaints/new"
    data = form(dov, address, channel="phone")
    data |= {"came_on-year": "2026", "came_on-month": "11", "came_on-day": "20"}
    assert "how you made sure" in dov.post(address, data=data).text
    answer = dov.post(address, data=data | {"verified": "Called back.", "once": str(uuid4())})
    assert answer.status_code == 303, answer.text
    reference = str(answer.headers["Location"]).rpartition("/")[2]
    assert "Called back." in dov.get(f"/office/cases/{reference}").text
    assert WORDS in amina.get(f"/complaints/{reference}").text


def test_the_last_day_of_a_review_is_counted_from_the_clinics_own_day_although_it_is_tomorrow_elsewhere(
    client_of: Clients, work_as: WorkAs, edge: Edge, clock: Clockwork
) -> None:
    clock.move(hours=8, minutes=30)  # half past five on Monday at the clinic, Tuesday in Greenwich
    answered = Week(work_as, edge).preparing()
    amina = client_of("amina")
    page = amina.get(f"/complaints/{complained(amina, linked=answered)}").text
    monday = date(2026, 11, 23)
    last = window_end(profile("ca-bc"), monday)
    assert last != window_end(profile("ca-bc"), monday + timedelta(days=1))
    assert f"the last day to ask is {say_date(last)}" in page


def test_who_answers_reads_what_the_patient_wrote_beside_the_form(client_of: Clients) -> None:
    reference = complained(client_of("amina"))
    assert WORDS in client_of("femi").get(f"/office/cases/{reference}/complaint-answer").text
    log = client_of("amina").get("/access-log")
    assert "opened a complaint of yours" in text_of(log)
    assert f'href="/complaints/{reference}"' in log.text, "the line leads to her complaint"
    assert f"complaint {reference}" in text_of(log)
