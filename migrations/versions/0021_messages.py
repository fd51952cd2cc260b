"""Messages: threads, messages, their files and first readings; internal notes beside them; snippets."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WRITTEN_ONCE = ("messages", "message_files", "message_reads", "internal_notes", "snippet_versions")


def upgrade() -> None:
    _threads()
    op.create_table(
        "messages",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("from_clinic", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(length=240), nullable=False),
        sa.Column("by_title", sa.String(length=80), nullable=False),
        sa.Column("for_patient", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("once", sa.String(length=36), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["message_threads.id"], name=op.f("fk_messages_thread_id")),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_messages_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("by_id", "once", name=op.f("uq_messages_by_id_once")),
    )
    op.create_index(op.f("ix_messages_thread_id_id"), "messages", ["thread_id", "id"])
    op.create_table(
        "message_files",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_files_message_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_message_files_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_files")),
        sa.UniqueConstraint("file_id", name=op.f("uq_message_files_file_id")),
    )
    op.create_index(op.f("ix_message_files_message_id"), "message_files", ["message_id"])
    op.create_table(
        "message_reads",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=240), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_reads_message_id")),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_message_reads_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_reads")),
        sa.UniqueConstraint("message_id", "side", name=op.f("uq_message_reads_message_id_side")),
    )
    _notes_and_snippets()
    for table in WRITTEN_ONCE:
        _write_once(table)


def _threads() -> None:
    op.create_table(
        "message_threads",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("answerer_id", sa.Uuid(), nullable=True),
        sa.Column("waiting_since", sa.DateTime(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_message_threads_patient_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_message_threads_case_id")),
        sa.ForeignKeyConstraint(["answerer_id"], ["accounts.id"], name=op.f("fk_message_threads_answerer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_threads")),
        sa.UniqueConstraint("case_id", name=op.f("uq_message_threads_case_id")),
    )
    op.create_index(op.f("ix_message_threads_patient_id"), "message_threads", ["patient_id"])
    op.create_index("ix_message_threads_due", "message_threads", ["due_on", "id"])
    op.create_index("ix_message_threads_last", "message_threads", ["last_at", "id"])
    # A patient has one general thread, also when two write its first message at once.
    general = sa.text("case_id IS NULL")
    op.create_index(
        "uq_message_threads_general",
        "message_threads",
        ["patient_id"],
        unique=True,
        sqlite_where=general,
        postgresql_where=general,
    )


def _notes_and_snippets() -> None:
    op.create_table(
        "internal_notes",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(length=240), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("once", sa.String(length=36), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_internal_notes_patient_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_internal_notes_case_id")),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_internal_notes_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_internal_notes")),
        sa.UniqueConstraint("once", name=op.f("uq_internal_notes_once")),
    )
    op.create_index(op.f("ix_internal_notes_case_id"), "internal_notes", ["case_id"])
    op.create_index(op.f("ix_internal_notes_patient_id_case_id"), "internal_notes", ["patient_id", "case_id"])
    op.create_table(
        "snippets",
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.Column("retired_by_name", sa.String(length=240), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snippets")),
    )
    op.create_table(
        "snippet_versions",
        sa.Column("snippet_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_name", sa.String(length=240), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["snippet_id"], ["snippets.id"], name=op.f("fk_snippet_versions_snippet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snippet_versions")),
        sa.UniqueConstraint("snippet_id", "number", name=op.f("uq_snippet_versions_snippet_id_number")),
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
    for table in (
        "snippet_versions",
        "snippets",
        "internal_notes",
        "message_reads",
        "message_files",
        "messages",
        "message_threads",
    ):
        op.drop_table(table)
