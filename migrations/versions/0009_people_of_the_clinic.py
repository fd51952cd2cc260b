"""The people of the clinic: leave with a cover, what they undertook, and why a file was opened."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leaves",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("cover_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("arranged_by_id", sa.Uuid(), nullable=True),
        sa.Column("arranged_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_leaves_account_id")),
        sa.ForeignKeyConstraint(["cover_id"], ["accounts.id"], name=op.f("fk_leaves_cover_id")),
        sa.ForeignKeyConstraint(["arranged_by_id"], ["accounts.id"], name=op.f("fk_leaves_arranged_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    op.create_index(op.f("ix_leaves_account_id"), "leaves", ["account_id"])
    op.create_index(op.f("ix_leaves_cover_id"), "leaves", ["cover_id"])
    op.create_table(
        "acknowledgements",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=24), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_acknowledgements_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
    )
    op.create_index(op.f("ix_acknowledgements_account_id_at"), "acknowledgements", ["account_id", "at"])
    op.create_table(
        "file_reasons",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("good_until", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_file_reasons_patient_id")),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_ins.id"], name=op.f("fk_file_reasons_sign_in_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_file_reasons_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_reasons")),
    )
    op.create_index(op.f("ix_file_reasons_patient_id_sign_in_id"), "file_reasons", ["patient_id", "sign_in_id"])
    op.add_column("staff_members", sa.Column("left_at", sa.DateTime(), nullable=True))
    op.add_column("activation_links", sa.Column("token_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("activation_links", "token_sealed")
    op.drop_column("staff_members", "left_at")
    op.drop_table("file_reasons")
    op.drop_table("acknowledgements")
    op.drop_table("leaves")
