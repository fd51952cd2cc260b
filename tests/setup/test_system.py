"""Set-up finds out which system packages are missing and installs them, or says the one line to run."""

import subprocess
from types import SimpleNamespace

import pytest

from setup import SetupError, system


@pytest.fixture
def bare_machine(monkeypatch):
    """Debian with nothing but python3, make and git."""
    monkeypatch.setattr(system, "installed", lambda names: set())
    monkeypatch.setattr(
        system.shutil, "which", lambda name: f"/usr/bin/{name}" if "-get" in name or "-query" in name else None
    )
    monkeypatch.setattr(system.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(system, "POSTGRES", "/nowhere")
    monkeypatch.setattr(system, "distribution", lambda: "debian")


def test_a_bare_machine_needs_pango_fonts_and_the_means_for_an_environment(bare_machine):
    needed = system.missing("run")
    assert {"libpango-1.0-0", "libpangoft2-1.0-0", "fonts-dejavu-core", "python3-venv"} <= set(needed)
    assert not {"chromium", "postgresql", "poppler-utils", "wrk"} & set(needed)


def test_tests_and_measuring_need_more(bare_machine):
    assert set(system.missing("tests")) - set(system.missing("run")) == {"chromium", "postgresql", "poppler-utils"}
    assert set(system.missing("bench")) - set(system.missing("tests")) == {"wrk"}


def test_ubuntu_is_not_asked_for_a_browser_it_has_only_as_a_snap(bare_machine, monkeypatch):
    monkeypatch.setattr(system, "distribution", lambda: "ubuntu")
    assert "chromium" not in system.missing("tests")


def test_only_what_is_missing_is_asked_for(bare_machine, monkeypatch):
    monkeypatch.setattr(system, "installed", lambda names: set(names) - {"fonts-noto-core"})
    monkeypatch.setattr(system.importlib.util, "find_spec", lambda name: object())
    assert system.missing("run") == ["fonts-noto-core"]


def test_who_is_not_root_is_told_the_one_line_to_run(bare_machine, monkeypatch):
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    with pytest.raises(SetupError) as told:
        system.ensure("run")
    lines = [line for line in str(told.value).splitlines() if "apt-get install" in line]
    assert len(lines) == 1
    assert lines[0].strip().endswith(" ".join(system.missing("run")))


def test_a_failed_installation_is_tried_again_with_fresh_package_lists(monkeypatch):
    monkeypatch.setattr(system, "_have_lists", lambda: True)
    done, answers = [], iter([100, 0, 0])

    def run(command, **_):
        done.append(command[1])
        return SimpleNamespace(returncode=next(answers))

    system.install(["poppler-utils"], run, wait=lambda seconds: None)
    assert done == ["install", "update", "install"]


def test_fresh_package_lists_come_first_where_there_are_none(monkeypatch):
    monkeypatch.setattr(system, "_have_lists", lambda: False)
    done = []

    def run(command, **_):
        done.append(command[1])
        return SimpleNamespace(returncode=0)

    system.install(["poppler-utils"], run)
    assert done == ["update", "install"]


def test_an_installation_that_keeps_failing_ends_in_words():
    def run(command, **_):
        return subprocess.CompletedProcess(command, 100)

    with pytest.raises(SetupError, match="apt-get could not install no-such-package"):
        system.install(["no-such-package"], run, wait=lambda seconds: None)


@pytest.mark.parametrize(
    ("text", "name"),
    [("NAME=x\nID=debian\nID_LIKE=y\n", "debian"), ('ID="ubuntu"\n', "ubuntu"), ("NAME=x\n", "unknown")],
)
def test_the_distribution_is_read_from_the_machine(tmp_path, text, name):
    (tmp_path / "os-release").write_text(text)
    assert system.distribution(tmp_path / "os-release") == name
    assert system.distribution(tmp_path / "none") == "unknown"
