"""Messages of which no e-mail told their reader: a task of the office, also for e-mails given up before."""

import json
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from portal.models.base import new_id

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLE = "untold_messages"
KEYS = (
    ("thread_id", "message_threads"),
    ("message_id", "messages"),
    ("patient_id", "patients"),
    ("case_id", "cases"),
    ("account_id", "accounts"),
    ("settled_by_id", "accounts"),
)
JOBS = sa.table(
    "jobs",
    *(sa.column(name, sa.String) for name in ("kind", "status", "name", "payload")),
    *(sa.column(name, sa.DateTime) for name in ("run_at", "made_at")),
)
READS = sa.table("message_reads", sa.column("message_id", sa.Uuid), sa.column("by_id", sa.Uuid))
THREADS = sa.table("message_threads", *(sa.column(name, sa.Uuid) for name in ("id", "patient_id", "case_id")))
NEW = [
    *((name, sa.Uuid) for name in ("id", "thread_id", "message_id", "patient_id", "case_id", "account_id")),
    ("why", sa.String),
    ("since", sa.DateTime),
]


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column("settled_by_name", sa.String(length=240), nullable=True),
        sa.Column("settled_how", sa.String(length=24), nullable=True),
        sa.Column("settled_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.ForeignKeyConstraint([key], [f"{table}.id"], name=op.f(f"fk_{TABLE}_{key}")) for key, table in KEYS),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    for key in ("patient_id", "case_id"):
        op.create_index(op.f(f"ix_{TABLE}_{key}"), TABLE, [key])
    op.create_index(op.f(f"ix_{TABLE}_settled_at_id"), TABLE, ["settled_at", "id"])
    still_open = sa.text("settled_at IS NULL")
    op.create_index(
        f"uq_{TABLE}_open",
        TABLE,
        ["thread_id", "account_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    _ask_about_those_of_before()


def _ask_about_those_of_before() -> None:
    """Given up before there was such a task, and neither opened by its reader nor followed by an e-mail to her."""
    dead = sa.select(JOBS).where(JOBS.c.kind == "message_notice", JOBS.c.status == "dead").order_by(JOBS.c.made_at)
    found: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    for job in op.get_bind().execute(dead).all():
        facts = json.loads(job.payload)
        key = (UUID(facts["thread"]), UUID(facts["account"]))
        if facts["notice"] == "message" and not _knows(job, key[1]):
            found.setdefault(key, _task(job, *key))
    if found:
        op.bulk_insert(sa.table(TABLE, *(sa.column(*each) for each in NEW)), list(found.values()))


def _knows(job: Any, account_id: UUID) -> bool:
    opened = sa.select(READS.c.by_id).where(READS.c.message_id == _message(job), READS.c.by_id == account_id)
    about = job.name.split("/")[1]
    later = sa.select(JOBS.c.name).where(JOBS.c.status == "done", JOBS.c.made_at > job.made_at)
    later = later.where(JOBS.c.name.startswith(f"notice/{about}/"), JOBS.c.name.endswith(f"/{account_id}"))
    return any(op.get_bind().execute(query.limit(1)).one_or_none() is not None for query in (opened, later))


def _message(job: Any) -> UUID:
    """The name of the job says which message it was about: ``notice/<about>/m<message>/<account>``."""
    return UUID(job.name.split("/")[2].removeprefix("m"))


def _task(job: Any, thread_id: UUID, account_id: UUID) -> dict[str, Any]:
    thread = op.get_bind().execute(sa.select(THREADS).where(THREADS.c.id == thread_id)).one()
    facts = {"id": new_id(), "thread_id": thread_id, "message_id": _message(job), "account_id": account_id}
    return {**facts, "patient_id": thread.patient_id, "case_id": thread.case_id, "why": "given_up", "since": job.run_at}


def downgrade() -> None:
    op.drop_table(TABLE)
