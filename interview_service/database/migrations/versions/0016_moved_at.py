"""When each interview last took a transition: tasks are listed in that order."""

import sqlalchemy as sa
from alembic import op

from interview_service.database.types import Timestamp

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

_INDEX = "ix_interviews_tenant_id_workflow_state_moved_at_id"


def upgrade() -> None:
    op.add_column("interviews", sa.Column("moved_at", Timestamp))
    op.create_index(_INDEX, "interviews", ["tenant_id", "workflow_state", "moved_at", "id"])
    _walls("NO FORCE")
    op.execute(
        "UPDATE interviews SET moved_at = COALESCE(("
        "SELECT MAX(history.created_at) FROM history "
        "WHERE history.tenant_id = interviews.tenant_id AND history.interview_id = interviews.id"
        "), created_at)"
    )
    _walls("FORCE")


def _walls(how: str) -> None:
    """Let the owner of the tables write every tenant's rows on PostgreSQL, or no longer."""
    if op.get_context().dialect.name == "postgresql":
        for table in ("interviews", "history"):
            op.execute(f"ALTER TABLE {table} {how} ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_index(_INDEX, "interviews")
    op.drop_column("interviews", "moved_at")
