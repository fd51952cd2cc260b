"""The folder of a fax server: a letter lies there in clear no longer than it has to."""

import json
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from portal.adapters.fax import FaxFolder, FaxLater

NAME = "fax-018f3a52-0000-7000-8000-000000000001"


def test_what_nobody_waits_for_any_more_is_taken_out(tmp_path: Path) -> None:
    folder = FaxFolder(tmp_path)
    folder.send("16045550177", b"%PDF a letter", NAME)
    assert len(list(tmp_path.iterdir())) == 2
    folder.forget(NAME)
    folder.forget(NAME)
    assert list(tmp_path.iterdir()) == []


def test_the_sweep_takes_what_is_old_and_ours(tmp_path: Path) -> None:
    ours = (f"{NAME}.pdf", f"{NAME}.json", f"{NAME}.result.json", f".{'0a' * 8}.part")
    for name in (*ours, "settings.json"):
        (tmp_path / name).write_bytes(b"x")
        days_ago = time.time() - 5 * 86400
        os.utime(tmp_path / name, (days_ago, days_ago))
    (tmp_path / "fax-018f3a52-0000-7000-8000-000000000002.pdf").write_bytes(b"of today")
    FaxFolder(tmp_path).sweep(timedelta(days=3))
    assert {path.name for path in tmp_path.iterdir()} == {
        "settings.json",
        "fax-018f3a52-0000-7000-8000-000000000002.pdf",
    }


def test_a_name_is_taken_once_and_known_afterwards(tmp_path: Path) -> None:
    folder = FaxFolder(tmp_path)
    assert not folder.took(NAME)
    folder.send("16045550177", b"%PDF a letter", NAME)
    folder.send("16045550199", b"%PDF another", NAME)
    assert json.loads((tmp_path / f"{NAME}.json").read_text())["number"] == "16045550177"
    (tmp_path / f"{NAME}.json").rename(tmp_path / f"{NAME}.result.json")
    assert folder.took(NAME)


def test_a_folder_that_is_out_of_reach_does_not_say_no(tmp_path: Path) -> None:
    with pytest.raises(FaxLater):
        FaxFolder(tmp_path / "not mounted").took(NAME)
