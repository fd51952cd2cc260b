"""What every answer and every request must have, whatever the page: headers, sizes, hosts, where a form came from.

Source: security.md section 1 (CSP/HDR, CSRF, FORM).
"""

import re
import secrets
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, Forbidden, NotFound, RequestEntityTooLarge

from config import Config

MOST_BODY = 12 * 1024 * 1024
MOST_FORM = 256 * 1024
MOST_FIELDS = 1000
FOREVER = 63072000
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")

csrf = CSRFProtect()

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


def nonce() -> str:
    """This answer's nonce for scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return str(g.csp_nonce)


class _Body:
    """What a request sends. A server that finds it broken complains in words of its own; here that is an ``OSError``,

    as when the line breaks, and whoever reads it is told so with 400.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        try:
            return cast(bytes, self._stream.read(size))
        except (OSError, ValueError):
            raise
        except Exception as broken:
            raise OSError("the body of a request is broken") from broken


def _with_readable_bodies(serve: Callable[..., Any]) -> Callable[..., Any]:
    def served(environ: dict[str, Any], start_response: Any) -> Any:
        environ["wsgi.input"] = _Body(environ["wsgi.input"])
        return serve(environ, start_response)

    return served


def let_forms_lead_to(origin: str) -> None:
    """A form of this page may lead to another place: browsers hold back a redirect that the policy does not name."""
    g.setdefault("form_targets", set()).add(origin)


def init_app(app: Flask, config: Config) -> None:
    base = urlsplit(config.base_url)
    secure = base.scheme == "https"
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BODY,
        MAX_FORM_MEMORY_SIZE=MOST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
        SESSION_COOKIE_NAME="__Host-portal" if secure else "portal",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a long letter must not be lost to a clock
        TRUSTED_HOSTS=_hosts(base.hostname or "localhost"),
    )
    app.before_request(_refuse_broken_addresses)
    app.before_request(_refuse_foreign_forms(f"{base.scheme}://{base.netloc}"))
    app.before_request(_refuse_large_forms)
    app.before_request(_refuse_empty_signs)
    csrf.init_app(app)  # last: it reads the form, and what was read cannot be measured any more
    app.after_request(_headers(secure))
    app.wsgi_app = _with_readable_bodies(app.wsgi_app)  # type: ignore[method-assign]


def _hosts(name: str) -> list[str]:
    return [name, "localhost"] if name == "127.0.0.1" else [name]


def _refuse_foreign_forms(origin: str):  # type: ignore[no-untyped-def]
    """A change must come from our own pages: by fetch metadata, else by Origin. The token is checked besides."""

    def refuse() -> None:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            if site not in ("same-origin", "none"):
                raise Forbidden
        elif (sent := request.headers.get("Origin")) is not None and sent not in (origin, request.host_url.rstrip("/")):
            raise Forbidden

    return refuse


def _refuse_broken_addresses() -> None:
    """No address of ours holds a control character, and no database should be asked for one."""
    if CONTROLS.search(request.path):
        raise NotFound


def _refuse_large_forms() -> None:
    """Flask limits multipart forms; a urlencoded body of any size would be parsed, so it is measured first."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    if request.content_length is None or request.content_length > (request.max_form_memory_size or MOST_FORM):
        raise RequestEntityTooLarge
    if request.get_data(cache=True, parse_form_data=False).count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge


def _refuse_empty_signs() -> None:
    """No keyboard types U+0000, and PostgreSQL takes it in no text: whoever sends one is told so, wherever it stands.

    After the sizes, since it reads the form, as the look at its token does next; not the form of no page.
    """
    sent = list(request.args.items(multi=True))
    if request.endpoint and request.method == "POST":
        sent += request.form.items(multi=True)
    if any("\0" in text for pair in sent for text in pair):
        raise BadRequest


def _headers(secure: bool):  # type: ignore[no-untyped-def]
    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _policy())
        headers["X-Content-Type-Options"] = "nosniff"
        headers.setdefault("Referrer-Policy", "same-origin")
        headers["Permissions-Policy"] = PERMISSIONS
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["X-Frame-Options"] = "DENY"
        if request.endpoint != "static":
            headers["Cache-Control"] = "no-store, private"
        if secure:
            headers["Strict-Transport-Security"] = f"max-age={FOREVER}; includeSubDomains"
        return response

    return add


def _policy() -> str:
    targets = " ".join(["'self'", *sorted(g.get("form_targets", ()))])
    return (
        f"default-src 'none'; script-src 'nonce-{nonce()}' 'strict-dynamic'; style-src 'self'; img-src 'self'; "
        f"font-src 'self'; connect-src 'self'; form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    )
