"""A request says who stands behind its decisions, and what was asked is found by a keyed index only."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("access_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("judged_by", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("wishes_index", sa.String(length=64), nullable=True))
        # A digest without a key can be guessed at. The key is not at hand here: a request of before has no index.
        batch_op.drop_column("wishes_digest")
    _say_who_decided()


def _say_who_decided() -> None:
    judgements = sa.table("judgements", sa.column("case_id", sa.Uuid()), sa.column("decided_by_id", sa.Uuid()))
    requests = sa.table("access_requests", sa.column("id", sa.Uuid()), sa.column("judged_by", sa.Text()))
    connection = op.get_bind()
    found = sa.select(judgements.c.case_id, judgements.c.decided_by_id).where(judgements.c.decided_by_id.is_not(None))
    deciders: dict[object, set[str]] = {}
    for case_id, account_id in connection.execute(found.distinct()):
        deciders.setdefault(case_id, set()).add(str(account_id))
    for case_id, names in deciders.items():
        connection.execute(
            sa.update(requests).where(requests.c.id == case_id).values(judged_by=" ".join(sorted(names)))
        )


def downgrade() -> None:
    with op.batch_alter_table("access_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wishes_digest", sa.String(length=64), nullable=True))
        batch_op.drop_column("wishes_index")
        batch_op.drop_column("judged_by")
