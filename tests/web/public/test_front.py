"""What anyone may read, and what machines ask."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from portal.edges import Edge
from portal.services import jobs
from portal.services.work import Work
from tests.pages import ReadingClient, text_of

WorkAs = Callable[..., AbstractContextManager[Work]]


def test_the_first_page_says_what_the_portal_is_and_leads_to_policy_and_sign_in(visitor: ReadingClient) -> None:
    page = visitor.get("/")
    assert page.status_code == 200
    assert 'href="/sign-in"' in page.text
    assert 'href="/policy"' in page.text
    assert "where your request stands" in text_of(page)


def test_the_policy_says_what_the_law_of_the_clinics_place_adds(visitor: ReadingClient) -> None:
    words = text_of(visitor.get("/policy"))
    assert "Personal Information Protection Act" in words
    assert "30 days" in words


def test_anyone_can_read_how_accessible_the_portal_is(visitor: ReadingClient) -> None:
    assert visitor.get("/accessibility").status_code == 200


def test_pages_for_anyone_ask_the_database_nothing_of_a_visitor(visitor: ReadingClient, edge: Edge) -> None:
    edge.sessions.kw["bind"].dispose()
    for address in ("/", "/accessibility", "/healthz", "/sign-in"):
        assert visitor.get(address).status_code == 200, address
    assert edge.sessions.kw["bind"].pool.checkedin() == 0


def test_every_answer_carries_the_headers_that_keep_it_in_its_place(visitor: ReadingClient) -> None:
    for address in ("/", "/sign-in", "/no-such-page", "/healthz"):
        headers = visitor.get(address).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"], address
        assert "unsafe" not in headers["Content-Security-Policy"], address
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store, private"


def test_an_unknown_page_helps_on(visitor: ReadingClient) -> None:
    page = visitor.get("/no-such-page")
    assert page.status_code == 404
    assert "We have no page at this address" in text_of(page)


def test_the_process_says_that_it_is_there(visitor: ReadingClient) -> None:
    answer = visitor.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_the_portal_is_ready_with_database_store_and_worker(visitor: ReadingClient, work_as: WorkAs) -> None:
    with work_as("system") as work:
        jobs.beat(work, "worker-1")
    answer = visitor.get("/readyz")
    assert answer.status_code == 200
    assert answer.text.splitlines() == ["database: ok", "store: ok", "worker: ok"]


def test_without_a_worker_the_portal_is_not_ready_and_says_so(
    visitor: ReadingClient, work_as: WorkAs, clock: Any
) -> None:
    with work_as("system") as work:
        jobs.beat(work, "worker-1")
    clock.move(minutes=3)
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert "worker: not ready" in answer.text
    assert "database: ok" in answer.text


def test_with_a_broken_store_the_portal_is_not_ready_and_says_so(
    visitor: ReadingClient, edge: Edge, monkeypatch: Any
) -> None:
    def broken() -> None:
        raise OSError("no such disk")

    monkeypatch.setattr(edge.outside.store, "check", broken)
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert "store: not ready" in answer.text


def test_without_its_database_the_portal_is_not_ready_and_says_so(
    visitor: ReadingClient, edge: Edge, monkeypatch: Any
) -> None:
    def broken(*_args: Any) -> None:
        raise OSError("no such host")

    monkeypatch.setattr(type(edge), "begin", broken)
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert "database: not ready" in answer.text


def test_a_language_is_chosen_and_one_is_back_on_the_same_page(visitor: ReadingClient) -> None:
    answer = visitor.post("/language", data={"language": "fr", "back": "/sign-in"})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert re.search(r'<html lang="fr', visitor.get("/sign-in").text)


def test_a_language_choice_never_leads_off_the_portal(visitor: ReadingClient) -> None:
    for back in (
        "https://elsewhere.example",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "/\n/",
        "",
    ):
        assert visitor.post("/language", data={"language": "en", "back": back}).location == "/"


def test_a_language_the_clinic_does_not_speak_is_refused(visitor: ReadingClient) -> None:
    assert visitor.post("/language", data={"language": "xx"}).status_code == 422


def test_a_portal_asked_for_under_a_foreign_name_says_no_and_names_no_address(visitor: ReadingClient) -> None:
    answer = visitor.get("/sign-in", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "elsewhere.example" not in answer.text + str(answer.headers)
