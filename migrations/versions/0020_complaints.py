"""Complaints: the case, whom it is about, what is noted and answered, what an office outside asks."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WRITTEN_ONCE = ("complaint_notes", "complaint_answers")


def upgrade() -> None:
    op.create_table(
        "complaints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(length=24), nullable=False),
        sa.Column("linked_id", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("wish_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("arithmetic_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("verified_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("once", sa.String(length=36), nullable=False),
        sa.Column("acknowledge_days", sa.Integer(), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("rung_began_on", sa.Date(), nullable=True),
        sa.Column("acknowledge_by", sa.Date(), nullable=True),
        sa.Column("is_overdue", sa.Boolean(), nullable=False),
        sa.Column("late_told_on", sa.Date(), nullable=True),
        sa.Column("outside_body", sa.String(length=24), nullable=True),
        sa.Column("outside_number", sa.String(length=80), nullable=True),
        sa.Column("outside_on", sa.Date(), nullable=True),
        sa.Column("outside_outcome", sa.String(length=24), nullable=True),
        sa.Column("outside_ended_on", sa.Date(), nullable=True),
        sa.Column("questions_open", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_complaints_id")),
        sa.ForeignKeyConstraint(["linked_id"], ["cases.id"], name=op.f("fk_complaints_linked_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("once", name=op.f("uq_complaints_once")),
    )
    op.create_index(op.f("ix_complaints_linked_id"), "complaints", ["linked_id"])
    op.create_table(
        "complaint_people",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_complaint_people_case_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_complaint_people_account_id")),
        sa.PrimaryKeyConstraint("case_id", "account_id", name=op.f("pk_complaint_people")),
    )
    op.create_index(op.f("ix_complaint_people_account_id"), "complaint_people", ["account_id"])
    op.create_table(
        "complaint_notes",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_name", sa.String(length=240), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_complaint_notes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_notes")),
    )
    op.create_index(op.f("ix_complaint_notes_case_id"), "complaint_notes", ["case_id"])
    op.create_table(
        "complaint_answers",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=24), nullable=False),
        sa.Column("finding", sa.String(length=12), nullable=False),
        sa.Column("findings_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("remedy_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("change_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("cost_cents", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=240), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_complaint_answers_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_answers")),
    )
    op.create_index(op.f("ix_complaint_answers_case_id"), "complaint_answers", ["case_id"])
    op.create_table(
        "complaint_questions",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("entered_by_name", sa.String(length=240), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_complaint_questions_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_questions")),
    )
    op.create_index(op.f("ix_complaint_questions_case_id"), "complaint_questions", ["case_id"])
    for table in WRITTEN_ONCE:
        _write_once(table)


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
    op.drop_table("complaint_questions")
    op.drop_table("complaint_answers")
    op.drop_table("complaint_notes")
    op.drop_table("complaint_people")
    op.drop_table("complaints")
