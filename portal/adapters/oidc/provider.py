"""A provider: where a browser is sent, what it brings back, and what that proves."""

import base64
import hashlib
import secrets
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic
from typing import Protocol
from urllib.parse import quote_plus

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from portal.adapters.oidc import metadata, words
from portal.adapters.oidc.keys import Keys
from portal.adapters.oidc.line import SECONDS, Line
from portal.adapters.oidc.metadata import Metadata
from portal.domain.providers import Arrival, Departure, OutOfReach, Unproven

FRESH = 900  # seconds since the person proved herself there, for her word to count as two proofs
METADATA_KEPT = 3600.0
QUIET_AFTER_FAULT = 5.0  # seconds in which a provider that failed is not asked again
LONGEST_CODE = 4000
LONGEST_ADDRESS = 8000


class Settings(Protocol):
    """What the configuration says of a provider."""

    @property
    def slug(self) -> str: ...
    @property
    def issuer(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def secret(self) -> str: ...
    @property
    def audience(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def acr(self) -> tuple[str, ...]: ...
    @property
    def scopes(self) -> tuple[str, ...]: ...


class Provider:
    """One provider, asked over its own line; what it says of itself and its keys are kept for an hour."""

    def __init__(self, settings: Settings, seconds: float = SECONDS, ticks: Callable[[], float] = monotonic) -> None:
        self.slug, self.label = settings.slug, settings.label
        self.issuer, self.audience = settings.issuer, settings.audience
        self._settings, self._line, self._ticks = settings, Line(settings.issuer, seconds), ticks
        self._lock = threading.Lock()
        self._metadata: Metadata | None = None
        self._metadata_at = self._fault_at = float("-inf")
        self._keys = Keys(lambda: self._line.get(self._known().keys), ticks)

    @property
    def origin(self) -> str:
        return self._line.origin

    def check(self) -> None:
        """Ask the provider what it says about itself. Raises OutOfReach with the reason."""
        self._known()

    def depart(self, back: str, again: bool = False) -> Departure:
        """Where to send a browser that shall come back to ``back``; ``again``: the person must sign in there anew."""
        secret, state = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        asks = {
            "nonce": _nonce(secret),
            "code_challenge": create_s256_code_challenge(_verifier(secret)),
            "code_challenge_method": "S256",
            "prompt": "login" if again else None,
            "acr_values": " ".join(self._settings.acr) or None,
            "max_age": str(FRESH) if self._settings.acr else None,
        }
        address = prepare_grant_uri(
            self._known().authorization,
            self._settings.client_id,
            "code",
            redirect_uri=back,
            scope=" ".join(self._settings.scopes),
            state=state,
            **asks,
        )
        return Departure(address, state, secret)

    def arrive(self, secret: str, answer: Mapping[str, str], back: str, now: datetime) -> Arrival:
        """Who came back with ``answer``, the fields of the address; ``secret`` is the one she left with."""
        known = self._known()
        if answer.get("iss", self.issuer) != self.issuer or (known.names_itself and "iss" not in answer):
            raise Unproven("another issuer")
        if "error" in answer:
            raise Unproven("refused there")
        code = answer.get("code", "")
        if not code or len(code) > LONGEST_CODE:
            raise Unproven("no code")
        said = self._word_for(code, secret, back, known)
        expected = words.Expected(self.issuer, self._settings.client_id, _nonce(secret), known.algorithms)
        text = said.get("id_token")
        claims = words.proven(text, said.get("access_token"), expected, self._keys, now)
        return Arrival(claims["sub"], self._is_strong(claims, now), str(text) if known.sign_out else "")

    def sign_out(self, id_token: str, back: str) -> str | None:
        """Where to send a browser so that the person signs out there too (OpenID Connect RP-Initiated Logout 1.0)."""
        known = self._known()
        if known.sign_out is None:
            return None
        asks = [("client_id", self._settings.client_id), ("post_logout_redirect_uri", back)]
        address = add_params_to_uri(known.sign_out, [("id_token_hint", id_token), *asks])
        return str(address if len(address) <= LONGEST_ADDRESS else add_params_to_uri(known.sign_out, asks))

    def _word_for(self, code: str, secret: str, back: str, known: Metadata) -> dict[str, object]:
        """What the provider gives for a code: once, and to nobody but who holds the client's and the trip's secret."""
        fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", back),
            ("code_verifier", _verifier(secret)),
        ]
        client, own = self._settings.client_id, self._settings.secret
        headers = {}
        if known.by_header:
            pair = f"{quote_plus(client)}:{quote_plus(own)}"  # RFC 6749 section 2.3.1
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            fields += [("client_id", client), ("client_secret", own)]
        status, said = self._line.post(known.token, fields, headers)
        if status != 200 or not isinstance(said, dict) or str(said.get("token_type", "")).casefold() != "bearer":
            raise Unproven("code")
        return said

    def _is_strong(self, claims: Mapping[str, object], now: datetime) -> bool:
        proven_at = claims.get("auth_time")
        if claims.get("acr") not in self._settings.acr or not isinstance(proven_at, int):
            return False
        return -words.LEEWAY <= now.timestamp() - proven_at <= FRESH + words.LEEWAY

    def _known(self) -> Metadata:
        with self._lock:
            if self._metadata is not None and self._ticks() - self._metadata_at < METADATA_KEPT:
                return self._metadata
            if self._ticks() - self._fault_at < QUIET_AFTER_FAULT:
                raise OutOfReach("failed a moment ago")
            try:
                self._metadata = metadata.fetched(self._line, self.issuer)
            except OutOfReach:
                self._fault_at = self._ticks()
                raise
            self._metadata_at = self._ticks()
            return self._metadata


def _nonce(secret: str) -> str:
    return _made_of(secret, "nonce")


def _verifier(secret: str) -> str:
    return _made_of(secret, "verifier")


def _made_of(secret: str, use: str) -> str:
    """43 characters that only who holds the secret could make, others for each use."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"{use}|{secret}".encode()).digest()).decode().rstrip("=")
