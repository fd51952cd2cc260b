"""Proofs of who is there: passwords as Argon2id hashes that cannot be asked for all at once, and one-time codes.

Why these costs and limits: docs/decisions/0014-passwords-codes-and-mail.md.
"""

import hmac
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pyotp
from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from portal.domain.errors import Invalid, TooBusy
from portal.domain.words import _

# OWASP's least Argon2id setting, about 30 ms of one core: dearer settings would let strangers stop the portal.
MEMORY_KIB = 19 * 1024
TIME_COST = 2
PARALLELISM = 1

LONGEST_PASSWORD_BYTES = 4096
TOTP_SECONDS = 30
TOTP_DIGITS = 6

# One hash at a time keeps one core of a process's share; two may wait for it, so that of four threads one always reads.
AT_ONCE, WAITING = 1, 2
PATIENCE = 1.0

_RETRY_AFTER_SECONDS = 5
_DASHES = "-\u2010\u2011\u2013"


class Passwords:
    """Hashes and checks passwords, at most ``at_once`` at a time in this process; ``waiting`` more stand in line.

    Every method raises TooBusy at once for whoever finds the line full, and for whoever has stood in it ``patience``
    seconds: strangers who guess must not take the threads on which others read (security.md 0.6 and B14).
    """

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING, patience: float = PATIENCE) -> None:
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._door = threading.BoundedSemaphore(at_once + waiting)
        self._free = threading.BoundedSemaphore(at_once)
        self._patience = patience
        self._argon2 = PasswordHash((Argon2Hasher(TIME_COST, MEMORY_KIB, PARALLELISM),))
        self._nobody = self._argon2.hash(secrets.token_bytes(32))

    def hash(self, password: str) -> str:
        """The hash to store. Raises Invalid for a password over 4,096 bytes."""
        typed = _as_bytes(password)
        if len(typed) > LONGEST_PASSWORD_BYTES:
            raise Invalid(_("This password is too long: choose one of at most 1,000 letters."), field="password")
        with self._turn():
            return self._argon2.hash(typed)

    def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether the password is the one, and the new hash to store when the stored one was made at another cost.

        An account without a usable hash, and a password nobody can have, are refused at the price of a real check.
        """
        typed = _as_bytes(password)
        possible = len(typed) <= LONGEST_PASSWORD_BYTES
        with self._turn():
            try:
                right, renewed = self._argon2.verify_and_update(typed[:LONGEST_PASSWORD_BYTES], stored or self._nobody)
            except UnknownHashError:
                right, renewed = self._argon2.verify(typed[:LONGEST_PASSWORD_BYTES], self._nobody), None
        if not (right and possible and stored):
            return False, None
        return True, renewed

    def burn(self, password: str) -> None:
        """Pay the price of a check for an account that does not exist, so that the two cannot be told apart."""
        self.verify(password, None)

    @contextmanager
    def door(self) -> Iterator[None]:
        """Held by a request from before it asks the database anything until it is answered: as many as fit the line.

        The line alone leaves a thread free of hashes, but not of the counting and writing around them.
        """
        with _taken(self._door, 0):
            yield

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with _taken(self._places, 0), _taken(self._free, self._patience):
            yield


@contextmanager
def _taken(places: threading.Semaphore, patience: float) -> Iterator[None]:
    """One of the places, for as long as the block lasts."""
    if not places.acquire(timeout=patience):
        raise TooBusy(
            _("Many people are signing in right now: try again in a few seconds."), retry_after=_RETRY_AFTER_SECONDS
        )
    try:
        yield
    finally:
        places.release()


def _as_bytes(password: str) -> bytes:
    """One person's "é" may reach us as one sign or as two: both are the same password (NFC, as in RFC 8265, 4.2.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def totp_step(secret: str, code: str, at: datetime, last_step: int | None, window: int = 1) -> int | None:
    """The time step (30 seconds each, since 1970) whose code was typed, or None when the code is not accepted.

    ``last_step`` is the step accepted before: only a later one is accepted, so no code works twice (RFC 6238, 5.2).
    The caller stores the answer by compare-and-set. ``window`` steps before and after ``at`` are accepted.
    """
    if at.tzinfo is None:
        raise ValueError("a one-time code is checked against an instant, which has a time zone")
    typed = _digits(code)
    totp = pyotp.TOTP(secret, digits=TOTP_DIGITS, interval=TOTP_SECONDS)
    now = totp.timecode(at)
    accepted = None
    for step in range(max(now - window, 0), now + window + 1):
        # Every step is compared, whatever the outcome of those before.
        right = hmac.compare_digest(totp.generate_otp(step), typed)
        if right and accepted is None and (last_step is None or step > last_step):
            accepted = step
    return accepted


def totp_uri(secret: str, account: str, issuer: str) -> str:
    """What an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret, digits=TOTP_DIGITS, interval=TOTP_SECONDS).provisioning_uri(
        name=account, issuer_name=issuer
    )


def _digits(code: str) -> str:
    """The code as people type it, "123 456" or "123-456" or in their own digits, as plain digits; else nothing."""
    typed = [sign for sign in code[:40] if not sign.isspace() and sign not in _DASHES]
    digits = [unicodedata.decimal(sign, None) for sign in typed]
    return "" if None in digits or len(digits) != TOTP_DIGITS else "".join(map(str, digits))
