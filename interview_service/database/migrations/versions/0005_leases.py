"""Until when a worker has an interview to itself, which a pause before the next try is not."""

import sqlalchemy as sa
from alembic import op

from interview_service.database.types import Timestamp

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("interviews", sa.Column("leased_until", Timestamp))


def downgrade() -> None:
    op.drop_column("interviews", "leased_until")
