"""Devices on which somebody signed in before: a cookie gives them tries of their own (security.md section 1, RATE).

The cookie is a random name under a MAC that is bound to the account. It opens nothing, and says nothing of whose it is.
"""

import hashlib
import secrets

from flask import current_app, request
from itsdangerous import BadData, TimestampSigner
from werkzeug.wrappers import Response

LASTS = 365 * 24 * 3600


def known(owner: str) -> str | None:
    """The name of this device, if ``owner`` signed in on it within a year."""
    try:
        return _signer(owner).unsign(request.cookies.get(_cookie(), ""), max_age=LASTS).decode()
    except BadData:
        return None


def remember(response: Response, owner: str) -> Response:
    """``owner`` has signed in here with all that is asked of her: the device keeps its name, or gets one."""
    name = known(owner) or secrets.token_urlsafe(16)
    response.set_cookie(
        _cookie(),
        _signer(owner).sign(name).decode(),
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
