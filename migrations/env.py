"""Alembic's environment: run by ``portal db``, which hands over the connection; there is no ini file."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from sqlalchemy import Connection

import portal.models  # noqa: F401  maps every class
from portal.models.base import Model

connection: Connection = context.config.attributes["connection"]
on_sqlite = connection.dialect.name == "sqlite"
context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    render_as_batch=on_sqlite,
    compare_type=True,
)


@contextmanager
def tables_made_anew() -> Iterator[None]:
    """SQLite changes a table by making it anew, which the rows that refer to it forbid: they are looked at at the end.

    The switch has no effect within a transaction, so it is set around it.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with context.begin_transaction():
            yield
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                raise RuntimeError(f"{len(broken)} rows refer to what is not there, the first in {broken[0][0]}.")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


with tables_made_anew() if on_sqlite else context.begin_transaction():
    context.run_migrations()
