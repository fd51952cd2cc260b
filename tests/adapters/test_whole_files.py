"""Files that others read as soon as they are there."""

import os
from pathlib import Path

import pytest

from portal.adapters.whole_files import write_whole


def test_the_folder_is_on_the_disk_before_a_file_counts_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []
    sync, rename = os.fsync, os.replace

    def noted_sync(handle: int) -> None:
        steps.append("folder" if Path(os.readlink(f"/proc/self/fd/{handle}")) == tmp_path else "file")
        sync(handle)

    def noted_rename(source: Path, target: Path) -> None:
        steps.append("rename")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "replace", noted_rename)
    write_whole(tmp_path / "job.json", b"{}")
    assert steps == ["file", "rename", "folder"]
