"""Asking for a record: a question a page, kept, changed, left, gone on with, thrown away, sent once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from portal.domain.access_requests import Delivery, Mode, Stage
from portal.domain.record_items import Category
from portal.domain.wishes import Scope, Wishes
from portal.edges import Edge
from portal.services import access_requests, patients, queues
from portal.worker import Worker
from tests.conftest import open_session
from tests.pages import ReadingClient, text_of
from tests.web.patient import stages
from tests.web.patient.stages import WorkAs

ClientOf = Callable[[str], ReadingClient]


@pytest.fixture
def mei(client_of: ClientOf) -> ReadingClient:
    return client_of("mei")


def begin(client: ReadingClient, **whose: str) -> str:
    """The address of a draft that was just begun."""
    answer = client.post("/access-requests/new", data=whose)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.location)


def say(client: ReadingClient, page: str, /, **answers: Any) -> str:
    """Answer a question; gives the address of the next."""
    answer = client.post(page, data=answers)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.location)


def wishes_of_mei(work_as: WorkAs) -> Wishes:
    with work_as("mei", writes=False) as work:
        draft = access_requests.draft_of(work, patients.own(work))
        assert draft is not None
        return access_requests.wishes_of(work, draft)


def requests_of_mei(work_as: WorkAs) -> list[Any]:
    with work_as("mei", writes=False) as work:
        return queues.of_patient(work, patients.own(work).id)


def send(client: ReadingClient, address: str, **more: str) -> Any:
    """Press "Send" on the page as it stands there now."""
    page = client.get(address)
    seen = page.text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    return client.post(address, data={"seen": seen, **more})


def test_she_asks_for_everything_by_download_and_gets_a_number(mei: ReadingClient, work_as: WorkAs) -> None:
    page = mei.get("/access-requests/new")
    assert "You do not have to say why you want it." in text_of(page)
    first = mei.get(begin(mei)).location
    assert first.endswith("/kind")
    what = say(mei, first, mode="copy")
    delivery = say(mei, what, scope="everything", also_disclosures="yes")
    needs = say(mei, delivery, delivery="download")
    check = say(mei, needs, language="en")
    assert check.endswith("/check")
    words = text_of(mei.get(check))
    for said in ("Request for access to my record", "Dear Dr Femi Adeyemi", "Everything in the record.", "Mei Leung"):
        assert said in words
    assert "It goes to Dr Femi Adeyemi, the responsible physician" in words
    assert "You do not have to give a reason." in words
    sent = send(mei, check)
    assert (sent.status_code, sent.location) == (303, "/access-requests/AR-2026-000002-H")
    assert "Your request is on its way to us." in text_of(mei.get(sent.location))
    with work_as("mei", writes=False) as work:
        request = access_requests.find(work, "AR-2026-000002-H")
        assert request.stage == Stage.RECEIVED
        wishes = access_requests.wishes_of(work, request)
        assert (wishes.mode, wishes.scope, wishes.delivery) == (Mode.COPY, Scope.EVERYTHING, Delivery.DOWNLOAD)


@pytest.mark.parametrize(
    ("scope", "answers", "kept"),
    [
        ("categories", {"categories": ["photographs", "results"]}, (Category.RESULTS, Category.PHOTOGRAPHS)),
        ("own_words", {"words": "The mole on my back."}, "The mole on my back."),
        ("dates", {"since-day": "1", "since-month": "March", "since-year": "2024"}, "2024-03-01"),
    ],
)
def test_a_part_is_asked_for_on_a_page_of_its_own(
    mei: ReadingClient, work_as: WorkAs, scope: str, answers: dict[str, Any], kept: Any
) -> None:
    what = say(mei, mei.get(begin(mei)).location, mode="copy")
    which = say(mei, what, scope=scope)
    assert which.endswith("/which")
    assert say(mei, which, **answers).endswith("/delivery")
    wishes = wishes_of_mei(work_as)
    assert kept in (wishes.categories, wishes.words, wishes.since.isoformat() if wishes.since else "")


def test_who_views_the_original_is_not_asked_how_to_get_a_copy(mei: ReadingClient) -> None:
    what = say(mei, mei.get(begin(mei)).location, mode="view")
    needs = say(mei, what, scope="everything")
    assert needs.endswith("/needs")
    check = say(mei, needs, language="en", large_print="yes", other="A chair with arms, please.")
    words = text_of(mei.get(check))
    assert "I want to view the original at the clinic" in words
    assert "Large print" in words
    assert "A chair with arms, please." in words
    assert "How you get it" not in words


def test_a_question_without_an_answer_is_asked_again_and_nothing_is_kept(mei: ReadingClient, work_as: WorkAs) -> None:
    first = mei.get(begin(mei)).location
    answer = mei.post(first, data={})
    assert answer.status_code == 422
    assert "Choose a copy, or to view the original." in text_of(answer)
    assert answer.text.count("<title>Problem:") == 1
    assert wishes_of_mei(work_as).answered == frozenset()


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "Choose how you want to get the copy."),
        ({"delivery": "post", "address": "  "}, "Write the address we should send the copy to."),
        ({"delivery": "fax", "fax": "555-0100"}, "Write the fax number with its area code, ten digits."),
        ({"delivery": "pigeon"}, "Choose one of the answers that are offered."),
        ({"delivery": "post", "address": "x" * 401}, "Use at most 400 characters here."),
    ],
)
def test_a_delivery_that_cannot_be_is_explained(mei: ReadingClient, answers: dict[str, str], sentence: str) -> None:
    what = say(mei, mei.get(begin(mei)).location, mode="copy")
    delivery = say(mei, what, scope="everything")
    answer = mei.post(delivery, data=answers)
    assert answer.status_code == 422
    assert sentence in text_of(answer)


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ({}, "Give the first day, the last day, or both."),
        ({"since-day": "31", "since-month": "2", "since-year": "2024"}, "There is no such date."),
        ({"since-day": "1", "since-month": "1", "since-year": "2030"}, "The first day is in the future."),
    ],
)
def test_a_period_that_cannot_be_is_explained(mei: ReadingClient, dates: dict[str, str], sentence: str) -> None:
    what = say(mei, mei.get(begin(mei)).location, mode="copy")
    which = say(mei, what, scope="dates")
    answer = mei.post(which, data=dates)
    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_her_own_address_is_offered_for_the_post(mei: ReadingClient) -> None:
    what = say(mei, mei.get(begin(mei)).location, mode="copy")
    assert "305-1260 Seabird Crescent" in text_of(mei.get(say(mei, what, scope="everything")))


def test_a_draft_that_was_left_goes_on_where_it_was(mei: ReadingClient) -> None:
    address = begin(mei)
    say(mei, mei.get(address).location, mode="copy")
    assert "A request you have not sent yet" in text_of(mei.get("/home"))
    assert begin(mei) == address
    assert mei.get(address).location.endswith("/what")


def test_an_answer_is_changed_from_the_last_page_and_one_is_back_there(mei: ReadingClient, work_as: WorkAs) -> None:
    address = f"/access-requests/drafts/{stages.drafted(work_as)}"
    assert f"{address}/delivery?change=1" in mei.get(f"{address}/check").text
    assert say(mei, f"{address}/delivery?change=1", delivery="pick_up").endswith("/check")
    assert wishes_of_mei(work_as).delivery == Delivery.PICK_UP


def test_a_change_that_needs_another_answer_asks_for_it_first(mei: ReadingClient, work_as: WorkAs) -> None:
    address = f"/access-requests/drafts/{stages.drafted(work_as)}"
    which = say(mei, f"{address}/what?change=1", scope="own_words")
    assert "/which" in which
    assert mei.get(f"{address}/check").location.endswith("/which")
    assert say(mei, which, words="The patch test of last spring.").endswith("/check")


def test_a_draft_without_all_answers_cannot_be_sent(mei: ReadingClient) -> None:
    address = begin(mei)
    answer = mei.post(f"{address}/check", data={"seen": "1"})
    assert answer.location.endswith("/kind")


def test_a_draft_is_thrown_away(mei: ReadingClient, work_as: WorkAs) -> None:
    address = f"/access-requests/drafts/{stages.drafted(work_as)}"
    assert mei.post(f"{address}/discard").location == "/access-requests"
    assert mei.get(address).status_code == 404
    assert requests_of_mei(work_as) == []


def test_a_draft_is_nobody_elses(client_of: ClientOf, work_as: WorkAs) -> None:
    bens = f"/access-requests/drafts/{stages.drafted(work_as, 'ben')}"
    for name in ("amina", "mei", "cora"):
        client = client_of(name)
        for answer in (
            client.get(bens),
            client.get(f"{bens}/kind"),
            client.get(f"{bens}/check"),
            client.post(f"{bens}/kind", data={"mode": "view"}),
            client.post(f"{bens}/discard"),
        ):
            assert answer.status_code == 404, name
    assert client_of("ben").get(f"{bens}/check").status_code == 200


def test_a_page_that_is_no_question_is_not_there(mei: ReadingClient) -> None:
    address = begin(mei)
    for step in ("which", "nonsense", "send"):
        assert mei.get(f"{address}/{step}").status_code == 404


def test_a_second_click_on_send_lands_on_the_one_request(mei: ReadingClient, work_as: WorkAs) -> None:
    address = f"/access-requests/drafts/{stages.drafted(work_as)}"
    first = send(mei, f"{address}/check")
    again = mei.post(f"{address}/check", data={"seen": "1"})
    assert again.location == first.location
    for old in (address, f"{address}/what"):
        assert mei.get(old).location == first.location
    assert mei.post(f"{address}/discard").location == first.location
    assert len(requests_of_mei(work_as)) == 1


def test_two_windows_that_send_at_once_make_one_request(app: Flask, edge: Edge, work_as: WorkAs) -> None:
    address = f"/access-requests/drafts/{stages.drafted(work_as)}/check"
    windows = [app.test_client(), app.test_client()]
    for window in windows:
        open_session(edge, window, "mei")
    seen = windows[0].get(address).text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    at_once = Barrier(2)

    def press(window: Any) -> Any:
        at_once.wait()
        return window.post(address, data={"seen": seen})

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, windows))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert {answer.location for answer in answers} == {"/access-requests/AR-2026-000002-H"}
    assert len(requests_of_mei(work_as)) == 1


def test_what_was_changed_in_another_window_is_shown_before_it_is_sent(mei: ReadingClient, work_as: WorkAs) -> None:
    address = f"/access-requests/drafts/{stages.drafted(work_as)}"
    seen = mei.get(f"{address}/check").text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    say(mei, f"{address}/delivery", delivery="pick_up")
    answer = mei.post(f"{address}/check", data={"seen": seen})
    assert answer.status_code == 422
    assert "You changed an answer in another window." in text_of(answer)
    assert send(mei, f"{address}/check").status_code == 303


def test_the_same_request_twice_is_caught_and_can_be_meant(mei: ReadingClient, work_as: WorkAs) -> None:
    first = stages.sent(work_as)
    address = f"/access-requests/drafts/{stages.drafted(work_as)}/check"
    page = mei.get(address)
    assert "You asked for this already" in text_of(page)
    assert f'href="/access-requests/{first}"' in page.text
    refused = send(mei, address)
    assert refused.status_code == 422
    assert len(requests_of_mei(work_as)) == 2
    assert send(mei, address, although_alike="yes").status_code == 303


def test_what_can_be_downloaded_no_more_is_asked_for_again_without_a_tick(
    client_of: ClientOf, work_as: WorkAs, worker: Worker, clock: Any
) -> None:
    stages.ready(work_as, worker)
    clock.move(days=91)
    address = f"/access-requests/drafts/{stages.drafted(work_as)}/check"
    mei = client_of("mei")
    assert "You asked for this already" not in text_of(mei.get(address))
    assert send(mei, address).status_code == 303


def test_a_representative_asks_for_those_she_acts_for_and_nobody_else(client_of: ClientOf, work_as: WorkAs) -> None:
    ben = client_of("ben")
    with work_as("mei", writes=False) as work:
        meis = str(patients.own(work).id)
    assert ben.post("/access-requests/new", data={"patient": meis}).status_code == 422
    address = begin(ben)
    page = ben.get(ben.get(address).location)
    assert "for Amina Haddad" in text_of(page)


def test_who_acts_for_several_chooses_whose_record_it_is(client_of: ClientOf, edge: Edge, work_as: WorkAs) -> None:
    keys = stages.ben_acts_for_mei_too(edge, work_as)
    ben = client_of("ben")
    assert ben.post("/access-requests/new", data={}).status_code == 422
    words = text_of(ben.get("/access-requests/new"))
    assert "Whose record do you ask for?" in words
    address = begin(ben, patient=keys["mei"])
    assert "for Mei Leung" in text_of(ben.get(ben.get(address).location))
    assert keys["mei"] not in address


def test_no_page_of_a_draft_holds_anything_personal_in_its_address(mei: ReadingClient) -> None:
    what = say(mei, mei.get(begin(mei)).location, mode="copy")
    which = say(mei, what, scope="own_words")
    delivery = say(mei, which, words="My secret illness")
    needs = say(mei, delivery, delivery="post", address="12 Hidden Lane")
    for address in (what, which, delivery, needs):
        assert "secret" not in address.lower()
        assert "hidden" not in address.lower()
        assert "mei" not in address.lower().split("/drafts/")[0]
