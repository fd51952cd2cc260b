"""What takes seconds or minutes to make, and all tests of a run copy: made once a run, whichever worker asks first."""

import fcntl
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests import postgres


@dataclass(frozen=True)
class Template:
    """A database with a clinic in it, and the folder of its files."""

    kind: str
    url: str
    folder: Path

    def copy_to(self, folder: Path) -> str:
        """The URL of a database of one's own; its files go to ``folder``, which is not there yet."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
        return _database(self.kind, folder, self.url)


def once_a_run(name: str, kind: str, begin: Callable[[Path], str], fill: Callable[[str, Path], None]) -> Template:
    """The template of this name on this kind of database: ``begin`` makes its database, ``fill`` its clinic.

    Who asks while another worker makes it waits. One that could not be made is made by who asks next.
    """
    home = Path(os.environ[postgres.HOME], "templates", f"{name}-{kind}")
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made, folder = home / "url", home / "data"
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            url = begin(folder)
            fill(url, folder)
            made.write_text(url, "utf-8")
        return Template(kind, made.read_text("utf-8"), folder)


def empty(kind: str) -> Callable[[Path], str]:
    """Begin with nothing."""

    def begin(folder: Path) -> str:
        folder.mkdir()
        return _database(kind, folder, None)

    return begin


def _database(kind: str, folder: Path, template: str | None) -> str:
    if kind == "postgresql":
        return postgres.shared().create_database(template=template)
    return f"sqlite:///{folder}/portal.db"
