"""Faxing: a job is handed to a gateway by e-mail, or put into a folder that a fax server empties.

Both may be handed the same job twice and send it once as far as they can: a job has one name, and the folder takes a
name once. Which way it went on is read back from the folder; a gateway by e-mail says nothing, so nobody waits for it.
"""

import json
import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from portal.adapters.mail import Attachment, Mail
from portal.adapters.whole_files import write_whole
from portal.domain.errors import Hopeless, Invalid, Later
from portal.domain.words import _

NAME = re.compile(r"[A-Za-z0-9-]{1,80}", re.ASCII)
DIGITS = re.compile(r"[0-9]{7,15}", re.ASCII)
# What we, or the fax server, may have left in the folder; anything else in it is not ours to remove.
LEFT = re.compile(r"fax-[0-9a-f-]{36}\.(pdf|json|result\.json)|\.[0-9a-f]{16}\.part", re.ASCII)
SUBJECT = "Fax"  # a gateway prints it on the cover sheet it may add: it says nothing
LARGEST_ANSWER = 64 * 1024


class FaxLater(Later):
    """The gateway could not be used now, or has not said yet how it went."""


class FaxRefused(Hopeless):
    """The fax will never go through as it is; somebody has to look at the number."""


class Fax(Protocol):
    """A way to send a fax. ``answers`` says whether it tells afterwards how it went."""

    @property
    def answers(self) -> bool: ...

    def send(self, number: str, pdf: bytes, name: str) -> None:
        """Hand a job over: ``number`` in digits, ``name`` the same at every try. Raises FaxLater or FaxRefused."""

    def took(self, name: str) -> bool | None:
        """Whether a job of this name was handed over; None where nobody can know. Raises FaxLater."""

    def outcome(self, name: str) -> None:
        """Returns when the fax arrived. Raises FaxLater while nobody knows, FaxRefused when it did not go through."""

    def forget(self, name: str) -> None:
        """Nobody waits for this job any more: what still lies about of it goes. Never raises."""

    def sweep(self, age: timedelta) -> None:
        """What is older than that and was left lying goes."""

    def check(self) -> None:
        """Raises FaxLater with the reason when it cannot be used."""


@dataclass(frozen=True)
class FaxFolder:
    """A folder for a fax server: ``NAME.pdf`` and then ``NAME.json`` are put there whole; the server writes
    ``NAME.result.json`` with ``{"sent": true}``, or ``{"sent": false, "reason": "…"}``."""

    folder: Path
    answers: bool = True

    def send(self, number: str, pdf: bytes, name: str) -> None:
        _check(number, name)
        job = {"number": number, "file": f"{name}.pdf", "name": name}
        if self.took(name):
            return
        try:
            write_whole(self._file(name, "pdf"), pdf, 0o640)
            write_whole(self._file(name, "json"), json.dumps(job).encode(), 0o640)
        except OSError as fault:
            raise FaxLater(f"the fax folder could not be written: {os.strerror(fault.errno or 0)}") from fault

    def took(self, name: str) -> bool:
        _check("0000000", name)
        try:
            there = os.listdir(self.folder)  # one that is out of reach must not look empty
        except OSError as fault:
            raise FaxLater(f"the fax folder could not be read: {os.strerror(fault.errno or 0)}") from fault
        return f"{name}.json" in there or f"{name}.result.json" in there

    def outcome(self, name: str) -> None:
        _check("0000000", name)
        try:
            with self._file(name, "result.json").open("rb") as file:
                told = json.loads(file.read(LARGEST_ANSWER))
        except (OSError, ValueError) as fault:
            raise FaxLater("the fax folder has no answer yet") from fault
        if not isinstance(told, dict) or told.get("sent") not in (True, False):
            raise FaxLater("the fax folder has an answer that nobody can read")
        self._tidy(name)
        if not told["sent"]:
            raise FaxRefused("the fax did not go through")

    def forget(self, name: str) -> None:
        _check("0000000", name)
        with suppress(OSError):  # the sweep comes by again
            self._tidy(name)
            self._file(name, "result.json").unlink(missing_ok=True)

    def sweep(self, age: timedelta) -> None:
        before = time.time() - age.total_seconds()
        with suppress(OSError):
            for path in self.folder.iterdir():
                if LEFT.fullmatch(path.name) and path.lstat().st_mtime < before:
                    path.unlink(missing_ok=True)

    def check(self) -> None:
        if not self.folder.is_dir() or not os.access(self.folder, os.W_OK | os.X_OK):
            raise FaxLater(f"{self.folder} is no folder that can be written to")

    def _tidy(self, name: str) -> None:
        """What is on the sheets must lie there no longer than it has to."""
        for end in ("pdf", "json"):
            self._file(name, end).unlink(missing_ok=True)

    def _file(self, name: str, end: str) -> Path:
        return self.folder / f"{name}.{end}"


@dataclass(frozen=True)
class FaxByMail:
    """A gateway that faxes the PDF of an e-mail. ``pattern`` is its address, such as ``{number}@fax.example``."""

    gateway: Mail
    pattern: str
    answers: bool = False

    def send(self, number: str, pdf: bytes, name: str) -> None:
        _check(number, name)
        to = self.pattern.replace("{number}", number)
        sheet = Attachment(f"{name}.pdf", "pdf", pdf)
        self.gateway.send(to, SUBJECT, "", f"<{name}@{to.rpartition('@')[2]}>", attachment=sheet)

    def took(self, name: str) -> None:
        """A mail server is not asked what it has sent before."""

    def outcome(self, name: str) -> None:
        """Handed over is all that is ever known."""

    def forget(self, name: str) -> None:
        """Nothing of it lies here."""

    def sweep(self, age: timedelta) -> None:
        """Nothing lies here."""

    def check(self) -> None:
        """The mail server is looked at by itself."""


def fax_from_url(url: str, mail: Mail) -> Fax | None:
    """What ``PORTAL_FAX_URL`` says: nothing, ``spool:/path/to/folder`` or ``mail:{number}@fax.example``.

    Raises Invalid for anything else.
    """
    if not url:
        return None
    scheme, _colon, rest = url.partition(":")
    if scheme == "spool" and (path := unquote(urlsplit(url).path)).startswith("/"):
        return FaxFolder(Path(path))
    if scheme == "mail" and rest.count("{number}") == 1 and rest.count("@") == 1 and rest.isprintable():
        return FaxByMail(mail, rest.strip())
    raise Invalid(_("We cannot read PORTAL_FAX_URL: write spool:/path/to/folder or mail:{number}@fax.example."))


def _check(number: str, name: str) -> None:
    if not NAME.fullmatch(name) or not DIGITS.fullmatch(number):
        raise FaxRefused("this is no number that can be dialled")
