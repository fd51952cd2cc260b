"""Sessions that turn up elsewhere, pages that are good for one proof, and proofs that were changed of late."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_ins", sa.Column("held_at", sa.DateTime(), nullable=True))
    op.add_column("accounts", sa.Column("proof_changed_at", sa.DateTime(), nullable=True))
    op.add_column("accounts", sa.Column("device_round", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("approvals", sa.Column("page", sa.String(length=40), nullable=True))
    op.create_index(op.f("ix_approvals_page"), "approvals", ["page"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_approvals_page"), "approvals")
    op.drop_column("approvals", "page")
    op.drop_column("accounts", "device_round")
    op.drop_column("accounts", "proof_changed_at")
    op.drop_column("sign_ins", "held_at")
