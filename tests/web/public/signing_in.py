"""Doing what a person does at the door."""

from datetime import datetime, timedelta

import pyotp
from werkzeug.test import TestResponse

from portal.demo.people import PASSWORD, TOTP_SECRET
from portal.web.work import TOKEN
from tests.pages import ReadingClient


def try_to_sign_in(client: ReadingClient, name: str, password: str = PASSWORD) -> TestResponse:
    email = name if "@" in name else f"{name}@{'clinic' if name in STAFF else 'patients'}.example"
    return client.post("/sign-in", data={"email": email, "password": password})


STAFF = {"dov", "femi", "lena", "esi"}


def code_at(at: datetime, secret: str = TOTP_SECRET) -> str:
    return pyotp.TOTP(secret).at(at)


def wrong_code_at(at: datetime) -> str:
    """Six digits that no step near this instant has."""
    near = {code_at(at + timedelta(seconds=30 * steps)) for steps in range(-2, 3)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near)


def token_of(client: ReadingClient) -> str | None:
    with client.session_transaction() as session:
        return session.get(TOKEN)
