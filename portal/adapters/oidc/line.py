"""The one line to a provider: to its issuer's own origin, with an end to every wait and to every answer.

No redirect is followed, and no address that a provider names is asked when it lies anywhere else: it could lead to a
machine inside. Not urllib's opener: it follows redirects, asks proxies, and waits as long as a byte comes now and then.
"""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import monotonic
from urllib.parse import SplitResult, urlencode, urlsplit

from portal.domain.providers import OutOfReach

SECONDS = 8.0  # for a whole question and its answer
MOST_BYTES = 256 * 1024
PORTS = {"https": 443, "http": 80}
SERVER_FAULT = 500


class Line:
    """Asks one origin; whatever is no plain JSON answer in time is OutOfReach."""

    def __init__(self, issuer: str, seconds: float = SECONDS) -> None:
        parts = urlsplit(issuer)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.seconds = seconds
        self._place = _place(parts)

    def owns(self, address: object) -> bool:
        """Whether this is an address at the issuer's own origin, and plainly written."""
        if not isinstance(address, str) or not address.isascii() or not address.isprintable():
            return False
        try:
            parts = urlsplit(address)
            return _place(parts) == self._place and not parts.fragment and not set(address) & set(" \\@")
        except ValueError:
            return False

    def get(self, address: str) -> object:
        """What lies there, read from JSON."""
        status, found = self._ask("GET", address, None, {})
        if status != 200:
            raise OutOfReach("answer")
        return found

    def post(self, address: str, fields: list[tuple[str, str]], headers: dict[str, str]) -> tuple[int, object]:
        """The status and the JSON of the answer to a form."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", address, urlencode(fields).encode(), headers | form)

    def _ask(self, method: str, address: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, object]:
        if not self.owns(address):
            raise OutOfReach("foreign address")
        parts = urlsplit(address)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        until = monotonic() + self.seconds
        try:
            with self._open(until) as connection, closing(connection):
                connection.request(method, target, body, {"Accept": "application/json", **headers})
                answer = connection.getresponse()
                content = answer.read(MOST_BYTES + 1)
        except (OSError, HTTPException, ValueError):
            raise OutOfReach("no answer") from None
        if monotonic() >= until or len(content) > MOST_BYTES:
            raise OutOfReach("slow or long answer")
        if 300 <= answer.status < 400 or answer.status >= SERVER_FAULT:
            raise OutOfReach("answer")
        return answer.status, _read(content)

    @contextmanager
    def _open(self, until: float) -> Iterator[HTTPConnection]:
        """A connection that is cut at ``until``, whatever it waits for: the handshake too."""
        scheme, host, port = self._place
        kind = HTTPSConnection if scheme == "https" else HTTPConnection
        connection = kind(host or "", port, timeout=self.seconds)
        with socket.create_connection((connection.host, connection.port), self.seconds) as plain, plain.dup() as handle:
            cut = threading.Timer(max(0.0, until - monotonic()), _cut, [handle])
            cut.daemon = True
            cut.start()
            try:
                connection.sock = _wrapped(plain, host) if scheme == "https" else plain
                yield connection
            finally:
                cut.cancel()


def _place(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)


def _wrapped(plain: socket.socket, host: str | None) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _cut(handle: socket.socket) -> None:
    """Hang up: every wait on this connection ends at once."""
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)


def _read(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise OutOfReach("no JSON") from None
