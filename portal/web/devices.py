"""Devices on which somebody signed in before: a cookie gives them tries of their own (security.md section 1, RATE).

The cookie is a random name under a MAC that is bound to the account and its round of devices. It opens nothing, and
says nothing of whose it is. The owner is told of a device that has none.
"""

import hashlib
import secrets

from flask import current_app, request
from itsdangerous import BadData, TimestampSigner
from werkzeug.wrappers import Response

from portal.services import devices
from portal.services.sign_ins import SignedIn
from portal.web.work import apart

LASTS = 365 * 24 * 3600


def known(owner: str) -> str | None:
    """The name of this device, if ``owner`` signed in on it within a year."""
    try:
        return _signer(owner).unsign(request.cookies.get(_cookie(), ""), max_age=LASTS).decode()
    except BadData:
        return None


def known_for(email: str) -> str | None:
    """The same for the address that somebody types, whether it is anybody's or not."""
    with apart(writes=False) as looking:
        owner = devices.owner(looking, email)
    return known(owner)


def remember(response: Response, live: SignedIn) -> Response:
    """Somebody has signed in here with all that is asked of her: the device keeps its name, or gets one.

    On a device that is new to her account, she is told by e-mail.
    """
    account_id = live.actor.id
    if account_id is None:
        return response
    with apart(writes=False) as looking:
        owner = devices.owner_of(looking, account_id)
    if known(owner) is None:
        with apart(actor=live.actor) as telling:
            devices.met(telling, account_id)
    return name(response, owner)


def name(response: Response, owner: str) -> Response:
    """This device is one of ``owner``'s from now on."""
    response.set_cookie(
        _cookie(),
        _signer(owner).sign(known(owner) or secrets.token_urlsafe(16)).decode(),
        max_age=LASTS,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Strict",
    )
    return response


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _signer(owner: str) -> TimestampSigner:
    return TimestampSigner(str(current_app.secret_key), salt=f"known-device/{owner}", digest_method=hashlib.sha256)
