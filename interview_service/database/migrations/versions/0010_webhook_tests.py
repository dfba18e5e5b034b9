"""The last test of each tenant's webhook, which the worker posts."""

import sqlalchemy as sa
from alembic import op

from interview_service.database.migrations.walls import lock
from interview_service.database.models import TABLE_OPTIONS
from interview_service.database.types import Identifier, LongText, Timestamp

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_tests",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("id", Identifier, nullable=False),
        sa.Column("url", sa.String(2048), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due_at", Timestamp),
        sa.Column("status", sa.Integer),
        sa.Column("latency_ms", sa.Integer),
        sa.Column("answer", LongText),
        sa.Column("error", LongText),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_webhook_tests"),
        **TABLE_OPTIONS,
    )
    op.create_index("ix_webhook_tests_due_at", "webhook_tests", ["due_at"])
    lock("webhook_tests")


def downgrade() -> None:
    op.drop_table("webhook_tests")
