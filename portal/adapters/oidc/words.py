"""A provider's word: an ID token, taken only when all about it fits (OpenID Connect Core 1.0 section 3.1.3.7)."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError

from portal.adapters.oidc.keys import Keys
from portal.domain.providers import Unproven

LEEWAY = 30  # seconds that two clocks may differ
OLDEST = 600  # seconds since it was spoken
LONGEST = 32 * 1024
FOREIGN_KEYS = ("jwk", "jku", "x5u", "x5c", "crit")


@dataclass(frozen=True)
class Expected:
    """What the word must be about: from whom, to whom, and in answer to which question."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: frozenset[str]


def proven(text: object, access_token: object, expected: Expected, keys: Keys, now: datetime) -> dict[str, Any]:
    """The claims of a word that is signed, fresh, and meant for us. Raises Unproven."""
    if not isinstance(text, str) or len(text) > LONGEST or not text.isascii():
        raise Unproven("no ID token")
    header = _header(text)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in expected.algorithms:
        raise Unproven("algorithm")
    if any(name in header for name in FOREIGN_KEYS) or str(header.get("typ", "JWT")).upper() != "JWT":
        raise Unproven("header")
    key = keys.find(header.get("kid"), algorithm)
    try:
        registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
        token = jwt.decode(text, key, algorithms=[algorithm], registry=registry)
    except (JoseError, ValueError, TypeError):
        raise Unproven("signature") from None
    _check(token, access_token, expected, int(now.timestamp()))
    return token.claims


def _header(text: str) -> dict[str, Any]:
    head = text.partition(".")[0]
    try:
        found = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        raise Unproven("header") from None
    if not isinstance(found, dict):
        raise Unproven("header")
    return found


def _check(token: jwt.Token, access_token: object, expected: Expected, now: int) -> None:
    claims = token.claims
    options = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "nonce": {"essential": True, "value": expected.nonce},
    }
    params = {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": access_token}
    try:
        CodeIDToken(claims, token.header, options, params).validate(now, LEEWAY)
    except (JoseError, AuthlibBaseError, ValueError, TypeError, AttributeError, OverflowError):
        raise Unproven("claims") from None
    if claims["iat"] < now - OLDEST or claims["nonce"] != expected.nonce or not _is_name(claims["sub"]):
        raise Unproven("claims")


def _is_name(subject: object) -> bool:
    """At most 255 ASCII characters (OpenID Connect Core 1.0 section 2)."""
    return isinstance(subject, str) and 0 < len(subject) <= 255 and subject.isascii() and subject.isprintable()
