"""The door: who gets in, with what, how often, and how one leaves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.domain.actors import OPERATOR, Role
from portal.edges import Edge
from portal.services import accounts
from portal.web import create_app
from portal.web.work import TOKEN
from tests.conftest import app_over
from tests.pages import ReadingClient, text_of
from tests.web.public.signing_in import code_at, token_of, try_to_sign_in, wrong_code_at

WRONG = "The e-mail address and the password do not belong together."


def test_a_patient_signs_in_with_her_password_and_is_at_home(visitor: ReadingClient) -> None:
    answer = try_to_sign_in(visitor, "mei")
    assert (answer.status_code, answer.location) == (303, "/home")
    assert "Hello Mei Leung" in text_of(visitor.get("/home"))


def test_capital_letters_and_blanks_around_an_address_do_not_matter(visitor: ReadingClient) -> None:
    assert try_to_sign_in(visitor, " Mei@Patients.Example ").status_code == 303


def test_whoever_works_here_gives_a_code_as_well(visitor: ReadingClient, clock: Any) -> None:
    answer = try_to_sign_in(visitor, "dov")
    assert answer.location == "/sign-in/code"
    assert visitor.get("/sign-in/code").status_code == 200
    done = visitor.post("/sign-in/code", data={"code": code_at(clock.at)})
    assert (done.status_code, done.location) == (303, "/office")


def test_a_password_alone_opens_nothing_to_whoever_needs_a_code(visitor: ReadingClient) -> None:
    try_to_sign_in(visitor, "dov")
    for address in ("/home", "/access-requests", "/account"):
        assert visitor.get(address).location == "/sign-in/code"
    assert "Dov" not in visitor.get("/").text


def test_every_wrong_sign_in_is_told_in_the_same_words(visitor: ReadingClient, edge: Edge) -> None:
    with edge.work(OPERATOR) as work:
        accounts.add(work, "new@patients.example", "New Person", frozenset({Role.PATIENT}))
        accounts.find(work, "cora@patients.example").disabled_at = work.now
    pages = set()
    for name in ("mei", "nobody@nowhere.example", "not an address", "new@patients.example", "cora", "dov"):
        answer = try_to_sign_in(visitor, name, "a wrong password")
        assert answer.status_code == 422
        pages.add(text_of(answer))
    assert try_to_sign_in(visitor, "cora").status_code == 422
    assert len(pages) == 1
    assert WRONG in pages.pop()


def test_a_password_is_never_drawn_again(visitor: ReadingClient) -> None:
    assert "my secret words" not in try_to_sign_in(visitor, "mei", "my secret words").text


def test_after_ten_tries_even_the_right_password_has_to_wait(visitor: ReadingClient, clock: Any) -> None:
    for _try in range(10):
        assert try_to_sign_in(visitor, "mei", "wrong").status_code == 422
    answer = try_to_sign_in(visitor, "mei")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert try_to_sign_in(visitor, "cora").status_code == 303
    clock.move(seconds=61)
    visitor.post("/sign-out")
    assert try_to_sign_in(visitor, "mei").status_code == 303


def test_the_session_changes_its_token_at_sign_in_and_at_the_code(visitor: ReadingClient, clock: Any) -> None:
    with visitor.session_transaction() as session:
        session[TOKEN] = "a token that somebody else knows"
        session["left"] = "by somebody else"
    try_to_sign_in(visitor, "dov")
    first = token_of(visitor)
    assert first
    assert first != "a token that somebody else knows"
    visitor.post("/sign-in/code", data={"code": code_at(clock.at)})
    second = token_of(visitor)
    assert second
    assert second != first
    with visitor.session_transaction() as session:
        assert "left" not in session
        session[TOKEN] = first
    assert visitor.get("/home").location == "/sign-in"


def test_a_code_opens_one_session_only(app: Flask, clock: Any) -> None:
    first, second = app.test_client(), app.test_client()
    code = code_at(clock.at)
    for client in (first, second):
        try_to_sign_in(client, "dov")
    assert first.post("/sign-in/code", data={"code": code}).status_code == 303
    answer = second.post("/sign-in/code", data={"code": code})
    assert answer.status_code == 422
    assert "That code does not fit" in text_of(answer)


def test_a_code_two_steps_early_or_late_is_refused(app: Flask, clock: Any) -> None:
    """B07; one step either way is taken, since clocks differ."""
    for steps, taken in ((-2, False), (2, False), (-1, True), (1, True)):
        client = app.test_client()
        try_to_sign_in(client, "dov")
        code = code_at(clock.at + timedelta(seconds=30 * steps))
        assert (client.post("/sign-in/code", data={"code": code}).status_code == 303) is taken, steps


def test_after_five_wrong_codes_one_begins_again_with_the_password(visitor: ReadingClient, clock: Any) -> None:
    try_to_sign_in(visitor, "dov")
    for _try in range(4):
        assert visitor.post("/sign-in/code", data={"code": wrong_code_at(clock.at)}).status_code == 422
    answer = visitor.post("/sign-in/code", data={"code": wrong_code_at(clock.at)})
    assert answer.location == "/sign-in"
    assert visitor.post("/sign-in/code", data={"code": code_at(clock.at)}).location == "/sign-in"


def test_one_lands_where_one_wanted_to_go(visitor: ReadingClient) -> None:
    wanted = "/access-log?after=999"
    assert visitor.get(wanted).location == "/sign-in"
    assert try_to_sign_in(visitor, "mei").location == wanted


def test_one_never_lands_where_one_has_no_business(visitor: ReadingClient, clock: Any) -> None:
    visitor.get("/access-requests")
    try_to_sign_in(visitor, "esi")
    assert visitor.post("/sign-in/code", data={"code": code_at(clock.at)}).location == "/office"


def test_a_forged_wish_leads_home(visitor: ReadingClient) -> None:
    for wish in ("//elsewhere.example", "https://elsewhere.example"):
        with visitor.session_transaction() as session:
            session["after"] = wish
        assert try_to_sign_in(visitor, "mei").location == "/home"
        visitor.post("/sign-out")


def test_a_language_chosen_at_the_door_is_kept_inside(visitor: ReadingClient) -> None:
    visitor.post("/language", data={"language": "fr", "back": "/sign-in"})
    try_to_sign_in(visitor, "mei")
    assert '<html lang="fr' in visitor.get("/home").text


def test_whoever_is_signed_in_is_led_on_from_the_door(visitor: ReadingClient) -> None:
    try_to_sign_in(visitor, "mei")
    assert visitor.get("/sign-in").location == "/home"
    assert visitor.get("/sign-in/code").location == "/home"


def test_sign_out_ends_the_session_here_and_in_the_database(visitor: ReadingClient) -> None:
    try_to_sign_in(visitor, "mei")
    token = token_of(visitor)
    answer = visitor.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert token_of(visitor) is None
    with visitor.session_transaction() as session:
        session[TOKEN] = token
    assert visitor.get("/home").location == "/sign-in"


def test_sign_out_is_a_button_and_no_link(visitor: ReadingClient) -> None:
    assert visitor.get("/sign-out").status_code == 405


def test_sign_out_of_nobody_is_no_fault(visitor: ReadingClient) -> None:
    assert visitor.post("/sign-out").status_code == 303


def test_a_session_ends_after_twenty_idle_minutes(visitor: ReadingClient, clock: Any) -> None:
    try_to_sign_in(visitor, "mei")
    clock.move(minutes=19)
    assert visitor.get("/home").status_code == 200
    clock.move(minutes=19)
    assert visitor.get("/home").status_code == 200
    clock.move(minutes=20)
    assert visitor.get("/home").location == "/sign-in"


def test_a_form_from_elsewhere_is_refused(edge: Edge) -> None:
    app = create_app(edge.config, edge)
    app.test_client_class = ReadingClient
    client = app.test_client()
    sent = {"email": "mei@patients.example", "password": "demo-portal-2026"}
    assert client.post("/sign-in", data=sent).status_code == 403
    token = client.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post("/sign-in", data={**sent, "csrf_token": token}).status_code == 303


def test_a_wrong_try_is_counted_and_noted_whatever_the_answer(visitor: ReadingClient, edge: Edge) -> None:
    with edge.sessions() as db:
        before = db.connection().exec_driver_sql("select count(*) from audit_entries").scalar()
    try_to_sign_in(visitor, "mei", "wrong")
    with edge.sessions() as db:
        after = db.connection().exec_driver_sql("select count(*) from audit_entries").scalar()
        left = db.connection().exec_driver_sql("select min(tokens) from buckets").scalar()
    assert after == before + 1
    assert left == 9


@pytest.mark.parametrize(
    ("areas", "name", "told"),
    [
        (("patient",), "dov", "You reach the office at another address"),
        (("office",), "mei", "this address is for the people who work at the clinic"),
    ],
)
def test_who_has_no_page_at_this_address_reads_where_hers_are(
    edge: Edge, clock: Any, areas: tuple[str, ...], name: str, told: str
) -> None:
    client = app_over(replace(edge, config=replace(edge.config, areas=areas))).test_client()
    assert isinstance(client, ReadingClient)
    answer = try_to_sign_in(client, name)
    if name == "dov":
        answer = client.post("/sign-in/code", data={"code": code_at(clock.at)})
    page = client.get(answer.location)
    assert page.status_code == 200
    assert told in text_of(page)
    assert "Go to your page" not in text_of(page)
