"""No counted stretches of lists any more: a numbered page far down costs its offset."""

import sqlalchemy as sa
from alembic import op

from interview_service.database.migrations.walls import lock
from interview_service.database.models import TABLE_OPTIONS
from interview_service.database.types import Identifier

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("list_blocks")


def downgrade() -> None:
    op.create_table(
        "list_blocks",
        sa.Column("tenant_id", sa.String(100), nullable=False),
        sa.Column("last_id", Identifier, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "last_id", name="pk_list_blocks"),
        **TABLE_OPTIONS,
    )
    lock("list_blocks")
