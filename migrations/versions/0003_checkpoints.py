"""Checkpoints over the audit trail, written once; and a package is no longer revoked apart from its case."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite asks no trigger when INSERT OR REPLACE takes a row away, so a row that is there may not be inserted again.
THERE_ALREADY = {"audit_checkpoints": "number = NEW.number", "audit_seals": "number = NEW.number AND place = NEW.place"}


def upgrade() -> None:
    op.create_table(
        "audit_checkpoints",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_checkpoints")),
    )
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", "place", name=op.f("pk_audit_seals")),
    )
    op.create_index(op.f("ix_audit_seals_chain_position"), "audit_seals", ["chain", "position"])
    for table, there in THERE_ALREADY.items():
        _write_once(table, there)


def _write_once(table: str, there: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, acts, each in (
            ("written_once", "UPDATE OR DELETE", "ROW"),
            ("not_emptied", "TRUNCATE", "STATEMENT"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {acts} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are written once'); END"
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {there}) {refuse}"
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {refuse}")


def downgrade() -> None:
    op.drop_table("audit_seals")
    op.drop_table("audit_checkpoints")
