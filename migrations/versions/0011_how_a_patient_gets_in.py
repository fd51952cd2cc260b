"""How a patient gets in: invitations, requests for an account, identity papers; names in any script."""

import sqlalchemy as sa
from alembic import op

from portal.domain import names
from portal.domain.addresses import skeleton

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _invitations()
    _requests()
    _papers()
    _names()
    _addresses()


def _invitations() -> None:
    op.create_table(
        "patient_invitations",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("fact", sa.String(length=20), nullable=False),
        sa.Column("letter_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_patient_invitations_patient_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["accounts.id"], name=op.f("fk_patient_invitations_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_invitations")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_patient_invitations_code_digest")),
    )
    op.create_index(op.f("ix_patient_invitations_patient_id"), "patient_invitations", ["patient_id"])


def _requests() -> None:
    op.create_table(
        "account_requests",
        sa.Column("once", sa.String(length=64), nullable=False),
        sa.Column("key_wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("proof", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("method", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["accounts.id"], name=op.f("fk_account_requests_decided_by_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_account_requests_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_requests")),
        sa.UniqueConstraint("once", name=op.f("uq_account_requests_once")),
    )
    op.create_index(op.f("ix_account_requests_decided_at_sent_at"), "account_requests", ["decided_at", "sent_at"])


def _papers() -> None:
    op.create_table(
        "identity_papers",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("key_wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("stored_digest", sa.String(length=64), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("destroy_at", sa.DateTime(), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["account_requests.id"], name=op.f("fk_identity_papers_request_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_identity_papers_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_papers")),
    )
    for column in ("request_id", "patient_id", "stored_digest", "destroy_at"):
        op.create_index(op.f(f"ix_identity_papers_{column}"), "identity_papers", [column])
    op.create_table(
        "identity_paper_looks",
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(length=240), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["identity_papers.id"], name=op.f("fk_identity_paper_looks_paper_id")),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_identity_paper_looks_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_paper_looks")),
    )
    op.create_index(op.f("ix_identity_paper_looks_paper_id"), "identity_paper_looks", ["paper_id"])


def _names() -> None:
    """The words every patient is found by, and what she is sorted by."""
    op.create_table(
        "patient_words",
        sa.Column("word", sa.LargeBinary(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_patient_words_patient_id")),
        sa.PrimaryKeyConstraint("word", "patient_id", name=op.f("pk_patient_words")),
    )
    op.create_index(op.f("ix_patient_words_patient_id"), "patient_words", ["patient_id"])
    op.add_column("patients", sa.Column("sort_key", sa.LargeBinary(), nullable=False, server_default=""))
    words = sa.table("patient_words", sa.column("word", sa.LargeBinary()), sa.column("patient_id", sa.Uuid()))
    patients = sa.table(
        "patients",
        sa.column("id", sa.Uuid()),
        sa.column("given_name"),
        sa.column("family_name"),
        sa.column("sort_key", sa.LargeBinary()),
    )
    connection = op.get_bind()
    known = sa.select(patients.c.id, patients.c.given_name, patients.c.family_name)
    for key, given, family in connection.execute(known).all():
        sorted_by = names.sort_key(given, family)
        connection.execute(patients.update().where(patients.c.id == key).values(sort_key=sorted_by))
        if found := names.words_of(given, family):
            connection.execute(words.insert(), [{"word": word, "patient_id": key} for word in sorted(found)])
    op.drop_index("ix_patients_family_name_given_name_id", "patients")
    op.create_index(op.f("ix_patients_sort_key_id"), "patients", ["sort_key", "id"])


def _addresses() -> None:
    """What every sign-in address looks like. Two that look alike stay; no third one joins them."""
    op.add_column("accounts", sa.Column("looks_like", sa.String(length=300), nullable=False, server_default=""))
    accounts = sa.table("accounts", sa.column("id", sa.Uuid()), sa.column("email"), sa.column("looks_like"))
    connection, taken = op.get_bind(), set()
    for key, email in connection.execute(sa.select(accounts.c.id, accounts.c.email).order_by(accounts.c.id)).all():
        looks = skeleton(email)
        own = f"{looks[:260]} {key.hex}" if looks in taken else looks
        taken.add(own)
        connection.execute(accounts.update().where(accounts.c.id == key).values(looks_like=own))
    op.create_index(op.f("ix_accounts_looks_like"), "accounts", ["looks_like"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_accounts_looks_like", "accounts")
    op.drop_column("accounts", "looks_like")
    op.drop_index("ix_patients_sort_key_id", "patients")
    op.create_index("ix_patients_family_name_given_name_id", "patients", ["family_name", "given_name", "id"])
    op.drop_column("patients", "sort_key")
    op.drop_table("patient_words")
    op.drop_table("identity_paper_looks")
    op.drop_table("identity_papers")
    op.drop_table("account_requests")
    op.drop_table("patient_invitations")
