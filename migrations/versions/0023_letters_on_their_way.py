"""Letters on their way: a row for each way tried, what happened to it, doubted addresses, and papers that come in.

Letters of before get no row: they were carried as the office then did, and what waits is what is written from now on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

WRITTEN_ONCE = ("dispatch_events",)


def _key(
    table: str, column: str, to: str, nullable: bool = False
) -> tuple[sa.Column[sa.Uuid], sa.ForeignKeyConstraint]:
    constraint = sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
    return sa.Column(column, sa.Uuid(), nullable=nullable), constraint


def upgrade() -> None:
    op.create_table(
        "letter_batches",
        sa.Column("made_at", sa.DateTime(), nullable=False),
        *_key("letter_batches", "made_by_id", "accounts", nullable=True),
        sa.Column("made_by_name", sa.String(length=240), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batches")),
    )
    _dispatches()
    op.create_table(
        "address_doubts",
        *_key("address_doubts", "patient_id", "patients"),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("target_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("by_name", sa.String(length=240), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by_name", sa.String(length=240), nullable=True),
        sa.Column("ended_how", sa.String(length=24), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_doubts")),
    )
    op.create_index(op.f("ix_address_doubts_patient_id"), "address_doubts", ["patient_id"])
    op.create_index(
        "ix_address_doubts_open", "address_doubts", ["patient_id", "way"], unique=True,
        sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip
    _incoming()
    for table in WRITTEN_ONCE:
        _write_once(table)


def _dispatches() -> None:
    op.create_table(
        "letter_dispatches",
        *_key("letter_dispatches", "letter_id", "letters"),
        *_key("letter_dispatches", "patient_id", "patients"),
        *_key("letter_dispatches", "case_id", "cases", nullable=True),
        *_key("letter_dispatches", "account_id", "accounts", nullable=True),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=False),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("problem", sa.String(length=24), nullable=False),
        sa.Column("target_sealed", sa.LargeBinary(), nullable=True),
        *_key("letter_dispatches", "file_id", "stored_files", nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        *_key("letter_dispatches", "batch_id", "letter_batches", nullable=True),
        *_key("letter_dispatches", "follows_id", "letter_dispatches", nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_dispatches")),
    )
    for column in ("letter_id", "patient_id", "case_id", "batch_id"):
        op.create_index(op.f(f"ix_letter_dispatches_{column}"), "letter_dispatches", [column])
    op.create_index(op.f("ix_letter_dispatches_stage_way_id"), "letter_dispatches", ["stage", "way", "id"])
    op.create_index(
        op.f("ix_letter_dispatches_stage_changed_at_id"), "letter_dispatches", ["stage", "changed_at", "id"]
    )
    op.create_table(
        "dispatch_events",
        *_key("dispatch_events", "dispatch_id", "letter_dispatches"),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        *_key("dispatch_events", "by_id", "accounts", nullable=True),
        sa.Column("by_name", sa.String(length=240), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("tracking", sa.String(length=60), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_events")),
    )
    op.create_index(op.f("ix_dispatch_events_dispatch_id"), "dispatch_events", ["dispatch_id"])


def _incoming() -> None:
    op.create_table(
        "incoming_papers",
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        *_key("incoming_papers", "patient_id", "patients", nullable=True),
        *_key("incoming_papers", "case_id", "cases", nullable=True),
        *_key("incoming_papers", "file_id", "stored_files", nullable=True),
        sa.Column("hers", sa.Boolean(), nullable=False),
        sa.Column("from_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("key_wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("stored_digest", sa.String(length=64), nullable=True),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        *_key("incoming_papers", "entered_by_id", "accounts", nullable=True),
        sa.Column("entered_by_name", sa.String(length=240), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by_name", sa.String(length=240), nullable=True),
        sa.Column("settled_how", sa.String(length=24), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_papers")),
    )
    for column in ("patient_id", "case_id", "stored_digest"):
        op.create_index(op.f(f"ix_incoming_papers_{column}"), "incoming_papers", [column])
    op.create_index(
        op.f("ix_incoming_papers_settled_at_received_on_id"), "incoming_papers", ["settled_at", "received_on", "id"]
    )


def _write_once(table: str) -> None:
    """As the trail and the register: see 0002."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are written once'); END"
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are written once'); END"
        )


def downgrade() -> None:
    for table in ("incoming_papers", "address_doubts", "dispatch_events", "letter_dispatches", "letter_batches"):
        op.drop_table(table)
