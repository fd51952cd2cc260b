"""Strangers who guess at an account do not keep its owner out of it on a device she has used before."""

import re
import time

import itsdangerous.timed
import pytest
from flask import Flask

from portal.domain.actors import OPERATOR
from portal.edges import Edge
from portal.models.accounts import Account
from portal.services.throttling import SIGN_IN_BY_ACCOUNT, SIGN_IN_BY_DEVICE
from portal.web.devices import LASTS
from tests.conftest import Clockwork
from tests.pages import ReadingClient
from tests.web.public.signing_in import code_at, try_to_sign_in

COOKIE = "portal-device"


def browser(app: Flask) -> ReadingClient:
    client = app.test_client()
    assert isinstance(client, ReadingClient)
    return client


def used_before(app: Flask, name: str = "mei") -> ReadingClient:
    """A browser on which somebody signed in and out again."""
    client = browser(app)
    assert try_to_sign_in(client, name).status_code == 303
    client.post("/sign-out")
    return client


def strangers_guess(app: Flask, name: str = "mei") -> None:
    """Until the account has no tries left for anybody who is not known."""
    client = browser(app)
    answers = [try_to_sign_in(client, name, "wrong").status_code for _try in range(SIGN_IN_BY_ACCOUNT.tries + 1)]
    assert answers[-1] == 429


def device_of(client: ReadingClient) -> str:
    cookie = client.get_cookie(COOKIE)
    return cookie.value if cookie is not None else ""


def test_the_owner_signs_in_on_her_own_phone_whatever_strangers_guess(app: Flask) -> None:
    phone = used_before(app)
    strangers_guess(app)
    assert try_to_sign_in(browser(app), "mei").status_code == 429
    assert try_to_sign_in(phone, "mei").status_code == 303


def test_wrong_guesses_on_a_known_device_are_bounded_too_and_cost_nobody_else(app: Flask, clock: Clockwork) -> None:
    phone, other = used_before(app), used_before(app)
    answers = [try_to_sign_in(phone, "mei", "wrong").status_code for _try in range(SIGN_IN_BY_DEVICE.tries + 2)]
    assert answers == [422] * SIGN_IN_BY_DEVICE.tries + [429] * 2
    assert try_to_sign_in(phone, "mei").status_code == 429
    assert try_to_sign_in(other, "mei").status_code == 303
    assert try_to_sign_in(browser(app), "mei").status_code == 303
    clock.move(seconds=SIGN_IN_BY_DEVICE.seconds)
    assert try_to_sign_in(phone, "mei").status_code == 303


def test_who_signs_in_again_keeps_the_tries_that_are_left(app: Flask) -> None:
    phone = used_before(app)
    for _try in range(SIGN_IN_BY_DEVICE.tries - 1):
        try_to_sign_in(phone, "mei", "wrong")
    assert try_to_sign_in(phone, "mei").status_code == 303
    phone.post("/sign-out")
    assert try_to_sign_in(phone, "mei").status_code == 429


def test_a_device_is_known_for_the_account_that_was_signed_in_to_and_no_other(app: Flask) -> None:
    phone = used_before(app, "cora")
    strangers_guess(app)
    assert try_to_sign_in(phone, "mei").status_code == 429


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "known-name.aaaaaa.bbbbbbbbbbbbbbbbbbbb", "\u00e9.\u00e9.\u00e9"])
def test_a_device_that_we_did_not_name_is_a_strangers(app: Flask, forged: str) -> None:
    strangers_guess(app)
    client = browser(app)
    client.set_cookie(COOKIE, forged)
    assert try_to_sign_in(client, "mei").status_code == 429


def test_a_device_is_forgotten_after_a_year(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    phone, now = used_before(app), time.time()
    strangers_guess(app)
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: now + LASTS + 60)
    assert try_to_sign_in(phone, "mei").status_code == 429


def test_a_device_becomes_known_only_by_all_that_is_asked_for(app: Flask, clock: Clockwork) -> None:
    client = browser(app)
    try_to_sign_in(client, "dov", "wrong")
    assert device_of(client) == ""
    try_to_sign_in(client, "dov")
    assert device_of(client) == ""
    answer = client.post("/sign-in/code", data={"code": code_at(clock.at)})
    assert device_of(client)
    (cookie,) = (kept for kept in answer.headers.getlist("Set-Cookie") if kept.startswith(COOKIE))
    for wanted in ("HttpOnly", "SameSite=Strict", "Path=/", f"Max-Age={LASTS}"):
        assert wanted in cookie
    assert "Domain" not in cookie
    strangers_guess(app, "dov")
    client.post("/sign-out")
    assert try_to_sign_in(client, "dov").location == "/sign-in/code"


def test_the_cookie_says_nothing_of_whose_it_is(app: Flask, edge: Edge) -> None:
    with edge.work(OPERATOR) as work:
        accounts = work.db.query(Account).all()
        told = [word for account in accounts for word in (str(account.id), account.id.hex, account.email)]
    value = device_of(used_before(app))
    assert value
    assert not [word for word in told if word in value]


def test_an_account_that_is_not_there_is_answered_as_one_that_is(app: Flask) -> None:
    def told(client: ReadingClient, email: str) -> tuple[int, str, list[str]]:
        answer = try_to_sign_in(client, email, "wrong")
        page = re.sub(r'(nonce|value)="[^"]*"|nonce-[^\' ]+', "", answer.text)
        return answer.status_code, page, [kept.split("=")[0] for kept in answer.headers.getlist("Set-Cookie")]

    phone = used_before(app)
    phone.get("/sign-in")  # which still told that she had signed out
    for _try in range(SIGN_IN_BY_ACCOUNT.tries + 1):
        assert told(phone, "cora@patients.example") == told(phone, "nobody@patients.example")
