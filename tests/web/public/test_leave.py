"""Leave this page now: the session is over and another site stands there, whatever the state of the page."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.edges import Edge
from portal.models.accounts import SignIn
from portal.web import create_app
from tests.conftest import open_session
from tests.pages import ReadingClient

Clients = Callable[[str], ReadingClient]
SITE = "https://weather.gc.ca/"

pytestmark = pytest.mark.usefixtures("sqlite_only")


def live(edge: Edge) -> int:
    with edge.sessions() as db:
        return db.scalar(select(func.count()).select_from(SignIn).where(SignIn.ended_at.is_(None))) or 0


def test_it_signs_out_and_leads_to_the_neutral_site(client_of: Clients, edge: Edge) -> None:
    mei = client_of("mei")
    assert live(edge) == 1
    gone = mei.post("/leave")
    assert (gone.status_code, gone.location) == (303, SITE)
    assert gone.headers["Referrer-Policy"] == "no-referrer"
    assert live(edge) == 0
    assert mei.get("/home").location == "/sign-in"
    assert mei.post("/leave").location == SITE  # a second press


def test_it_stands_on_every_page_of_a_patient_and_on_none_of_the_office(client_of: Clients) -> None:
    mei, dov = client_of("mei"), client_of("dov")
    for path in ("/home", "/access-requests", "/access-log", "/account", "/contact", "/policy", "/no-such-page"):
        page = mei.get(path)
        assert f'data-leave="{SITE}"' in page.text, path
        assert "form-action 'self' https://weather.gc.ca;" in page.headers["Content-Security-Policy"]
    for path in ("/office", "/account", "/policy"):
        page = dov.get(path)
        assert "data-leave" not in page.text, path
        assert "form-action 'self';" in page.headers["Content-Security-Policy"]


def test_with_a_token_that_is_too_old_she_gets_away_all_the_same(edge: Edge) -> None:
    strict: Flask = create_app(edge.config, edge)
    client = strict.test_client()
    open_session(edge, client, "mei")
    for token in ({}, {"csrf_token": "of yesterday"}):
        gone = client.post("/leave", data=token)
        assert gone.status_code == 403
        assert gone.headers["Refresh"] == f"0; url={SITE}"
        assert "Procerus" not in gone.text
        assert "One moment" in gone.text
