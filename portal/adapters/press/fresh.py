"""A file that has a name only once it is whole: a crash, or a pulled plug, leaves nothing where a package should be."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def fresh(path: Path) -> Iterator[BinaryIO]:
    """A file to write and read, readable by its owner only; it becomes ``path`` when the block ends without an error.

    Where the file system can, it has no name at all before that; else it is ``path.half``, removed on any error.
    """
    if hasattr(os, "O_TMPFILE"):
        try:
            number = os.open(path.parent, os.O_TMPFILE | os.O_RDWR, 0o600)
        except OSError:
            pass
        else:
            with os.fdopen(number, "w+b") as file:
                yield file
                _settle(file)
                path.unlink(missing_ok=True)
                # With a directory given, Python asks the system to follow the link: that names an unnamed file.
                os.link(f"/proc/self/fd/{number}", path, src_dir_fd=number)
            return
    with _half(path) as file:
        yield file


@contextmanager
def _half(path: Path) -> Iterator[BinaryIO]:
    half = path.with_name(path.name + ".half")
    half.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            _settle(file)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
