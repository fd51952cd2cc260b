"""Signing in with an account one has elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "linked_identities",
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", sa.DateTime(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_linked_identities_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linked_identities")),
        sa.UniqueConstraint(
            "account_id", "issuer", "audience", name=op.f("uq_linked_identities_account_id_issuer_audience")
        ),
        sa.UniqueConstraint("issuer", "subject", "audience", name=op.f("uq_linked_identities_issuer_subject_audience")),
    )
    op.create_table(
        "provider_trips",
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("state_digest", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=30), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("sign_in_id", sa.Uuid(), nullable=True),
        sa.Column("word_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_provider_trips_account_id")),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_ins.id"], name=op.f("fk_provider_trips_sign_in_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_trips")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_provider_trips_secret_digest")),
    )


def downgrade() -> None:
    op.drop_table("provider_trips")
    op.drop_table("linked_identities")
