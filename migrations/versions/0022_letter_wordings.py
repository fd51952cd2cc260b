"""The clinic's own words for its letters, version by version, and which of them a letter was written in."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLE = "letter_wordings"
SAME = "jurisdiction = NEW.jurisdiction AND kind = NEW.kind AND language = NEW.language AND number = NEW.number"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("jurisdiction", sa.String(length=24), nullable=False),
        sa.Column("rules_version", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=False),
        sa.Column("published_by_name", sa.String(length=240), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["published_by_id"], ["accounts.id"], name=op.f("fk_letter_wordings_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_wordings")),
        sa.UniqueConstraint(
            "jurisdiction",
            "kind",
            "language",
            "number",
            name=op.f("uq_letter_wordings_jurisdiction_kind_language_number"),
        ),
    )
    with op.batch_alter_table("letters") as letters:
        letters.add_column(sa.Column("wording_id", sa.Uuid(), nullable=True))
        letters.create_foreign_key(op.f("fk_letters_wording_id"), TABLE, ["wording_id"], ["id"])
    _write_once()


def _write_once() -> None:
    """As in 0002; on PostgreSQL with the function made there."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {TABLE}_written_once BEFORE UPDATE OR DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {TABLE}_not_emptied BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} "
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR ({SAME})) "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {TABLE} are written once'); END"
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{act.lower()} BEFORE {act} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {TABLE} are written once'); END"
        )


def downgrade() -> None:
    with op.batch_alter_table("letters") as letters:
        letters.drop_constraint(op.f("fk_letters_wording_id"), type_="foreignkey")
        letters.drop_column("wording_id")
    op.drop_table(TABLE)
