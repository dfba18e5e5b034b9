"""Length, place and people of an appointment; score and verdict; every wish on a brief.

What the engine is to heed was one text, the last; it is a list now, in which that text stays.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from interview_service.database.types import Document, LongText, Timestamp

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

Kind = sa.types.TypeEngine[Any]

_COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("duration_minutes", sa.Integer()),
    ("location", sa.String(500)),
    ("interviewers", Document),
    ("overall_score", sa.Integer()),
    ("recommendation", sa.String(20)),
    ("decision", sa.String(20)),
    ("candidate_erased_at", Timestamp()),
)
_TO_LIST = {
    "sqlite": "json_array(feedback)",
    "mariadb": "json_array(feedback)",
    "postgresql": "jsonb_build_array(feedback)",
}
_LAST_OF_LIST = {
    "sqlite": "json_extract(feedback, '$[' || (json_array_length(feedback) - 1) || ']')",
    "mariadb": (
        "json_unquote(json_extract(feedback, concat('$[', json_length(feedback) - 1, ']')))"
    ),
    "postgresql": "feedback ->> -1",
}


def upgrade() -> None:
    for name, kind in _COLUMNS:
        op.add_column("interviews", sa.Column(name, kind))
    _convert(_TO_LIST, JSONB(), Document)


def downgrade() -> None:
    _convert(_LAST_OF_LIST, sa.Text(), LongText)
    for name, _ in reversed(_COLUMNS):
        op.drop_column("interviews", name)


def _convert(values: Mapping[str, str], on_postgresql: Kind, elsewhere: Kind) -> None:
    """Turn each interview's feedback into a value of another type, in every tenant."""
    backend = op.get_context().dialect.name
    value = f"CASE WHEN feedback IS NOT NULL THEN {values[backend]} END"
    if backend == "postgresql":  # rewriting the table passes row-level security by
        op.alter_column("interviews", "feedback", type_=on_postgresql, postgresql_using=value)
    elif backend == "mariadb":  # a JSON column takes nothing but JSON, before and after
        op.alter_column("interviews", "feedback", type_=LongText, existing_nullable=True)
        op.execute(f"UPDATE interviews SET feedback = {value}")  # noqa: S608 (of constants)
        op.alter_column("interviews", "feedback", type_=elsewhere, existing_nullable=True)
    else:  # SQLite cannot change the type of a column
        op.add_column("interviews", sa.Column("converted", elsewhere))
        op.execute(f"UPDATE interviews SET converted = {value}")  # noqa: S608 (of constants)
        op.drop_column("interviews", "feedback")
        op.execute("ALTER TABLE interviews RENAME COLUMN converted TO feedback")
