"""Who was said to be the candidate of a transcript, and what its reading was not sure of."""

import sqlalchemy as sa
from alembic import op

from interview_service.database.types import Document

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("transcripts", sa.Column("candidate_speaker", sa.String(200)))
    op.add_column("transcripts", sa.Column("warnings", Document))


def downgrade() -> None:
    op.drop_column("transcripts", "warnings")
    op.drop_column("transcripts", "candidate_speaker")
