"""Papers that stood with the wrong patient, taken back: who may have seen them, and what was decided about a notice."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLE = "astray_papers"
KEYS = (
    ("paper_id", "incoming_papers"),
    ("patient_id", "patients"),
    ("case_id", "cases"),
    ("by_id", "accounts"),
)
INDEXED = ("paper_id", "patient_id", "case_id", "settled_at")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("seen", sa.String(length=12), nullable=False),
        sa.Column("entered_from", sa.Boolean(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=240), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by_name", sa.String(length=240), nullable=True),
        sa.Column("settled_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.ForeignKeyConstraint([key], [f"{table}.id"], name=op.f(f"fk_{TABLE}_{key}")) for key, table in KEYS),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    for column in INDEXED:
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])


def downgrade() -> None:
    for column in reversed(INDEXED):
        op.drop_index(op.f(f"ix_{TABLE}_{column}"), TABLE)
    op.drop_table(TABLE)
