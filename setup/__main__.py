"""``python3 -m setup run|tests|bench``: everything missing on this machine, in order."""

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from setup import BUILD, PURPOSES, ROOT, VENV_PYTHON, SetupError, design, packages, system


def main(arguments: list[str]) -> int:
    """Exit code 0 when the machine is ready, 1 when somebody has to do something first, 2 for wrong usage."""
    if len(arguments) != 1 or arguments[0] not in PURPOSES:
        print(f"usage: python3 -m setup {'|'.join(PURPOSES)}", file=sys.stderr)
        return 2
    try:
        with _alone():
            _everything(arguments[0])
    except SetupError as fault:
        print(f"\n{fault}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as fault:
        print(f"\nThis step did not succeed; its own words stand above: {_shown(fault.cmd)}", file=sys.stderr)
        return 1
    return 0


def _everything(purpose: str) -> None:
    system.ensure(purpose)
    packages.ensure(purpose)
    design.ensure(purpose)
    # With the environment's own Python: what reads catalogues is a package.
    subprocess.run([str(VENV_PYTHON), "-m", "setup.words", "compile"], check=True, cwd=ROOT)


@contextmanager
def _alone() -> Iterator[None]:
    """One set-up at a time: a second ``make`` in the same directory waits for the first."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _shown(command: object) -> str:
    return " ".join(map(str, command)) if isinstance(command, (list, tuple)) else str(command)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("\nStopped. The next run takes up what is left.", file=sys.stderr)
        sys.exit(130)
