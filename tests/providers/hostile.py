"""A provider for signing in that keeps the rules until a test tells it to break one."""

import base64
import hashlib
import hmac
import json
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from config_oidc import OidcProvider

CLIENT, SECRET = "portal & co", "hush: a secret/word"
EC, RSA = ECKey.generate_key("P-256"), RSAKey.generate_key(2048)
STRANGER = ECKey.generate_key("P-256")
PUBLIC = [{**EC.as_dict(private=False), "kid": "ec"}, {**RSA.as_dict(private=False), "kid": "rsa"}]
ALGORITHMS = ["ES256", "RS256"]
ES256 = JWSRegistry.algorithms["ES256"]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def raw(header: dict[str, Any], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """A token put together by hand, as no library would do it."""
    text = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{b64(sign(text.encode()))}"


class Hostile:
    """``now`` is its clock. Change ``document``, ``claims``, ``header``, ``key`` or ``speak``, and it breaks a rule."""

    def __init__(self, now: Callable[[], datetime], path: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.now = now
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.issuer = f"http{'s' if tls else ''}://127.0.0.1:{self.server.server_port}{path}"
        self.document: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.key: Any = EC
        self.public: list[dict[str, Any]] = list(PUBLIC)
        self.speak: Callable[[dict[str, Any], dict[str, Any]], str] = self.signed
        self.token: dict[str, Any] = {}
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.kept_codes = False
        self.before_answer: Callable[[str], None] = lambda _path: None
        self.instead: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}

    def settings(self, name: str = "card", audience: str = "patient", **more: Any) -> OidcProvider:
        return OidcProvider(name, self.issuer, CLIENT, audience, SECRET, name.title(), **more)

    # What a person does there in her browser.

    def visited(self, address: str, **answer: str | None) -> dict[str, str]:
        """She signs in there: the fields with which her browser is sent back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        fields: dict[str, str | None] = {"code": code, "state": asked["state"], "iss": self.issuer, **answer}
        return {name: value for name, value in fields.items() if value is not None}

    # What it says.

    def signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        return jwt.encode(header, claims, self.key, algorithms=[header["alg"]])

    def word(self, asked: dict[str, str], access_token: str) -> str:
        now = int(self.now().timestamp())
        digest = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": self.issuer, "sub": "subject-1", "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "at_hash": b64(digest), "auth_time": now - 5, **self.claims,
        }  # fmt: skip
        header = {"alg": "ES256", "kid": "ec", **self.header}
        return self.speak(*({k: v for k, v in part.items() if v is not None} for part in (header, claims)))

    def _answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        base = urlsplit(self.issuer).path
        if path == f"{base}/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                **{f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token", "end_session")},
                "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": ALGORITHMS,
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
                **self.document,
            }
        if path == f"{base}/keys":
            return 200, {"keys": self.public}
        return (200, self._token(form)) if self._is_ours(form, authorization) else (400, {"error": "invalid_grant"})

    def _is_ours(self, form: dict[str, str], authorization: str) -> bool:
        """A code is taken once, from our client alone, with the verifier of the challenge it was given for."""
        asked = self.codes.get(form.get("code", ""))
        pair = base64.b64encode(b"portal+%26+co:hush%3A+a+secret%2Fword").decode()
        if asked is None or authorization != f"Basic {pair}":
            return False
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        return asked["code_challenge"] == challenge and asked["redirect_uri"] == form.get("redirect_uri")

    def _token(self, form: dict[str, str]) -> dict[str, Any]:
        asked = self.codes[form["code"]] if self.kept_codes else self.codes.pop(form["code"])
        found = {
            "access_token": "a-token",
            "token_type": "Bearer",
            "id_token": self.word(asked, "a-token"),
            **self.token,
        }
        return {name: value for name, value in found.items() if value is not None}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.reply({})

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.reply({name: values[0] for name, values in parse_qs(content).items()})

            def reply(self, form: dict[str, str]) -> None:
                path = urlsplit(self.path).path
                provider.asked.append(path)
                provider.before_answer(path)
                for end, act in provider.instead.items():
                    if path.endswith(end):
                        return act(self)
                status, found = provider._answer(path, form, self.headers.get("Authorization", ""))
                content = json.dumps(found).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                return None

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


@contextmanager
def hostile(now: Callable[[], datetime], path: str = "", tls: ssl.SSLContext | None = None) -> Iterator[Hostile]:
    """One that listens on this machine until the block ends."""
    provider = Hostile(now, path, tls)
    serving = threading.Thread(target=provider.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        serving.join()


# Ways to break a rule. Each makes the provider give a word that must not be taken.


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return raw({**header, "alg": "none"}, claims, lambda _text: b"")


def signed_with_the_public_key(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """HS256, the key being what everybody knows: the classic confusion."""
    known = RSA.as_pem(private=False)
    return raw({**header, "alg": "HS256", "kid": "rsa"}, claims, lambda text: hmac.digest(known, text, "sha256"))


def signed_with_our_secret(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return raw({**header, "alg": "HS256"}, claims, lambda text: hmac.digest(SECRET.encode(), text, "sha256"))


def stripped(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode(header, claims, EC, algorithms=["ES256"]).rpartition(".")[0] + "."


def by_a_stranger(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode(header, claims, STRANGER, algorithms=["ES256"])


def with_its_own_key(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """The key that proves it is carried in its own head."""
    head = {**header, "jwk": STRANGER.as_dict(private=False)}
    return jwt.encode(head, claims, STRANGER, algorithms=["ES256"])


def asking_for_more(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Signed well, but by a rule that must be known to read it."""
    return raw({**header, "crit": ["b64"], "b64": True}, claims, lambda text: ES256.sign(text, EC))


def bent(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Signed well, then one claim changed."""
    head, _body, signature = jwt.encode(header, claims, EC, algorithms=["ES256"]).split(".")
    return f"{head}.{b64(json.dumps({**claims, 'sub': 'subject-2'}).encode())}.{signature}"


def redirecting(to: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return act


def huge(handler: BaseHTTPRequestHandler) -> None:
    """More than anybody should read."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _part in range(200):
            handler.wfile.write(b'{"a":"' + b"x" * 100_000)
    except OSError:
        return


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, so that no single wait is long."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _byte in range(600):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return


def deep(handler: BaseHTTPRequestHandler) -> None:
    content = b"[" * 100_000
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)
