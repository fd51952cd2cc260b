"""What the physician began to sever or withhold and has not finished is remembered on its entry."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("judgements", sa.Column("begun", sa.String(12), nullable=True))


def downgrade() -> None:
    op.drop_column("judgements", "begun")
