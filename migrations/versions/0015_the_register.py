"""The register of disclosures says all the law asks; what waits to go out; every question whether we may."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Rows are written once and stay as they are: columns are added one by one, never by making the table anew, which would
# lose its triggers.
PLAIN = {
    "purpose": sa.String(40),
    "details_sealed": sa.LargeBinary(),
    "provision": sa.String(200),
    "done_by_name": sa.String(240),
    "done_by_role": sa.String(20),
    "second_name": sa.String(240),
    "shown_from": sa.Date(),
    "kept_for": sa.String(40),
}
POINTING = {
    "recipient_id": "recipients",
    "consent_id": "consents",
    "done_by_id": "accounts",
    "second_id": "accounts",
    "corrects_id": "disclosures",
}
INDEXES = (
    ("disclosed_on", "id"),
    ("patient_id", "disclosed_on", "id"),
    ("patient_id", "recipient", "disclosed_on", "id"),
    ("recipient_id", "disclosed_on", "id"),
    ("basis", "disclosed_on", "id"),
)
FOUND_BY = (("chain", "at", "id"), ("chain", "actor_id", "at", "id"))


def upgrade() -> None:
    _widen_the_register()
    op.add_column("audit_entries", sa.Column("shown_from", sa.Date(), nullable=True))
    op.add_column("audit_entries", _no("hers_alone"))
    for columns in FOUND_BY:
        op.create_index(op.f(f"ix_audit_entries_{'_'.join(columns)}"), "audit_entries", list(columns))
    _make_plans()
    _make_checks()
    _guard("consent_checks")


def _no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _widen_the_register() -> None:
    for name, kind in PLAIN.items():
        op.add_column("disclosures", sa.Column(name, kind, nullable=True))
    for name in ("void", "hers_alone"):
        op.add_column("disclosures", _no(name))
    for name, table in POINTING.items():
        key = f"fk_disclosures_{name}"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"ALTER TABLE disclosures ADD COLUMN {name} CHAR(32) CONSTRAINT {key} REFERENCES {table} (id)")
        else:
            op.add_column("disclosures", sa.Column(name, sa.Uuid(), nullable=True))
            op.create_foreign_key(key, "disclosures", table, [name], ["id"])
    op.drop_index("ix_disclosures_patient_id", "disclosures")
    for columns in INDEXES:
        op.create_index(op.f(f"ix_disclosures_{'_'.join(columns)}"), "disclosures", list(columns))
    op.create_index(op.f("ix_disclosures_corrects_id"), "disclosures", ["corrects_id"], unique=True)


def _make_plans() -> None:
    op.create_table(
        "planned_disclosures",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("wanted_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("two_people", sa.Boolean(), nullable=False),
        sa.Column("planned_by_id", sa.Uuid(), nullable=False),
        sa.Column("planned_by_name", sa.String(240), nullable=False),
        sa.Column("planned_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("disclosure_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_planned_disclosures_patient_id")),
        sa.ForeignKeyConstraint(["planned_by_id"], ["accounts.id"], name=op.f("fk_planned_disclosures_planned_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["accounts.id"], name=op.f("fk_planned_disclosures_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosures.id"], name=op.f("fk_planned_disclosures_disclosure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_disclosures")),
    )
    op.create_index(op.f("ix_planned_disclosures_patient_id"), "planned_disclosures", ["patient_id"])
    op.create_index(
        op.f("ix_planned_disclosures_outcome_ends_at_id"), "planned_disclosures", ["outcome", "ends_at", "id"]
    )


def _make_checks() -> None:
    op.create_table(
        "consent_checks",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by_name", sa.String(240), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(200), nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("provision", sa.String(200), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown_from", sa.Date(), nullable=True),
        _no("hers_alone"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_consent_checks_patient_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["accounts.id"], name=op.f("fk_consent_checks_asked_by_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipients.id"], name=op.f("fk_consent_checks_recipient_id")),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_consent_checks_consent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_checks")),
    )
    op.create_index(op.f("ix_consent_checks_patient_id_id"), "consent_checks", ["patient_id", "id"])


def _guard(table: str) -> None:
    """Written once, as the register itself (migration 0002)."""
    said = f"rows of {table} are written once"
    if op.get_bind().dialect.name == "postgresql":
        for name, acts in (("written_once", "UPDATE OR DELETE"), ("not_emptied", "TRUNCATE")):
            each = "ROW" if name == "written_once" else "STATEMENT"
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {acts} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{said}'); END"
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )


def downgrade() -> None:
    op.drop_table("consent_checks")
    op.drop_table("planned_disclosures")
    for columns in FOUND_BY:
        op.drop_index(f"ix_audit_entries_{'_'.join(columns)}", "audit_entries")
    for name in ("hers_alone", "shown_from"):
        op.drop_column("audit_entries", name)
    op.drop_index("ix_disclosures_corrects_id", "disclosures")
    for columns in INDEXES:
        op.drop_index(f"ix_disclosures_{'_'.join(columns)}", "disclosures")
    op.create_index("ix_disclosures_patient_id", "disclosures", ["patient_id"])
    for name in (*POINTING, "hers_alone", "void", *PLAIN):
        op.drop_column("disclosures", name)
