"""The privacy policy: versions that are written once, the draft of the next, and the figures beside the clauses."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "policy_versions"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=True),
        sa.Column("published_by_name", sa.String(length=240), nullable=False),
        sa.Column("clauses", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["published_by_id"], ["accounts.id"], name=op.f("fk_policy_versions_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_versions")),
        sa.UniqueConstraint("number", name=op.f("uq_policy_versions_number")),
    )
    op.create_index(op.f("ix_policy_versions_in_force_from_number"), TABLE, ["in_force_from", "number"])
    op.create_table(
        "policy_drafts",
        sa.Column("slot", sa.String(length=8), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("begun_by_name", sa.String(length=240), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("edited_by_name", sa.String(length=240), nullable=False),
        sa.Column("edited_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_drafts")),
        sa.UniqueConstraint("slot", name=op.f("uq_policy_drafts_slot")),
    )
    op.create_table(
        "policy_draft_clauses",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("figure", sa.String(length=40), nullable=False),
        sa.Column("adds", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("edited_by_name", sa.String(length=240), nullable=False),
        sa.Column("edited_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["policy_drafts.id"], name=op.f("fk_policy_draft_clauses_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_draft_clauses")),
        sa.UniqueConstraint("draft_id", "name", name=op.f("uq_policy_draft_clauses_draft_id_name")),
    )
    op.create_table(
        "promise_figures",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("counted_at", sa.DateTime(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("in_time", sa.Integer(), nullable=False),
        sa.Column("median_days", sa.Integer(), nullable=True),
        sa.Column("extended", sa.Integer(), nullable=False),
        sa.Column("still_open", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_promise_figures")),
    )
    op.create_index(op.f("ix_case_events_event_at"), "case_events", ["event", "at"])
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
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR number = NEW.number) "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {TABLE} are written once'); END"
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{act.lower()} BEFORE {act} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {TABLE} are written once'); END"
        )


def downgrade() -> None:
    op.drop_index(op.f("ix_case_events_event_at"), "case_events")
    op.drop_table("promise_figures")
    op.drop_table("policy_draft_clauses")
    op.drop_table("policy_drafts")
    op.drop_table(TABLE)
