"""Files by digest: whole or not there, never anything but what was stored, never a path from outside."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.adapters.store import CHUNK_BYTES, Damaged, FolderStore, Full, Missing, StoreFault, store_from_url
from portal.domain.errors import Invalid

ROOT = Path(__file__).resolve().parents[2]
DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def store(folder: Path) -> FolderStore:
    return FolderStore(folder)


def make_old(path: Path) -> None:
    past = path.stat().st_mtime - 2 * DAY.total_seconds()
    os.utime(path, (past, past))


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@given(parts=st.lists(st.binary(max_size=50), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_what_is_put_in_is_read_back_under_its_digest(store: FolderStore, parts: list[bytes]) -> None:
    digest = store.put(parts)
    assert digest == sha256(b"".join(parts)).hexdigest()
    assert b"".join(store.read(digest)) == b"".join(parts)
    assert store.exists(digest)


def test_a_large_file_is_read_in_parts(store: FolderStore) -> None:
    digest = store.put(bytes([n]) * CHUNK_BYTES for n in range(5))
    parts = list(store.read(digest))
    assert len(parts) == 5
    assert b"".join(parts) == b"".join(bytes([n]) * CHUNK_BYTES for n in range(5))


def test_the_same_bytes_are_kept_once_and_may_be_put_again(store: FolderStore, folder: Path) -> None:
    assert store.put([b"a", b"b"]) == store.put([b"ab"])
    assert len(files_in(folder)) == 1


def test_files_are_for_nobody_else_on_the_machine(store: FolderStore, folder: Path) -> None:
    digest = store.put([b"sealed"])
    assert (folder / digest).stat().st_mode & 0o777 == 0o600
    assert (folder / "incoming").stat().st_mode & 0o777 == 0o700


def test_an_upload_that_breaks_off_leaves_nothing(store: FolderStore, folder: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"first part"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put(broken())
    assert files_in(folder) == []


def test_a_crash_in_the_middle_leaves_no_file_under_a_final_name(folder: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from portal.adapters.store import FolderStore\n"
        "def parts():\n    yield b'first part' * 100000\n    os.kill(os.getpid(), 9)\n"
        "FolderStore(Path(sys.argv[1])).put(parts())"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(folder)], cwd=ROOT, check=False)
    assert ended.returncode == -9
    store = FolderStore(folder)
    assert list(store.digests()) == []
    left = files_in(folder)
    assert len(left) == 1
    assert left[0].startswith("incoming/")
    make_old(folder / left[0])
    store.sweep(lambda digest: True, DAY)
    assert files_in(folder) == []


def test_a_file_is_on_the_disk_before_it_has_its_name_and_the_name_before_put_returns(
    store: FolderStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []
    sync, rename = os.fsync, os.replace

    def noted_sync(handle: int) -> None:
        where = Path(os.readlink(f"/proc/self/fd/{handle}"))
        steps.append("folder" if where == folder else where.parent.name)
        sync(handle)

    def noted_rename(source: Path, target: Path) -> None:
        steps.append("rename")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "replace", noted_rename)
    store.put([b"sealed"])
    assert steps == ["incoming", "rename", "folder"]


def test_no_room_is_told_apart_and_leaves_nothing(
    store: FolderStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = store.put([b"kept"])

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Full):
        store.put([b"too much"])
    assert files_in(folder) == [kept]
    assert b"".join(store.read(kept)) == b"kept"


def test_a_missing_file_is_told_at_once(store: FolderStore) -> None:
    with pytest.raises(Missing):
        store.read("0" * 64)
    assert not store.exists("0" * 64)


@pytest.mark.parametrize("size", [1, CHUNK_BYTES, CHUNK_BYTES * 2, CHUNK_BYTES * 2 + 7])
def test_a_damaged_file_is_never_handed_out_whole(store: FolderStore, folder: Path, size: int) -> None:
    digest = store.put([bytes(size)])
    with (folder / digest).open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\x01")
    handed_out: list[bytes] = []
    with pytest.raises(Damaged):
        handed_out.extend(store.read(digest))
    assert len(b"".join(handed_out)) < size


@pytest.mark.parametrize(
    "name",
    ["", "..", "../../etc/passwd", "a" * 63, "a" * 65, "A" * 64, "incoming", "a" * 64 + "\n", "\u0661" * 64, "/" * 64],
)
def test_only_a_digest_becomes_a_path(store: FolderStore, name: str) -> None:
    for act in (store.read, store.exists, store.delete):
        with pytest.raises(ValueError, match="sha256"):
            act(name)


def test_a_deleted_file_is_gone_and_may_be_deleted_again(store: FolderStore) -> None:
    digest = store.put([b"sealed"])
    store.delete(digest)
    store.delete(digest)
    assert not store.exists(digest)


def test_a_sweep_takes_what_is_old_and_not_wanted_and_nothing_else(store: FolderStore, folder: Path) -> None:
    wanted, unwanted, fresh = (store.put([word]) for word in (b"wanted", b"unwanted", b"fresh"))
    for digest in (wanted, unwanted):
        make_old(folder / digest)
    (folder / "notes.txt").write_text("not ours")
    assert store.sweep(lambda digest: digest == wanted, DAY) == (unwanted,)
    assert sorted(store.digests()) == sorted([wanted, fresh])
    assert (folder / "notes.txt").exists()


def test_a_file_put_again_counts_as_fresh(store: FolderStore, folder: Path) -> None:
    make_old(folder / store.put([b"again"]))
    digest = store.put([b"again"])
    assert store.sweep(lambda digest: False, DAY) == ()
    assert store.exists(digest)


def test_the_check_passes_on_a_working_store_and_leaves_nothing(store: FolderStore, folder: Path) -> None:
    store.check()
    assert files_in(folder) == []


def test_the_check_fails_when_the_folder_is_gone(store: FolderStore, folder: Path) -> None:
    (folder / "incoming").rmdir()
    with pytest.raises(StoreFault, match="No such file"):
        store.check()


def test_the_store_is_a_folder_in_the_data_directory_unless_a_setting_says_otherwise(tmp_path: Path) -> None:
    store_from_url("", tmp_path).put([b"here"])
    assert len(files_in(tmp_path / "files")) == 1
    elsewhere = tmp_path / "a folder"
    store_from_url(f"file://{str(elsewhere).replace(' ', '%20')}", tmp_path).put([b"there"])
    assert len(files_in(elsewhere)) == 1


def test_a_bucket_is_refused_in_words_until_it_can_be_used(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="not yet in S3"):
        store_from_url("s3://bucket/prefix", tmp_path)


@pytest.mark.parametrize("url", ["ftp://host/files", "file:files", "file://host/files", "files"])
def test_any_other_address_is_refused_with_an_example(tmp_path: Path, url: str) -> None:
    with pytest.raises(Invalid, match="file:///srv/portal/files"):
        store_from_url(url, tmp_path)
