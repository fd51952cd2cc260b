"""What a provider says about itself, and what of it we take (OpenID Connect Discovery 1.0 section 4.3)."""

from dataclasses import dataclass

from portal.adapters.oidc.line import Line
from portal.domain.providers import OutOfReach

WELL_KNOWN = "/.well-known/openid-configuration"
# What only the provider could have signed. Never "none", and no HS*: that key is known to both of us.
ALGORITHMS = frozenset(f"{kind}{bits}" for kind in ("ES", "PS", "RS") for bits in ("256", "384", "512"))


@dataclass(frozen=True)
class Metadata:
    """``names_itself``: its answers carry its issuer, so that none can be taken for another's (RFC 9207)."""

    authorization: str
    token: str
    keys: str
    sign_out: str | None
    algorithms: frozenset[str]
    names_itself: bool
    by_header: bool


def fetched(line: Line, issuer: str) -> Metadata:
    """Ask the provider what it says about itself. Raises OutOfReach."""
    said = line.get(issuer.rstrip("/") + WELL_KNOWN)
    if not isinstance(said, dict) or said.get("issuer") != issuer:
        raise OutOfReach("another issuer")
    sign_out = said.get("end_session_endpoint")
    methods = _words(said, "code_challenge_methods_supported")
    if methods is not None and "S256" not in methods:
        raise OutOfReach("no PKCE")
    algorithms = ALGORITHMS & (_words(said, "id_token_signing_alg_values_supported") or ALGORITHMS)
    if not algorithms:
        raise OutOfReach("algorithms")
    ways = _words(said, "token_endpoint_auth_methods_supported")
    return Metadata(
        authorization=_own(line, said.get("authorization_endpoint")),
        token=_own(line, said.get("token_endpoint")),
        keys=_own(line, said.get("jwks_uri")),
        sign_out=sign_out if line.owns(sign_out) else None,
        algorithms=algorithms,
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
        by_header=ways is None or "client_secret_basic" in ways,
    )


def _own(line: Line, address: object) -> str:
    if not line.owns(address):
        raise OutOfReach("foreign address")
    return str(address)


def _words(said: dict[str, object], name: str) -> frozenset[str] | None:
    """A list of words, or None when it is not there."""
    found = said.get(name)
    if found is None:
        return None
    return frozenset(word for word in found if isinstance(word, str)) if isinstance(found, list) else frozenset()
