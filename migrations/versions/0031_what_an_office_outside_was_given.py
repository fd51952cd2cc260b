"""An entry of the register may be about a case: the papers of a complaint, given to an office outside."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLE, COLUMN = "disclosures", "case_id"
KEY = f"fk_{TABLE}_{COLUMN}"


def upgrade() -> None:
    # The table is not made anew (0015): it would lose the triggers by which its rows are written once.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE {TABLE} ADD COLUMN {COLUMN} CHAR(32) CONSTRAINT {KEY} REFERENCES cases (id)")
    else:
        op.add_column(TABLE, sa.Column(COLUMN, sa.Uuid(), nullable=True))
        op.create_foreign_key(KEY, TABLE, "cases", [COLUMN], ["id"])
    op.create_index(op.f(f"ix_{TABLE}_{COLUMN}"), TABLE, [COLUMN])


def downgrade() -> None:
    op.drop_index(op.f(f"ix_{TABLE}_{COLUMN}"), TABLE)
    op.drop_column(TABLE, COLUMN)
