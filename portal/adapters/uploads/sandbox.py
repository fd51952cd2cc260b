"""Having a foreign file opened by a child process, and believing no more of its answer than has to be believed.

A file that crashes, stalls or swells its parser ends that child and nothing else. Neither the file nor the answer
touches a disk, and the child's environment holds none of the portal's settings.
"""

import json
import os
import select
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from portal.adapters.uploads import limits
from portal.adapters.uploads.findings import LENGTH_BYTES, READY, Cleaned, Refusal
from portal.adapters.uploads.kinds import kind_of
from portal.adapters.uploads.sentences import is_known, why_refused
from portal.domain.errors import TooManyTries
from portal.domain.words import _

_ROOT = Path(__file__).resolve().parents[3]
_CHILD = "portal.adapters.uploads.child"

_turns = threading.BoundedSemaphore(limits.CHILDREN_AT_ONCE)


class Unavailable(Exception):
    """The child process does not even start: something is wrong with the installation, not with the file."""


def clean(kind: str, data: bytes) -> Cleaned:
    """The file made anew. Raises Refusal for what cannot be, TooManyTries when too many wait, or Unavailable."""
    return _made(kind, kind, data)


def shrink(data: bytes) -> bytes:
    """A picture, JPEG or PNG, small enough for a list: always a JPEG. Raises what ``clean`` raises."""
    return _made("thumbnail", "jpeg", data).data


def _made(task: str, kind: str, data: bytes) -> Cleaned:
    """What the child's ``task`` made of the file, which has to be of this kind."""
    if not _turns.acquire(timeout=limits.PATIENCE_SECONDS):
        raise TooManyTries(_("We are checking other files right now: send yours again in a minute."), retry_after=60)
    try:
        answer = _ask_child(task, data)
    finally:
        _turns.release()
    return _believed(kind, answer)


def _ask_child(task: str, data: bytes) -> bytes:
    """What the child wrote, whole or broken off."""
    with open(os.memfd_create("upload"), "w+b") as handed, open(os.memfd_create("answer"), "w+b") as answer:
        handed.write(data)
        handed.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-P", "-s", "-B", "-X", "utf8", "-m", _CHILD, task],
            stdin=handed,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(_ROOT)},
            cwd="/",
            start_new_session=True,
        )
        try:
            _wait(child.pid, limits.CHILD_WALL_SECONDS)
        finally:
            child.kill()
            child.wait()
        answer.seek(0)
        return answer.read(limits.CHILD_OUTPUT_BYTES)


def _wait(pid: int, seconds: float) -> None:
    """Return as soon as the child has ended or its time is over; Popen.wait would look only every 50 ms."""
    ended = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        poll.poll(seconds * 1000)
    finally:
        os.close(ended)


def _believed(kind: str, answer: bytes) -> Cleaned:
    """The answer, if it is one: known codes, plain numbers, and a file of the kind that was asked for."""
    if not answer.startswith(READY):
        raise Unavailable("the process that opens uploads did not start")
    start = len(READY) + LENGTH_BYTES
    end = start + int.from_bytes(answer[len(READY) : start])
    try:
        report = json.loads(answer[start:end])
        _check_refused(report)
        removed = {str(code) for code in report["removed"]}
        found = Cleaned(answer[end:], removed, _count(report["pages"]), _pair(report["pixels"]))
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Refusal("stopped") from fault
    if kind_of(found.data) != kind or not all(is_known(code) for code in removed):
        raise Refusal("stopped")
    return found


def _check_refused(report: dict[str, Any]) -> None:
    if (code := report.get("refused")) is None:
        return
    refusal = Refusal(code, **{str(name): int(value) for name, value in report["facts"].items()})
    if "%(" in why_refused(refusal):
        raise ValueError("a refusal that cannot be put in words")
    raise refusal


def _count(value: object) -> int | None:
    if value is not None and not isinstance(value, int):
        raise TypeError("pages are counted")
    return value


def _pair(value: object) -> tuple[int, int] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise TypeError("pixels are a pair")
    width, height = value
    return int(width), int(height)
