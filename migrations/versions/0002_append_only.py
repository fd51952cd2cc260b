"""What is written once stays written: triggers guard the audit trail, the steps of a case and the register."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WRITTEN_ONCE = ("audit_entries", "case_events", "disclosures")
# SQLite asks no trigger when INSERT OR REPLACE takes a row away, so a row that is there may not be inserted again.
THERE_ALREADY = {
    "audit_entries": "id = NEW.id OR (chain = NEW.chain AND position = NEW.position)",
    "case_events": "id = NEW.id OR (case_id = NEW.case_id AND position = NEW.position)",
    "disclosures": "id = NEW.id",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % are written once', TG_TABLE_NAME; END $$"
        )
        for table in WRITTEN_ONCE:
            op.execute(
                f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table in WRITTEN_ONCE:
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {THERE_ALREADY[table]}) "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are written once'); END"
        )
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are written once'); END"
            )


def downgrade() -> None:
    for table in WRITTEN_ONCE:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_written_once ON {table}")
            op.execute(f"DROP TRIGGER {table}_not_emptied ON {table}")
        else:
            op.execute(f"DROP TRIGGER {table}_no_replace")
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(f"DROP TRIGGER {table}_no_delete")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
