"""What is taken back when a letter did not arrive, and letters that moved from one batch into another."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# The line that ``sent`` wrote into the register, for the notices of before: of that day, to that recipient, after it.
THEIR_LINE = """
UPDATE correction_notices SET told_id = (
    SELECT d.id FROM disclosures d JOIN cases c ON c.patient_id = d.patient_id
    WHERE c.id = correction_notices.case_id AND d.recipient = correction_notices.recipient AND d.basis = 'law'
    AND d.disclosed_on = correction_notices.sent_on AND d.recorded_at >= correction_notices.made_at
    AND d.corrects_id IS NULL ORDER BY d.recorded_at, d.id LIMIT 1
) WHERE sent_on IS NOT NULL
"""


def upgrade() -> None:
    with op.batch_alter_table("correction_notices") as notices:
        notices.add_column(sa.Column("told_id", sa.Uuid(), nullable=True))
        notices.add_column(sa.Column("came_back_on", sa.Date(), nullable=True))
        notices.create_foreign_key(op.f("fk_correction_notices_told_id"), "disclosures", ["told_id"], ["id"])
    op.execute(THEIR_LINE)
    op.create_table(
        "batch_moves",
        sa.Column("dispatch_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dispatch_id"], ["letter_dispatches.id"], name=op.f("fk_batch_moves_dispatch_id")),
        sa.ForeignKeyConstraint(["from_id"], ["letter_batches.id"], name=op.f("fk_batch_moves_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["letter_batches.id"], name=op.f("fk_batch_moves_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_moves")),
    )
    for column in ("dispatch_id", "from_id", "to_id"):
        op.create_index(op.f(f"ix_batch_moves_{column}"), "batch_moves", [column])
    _write_once("batch_moves")


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
    op.drop_table("batch_moves")
    with op.batch_alter_table("correction_notices") as notices:
        notices.drop_constraint(op.f("fk_correction_notices_told_id"), type_="foreignkey")
        notices.drop_column("came_back_on")
        notices.drop_column("told_id")
