"""Bringing in the largest bundle, beside plain ``json.loads`` and one plain insert a resource, in the same run.

    python -m bench.record_import [--rounds 9]

Both write to SQLite databases of their own with full durability and commit once. CPU time of the process, in turns.
"""

import argparse
import json
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from bench.houses import ROOT, house
from portal.domain.actors import OPERATOR
from portal.services import record_imports

BUNDLE = ROOT.parent / "shared" / "data" / "fhir" / "synthea-r4" / "Felipa_OKeefe.json"
DEMO = ROOT / "portal" / "demo" / "records" / "amina.json"


def plain(data: bytes, folder: Path) -> int:
    """What nobody can do without: parse, and write each resource somewhere."""
    database = sqlite3.connect(folder / "plain.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE resources (id INTEGER PRIMARY KEY, kind TEXT, text TEXT)")
    entries = json.loads(data)["entry"]
    database.execute("BEGIN IMMEDIATE")
    for entry in entries:
        resource = entry["resource"]
        row = (resource["resourceType"], json.dumps(resource))
        database.execute("INSERT INTO resources (kind, text) VALUES (?, ?)", row)
    database.execute("COMMIT")
    database.close()
    return len(entries)


def ours(name: str, data: bytes, folder: Path) -> int:
    """The whole import: read into words, sealed, indexed, audited."""
    edge = house(folder / "ours")
    started = time.process_time()
    with edge.work(OPERATOR) as work:
        done = record_imports.bring_in(work, [(name, data)], None, create=True)
    ours.seconds = time.process_time() - started  # type: ignore[attr-defined]
    edge.sessions.kw["bind"].dispose()
    return done.resources


def timed(act: Callable[[], Any]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def run(rounds: int = 9) -> dict[str, Any]:
    """The figures of so many interleaved rounds: CPU milliseconds and their ratio, medians."""
    path = BUNDLE if BUNDLE.exists() else DEMO
    data = path.read_bytes()
    theirs: list[float] = []
    own: list[float] = []
    count = 0
    for number in range(rounds + 1):
        folder = Path(tempfile.mkdtemp(prefix="bench-"))
        try:
            reference = timed(lambda where=folder: plain(data, where))  # type: ignore[misc]
            count = ours(path.name, data, folder)
        finally:
            shutil.rmtree(folder)
        if number:  # the first warms up
            theirs.append(reference)
            own.append(ours.seconds)  # type: ignore[attr-defined]
    ratios = [mine / other for mine, other in zip(own, theirs, strict=True)]
    return {
        "bundle": path.name,
        "resources": count,
        "ours_ms": round(statistics.median(own) * 1000, 1),
        "reference_ms": round(statistics.median(theirs) * 1000, 1),
        "ratio": round(statistics.median(ratios), 2),
        "on": date.today().isoformat(),  # noqa: DTZ011 (when it was measured)
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    print(json.dumps(run(parser.parse_args().rounds), indent=1))
