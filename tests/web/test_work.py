"""One piece of work a request: when it begins, who may write meanwhile, and what is kept when the answer is a no."""

from typing import Any

import pytest
from flask import Flask

from portal.domain.errors import NotAllowed
from portal.edges import Edge
from portal.models.accounts import SignIn
from portal.services import throttling
from portal.web.work import TOKEN, apart, signed_in, work
from tests.conftest import open_session


@pytest.fixture
def token(app: Flask, edge: Edge) -> str:
    client = app.test_client()
    open_session(edge, client, "mei")
    with client.session_transaction() as session:
        return str(session[TOKEN])


def asking(app: Flask, method: str, token: str | None) -> Any:
    context = app.test_request_context("/home", method=method)
    context.push()
    if token:
        from flask import session

        session[TOKEN] = token
    return context


def test_a_page_that_writes_looks_up_who_is_signed_in_before_it_begins_to_write(app: Flask, token: str) -> None:
    context = asking(app, "POST", token)
    live = signed_in()
    assert live is not None
    with apart() as counting:
        throttling.spend(counting, "a test", throttling.STEP_UP_BY_ACCOUNT)
    begun = work()
    assert begun.writes
    assert begun.actor.name == "Mei Leung"
    context.pop()


def test_nothing_is_written_apart_once_the_work_of_the_page_has_begun(app: Flask, token: str) -> None:
    context = asking(app, "POST", token)
    work()
    with pytest.raises(RuntimeError, match="before work"), apart():
        pass
    with apart(writes=False) as looking:
        assert not looking.writes
    context.pop()


def test_a_page_that_reads_uses_one_transaction_for_everything(app: Flask, token: str) -> None:
    context = asking(app, "GET", token)
    assert signed_in() is not None
    assert not work().writes
    assert work() is work()
    context.pop()


def test_a_session_that_ended_since_it_was_looked_up_changes_nothing(app: Flask, edge: Edge, token: str) -> None:
    context = asking(app, "POST", token)
    live = signed_in()
    assert live is not None
    with edge.sessions() as db, db.begin():
        row = db.get_one(SignIn, live.id)
        row.ended_at = edge.now()
    with pytest.raises(NotAllowed, match="signed out in another window"):
        work()
    context.pop()


def test_a_visitor_costs_no_look_into_the_database(app: Flask) -> None:
    context = asking(app, "POST", None)
    assert signed_in() is None
    context.pop()
