"""Where a run writes: in memory where there is room for it, for it makes thousands of databases and throws them away.

What the portal asks of a database per transaction stays as in production; what is in memory has nothing to wait for.
``tests/conftest.py`` calls ``choose`` first of all.
"""

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
NEEDED = 4 * 2**30  # bytes: twice what a run was seen to take
TEMPROOT = "PYTEST_DEBUG_TEMPROOT"  # where pytest makes its folders


def choose() -> None:
    """Let this process, and the workers it starts, write into memory where there is room, unless somebody chose."""
    if TEMPROOT not in os.environ and is_roomy():
        os.environ[TEMPROOT] = str(MEMORY)


def is_roomy() -> bool:
    """Whether the file system in memory, and the memory itself, have room for a run."""
    try:
        return os.access(MEMORY, os.W_OK) and min(shutil.disk_usage(MEMORY).free, _available()) >= NEEDED
    except OSError:
        return False


def _available() -> int:
    """Bytes of memory that could be taken now; 0 where the system does not say."""
    found = [line for line in Path("/proc/meminfo").read_text("utf-8").splitlines() if line.startswith("MemAvailable:")]
    return int(found[0].split()[1]) * 1024 if found else 0


def place() -> str | None:
    """The folder chosen, for ``tempfile``; None for the system's own."""
    return os.environ.get(TEMPROOT)
