"""Files by digest: whoever holds the sha256 of what was stored gets exactly those bytes back, or an error.

What is put here is sealed already (see vault): the store knows neither owners nor names. Why it is built this way:
docs/decisions/0012-files-by-digest.md.
"""

import errno
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from portal.adapters.whole_files import sync_folder
from portal.domain.errors import Invalid
from portal.domain.words import _

CHUNK_BYTES = 256 * 1024

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_INCOMING = "incoming"
_FULL = {errno.ENOSPC, errno.EDQUOT}


class StoreFault(Exception):
    """The store could not do what it is for; nothing a person at a page did wrong."""


class Missing(StoreFault):
    """No file has this digest."""


class Damaged(StoreFault):
    """The file kept under this digest holds other bytes than those that were stored."""


class Full(StoreFault):
    """There is no room for another file; reading goes on."""


class Store(Protocol):
    """What every store does, a folder as much as a bucket."""

    def put(self, chunks: Iterable[bytes]) -> str:
        """Keep the bytes and return their digest; when this returns they survive a power cut. Raises Full."""

    def read(self, digest: str) -> Iterator[bytes]:
        """The stored bytes. Raises Missing at once; Damaged before the last part is handed out."""

    def exists(self, digest: str) -> bool:
        """Whether a file has this digest."""

    def delete(self, digest: str) -> None:
        """Remove the file; one that is gone already is no error, so the job may be repeated."""

    def digests(self) -> Iterator[str]:
        """The digest of every file, in no order."""

    def sweep(self, keep: Callable[[str], bool], older_than: timedelta) -> tuple[str, ...]:
        """Remove what nobody refers to any more, and what was left half written; returns the digests removed.

        ``older_than`` must be longer than the longest transaction: a file is stored before its row is committed.
        """

    def check(self) -> None:
        """Raise StoreFault when files could not be written or read now."""


class FolderStore:
    """A folder of files named by their digest; what is not whole yet lies in its ``incoming``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / _INCOMING
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, chunks: Iterable[bytes]) -> str:
        draft = self._incoming / secrets.token_hex(16)
        try:
            digest = _write(draft, chunks)
            os.replace(draft, self._path(digest))
            sync_folder(self._root)
        except BaseException as fault:
            draft.unlink(missing_ok=True)
            if isinstance(fault, OSError) and fault.errno in _FULL:
                raise Full from fault
            raise
        return digest

    def read(self, digest: str) -> Iterator[bytes]:
        if not self.exists(digest):
            raise Missing(digest)
        return _verified(self._path(digest), digest)

    def exists(self, digest: str) -> bool:
        return self._path(digest).is_file()

    def delete(self, digest: str) -> None:
        with suppress(FileNotFoundError):
            self._path(digest).unlink()
            sync_folder(self._root)

    def digests(self) -> Iterator[str]:
        return (path.name for path in self._root.iterdir() if _DIGEST.fullmatch(path.name))

    def sweep(self, keep: Callable[[str], bool], older_than: timedelta) -> tuple[str, ...]:
        # The files' own clock is asked, not the portal's: a portal frozen in time must not sweep what it just stored.
        before = time.time() - older_than.total_seconds()
        for draft in self._incoming.iterdir():
            if _changed(draft) < before:
                draft.unlink(missing_ok=True)
        unwanted = [name for name in self.digests() if _changed(self._path(name)) < before and not keep(name)]
        for digest in unwanted:
            self.delete(digest)
        return tuple(unwanted)

    def check(self) -> None:
        probe = self._incoming / f"check-{secrets.token_hex(8)}"
        try:
            probe.write_bytes(b"ok")
            if probe.read_bytes() != b"ok":
                raise StoreFault("what was written could not be read back")
        except OSError as fault:
            raise StoreFault(os.strerror(fault.errno or 0)) from fault
        finally:
            with suppress(OSError):
                probe.unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        """Where a digest lives; nothing but a digest ever becomes a path."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError("a stored file is named by the 64 hexadecimal characters of its sha256")
        return self._root / digest


def store_from_url(url: str, data_dir: Path) -> Store:
    """The store a setting names: nothing for ``files`` in the data directory, or ``file:///a/folder``.

    Raises Invalid for any other address.
    """
    if not url:
        return FolderStore(data_dir / "files")
    parts = urlsplit(url)
    if parts.scheme == "s3":
        raise Invalid(_("This version keeps files in a folder only, not yet in S3: set PORTAL_STORE_URL to file:///…"))
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or not parts.path.startswith("/"):
        raise Invalid(_("We cannot read PORTAL_STORE_URL: give a folder, such as file:///srv/portal/files."))
    return FolderStore(Path(unquote(parts.path)))


def _write(path: Path, chunks: Iterable[bytes]) -> str:
    """Write to a new file that only we may read, down to the disk; the digest of what was written."""
    total = sha256()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            total.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return total.hexdigest()


def _verified(path: Path, digest: str) -> Iterator[bytes]:
    """The file's bytes, one chunk held back, so that nobody is handed the whole of a damaged file."""
    total, held = sha256(), b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            if held:
                yield held
            total.update(chunk)
            held = chunk
    if total.hexdigest() != digest:
        raise Damaged(digest)
    if held:
        yield held


def _changed(path: Path) -> float:
    """When the file was last written; one that has just gone counts as new."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()
