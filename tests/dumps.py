"""Everything a database holds, to compare it with what it held before, or to look through it."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import select

from portal.edges import Edge
from portal.models.base import Model

Rows = list[tuple[object, ...]]


def dump(edge: Edge) -> dict[str, Rows]:
    """Every table with every row."""
    with edge.sessions() as db:
        return {
            table.name: [tuple(row) for row in db.execute(select(table).order_by(*table.primary_key.columns))]
            for table in Model.metadata.sorted_tables
        }


def fingerprint(edge: Edge, leaving_out: frozenset[str] = frozenset()) -> dict[str, str]:
    """A digest of each table but those left out."""
    return {
        name: hashlib.sha256(repr(rows).encode()).hexdigest()
        for name, rows in dump(edge).items()
        if name not in leaving_out
    }


def as_text(edge: Edge, leaving_out: frozenset[tuple[str, str]] = frozenset()) -> Iterator[tuple[str, str]]:
    """(table.column, what stands there as text) of every value but those of columns left out."""
    for name, rows in dump(edge).items():
        columns = [column.name for column in Model.metadata.tables[name].columns]
        for row in rows:
            for column, value in zip(columns, row, strict=True):
                if value is not None and (name, column) not in leaving_out:
                    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    yield f"{name}.{column}", text
