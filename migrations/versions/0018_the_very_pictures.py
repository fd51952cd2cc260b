"""The very pictures a consent is about, each with its digest, and what shows a picture small."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLE = "consent_pictures"
REFUSED = f"rows of {TABLE} are written once"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("digest_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_consent_pictures_consent_id")),
        sa.ForeignKeyConstraint(["item_id"], ["record_items.id"], name=op.f("fk_consent_pictures_item_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_consent_pictures_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_pictures")),
    )
    op.create_index(op.f("ix_consent_pictures_consent_id"), TABLE, ["consent_id"])
    op.create_table(
        "thumbnails",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("small_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_thumbnails_file_id")),
        sa.ForeignKeyConstraint(["small_id"], ["stored_files.id"], name=op.f("fk_thumbnails_small_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_thumbnails")),
    )
    _guard()


def _guard() -> None:
    """As in 0002; on PostgreSQL with the function made there."""
    if op.get_bind().dialect.name == "postgresql":
        for name, acts, each in (
            ("written_once", "UPDATE OR DELETE", "ROW"),
            ("not_emptied", "TRUNCATE", "STATEMENT"),
        ):
            op.execute(
                f"CREATE TRIGGER {TABLE}_{name} BEFORE {acts} ON {TABLE} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            )
        return
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} "
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{act.lower()} BEFORE {act} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )


def downgrade() -> None:
    """Forgets which very pictures were agreed to; what was in force stays so by the entry alone."""
    op.drop_table("thumbnails")
    op.drop_table(TABLE)
