"""The process that opens foreign files: it can do nothing else, and when it dies or lies only that file is refused."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from portal.adapters.uploads import inspect, limits, sandbox
from portal.adapters.uploads.findings import LENGTH_BYTES, READY
from portal.domain.errors import TooManyTries
from tests.adapters.upload_samples import ROOT, acting_in, looked, pdf, picture

STOPPED = "We had to stop opening this file"


def run(program: str, *arguments: str, **how: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, check=False, timeout=60, **how
    )


SHUT_IN = "from portal.adapters.uploads.child import shut_in; import os, socket, sys, resource\nshut_in()\n"


@pytest.mark.parametrize(
    ("deed", "fault"),
    [
        ("open('/etc/passwd')", b"Too many open files"),
        ("socket.socket()", b"Too many open files"),
        ("os.pipe()", b"Too many open files"),
        ("bytearray(600 * 2**20)", b"MemoryError"),
        ("resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))", b"ValueError"),
        ("os.fork()", b"Resource temporarily unavailable"),
        ("os.write(1, bytes(41 * 2**20)) == 41 * 2**20 or os.write(1, b'x')", b"File too large"),
    ],
)
def test_a_file_that_takes_over_its_parser_reaches_nothing(deed: str, fault: bytes) -> None:
    with open(os.memfd_create("answer"), "wb") as answer:
        ended = subprocess.run(
            [
                sys.executable,
                "-c",
                f"{SHUT_IN}try:\n    {deed}\nexcept BaseException as fault:\n    sys.exit(repr(fault))",
            ],
            cwd=ROOT,
            stdout=answer,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert ended.returncode == 1
    assert fault in ended.stderr


def test_a_parser_that_runs_in_circles_is_ended() -> None:
    short = "from portal.adapters.uploads import limits\nlimits.CHILD_CPU_SECONDS = 1\n"
    assert run(short + SHUT_IN + "while True: pass").returncode < 0


def test_the_child_knows_none_of_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given_: dict[str, object] = {}
    start = subprocess.Popen

    def noted(*arguments: object, **how: object) -> object:
        given_.update(how)
        return start(*arguments, **how)  # type: ignore[call-overload]

    monkeypatch.setenv("PORTAL_MASTER_KEYS", "secret")
    monkeypatch.setattr(subprocess, "Popen", noted)
    assert looked(picture("PNG")).accepted
    assert set(given_["env"]) == {"PYTHONPATH"}  # type: ignore[call-overload]
    assert given_["cwd"] == "/"


def test_opening_a_file_opens_no_other_and_imports_nothing_late() -> None:
    """What is imported after the child has shut itself in cannot be found: every upload would be refused."""
    program = (
        "import sys\nfrom portal.adapters.uploads import pdfs, pictures\n"
        "late = []\n"
        "sys.addaudithook(lambda event, given: late.append(event) if event in ('open', 'import') else None)\n"
        "size = int(sys.argv[1])\ndata = sys.stdin.buffer.read()\nlate.clear()\n"
        "pdfs.clean(data[:size]); pictures.clean(data[size:])\nsys.exit(repr(late) if late else 0)"
    )
    for kind, mode in (("PNG", "P"), ("JPEG", "CMYK")):
        first, second = pdf(), picture(kind, mode)
        ended = run(program, str(len(first)), input=first + second)
        assert (ended.returncode, ended.stderr) == (0, b"")


def test_the_child_loads_only_what_it_parses_with() -> None:
    program = (
        "import sys\nfrom portal.adapters.uploads import child, pdfs, pictures\n"
        "print([name for name in ('flask', 'sqlalchemy', 'weasyprint', 'portal.models') if name in sys.modules])"
    )
    assert run(program).stdout.strip() == b"[]"


# The answer


def child(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let ``program`` stand where the real child would."""
    start = subprocess.Popen

    def instead(command: list[str], **how: object) -> object:
        return start([command[0], "-c", program, command[-1]], **how)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", instead)


