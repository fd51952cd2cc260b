"""The tests' own PostgreSQL serves a whole run and leaves nothing behind."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[1]
INNER_CONFTEST = "from tests.postgres import pytest_configure, pytest_unconfigure\n"
INNER_TEST = """
from pathlib import Path
import psycopg, pytest
from tests import postgres

@pytest.mark.parametrize("number", range(4))
def test_a_database_of_ones_own(number):
    cluster = postgres.shared()
    first = cluster.create_database()
    with psycopg.connect(first.replace("+psycopg", "")) as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        connection.execute("CREATE TABLE told (word text)")
        connection.execute("INSERT INTO told VALUES ('kept')")
    copy = cluster.create_database(template=first)
    cluster.drop_database(first)
    with psycopg.connect(copy.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT word FROM told").fetchone() == ("kept",)
    with open("homes", "a") as file:
        file.write(str(cluster.home) + "\\n")
"""


@pytest.fixture
def run_inside(tmp_path: Path):
    (tmp_path / "conftest.py").write_text(INNER_CONFTEST)
    (tmp_path / "test_inside.py").write_text(INNER_TEST)

    def run(*options: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", *options]
        environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.mark.postgres
def test_all_workers_of_a_run_share_one_server_and_it_ends_with_the_run(run_inside, tmp_path):
    answer = run_inside("-n", "2")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    homes = set((tmp_path / "homes").read_text().split())
    assert len(homes) == 1
    home = homes.pop()
    assert not Path(home).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=home, user="portal", dbname="postgres")


@pytest.mark.postgres
def test_the_server_ends_even_when_the_run_is_killed(run_inside, tmp_path):
    with (tmp_path / "test_inside.py").open("a") as file:
        file.write("\ndef test_killed():\n    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n")
    answer = run_inside()
    assert answer.returncode == -9
    home = Path((tmp_path / "homes").read_text().split()[0])
    waiting = subprocess.run(["timeout", "20", "sh", "-c", f"while [ -e {home} ]; do sleep 0.1; done"], check=False)
    assert waiting.returncode == 0
