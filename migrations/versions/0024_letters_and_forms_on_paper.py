"""A letter about a disclosure, which has no case, with its task; and the forms that were printed for somebody."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("letters") as letters:
        letters.alter_column("case_id", existing_type=sa.Uuid(), nullable=True)
        letters.add_column(sa.Column("disclosure_id", sa.Uuid(), nullable=True))
        letters.create_foreign_key(op.f("fk_letters_disclosure_id"), "disclosures", ["disclosure_id"], ["id"])
        letters.create_unique_constraint(op.f("uq_letters_disclosure_id"), ["disclosure_id"])
        letters.create_check_constraint(op.f("ck_letters_about_one"), "(case_id IS NULL) <> (disclosure_id IS NULL)")
    op.create_table(
        "disclosure_notices",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by_name", sa.String(length=240), nullable=True),
        sa.Column("settled_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_disclosure_notices_patient_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_disclosure_notices_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_notices")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_disclosure_notices_letter_id")),
    )
    op.create_index(op.f("ix_disclosure_notices_settled_at_id"), "disclosure_notices", ["settled_at", "id"])
    _make_paper_forms()


def _make_paper_forms() -> None:
    op.create_table(
        "paper_forms",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=24), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.DateTime(), nullable=False),
        sa.Column("printed_by_id", sa.Uuid(), nullable=True),
        sa.Column("printed_by_name", sa.String(length=240), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=True),
        sa.Column("entered_by_name", sa.String(length=240), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_paper_forms_patient_id")),
        sa.ForeignKeyConstraint(["printed_by_id"], ["accounts.id"], name=op.f("fk_paper_forms_printed_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_paper_forms_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_forms")),
        sa.UniqueConstraint("code", name=op.f("uq_paper_forms_code")),
    )
    op.create_index(op.f("ix_paper_forms_patient_id"), "paper_forms", ["patient_id"])


def downgrade() -> None:
    op.drop_table("paper_forms")
    op.drop_table("disclosure_notices")
    op.execute("DELETE FROM letters WHERE case_id IS NULL")
    with op.batch_alter_table("letters") as letters:
        letters.drop_constraint(op.f("ck_letters_about_one"), type_="check")
        letters.drop_constraint(op.f("uq_letters_disclosure_id"), type_="unique")
        letters.drop_constraint(op.f("fk_letters_disclosure_id"), type_="foreignkey")
        letters.drop_column("disclosure_id")
        letters.alter_column("case_id", existing_type=sa.Uuid(), nullable=False)
