"""A terminal: the operators' commands on a portal of the test's own, on each kind of database."""

from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest
from sqlalchemy import func, select

from portal.cli import main
from portal.edges import Edge
from portal.models.base import Model
from tests.conftest import KEYS

Terminal = Callable[..., click.testing.Result]
Holdings = tuple[dict[str, int], frozenset[str]]


def environment(edge: Edge) -> dict[str, str]:
    """What an operator sets to look after this portal."""
    config = edge.config
    return {"PORTAL_DATA_DIR": str(config.data_dir), "PORTAL_DATABASE_URL": config.database_url, **KEYS}


@pytest.fixture
def terminal(edge: Edge) -> Terminal:
    """Runs a command: ``terminal("db", "check")``. A fault that is not told in words fails the test."""

    def run(*arguments: str | Path, **settings: str) -> click.testing.Result:
        runner = click.testing.CliRunner(env={**environment(edge), **settings})
        result = runner.invoke(main, [str(each) for each in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def holdings(edge: Edge) -> Holdings:
    """How many rows each table has, and which files the store."""
    with edge.sessions() as db:
        rows = {t.name: db.scalar(select(func.count()).select_from(t)) or 0 for t in Model.metadata.sorted_tables}
    files = edge.config.data_dir / "files"
    return rows, frozenset(str(path.relative_to(files)) for path in files.rglob("*") if path.is_file())
