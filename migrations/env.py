"""Alembic's environment: run by ``portal db``, which hands over the connection; there is no ini file."""

from alembic import context

import portal.models  # noqa: F401  maps every class
from portal.models.base import Model

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
