"""What was entered from a paper in the tray, and the files of the folder of a scanner that are being taken."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FROM_PAPER = ("contact_plans", "representations")


def upgrade() -> None:
    with op.batch_alter_table("incoming_papers") as papers:
        papers.add_column(sa.Column("form", sa.String(length=24), nullable=True))
    for name in FROM_PAPER:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("paper_id", sa.Uuid(), nullable=True))
            table.create_foreign_key(op.f(f"fk_{name}_paper_id"), "incoming_papers", ["paper_id"], ["id"])
    op.create_table(
        "folder_files",
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("paper_id", sa.Uuid(), nullable=True),
        sa.Column("told_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by_name", sa.String(length=240), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["incoming_papers.id"], name=op.f("fk_folder_files_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folder_files")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_folder_files_fingerprint")),
    )
    op.create_index(op.f("ix_folder_files_settled_at"), "folder_files", ["settled_at"])


def downgrade() -> None:
    op.drop_table("folder_files")
    for name in FROM_PAPER:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"fk_{name}_paper_id"), type_="foreignkey")
            table.drop_column("paper_id")
    with op.batch_alter_table("incoming_papers") as papers:
        papers.drop_column("form")
