"""Keeps a few child processes warm, hands them chunks, and ends them when they grow, hang or fall."""

import os
import queue
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from portal.adapters.press import wire
from portal.domain.releases import NotPrinted

ROOT = Path(__file__).resolve().parents[3]
GROWN = 150 * 2**20
CHUNKS_EACH = 60


@dataclass(frozen=True)
class Setting:
    """What every child needs to know before its first chunk."""

    styles: Path
    fonts: Path
    paper: str
    brand: str
    seconds: float


@dataclass(frozen=True)
class Chunk:
    """Pages that came back: their number, where the anchors are (page from 0, x, y in points), the PDF."""

    pages: int
    anchors: dict[str, tuple[int, float, float]]
    pdf: bytes


class Child:
    """One process. It is given nothing of our environment but what starting Python and finding fonts needs."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.printed = 0
        self.resident = 0
        self.folder = tempfile.TemporaryDirectory(prefix="press-")
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "FONTCONFIG_FILE") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-X", "utf8", "-m", "portal.adapters.press.child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=self.folder.name, start_new_session=True,
            env={**kept, "PYTHONPATH": str(ROOT), "TMPDIR": self.folder.name, "HOME": self.folder.name,
                 "MALLOC_ARENA_MAX": "1"},
        )  # fmt: skip
        paths = {"styles": str(setting.styles), "fonts": str(setting.fonts)}
        try:
            self._ask({**paths, "paper": setting.paper, "brand": setting.brand})
        except BaseException:
            self.end()
            raise

    def print(self, html: str) -> Chunk:
        """The pages of this HTML. Raises ``NotPrinted`` when the child falls, hangs, or refuses what the page loads."""
        head, pdf = self._ask({}, html.encode())
        self.printed += 1
        self.resident = head["resident"]
        return Chunk(head["pages"], {name: tuple(place) for name, place in head["anchors"].items()}, pdf)

    def tired(self) -> bool:
        """Whether it is time to give its memory back."""
        return self.printed >= CHUNKS_EACH or self.resident > GROWN

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.folder.cleanup()

    def _ask(self, head: dict[str, Any], body: bytes = b"") -> tuple[dict[str, Any], bytes]:
        late = threading.Event()
        alarm = threading.Timer(self.setting.seconds, self._kill, (late,))
        alarm.daemon = True
        alarm.start()
        try:
            wire.send(cast(BinaryIO, self.process.stdin), head, body)
            answer, data = wire.receive(cast(BinaryIO, self.process.stdout))
        except (EOFError, OSError):
            why = f"took longer than {self.setting.seconds:g} seconds" if late.is_set() else "stopped in the middle"
            raise NotPrinted(f"The printing process {why}.") from None
        finally:
            alarm.cancel()
        if "refused" in answer:
            raise NotPrinted(f"A page asked to load something that is not ours ({answer['refused']}).")
        if "fault" in answer:
            raise NotPrinted(f"The printing process met a fault: {answer['fault']}.")
        return answer, data

    def _kill(self, late: threading.Event) -> None:
        late.set()
        self.process.kill()


class Children:
    """The children at rest. As many run at once as there are threads that ask."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._resting: queue.LifoQueue[Child] = queue.LifoQueue()
        weakref.finalize(self, _end_all, self._resting)

    def print(self, html: str) -> Chunk:
        with self._one() as child:
            return child.print(html)

    def close(self) -> None:
        """End those at rest; the next chunk starts a new one."""
        _end_all(self._resting)

    @contextmanager
    def _one(self) -> Iterator[Child]:
        child = self._rested() or Child(self.setting)
        try:
            yield child
        except BaseException:
            child.end()
            raise
        if child.tired():
            child.end()
        else:
            self._resting.put(child)

    def _rested(self) -> Child | None:
        try:
            child = self._resting.get_nowait()
        except queue.Empty:
            return None
        if child.process.poll() is None:
            return child
        child.end()
        return self._rested()


def _end_all(resting: "queue.LifoQueue[Child]") -> None:
    while True:
        try:
            resting.get_nowait().end()
        except queue.Empty:
            return
