"""Every package is pinned with a hash, and no lock file says from where to fetch it."""

import json
import re
import tomllib

import pytest

from setup import ROOT, packages

REQUIREMENT_LOCKS = sorted(ROOT.glob("requirements*.lock"))
NPM_LOCK = ROOT / "package-lock.json"


def pins(path):
    text = path.read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("path", REQUIREMENT_LOCKS, ids=lambda path: path.name)
def test_every_python_package_has_a_version_and_a_hash(path):
    loose = [line for line in pins(path) if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]
    assert pins(path)
    assert loose == []


def test_every_node_package_has_a_hash():
    tree = json.loads(NPM_LOCK.read_text("utf-8"))["packages"]
    assert [name for name, package in tree.items() if name and "integrity" not in package] == []


@pytest.mark.parametrize("path", [*REQUIREMENT_LOCKS, NPM_LOCK], ids=lambda path: path.name)
def test_no_lock_names_a_host(path):
    assert re.findall(r"https?:|://|--index|--find-links|--trusted-host|\"resolved\"", path.read_text("utf-8")) == []


def test_what_runs_is_the_same_in_production_and_in_tests():
    running = {line.split(" ")[0] for line in pins(packages.LOCKS["run"])}
    testing = {line.split(" ")[0] for line in pins(packages.LOCKS["tests"])}
    assert running - testing == set()


def test_the_locks_hold_every_package_the_project_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    named = project["project"]["dependencies"]
    locked = packages.locked_names(packages.LOCKS["run"])
    assert {re.split(r"[\[<>=!~ ]", name)[0].lower() for name in named} - locked == set()


def test_the_environment_is_looked_at_again_when_a_lock_changes(tmp_path, monkeypatch):
    locks = {kind: tmp_path / path.name for kind, path in packages.LOCKS.items()}
    for kind, path in packages.LOCKS.items():
        locks[kind].write_bytes(path.read_bytes())
    monkeypatch.setattr(packages, "LOCKS", locks)
    monkeypatch.setattr(packages, "STAMP", tmp_path / "stamp")
    (tmp_path / "stamp").write_text(json.dumps({"kind": "tests", "digest": packages.digest("tests")}))
    assert packages.is_current("tests")
    assert packages.is_current("run")  # who can test can run
    with locks["tests"].open("a") as lock:
        lock.write("another==1.0 --hash=sha256:00\n")
    assert not packages.is_current("tests")
