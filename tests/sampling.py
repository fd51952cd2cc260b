"""Which tests run on which kind of database: docs/decisions/0150-which-tests-meet-both-databases.md.

Services, rules in SQL, races and migrations meet both. A page asks the database through a service only: it meets
PostgreSQL in one test of five. A journey meets one kind, the one its name falls to. ``--both`` runs everything twice.
"""

import zlib
from pathlib import Path

import pytest

PAGES, JOURNEYS = ("tests", "web"), ("tests", "journeys")
ONE_OF = 5


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--both", action="store_true", help="pages and journeys too on SQLite and on PostgreSQL, each")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # One kind of database after the other, since its template is made anew at each change; and what takes minutes
    # first, so that no worker is left alone with it at the end.
    items.sort(key=lambda item: (_kind(item) == "postgresql", item.get_closest_marker("slow") is None))
    if config.getoption("--both"):
        return
    left_out = [item for item in items if not meets(item, _kind(item))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _kind(item: pytest.Item) -> str:
    called = getattr(item, "callspec", None)
    return str(called.params.get("template", "")) if called else ""


def meets(item: pytest.Item, kind: str) -> bool:
    """Whether this test runs on this kind of database; a test of no database always runs."""
    if kind and "sqlite_only" in getattr(item, "fixturenames", ()):
        return kind == "sqlite"  # where the kind does not matter
    part = Path(item.nodeid).parts[:2]
    draw = zlib.crc32(f"{item.nodeid.partition('::')[0]} {getattr(item, 'originalname', item.name)}".encode())
    if kind and part == JOURNEYS:
        return kind == ("sqlite", "postgresql")[draw % 2]
    return not (kind == "postgresql" and part == PAGES and draw % ONE_OF)
