"""Push notification configurations of agents, and a line of its own in the outbox for each."""

import sqlalchemy as sa
from alembic import op

from interview_service.database.migrations.walls import lock
from interview_service.database.models import TABLE_OPTIONS
from interview_service.database.types import Identifier, LongText, Timestamp

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_configs",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("interview_id", Identifier, nullable=False),
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("url", sa.String(2048), nullable=False),
        sa.Column("token", LongText),
        sa.Column("auth_scheme", sa.String(50)),
        sa.Column("auth_credentials", LongText),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "interview_id", "id", name="pk_push_configs"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interview_id"],
            ["interviews.tenant_id", "interviews.id"],
            name="fk_push_configs_interviews",
            ondelete="CASCADE",
        ),
        **TABLE_OPTIONS,
    )
    lock("push_configs")
    op.add_column(
        "deliveries", sa.Column("line", sa.String(100), nullable=False, server_default="")
    )


def downgrade() -> None:
    deliveries = sa.table("deliveries", sa.column("line"))
    _walls("NO FORCE")
    op.execute(deliveries.delete().where(deliveries.c.line != ""))
    _walls("FORCE")
    op.drop_column("deliveries", "line")
    op.drop_table("push_configs")


def _walls(how: str) -> None:
    """Let the owner of the tables delete every tenant's rows on PostgreSQL, or no longer."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE deliveries {how} ROW LEVEL SECURITY")
