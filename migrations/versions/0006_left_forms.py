"""What was sent after a session had run out, sealed, for the account that signs in again."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "left_forms",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("typed_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_left_forms_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_left_forms")),
        sa.UniqueConstraint("account_id", name=op.f("uq_left_forms_account_id")),
    )


def downgrade() -> None:
    op.drop_table("left_forms")
