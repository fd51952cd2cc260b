"""What every table shares: keys, instants, constraint names."""

import secrets
import time
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, MetaData, TypeDecorator, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An instant in UTC: naive in the database, aware everywhere else. A naive value is a mistake and is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


class Model(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Instant, UUID: Uuid}


_last_tick = 0
_ticking = Lock()


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562 section 5.7): milliseconds and a 4096th of one, then 62 random bits.

    Of two keys made in one process the later is the greater (section 6.2, method 3), so what one act writes down stands
    in the order in which it was written.
    """
    global _last_tick
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    with _ticking:
        _last_tick = tick = max((milliseconds << 12) + (rest << 12) // 1_000_000, _last_tick + 1)
    return UUID(int=(tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0b10 << 62 | secrets.randbits(62))


class Keyed:
    """A row of its own, found by a key that tells nothing."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)

    def __init__(self, **values: Any) -> None:
        # The key is needed before the row is written: sealed columns are pinned to it.
        values.setdefault("id", new_id())
        super().__init__(**values)
