"""The folder of a scanner: what is still is read, what is not ours is never followed, and nothing is lost by a move."""

import os
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.adapters.incoming_folder import IncomingFolder, OutOfReach
from portal.adapters.uploads.limits import FILE_BYTES
from portal.domain.errors import Changed

AT_ONCE = timedelta()


def names(folder: IncomingFolder) -> list[tuple[str, str]]:
    return sorted((each.way, each.name) for each in folder.look().files)


def test_files_are_taken_from_the_folder_itself_from_fax_and_from_post(tmp_path: Path) -> None:
    for place in ("fax", "post", "other", "refused"):
        (tmp_path / place).mkdir()
        (tmp_path / place / f"{place}.pdf").write_bytes(b"a paper")
    (tmp_path / "plain.pdf").write_bytes(b"a paper")
    folder = IncomingFolder(tmp_path, AT_ONCE)
    assert names(folder) == [("fax", "fax.pdf"), ("post", "plain.pdf"), ("post", "post.pdf")]
    assert folder.look().whole


def test_what_is_no_plain_file_is_not_followed(tmp_path: Path) -> None:
    inside, secret = tmp_path / "in", tmp_path / "secret.pdf"
    inside.mkdir()
    secret.write_bytes(b"not the scanner's")
    (inside / "link.pdf").symlink_to(secret)
    (inside / ".hidden.pdf").write_bytes(b"x")
    os.mkfifo(inside / "pipe.pdf")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(inside / "door.pdf"))
    (inside / "fax").symlink_to(tmp_path)
    folder = IncomingFolder(inside, AT_ONCE)
    assert names(folder) == []
    assert folder.look().whole


def test_what_is_half_written_or_just_written_waits(tmp_path: Path) -> None:
    for name in ("a.pdf.part", "b.TMP", "c.pdf~"):
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / "linked.pdf").write_bytes(b"x")
    os.link(tmp_path / "linked.pdf", tmp_path / "linked.lock")
    assert names(IncomingFolder(tmp_path, AT_ONCE)) == []
    assert not IncomingFolder(tmp_path, AT_ONCE).look().whole
    (tmp_path / "now.pdf").write_bytes(b"x")
    hours_ago = time.time() - 7200  # as a copy that keeps the times of its source: it appeared just now
    os.utime(tmp_path / "now.pdf", (hours_ago, hours_ago))
    assert names(IncomingFolder(tmp_path)) == []
    assert names(IncomingFolder(tmp_path, AT_ONCE)) == [("post", "now.pdf")]


def test_a_file_arrived_when_it_was_written_as_far_as_that_can_be(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for name, at in (("evening", now - timedelta(hours=20)), ("never", now - timedelta(days=9000)),
                     ("ahead", now + timedelta(days=3))):  # fmt: skip
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (at.timestamp(), at.timestamp()))
    told = {each.name: each.arrived for each in IncomingFolder(tmp_path, timedelta(days=-9)).look().files}
    assert abs(told["evening"] - (now - timedelta(hours=20))) < timedelta(seconds=2)
    assert all(abs(told[name] - now) < timedelta(minutes=1) for name in ("never", "ahead"))


def test_a_file_that_is_another_one_by_now_is_neither_read_nor_removed(tmp_path: Path) -> None:
    path = tmp_path / "fax.pdf"
    path.write_bytes(b"the first")
    folder = IncomingFolder(tmp_path, AT_ONCE)
    (found,) = folder.look().files
    assert folder.read(found) == b"the first"
    (tmp_path / "next").write_bytes(b"the next!")
    os.replace(tmp_path / "next", path)
    for act in (folder.read, folder.remove, lambda each: folder.refuse(each, "why")):
        with pytest.raises(Changed):
            act(found)
    assert path.read_bytes() == b"the next!"
    path.unlink()
    path.symlink_to("/etc/hostname")
    with pytest.raises(Changed):
        folder.read(found)
    with pytest.raises(Changed):
        folder.remove(found)


def test_what_is_refused_is_put_aside_with_the_reason_and_overwrites_nothing(tmp_path: Path) -> None:
    folder, aside = IncomingFolder(tmp_path, AT_ONCE), tmp_path / "refused"
    for content in (b"one", b"two"):
        (tmp_path / "scan.exe").write_bytes(content)
        folder.refuse(folder.look().files[0], "This is a program.")
    assert sorted(path.read_bytes() for path in aside.glob("*.exe")) == [b"one", b"two"]
    assert all("This is a program." in path.read_text() for path in aside.glob("*.txt"))
    assert len(list(aside.glob("*.txt"))) == 2
    (tmp_path / ("x" * 240 + ".exe")).write_bytes(b"long")
    folder.refuse(folder.look().files[0], "Why.")
    assert folder.look().files == ()
    assert len(list(aside.iterdir())) == 6


def test_a_refused_folder_that_is_a_link_leads_nowhere(tmp_path: Path) -> None:
    inside, elsewhere = tmp_path / "in", tmp_path / "elsewhere"
    inside.mkdir()
    elsewhere.mkdir()
    (inside / "refused").symlink_to(elsewhere)
    (inside / "a.exe").write_bytes(b"x")
    folder = IncomingFolder(inside, AT_ONCE)
    with pytest.raises(Changed):
        folder.refuse(folder.look().files[0], "Why.")
    assert list(elsewhere.iterdir()) == []
    assert (inside / "a.exe").exists()


def test_a_huge_file_is_known_as_such_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.pdf").open("wb") as file:
        file.truncate(FILE_BYTES + 1)
    (found,) = IncomingFolder(tmp_path, AT_ONCE).look().files
    assert found.is_too_big


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    away = IncomingFolder(tmp_path / "away", AT_ONCE)
    with pytest.raises(OutOfReach):
        away.look()
    with pytest.raises(OutOfReach):
        away.check()
    IncomingFolder(tmp_path).check()
