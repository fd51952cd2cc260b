"""The process that opens one foreign file: few rights, little memory, no files, no network, one answer, and gone.

Started by ``sandbox`` as ``python -m portal.adapters.uploads.child TASK``; the file comes in on standard input, the
answer that ``findings`` describes goes out on standard output.
"""

import importlib
import json
import os
import resource
import sys
from contextlib import suppress
from types import ModuleType

from portal.adapters.uploads import limits
from portal.adapters.uploads.findings import LENGTH_BYTES, READY, Cleaned, Refusal

_NOBODY = 65534
_OPENERS = {"pdf": "pdfs", "jpeg": "pictures", "png": "pictures", "thumbnail": "thumbnails"}


def main(task: str) -> None:
    opener = importlib.import_module(f"portal.adapters.uploads.{_OPENERS[task]}")
    shut_in()
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    report, data = _answer(opener, sys.stdin.buffer.read())
    text = json.dumps(report).encode()
    sys.stdout.buffer.write(len(text).to_bytes(LENGTH_BYTES) + text + data)
    sys.stdout.buffer.flush()


def shut_in() -> None:
    """Give up, for good, all that opening a file does not need. What is imported later than this cannot be found."""
    if os.geteuid() == 0:
        _be_nobody()
    for what, most in (
        (resource.RLIMIT_AS, limits.CHILD_MEMORY_BYTES),
        (resource.RLIMIT_CPU, limits.CHILD_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, limits.CHILD_OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        # Only the three streams it has: neither a file nor a connection can be opened any more.
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(what, (most, most))


def _be_nobody() -> None:
    """The superuser could raise every limit again. Where there is nobody to become (some containers) she stays."""
    with suppress(OSError):
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)


def _answer(opener: ModuleType, data: bytes) -> tuple[dict[str, object], bytes]:
    try:
        found: Cleaned = opener.clean(data)
    except Refusal as refusal:
        return {"refused": refusal.code, "facts": refusal.facts}, b""
    except MemoryError:
        return {"refused": "heavy", "facts": {}}, b""
    return {"removed": sorted(found.removed), "pages": found.pages, "pixels": found.pixels}, found.data


if __name__ == "__main__":
    main(sys.argv[1])
