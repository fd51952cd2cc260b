"""Somebody at the portal's door over real HTTP: from a network of her own, with a token for her forms."""

import http.client
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bench.pages import form_token

SECRETS = re.compile(rb'nonce[-=]"?[\w-]+"?|name="csrf_token"[^>]+value="[^"]+"')
MOVING = frozenset({"date", "set-cookie", "content-length"})  # the last follows from the body


@dataclass(frozen=True)
class Visitor:
    """A browser nobody is signed in with, and what its forms carry."""

    cookie: str
    token: str

    @classmethod
    def of(cls, app: Any) -> "Visitor":
        serializer = app.session_interface.get_signing_serializer(app)
        name = app.config["SESSION_COOKIE_NAME"]
        return cls(f"{name}={serializer.dumps({'csrf_token': 'b' * 40})}", form_token(app))


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def told(self) -> bytes:
        """All of it, but for what is drawn anew in every answer."""
        lines = [f"{name}: {value}" for name, value in self.headers if name.lower() not in MOVING]
        return SECRETS.sub(b"", f"{self.status} {lines}".encode() + self.body)

    @property
    def form_token(self) -> str:
        """The token of the form on this page."""
        found = re.search(rb'name="csrf_token"[^>]+value="([^"]+)"', self.body)
        return found[1].decode() if found else ""

    def cookie(self, before: str) -> str:
        """What the browser sends from now on."""
        kept = [value.split(";")[0] for name, value in self.headers if name.lower() == "set-cookie"]
        return "; ".join(kept) or before


def address(number: int) -> str:
    """An address on loopback, in a network of its own."""
    return f"127.{1 + number // 250 % 250}.{number % 250}.1"


def knock(
    port: int, visitor: Visitor, path: str, form: dict[str, str] | None = None, came_from: str = "127.0.0.1"
) -> Answer:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(came_from, 0))
    headers = {"Cookie": visitor.cookie}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    body = urlencode({"csrf_token": visitor.token, **form}) if form is not None else None
    connection.request("POST" if form is not None else "GET", path, body, headers)
    answer = connection.getresponse()
    got = Answer(answer.status, answer.getheaders(), answer.read())
    connection.close()
    return got


def request_of(port: int, visitor: Visitor, path: str, form: dict[str, str]) -> bytes:
    """The bytes of one form sent, on a connection that ends with the answer."""
    body = urlencode({"csrf_token": visitor.token, **form}).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Cookie: {visitor.cookie}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
