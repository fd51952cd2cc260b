"""The letters that bring the code of an invitation, or the link of a readmission, are on file like all others."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

CHECK = "ck_letters_about_one"
ABOUT = ("case_id", "disclosure_id", "invitation_id", "readmission_id")
BEFORE = "(case_id IS NULL) <> (disclosure_id IS NULL)"
NEW = {"invitation_id": "patient_invitations", "readmission_id": "readmissions"}


def upgrade() -> None:
    with op.batch_alter_table("letters") as letters:
        letters.drop_constraint(op.f(CHECK), type_="check")
        for column, table in NEW.items():
            letters.add_column(sa.Column(column, sa.Uuid(), nullable=True))
            letters.create_foreign_key(op.f(f"fk_letters_{column}"), table, [column], ["id"])
            letters.create_unique_constraint(op.f(f"uq_letters_{column}"), [column])
        named = " + ".join(f"CASE WHEN {each} IS NULL THEN 0 ELSE 1 END" for each in ABOUT)
        letters.create_check_constraint(op.f(CHECK), f"{named} = 1")
    with op.batch_alter_table("patient_invitations") as invitations:
        invitations.alter_column("letter_sealed", existing_type=sa.LargeBinary(), nullable=True)


def downgrade() -> None:
    some = sa.text("SELECT COUNT(*) FROM letters WHERE case_id IS NULL AND disclosure_id IS NULL")
    if op.get_bind().execute(some).scalar():
        raise RuntimeError("There are letters that brought a code or a link. An earlier portal cannot keep them.")
    with op.batch_alter_table("patient_invitations") as invitations:
        invitations.alter_column("letter_sealed", existing_type=sa.LargeBinary(), nullable=False)
    with op.batch_alter_table("letters") as letters:
        letters.drop_constraint(op.f(CHECK), type_="check")
        for column in NEW:
            letters.drop_constraint(op.f(f"uq_letters_{column}"), type_="unique")
            letters.drop_constraint(op.f(f"fk_letters_{column}"), type_="foreignkey")
            letters.drop_column(column)
        letters.create_check_constraint(op.f(CHECK), BEFORE)
