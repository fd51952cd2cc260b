"""Who may act for a patient: typed powers with a document and a scope; a young person's own decision, and a death."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# What was written in plain words before powers had kinds. What is not here holds no more until it is registered anew.
KINDS = {"representation agreement": "representation_agreement"}
OF_PATIENTS = {
    "decides_since": sa.DateTime(),
    "decides_how": sa.String(length=40),
    "decides_written_by": sa.String(length=240),
    "died_on": sa.Date(),
    "died_how": sa.String(length=40),
    "death_written_by": sa.String(length=240),
    "death_written_at": sa.DateTime(),
}
ALL_RIGHTS = "access_log accuracy ask complain consent disclosures download record"


def upgrade() -> None:
    for name, kind in OF_PATIENTS.items():
        op.add_column("patients", sa.Column(name, kind, nullable=True))
    with op.batch_alter_table("representations") as table:
        table.add_column(sa.Column("rank", sa.Integer(), nullable=True))
        table.add_column(sa.Column("rights", sa.String(length=200), nullable=False, server_default=ALL_RIGHTS))
        table.add_column(sa.Column("slices", sa.String(length=300), nullable=False, server_default=""))
        table.add_column(sa.Column("document_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("proofs", sa.String(length=200), nullable=False, server_default=""))
        table.add_column(sa.Column("note_sealed", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("why_not_higher_sealed", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("registered_by_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("registered_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("verified_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("shared_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("ended_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("ended_by_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("end_reason", sa.String(length=40), nullable=True))
        table.create_foreign_key(op.f("fk_representations_document_id"), "stored_files", ["document_id"], ["id"])
        for column in ("registered_by_id", "ended_by_id"):
            table.create_foreign_key(op.f(f"fk_representations_{column}"), "accounts", [column], ["id"])
    # A power was kept only once it had been looked at, from its first day on.
    midnight = "starts_on || ' 00:00:00.000000'" if op.get_bind().dialect.name == "sqlite" else "starts_on"
    op.execute(f"UPDATE representations SET registered_at = {midnight}, verified_at = {midnight}")
    for before, kind in KINDS.items():
        typed = sa.text("UPDATE representations SET power = :kind WHERE power = :before")
        op.execute(typed.bindparams(kind=kind, before=before))
    with op.batch_alter_table("representations") as table:
        table.alter_column("registered_at", existing_type=sa.DateTime(), nullable=False)
        for column, length in (("rights", 200), ("slices", 300), ("proofs", 200)):
            table.alter_column(column, existing_type=sa.String(length=length), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("representations") as table:
        for column in ("document_id", "registered_by_id", "ended_by_id"):
            table.drop_constraint(op.f(f"fk_representations_{column}"), type_="foreignkey")
        for column in (
            "rank", "rights", "slices", "document_id", "proofs", "note_sealed", "why_not_higher_sealed",
            "registered_by_id", "registered_at", "verified_at", "shared_at", "ended_at", "ended_by_id", "end_reason",
        ):  # fmt: skip
            table.drop_column(column)
    for name in reversed(OF_PATIENTS):
        op.drop_column("patients", name)
