"""What was typed is never lost: a page sent after the session ran out waits, sealed, for the same account."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.adapters.vault import Unreadable
from portal.edges import Edge
from portal.models.accounts import LeftForm
from portal.services import left_forms
from portal.worker import Worker
from tests.conftest import Clockwork, actor_of, open_session
from tests.pages import ReadingClient, text_of
from tests.web.patient import stages
from tests.web.patient.stages import WorkAs

ClientOf = Callable[[str], ReadingClient]
WORDS = "The second visit, when the wallflower rash had come back on both hands."


@pytest.fixture
def address(work_as: WorkAs) -> str:
    return f"/access-requests/{stages.asked(work_as)}/answer"


@pytest.fixture
def sent_late(client_of: ClientOf, address: str, clock: Clockwork) -> ReadingClient:
    """Mei's browser after she sent her answer an hour too late."""
    client = client_of("mei")
    clock.move(hours=1)
    answer = client.post(address, data={"text": WORDS})
    assert answer.location == "/sign-in"
    return client


def kept(edge: Edge) -> list[LeftForm]:
    with edge.sessions() as db:
        return list(db.scalars(select(LeftForm)))


def test_she_signs_in_again_and_is_back_on_the_page_with_what_she_typed(
    sent_late: ReadingClient, address: str, edge: Edge
) -> None:
    told = text_of(sent_late.get("/sign-in"))
    assert "What you wrote is kept for you. Sign in again and it is on the page." in told
    back = sent_late.post("/sign-in", data={"email": "mei@patients.example", "password": "demo-portal-2026"})
    assert back.location == address
    page = sent_late.get(address)
    assert WORDS in page.get_data(as_text=True)
    assert "What you wrote here and did not send is here again." in text_of(page)
    assert WORDS in sent_late.get(address).get_data(as_text=True)
    assert sent_late.post(address, data={"text": WORDS}).status_code == 303
    assert kept(edge) == []


def test_nothing_of_it_is_in_the_browser_nor_readable_in_the_database(sent_late: ReadingClient, edge: Edge) -> None:
    with sent_late.session_transaction() as session:
        assert "wallflower" not in str(dict(session))
    (row,) = kept(edge)
    assert b"wallflower" not in row.typed_sealed


def test_nobody_else_is_given_it(sent_late: ReadingClient, address: str, client_of: ClientOf, edge: Edge) -> None:
    for name in ("amina", "ben"):
        answer = client_of(name).get(address)
        assert (answer.status_code, WORDS in answer.get_data(as_text=True)) == (404, False)
    # Even put under another account by hand it does not open: it is sealed for hers.
    amina = actor_of(edge, "amina")
    with edge.sessions() as db, db.begin():
        db.execute(update(LeftForm).values(account_id=amina.id))
    with edge.work(amina, writes=False) as work, pytest.raises(Unreadable):
        left_forms.find(work, amina.id, address)


def test_after_a_day_it_is_destroyed(
    sent_late: ReadingClient, address: str, edge: Edge, clock: Clockwork, worker: Worker
) -> None:
    clock.move(hours=23)
    worker.drain()
    assert len(kept(edge)) == 1
    clock.move(hours=1, minutes=1)
    open_session(edge, sent_late, "mei")
    assert WORDS not in sent_late.get(address).get_data(as_text=True)
    worker.drain()
    assert kept(edge) == []


def test_an_answer_of_a_draft_is_kept_with_what_was_ticked(
    client_of: ClientOf, work_as: WorkAs, clock: Clockwork, edge: Edge
) -> None:
    client, page = client_of("mei"), f"/access-requests/drafts/{stages.drafted(work_as)}/needs?change=1"
    clock.move(hours=1)
    assert client.post(page, data={"language": "en", "other": WORDS, "large_print": "yes"}).location == "/sign-in"
    open_session(edge, client, "mei")
    drawn = client.get(page).get_data(as_text=True)
    assert WORDS in drawn
    assert 'value="yes" checked' in drawn.replace("  ", " ")


def test_a_session_that_was_ended_keeps_nothing(
    client_of: ClientOf, address: str, edge: Edge, clock: Clockwork
) -> None:
    client = client_of("mei")
    with client.session_transaction() as session:
        old: dict[str, Any] = dict(session)
    client.post("/sign-out")
    with client.session_transaction() as session:
        session.update(old)
    assert client.post(address, data={"text": WORDS}).location == "/sign-in"
    assert kept(edge) == []


@pytest.mark.parametrize("hours", [25, 100])
def test_a_session_that_ran_out_long_ago_keeps_nothing(
    client_of: ClientOf, address: str, edge: Edge, clock: Clockwork, hours: int
) -> None:
    client = client_of("mei")
    clock.move(hours=hours)
    client.post(address, data={"text": WORDS})
    assert kept(edge) == []


def test_too_much_is_not_kept_and_the_newest_replaces_the_older(
    sent_late: ReadingClient, address: str, edge: Edge
) -> None:
    sent_late.post(address, data={"text": "x" * left_forms.MOST_BYTES})
    assert len(kept(edge)) == 1
    first = kept(edge)[0].id
    sent_late.post(address, data={"text": "Another answer, typed after it."})
    (row,) = kept(edge)
    assert row.id != first


def test_pages_that_ask_for_a_password_keep_nothing(client_of: ClientOf, edge: Edge, clock: Clockwork) -> None:
    client = client_of("mei")
    clock.move(hours=1)
    client.post("/account/codes", data={"proof": "demo-portal-2026"})
    assert "Nothing was changed. Sign in again to go on." in text_of(client.get("/sign-in"))
    assert kept(edge) == []


def test_a_page_sent_twice_at_once_after_the_session_ran_out_is_kept_once(
    client_of: ClientOf, address: str, clock: Clockwork, edge: Edge, app: Flask
) -> None:
    cookie = client_of("mei").get_cookie("portal")
    assert cookie is not None
    clock.move(hours=1)

    def send(words: str) -> int:
        browser = app.test_client()
        browser.set_cookie("portal", cookie.value)
        return browser.post(address, data={"text": words}).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(send, [f"{WORDS} {n}" for n in range(8)])) == {302}
    assert len(kept(edge)) == 1
