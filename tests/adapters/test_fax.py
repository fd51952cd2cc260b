"""The folder of a fax server: a letter lies there in clear no longer than it has to."""

import os
import time
from datetime import timedelta
from pathlib import Path

from portal.adapters.fax import FaxFolder

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
