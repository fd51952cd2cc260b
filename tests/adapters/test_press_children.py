"""A child that falls or hangs ends the work cleanly: nothing is left where a package should be."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import BinaryIO

import pytest

from portal.adapters.press.children import Child, Setting
from portal.adapters.press.fresh import _half, fresh
from portal.domain.releases import NotPrinted, Part
from tests.adapters.printing import FONTS, LETTER, ROOT, STYLES, make, press, record, section

Way = Callable[[Path], AbstractContextManager[BinaryIO]]
SETTING = Setting(STYLES, FONTS, "a4", "#0b5563", 60)


OF_OTHERS: set[int] = set()


@pytest.fixture(autouse=True)
def _leave_alone_who_was_there() -> Iterator[None]:
    """The warm press of the whole run has children in this process too."""
    OF_OTHERS.update(children())
    yield
    OF_OTHERS.clear()


def children() -> list[int]:
    """The children of a test's own press."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # a thread that has just ended
            found += [int(number) for number in (task / "children").read_text().split()]
    of_a_press = [number for number in found if b"press.child" in Path(f"/proc/{number}/cmdline").read_bytes()]
    return [number for number in of_a_press if number not in OF_OTHERS]


def test_a_child_that_is_killed_in_the_middle_ends_the_package_and_leaves_nothing(tmp_path: Path) -> None:
    heavy = section("heavy", "Itching. " * 30_000)

    def parts() -> Iterator[Part]:
        yield heavy
        yield section("next", "x")
        while not children():  # the heavy chunk is being printed, or its child is just starting
            time.sleep(0.01)
        for number in children():
            os.kill(number, signal.SIGKILL)
        yield section("after", "x")

    with press(workers=1) as shop:
        with pytest.raises(NotPrinted, match="stopped in the middle"):
            make(shop, tmp_path / "package.pdf", parts())
        assert list(tmp_path.iterdir()) == []
        assert make(shop, tmp_path / "package.pdf", record(1, 1)).pages == 4


def test_a_chunk_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with press(seconds=0.01) as shop, pytest.raises(NotPrinted, match=r"longer than 0\.01 seconds"):
        make(shop, tmp_path / "package.pdf", record(1, 1))
    assert list(tmp_path.iterdir()) == []


def test_what_the_caller_raises_in_the_middle_comes_through_and_leaves_nothing(tmp_path: Path) -> None:
    def parts() -> Iterator[Part]:
        yield section("one", "x")
        raise LookupError("the store is gone")

    def stop(_parts: int, _pages: int) -> None:
        raise LookupError("nobody waits any more")

    with press() as shop:
        with pytest.raises(LookupError, match="store"):
            make(shop, tmp_path / "package.pdf", parts())
        with pytest.raises(LookupError, match="nobody"):
            make(shop, tmp_path / "package.pdf", record(1, 1), progress=stop)
    assert list(tmp_path.iterdir()) == []
    assert children() == []


def test_an_older_package_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "package.pdf"
    out.write_bytes(b"the one before")
    with press() as shop:
        with pytest.raises(NotPrinted):
            make(shop, out, [section("same", "x"), section("same", "y")])
        assert out.read_bytes() == b"the one before"
        make(shop, out, [section("one", "x")])
    assert out.read_bytes().startswith(b"%PDF-1.7")


@pytest.mark.parametrize("way", [fresh, _half])
def test_a_file_gets_its_name_only_when_it_is_whole(way: Way, tmp_path: Path) -> None:
    def fail() -> None:
        with way(out) as file:
            file.write(b"half")
            raise LookupError

    out = tmp_path / "file"
    with pytest.raises(LookupError):
        fail()
    assert list(tmp_path.iterdir()) == []
    with way(out) as file:
        file.write(b"whole")
        assert not out.exists()
    assert out.read_bytes() == b"whole"
    assert out.stat().st_mode & 0o077 == 0


def test_a_worker_that_is_killed_leaves_nothing_on_disk_and_no_child_behind(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from tests.adapters.printing import press, make, record, section\n"
        "def parts():\n"
        "    yield from record(1, 4)\n"
        "    print('begun', flush=True); time.sleep(60)\n"
        "with press() as shop: make(shop, Path(sys.argv[2]) / 'package.pdf', parts())\n"
    )
    command = [sys.executable, "-c", program, str(ROOT), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"begun\n"
        offspring = [
            int(number)
            for task in Path(f"/proc/{worker.pid}/task").iterdir()
            for number in (task / "children").read_text().split()
        ]
        assert offspring
        worker.kill()
    assert list(tmp_path.iterdir()) == []
    for _try in range(200):
        if not any(_lives(number) for number in offspring):
            break
        time.sleep(0.05)
    assert not any(_lives(number) for number in offspring)


def test_a_child_knows_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "the-crown-jewels")
    child = Child(SETTING)
    try:
        assert b"crown" not in Path(f"/proc/{child.process.pid}/environ").read_bytes()
        limits = Path(f"/proc/{child.process.pid}/limits").read_text()
        core = next(line for line in limits.splitlines() if line.startswith("Max core"))
        assert core.split()[4:6] == ["0", "0"]
    finally:
        child.end()
    assert not Path(child.folder.name).exists()


def test_a_child_that_has_grown_is_sent_home_and_the_next_one_prints_on(tmp_path: Path) -> None:
    with press(workers=1) as shop:
        shop.letter(LETTER)
        (first,) = children()
        shop.letter(LETTER)
        assert children() == [first]
        child = shop.children._resting.get_nowait()
        child.resident = 10**12
        assert child.tired()
        shop.children._resting.put(child)
        child.printed = 10**6
        shop.letter(LETTER)
        assert children() == []
        shop.letter(LETTER)
        assert children() not in ([], [first])


def test_a_fault_is_told_without_the_words_that_were_printed() -> None:
    child = Child(SETTING)
    try:
        with pytest.raises(NotPrinted) as why:
            child.print('<p style="width: calc(' + "(" * 3000 + "1px" + ")" * 3000 + ')">her diagnosis</p>')
        assert "diagnosis" not in str(why.value)
    finally:
        child.end()


def _lives(number: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except FileNotFoundError:
        return False
