"""The schema: brought up to date by numbered migrations, and compared with the classes."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from portal.models.base import Model

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
LOCK = 7_100_001  # any number of our own: two upgrades at once wait for each other on PostgreSQL


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; on an empty one, make it."""
    with engine.connect().execution_options(portal_writes=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest migration."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


def differences(engine: Engine) -> list[object]:
    """What the classes say and the migrated database does not have, or the other way round."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Model.metadata))
