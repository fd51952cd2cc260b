"""Engines and sessions from a database URL, with the durability the portal promises.

SQLite: write-ahead log, ``synchronous=FULL`` (NORMAL loses acknowledged commits at a power cut), foreign keys, a busy
timeout, and BEGIN IMMEDIATE for a session that will write, so that two writers queue instead of failing half-way.
PostgreSQL: ``synchronous_commit`` on, whatever the server's default.
"""

from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.orm import Session, sessionmaker

BUSY_MILLISECONDS = 10_000
WRITES = {"portal_writes": True}


def engine_from_url(url: str) -> Engine:
    """An engine for ``url``; only SQLite and PostgreSQL are known (ValueError otherwise)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed)
    raise ValueError(f"{parsed.get_backend_name()} is not a database the portal knows; use SQLite or PostgreSQL")


def session_factory(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


def begin_to_write(session: Session) -> None:
    """Say before the first statement that this transaction will write."""
    session.connection(execution_options=WRITES)


def read_one_state(session: Session) -> None:
    """Say before the first statement that every statement of this transaction is to read the same state.

    Nobody waits for it. SQLite reads so in any transaction.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_MILLISECONDS / 1000})

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin on its own: _begin does
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MILLISECONDS}",
            "secure_delete=ON",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("portal_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": "-c synchronous_commit=on -c timezone=UTC"},
    )
