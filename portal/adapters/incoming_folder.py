"""A folder into which a scanner or a fax server writes: each file is read once it is still, and put out once kept.

Only plain files are read, of a bounded size, in the folder itself, ``fax`` and ``post``. Links, devices, hidden files
and those whose name says that they are half written are not followed. Nothing here decides what a file is.
"""

import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal.adapters.uploads.limits import FILE_BYTES
from portal.domain.errors import Changed

WAYS = {"": "post", "fax": "fax", "post": "post"}  # by subfolder: how what lies there came
REFUSED = "refused"
STILL_FOR = timedelta(minutes=1)
HALF_WRITTEN = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".lock", "~")
LONGEST_LISTING = 2000
LONGEST_NAME = 180  # in bytes; a text with the reason is put beside it under a longer one
# A scanner that was cut off writes later what it scanned before; an older time is no time anybody set right.
BELIEVED = timedelta(days=7)
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
UNFOLLOWED = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class OutOfReach(Exception):
    """The folder cannot be used now: what lies in it waits."""


class NotThere(OSError):
    """There is no such subfolder, or it is a link."""


@dataclass(frozen=True)
class Found:
    """A file that is still. ``arrived`` is when it was written, ``mark`` says whether it is the same file later."""

    place: str
    name: str
    size: int
    arrived: datetime
    mark: tuple[int, ...]

    @property
    def way(self) -> str:
        return WAYS[self.place]

    @property
    def shown(self) -> str:
        """The name as people read it."""
        told = "/".join(filter(None, (self.place, self.name)))
        return "".join(sign if sign.isprintable() else "?" for sign in told)

    @property
    def is_too_big(self) -> bool:
        return self.size > FILE_BYTES


@dataclass(frozen=True)
class Listing:
    """What lies in the folder. ``whole`` is False when something in it is not still yet, or was not looked at."""

    files: tuple[Found, ...]
    whole: bool


@dataclass(frozen=True)
class IncomingFolder:
    """``folder`` may be a link itself; nothing in it is followed."""

    folder: Path
    still_for: timedelta = STILL_FOR

    def look(self) -> Listing:
        """The files that are still, the oldest first. Raises OutOfReach."""
        found: list[Found] = []
        whole = True
        for place in WAYS:
            with suppress(NotThere), self._opened(place) as directory:
                names = _names(directory)
                whole = whole and len(names) < LONGEST_LISTING
                for name in names:
                    file = self._seen(directory, place, name)
                    whole = whole and file is not None
                    found += [file] if isinstance(file, Found) else []
        return Listing(tuple(sorted(found, key=lambda each: (each.arrived, each.name))), whole)

    def _seen(self, directory: int, place: str, name: str) -> Found | bool | None:
        """A file that is still; None for one that is not yet; True for what is no file of ours at all."""
        try:
            facts = os.stat(name, dir_fd=directory, follow_symlinks=False)
        except OSError:
            return None
        if not stat.S_ISREG(facts.st_mode) or name.startswith("."):
            return True
        last = max(facts.st_mtime, facts.st_ctime)
        if name.lower().endswith(HALF_WRITTEN) or facts.st_nlink > 1:
            return None
        if time.time() - last < self.still_for.total_seconds():
            return None
        return Found(place, name, facts.st_size, _arrived(facts), _mark(facts))

    def read(self, found: Found) -> bytes:
        """The whole file. Raises Changed; never reads more than a file may have."""
        try:
            with self._opened(found.place) as directory:
                handle = os.open(found.name, os.O_RDONLY | UNFOLLOWED, dir_fd=directory)
                with open(handle, "rb") as file:
                    _same(found, os.fstat(handle))
                    data = file.read(FILE_BYTES + 1)
                    _same(found, os.fstat(handle))
        except OSError as fault:
            raise Changed(found.place) from fault
        if len(data) != found.size:
            raise Changed(found.place)
        return data

    def remove(self, found: Found) -> None:
        """Put out a file that is kept. Raises Changed when another one has its name by now, or it cannot be."""
        try:
            with self._opened(found.place) as directory:
                _same(found, os.stat(found.name, dir_fd=directory, follow_symlinks=False))
                os.unlink(found.name, dir_fd=directory)
        except OSError as fault:
            raise Changed(found.place) from fault

    def refuse(self, found: Found, why: str) -> None:
        """Put a file aside, with a text beside it that says why. Raises Changed as ``remove``."""
        try:
            with suppress(FileExistsError):
                (self.folder / REFUSED).mkdir(mode=0o700)
            with self._opened(found.place) as here, self._opened(REFUSED) as there:
                _same(found, os.stat(found.name, dir_fd=here, follow_symlinks=False))
                name = _free(there, found.name)
                _write(there, f"{name}.txt", f"{found.shown}\n\n{why}\n")
                os.rename(found.name, name, src_dir_fd=here, dst_dir_fd=there)
        except OSError as fault:
            raise Changed(found.place) from fault

    def check(self) -> None:
        """Raises OutOfReach with the reason when files cannot be read there and taken out."""
        for place in (each for each in WAYS if not each or (self.folder / each).is_dir()):
            if not os.access(self.folder / place, os.R_OK | os.W_OK | os.X_OK):
                raise OutOfReach(f"{self.folder / place} is no folder from which files can be read and taken out")

    @contextmanager
    def _opened(self, place: str) -> Iterator[int]:
        """A folder by its own handle, so that it cannot be another one a moment later. Raises NotThere, OutOfReach."""
        try:
            base = os.open(self.folder, DIRECTORY)
        except OSError as fault:
            raise OutOfReach(os.strerror(fault.errno or 0)) from fault
        try:
            if not place:
                yield base
                return
            try:
                handle = os.open(place, DIRECTORY | os.O_NOFOLLOW, dir_fd=base)
            except OSError as fault:
                raise NotThere(place) from fault
            try:
                yield handle
            finally:
                os.close(handle)
        finally:
            os.close(base)


def folder_from_path(path: Path | None) -> IncomingFolder | None:
    """What ``PORTAL_INCOMING_FOLDER`` names; None for nothing."""
    return IncomingFolder(path) if path is not None else None


def _names(directory: int) -> list[str]:
    with os.scandir(directory) as entries:
        return [entry.name for entry, _n in zip(entries, range(LONGEST_LISTING), strict=False)]


def _arrived(facts: os.stat_result) -> datetime:
    """When it was written; when it appeared here, where the former cannot be."""
    written, appeared = (datetime.fromtimestamp(each, UTC) for each in (facts.st_mtime, facts.st_ctime))
    return written if appeared - BELIEVED <= written <= appeared else appeared


def _mark(facts: os.stat_result) -> tuple[int, ...]:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns


def _same(found: Found, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode) or _mark(facts) != found.mark:
        raise Changed(found.place)


def _free(directory: int, name: str) -> str:
    """A name that nothing there has yet."""
    start, dot, end = name.rpartition(".") if "." in name else (name, "", "")
    wanted = name if len(os.fsencode(name)) <= LONGEST_NAME else f"file{dot}{end[:8]}"
    for each in (wanted, f"{secrets.token_hex(4)}-{wanted}"):
        try:
            os.stat(each, dir_fd=directory, follow_symlinks=False)
        except FileNotFoundError:
            return each
    raise FileExistsError(start)


def _write(directory: int, name: str, text: str) -> None:
    """In place of one that an earlier try left; never through a link."""
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=directory)
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=directory)
    with open(handle, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
