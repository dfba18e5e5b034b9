"""Workers and when each last looked for work, and a row to write: for the health check."""

import sqlalchemy as sa
from alembic import op

from interview_service.database.models import TABLE_OPTIONS
from interview_service.database.types import Identifier, Timestamp

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("started_at", Timestamp, nullable=False),
        sa.Column("seen_at", Timestamp, nullable=False),
        sa.Column("stopped_at", Timestamp),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
        **TABLE_OPTIONS,
    )

    op.create_table(
        "write_checks",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("checked_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_write_checks"),
        **TABLE_OPTIONS,
    )


def downgrade() -> None:
    op.drop_table("write_checks")
    op.drop_table("workers")