@pytest.mark.parametrize(
    "end",
    [
        "import os; os.abort()",
        "import os; os.kill(os.getpid(), 11)",
        "raise SystemExit(1)",
        "sys.stdout.buffer.write(b'\\x00\\x00\\x00\\x02{}')",
        "sys.stdout.buffer.write(b'\\x00\\x00\\xff\\xff{')",
    ],
)
def test_a_child_that_dies_or_breaks_off_means_a_refusal(monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    child(monkeypatch, f"import sys; sys.stdout.buffer.write(b'R'); sys.stdout.buffer.flush(); {end}")
    assert str(looked(pdf()).reason).startswith(STOPPED)


def test_a_child_that_never_answers_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CHILD_WALL_SECONDS", 0.5)
    child(monkeypatch, "import sys, time; sys.stdout.write('R'); sys.stdout.flush(); time.sleep(600)")
    assert str(looked(pdf()).reason).startswith(STOPPED)


def test_a_child_that_does_not_start_is_our_fault_and_not_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, "import nothing_of_this_name")
    with pytest.raises(sandbox.Unavailable):
        looked(pdf())


LIES = [
    b'{"removed": [], "pages": 1, "pixels": null}' + b"<html>",
    b'{"removed": ["<b>"], "pages": 1, "pixels": null}' + b"%PDF-1.7",
    b'{"removed": [], "pages": "<b>", "pixels": null}' + b"%PDF-1.7",
    b'{"removed": [], "pages": 1, "pixels": [1]}' + b"%PDF-1.7",
    b'{"removed": [], "pages": 1, "pixels": "ab"}' + b"%PDF-1.7",
    b'{"refused": "no such code", "facts": {}}',
    b'{"refused": "pixels", "facts": {}}',
    b'{"refused": "pages", "facts": {"pages": "<b>"}}',
    b'{"refused": "pages", "facts": {"code": 1}}',
    b'{"refused": ["pages"], "facts": {}}',
    b'{"refused": "locked"}',
    b"[]",
    b"null",
    b"\xff",
]


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_is_none_of_ours_is_not_believed(monkeypatch: pytest.MonkeyPatch, lie: bytes) -> None:
    report = lie.partition(b"}")[0] + b"}" if lie.startswith(b'{"removed"') else lie
    answer = READY + len(report).to_bytes(LENGTH_BYTES) + lie
    monkeypatch.setattr(sandbox, "_ask_child", lambda kind, data: answer)
    assert str(looked(pdf()).reason).startswith(STOPPED)


def test_no_more_files_are_opened_at_once_than_allowed_and_who_waits_too_long_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on, begun = threading.Event(), threading.Semaphore(0)

    def slow(_kind: str, _data: bytes) -> bytes:
        begun.release()
        go_on.wait(20)
        return READY

    monkeypatch.setattr(sandbox, "_ask_child", slow)
    monkeypatch.setattr(limits, "PATIENCE_SECONDS", 0.01)
    busy = [threading.Thread(target=looked, args=(pdf(),)) for _ in range(limits.CHILDREN_AT_ONCE)]
    for one in busy:
        one.start()
    for _one in busy:
        assert begun.acquire(timeout=10)
    with pytest.raises(TooManyTries) as told:
        looked(pdf())
    assert told.value.retry_after > 0
    go_on.set()
    for one in busy:
        one.join()
    assert str(looked(pdf()).reason).startswith(STOPPED)  # the turns were given back


# Files nobody could have thought of


@pytest.mark.parametrize("make", [pdf, lambda: picture("JPEG"), lambda: picture("PNG")], ids=["pdf", "jpeg", "png"])
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_file_is_refused_in_words_or_clean(make: Callable[[], bytes], data: st.DataObject) -> None:
    damaged = bytearray(make())
    for at in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=20)):
        damaged[at] = data.draw(st.integers(0, 255))
    found = inspect("upload", bytes(damaged))
    if not found.accepted:
        assert found.reason
    elif found.kind == "pdf":
        assert acting_in(found.clean or b"") == set()
    else:
        with Image.open(BytesIO(found.clean or b"")) as image:
            image.load()
