"""The settings of OpenID Connect providers: where patients or staff may sign in with an account they have elsewhere.

Read by config.py with everything else. Imports nothing of the portal.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

PARTS = ("ISSUER", "CLIENT_ID", "SECRET", "AUDIENCE", "LABEL", "ACR", "SCOPES")
SETTING = re.compile(rf"PORTAL_OIDC_([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*?)_({'|'.join(PARTS)})")
AUDIENCES = ("patient", "staff")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LONGEST_NAME, LONGEST_LABEL, LONGEST_ISSUER = 30, 40, 255
WORD = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}")  # RFC 6749 section 3.3; acr values are asked for in the same way


@dataclass(frozen=True)
class OidcProvider:
    """A provider whose word for who somebody is we take. ``acr`` are the values that count as two proofs."""

    name: str
    issuer: str
    client_id: str
    audience: str
    secret: str = field(repr=False)
    label: str = ""
    acr: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("openid",)

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return self.name.replace("_", "-")


def read(
    names: Iterable[str], text: Callable[[str], str], fault: Callable[[str], object], loopback: bool
) -> tuple[OidcProvider, ...]:
    """The providers that the settings ``names`` speak of; ``fault`` is told everything wrong.

    ``text`` gives a setting's value without its prefix. ``loopback``: a provider on this machine may speak plain HTTP.
    """
    matches = filter(None, (SETTING.fullmatch(name.removesuffix("_FILE")) for name in names))
    found = tuple(_provider(name, text, fault, loopback) for name in sorted({match[1] for match in matches}))
    seen: dict[tuple[str, str], str] = {}
    for each in found:
        other = seen.setdefault((each.issuer, each.audience), each.name)
        if each.issuer and other != each.name:
            fault(
                f"PORTAL_OIDC_{each.name.upper()}_ISSUER is PORTAL_OIDC_{other.upper()}_ISSUER too. "
                "An issuer can be set once for each audience."
            )
    return found


def _provider(name: str, text: Callable[[str], str], fault: Callable[[str], object], loopback: bool) -> OidcProvider:
    value = {part: text(f"OIDC_{name}_{part}") for part in PARTS}
    setting = f"PORTAL_OIDC_{name}"
    if len(name) > LONGEST_NAME:
        fault(f"{setting}: a provider's name has at most {LONGEST_NAME} characters.")
    for part in ("ISSUER", "CLIENT_ID", "SECRET"):
        if not value[part]:
            fault(f"{setting}_{part} is missing.")
    if value["AUDIENCE"] not in AUDIENCES:
        fault(f"{setting}_AUDIENCE is {value['AUDIENCE']!r}. It can be {' or '.join(AUDIENCES)}.")
    if value["ISSUER"] and (wrong := _issuer_fault(value["ISSUER"], loopback)):
        fault(f"{setting}_ISSUER is {value['ISSUER']!r}. {wrong}")
    label = value["LABEL"] or name.replace("_", " ").title()
    if len(label) > LONGEST_LABEL or not label.isprintable():
        fault(f"{setting}_LABEL stands on a button: at most {LONGEST_LABEL} characters in one line.")
    acr, scopes = (tuple(re.split(r"[\s,]+", value[part])) if value[part] else () for part in ("ACR", "SCOPES"))
    if not all(WORD.fullmatch(word) for word in acr):
        fault(f"{setting}_ACR has words apart by blanks or commas, such as urn:example:two-factors.")
    if scopes and ("openid" not in scopes or not all(WORD.fullmatch(word) for word in scopes)):
        fault(f"{setting}_SCOPES has words apart by blanks, and openid is one of them.")
    return OidcProvider(
        name=name.lower(),
        issuer=value["ISSUER"],
        client_id=value["CLIENT_ID"],
        audience=value["AUDIENCE"],
        secret=value["SECRET"],
        label=label,
        acr=acr,
        scopes=scopes or ("openid",),
    )


def _issuer_fault(issuer: str, loopback: bool) -> str:
    """What is wrong with an issuer, in a sentence; it is an address without question mark (OpenID Connect Core 1.2)."""
    parts = _split(issuer)
    own = parts is not None and loopback and parts.scheme == "http" and parts.hostname in LOOPBACK
    if not own and (parts is None or parts.scheme != "https" or not parts.hostname):
        return "It must begin with https://."
    if (
        len(issuer) > LONGEST_ISSUER
        or not issuer.isascii()
        or not issuer.isprintable()
        or set(issuer) & set("?#@ \\;,'\"<>")
    ):
        return "It is an address only: no question mark, blank, user name or password."
    return ""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    return parts
