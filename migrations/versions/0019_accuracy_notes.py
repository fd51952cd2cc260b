"""Accuracy notes: what a patient says is wrong, what stands beside an entry from then on, and who is told."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_notes()
    _make_annotations()
    _make_notices()
    _guard("record_annotations")


def _make_notes() -> None:
    op.create_table(
        "accuracy_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("nowhere", sa.Boolean(), nullable=False),
        sa.Column("claim_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("corrected_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reasons_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("statement_until", sa.Date(), nullable=True),
        sa.Column("notices_open", sa.Integer(), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=True),
        sa.Column("sent_key", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_accuracy_notes_id")),
        sa.ForeignKeyConstraint(["item_id"], ["record_items.id"], name=op.f("fk_accuracy_notes_item_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["accounts.id"], name=op.f("fk_accuracy_notes_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accuracy_notes")),
        sa.UniqueConstraint("sent_by_id", "sent_key", name=op.f("uq_accuracy_notes_sent_by_id_sent_key")),
    )


def _make_annotations() -> None:
    op.create_table(
        "record_annotations",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("source_index", sa.String(length=64), nullable=True),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_name", sa.String(length=240), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_record_annotations_patient_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_record_annotations_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["record_items.id"], name=op.f("fk_record_annotations_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_annotations")),
    )
    op.create_index(op.f("ix_record_annotations_case_id"), "record_annotations", ["case_id"])
    both = ["patient_id", "source_index"]
    op.create_index(op.f("ix_record_annotations_patient_id_source_index"), "record_annotations", both)


def _make_notices() -> None:
    op.create_table(
        "correction_notices",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_how", sa.String(length=16), nullable=True),
        sa.Column("sent_by_name", sa.String(length=240), nullable=True),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by_name", sa.String(length=240), nullable=True),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("shown_from", sa.Date(), nullable=True),
        sa.Column("hers_alone", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_correction_notices_case_id")),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosures.id"], name=op.f("fk_correction_notices_disclosure_id")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_correction_notices_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_notices")),
    )
    op.create_index(op.f("ix_correction_notices_case_id"), "correction_notices", ["case_id"])
    op.create_index(op.f("ix_correction_notices_letter_id"), "correction_notices", ["letter_id"])


def _guard(table: str) -> None:
    """Rows are added and never changed; as in the first tables that are written once."""
    said = f"rows of {table} are written once"
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
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{said}'); END"
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )


def downgrade() -> None:
    for table in ("correction_notices", "record_annotations", "accuracy_notes"):
        op.drop_table(table)
