"""A provider's public keys: kept, and asked for anew when one is named that we do not know, at most once a minute."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from portal.domain.providers import OutOfReach, Unproven

ANEW_AFTER = 60.0  # seconds between two looks for a key that was not there
KEPT = 3600.0
MOST_KEYS = 50
SHORTEST_RSA = 2048
KINDS = {"ES": "EC", "PS": "RSA", "RS": "RSA"}
PUBLIC = {"RSA": ("kty", "kid", "use", "alg", "n", "e"), "EC": ("kty", "kid", "use", "alg", "crv", "x", "y")}


class Keys:
    """``ask`` fetches the provider's key set."""

    def __init__(self, ask: Callable[[], object], ticks: Callable[[], float] = monotonic) -> None:
        self._ask, self._ticks = ask, ticks
        self._lock = threading.Lock()
        self._keys: list[tuple[dict[str, Any], Key]] = []
        self._asked_at = float("-inf")

    def find(self, kid: object, algorithm: str) -> Key:
        """The key of that name for that algorithm. Raises Unproven when there is none, also after a new look."""
        with self._lock:
            age = self._ticks() - self._asked_at
            if age > KEPT or (age > ANEW_AFTER and self._chosen(kid, algorithm) is None):
                self._look()
            found = self._chosen(kid, algorithm)
        if found is None:
            raise Unproven("unknown key")
        return found

    def _look(self) -> None:
        self._asked_at = self._ticks()
        said = self._ask()
        listed = said.get("keys") if isinstance(said, dict) else None
        if not isinstance(listed, list) or len(listed) > MOST_KEYS:
            raise OutOfReach("keys")
        self._keys = [(each, key) for each in listed if isinstance(each, dict) and (key := _key(each)) is not None]

    def _chosen(self, kid: object, algorithm: str) -> Key | None:
        """By its name; without one only when there is no choice."""
        fitting = [
            (facts, key)
            for facts, key in self._keys
            if facts["kty"] == KINDS[algorithm[:2]] and facts.get("alg", algorithm) == algorithm
        ]
        named = [key for facts, key in fitting if kid is None or facts.get("kid") == kid]
        return named[0] if len(named) == 1 else None


def _key(facts: dict[str, Any]) -> Key | None:
    """A public key that may check signatures; whatever else the set has is passed over."""
    kind = facts.get("kty")
    if kind not in PUBLIC or facts.get("use", "sig") != "sig":
        return None
    if kind == "RSA" and len(str(facts.get("n", ""))) * 6 < SHORTEST_RSA:
        return None
    try:
        return JWKRegistry.import_key({name: facts[name] for name in PUBLIC[kind] if name in facts})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
