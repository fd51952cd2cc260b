"""Addresses to confirm: whether anybody has shown that the address of a sign-in is hers."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("email_unproven", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("accounts", column)


def downgrade() -> None:
    op.drop_column("accounts", "email_unproven")
