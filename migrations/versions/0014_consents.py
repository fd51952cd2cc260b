"""Consents: the directory of recipients, and what each patient agreed to or asked us not to do."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recipients",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("fax", sa.String(length=40), nullable=True),
        sa.Column("added_by_name", sa.String(length=240), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipients")),
    )
    op.create_index(op.f("ix_recipients_name_id"), "recipients", ["name", "id"])
    op.create_table(
        "consents",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("everyone", sa.Boolean(), nullable=False),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("asked_by_name", sa.String(length=240), nullable=True),
        sa.Column("granted_by_id", sa.Uuid(), nullable=True),
        sa.Column("granted_by_name", sa.String(length=240), nullable=True),
        sa.Column("granted_at", sa.DateTime(), nullable=True),
        sa.Column("effective_at", sa.DateTime(), nullable=True),
        sa.Column("refused_at", sa.DateTime(), nullable=True),
        sa.Column("declined_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ends", sa.String(length=8), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("ends_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wording_version", sa.String(length=24), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("wording_digest", sa.String(length=64), nullable=False),
        sa.Column("wording_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("evidence_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("scan_id", sa.Uuid(), nullable=True),
        sa.Column("renews_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_consents_patient_id")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["accounts.id"], name=op.f("fk_consents_granted_by_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["stored_files.id"], name=op.f("fk_consents_scan_id")),
        sa.ForeignKeyConstraint(["renews_id"], ["consents.id"], name=op.f("fk_consents_renews_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_patient_id_purpose_id"), "consents", ["patient_id", "purpose", "id"])
    op.create_index(op.f("ix_consents_expires_on"), "consents", ["expires_on"])
    op.create_table(
        "consent_recipients",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_consent_recipients_consent_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipients.id"], name=op.f("fk_consent_recipients_recipient_id")),
        sa.PrimaryKeyConstraint("consent_id", "recipient_id", name=op.f("pk_consent_recipients")),
    )
    op.create_table(
        "consent_information",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_consent_information_consent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_information")),
        sa.UniqueConstraint(
            "consent_id", "category", "item_id", name=op.f("uq_consent_information_consent_id_category_item_id")
        ),
    )

    op.create_table(
        "consent_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.String(length=12), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("tasks_open", sa.Integer(), nullable=False),
        sa.Column("talk", sa.String(length=8), nullable=True),
        sa.Column("talk_offered_at", sa.DateTime(), nullable=True),
        sa.Column("consequences_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_consent_changes_id")),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_consent_changes_consent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_changes")),
    )
    op.create_index(op.f("ix_consent_changes_consent_id"), "consent_changes", ["consent_id"])
    op.create_table(
        "consent_places",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("added_by_name", sa.String(length=240), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("taken_down_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_consent_places_consent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_places")),
    )
    op.create_index(op.f("ix_consent_places_consent_id"), "consent_places", ["consent_id"])
    op.create_table(
        "consent_tasks",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=True),
        sa.Column("place_id", sa.Uuid(), nullable=True),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("done_by_name", sa.String(length=240), nullable=True),
        sa.Column("proof_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_consent_tasks_case_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipients.id"], name=op.f("fk_consent_tasks_recipient_id")),
        sa.ForeignKeyConstraint(["place_id"], ["consent_places.id"], name=op.f("fk_consent_tasks_place_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_consent_tasks_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_tasks")),
    )
    op.create_index(op.f("ix_consent_tasks_case_id"), "consent_tasks", ["case_id"])
    op.create_table(
        "consent_receipts",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=24), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_consent_receipts_consent_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_consent_receipts_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_receipts")),
    )
    op.create_index(op.f("ix_consent_receipts_consent_id"), "consent_receipts", ["consent_id"])
    _write_receipts_once()


def _write_receipts_once() -> None:
    """As the trail and the register: see 0002."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER consent_receipts_written_once BEFORE UPDATE OR DELETE ON consent_receipts "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER consent_receipts_not_emptied BEFORE TRUNCATE ON consent_receipts "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        "CREATE TRIGGER consent_receipts_no_replace BEFORE INSERT ON consent_receipts "
        "WHEN EXISTS (SELECT 1 FROM consent_receipts WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'rows of consent_receipts are written once'); END"
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER consent_receipts_no_{act.lower()} BEFORE {act} ON consent_receipts "
            "BEGIN SELECT RAISE(ABORT, 'rows of consent_receipts are written once'); END"
        )


def downgrade() -> None:
    op.drop_table("consent_receipts")
    op.drop_table("consent_tasks")
    op.drop_table("consent_places")
    op.drop_table("consent_changes")
    op.drop_table("consent_information")
    op.drop_table("consent_recipients")
    op.drop_table("consents")
    op.drop_table("recipients")
