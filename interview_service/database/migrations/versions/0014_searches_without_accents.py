"""Searches go without accents: what they look into is written anew, in every tenant.

The text is folded as the code that runs folds it; on the way down, as 0.1 did.
"""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from interview_service.database.migrations.walls import see, see_nothing
from interview_service.database.types import Identifier, LongText
from interview_service.domain.interview import folded

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_BATCH = 1_000
_INTERVIEWS = sa.table(
    "interviews",
    sa.column("tenant_id", sa.String(100)),
    sa.column("id", Identifier),
    sa.column("candidate_name", sa.String(200)),
    sa.column("candidate_email", sa.String(320)),
    sa.column("position", sa.String(200)),
    sa.column("search_text", LongText),
)
_PART = (
    sa.select(_INTERVIEWS)
    .where(_INTERVIEWS.c.tenant_id == sa.bindparam("tenant"))
    .order_by(_INTERVIEWS.c.id)
    .limit(_BATCH)
)
_NEXT_PART = _PART.where(_INTERVIEWS.c.id > sa.bindparam("after"))
_REWRITE = (
    sa.update(_INTERVIEWS)
    .where(_INTERVIEWS.c.tenant_id == sa.bindparam("tenant"))
    .where(_INTERVIEWS.c.id == sa.bindparam("key"))
    .values(search_text=sa.bindparam("found_by"))
)


def upgrade() -> None:
    _rewrite(folded)


def downgrade() -> None:
    _rewrite(_with_accents)


def _with_accents(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", plain).replace("i\u0307", "i")


def _rewrite(fold: Callable[[str], str]) -> None:
    connection = op.get_bind()
    see(None)
    tenants = connection.scalars(sa.select(_INTERVIEWS.c.tenant_id).distinct()).all()
    for tenant in tenants:
        see(tenant)
        rows = connection.execute(_PART, {"tenant": tenant}).all()
        while rows:
            _rewrite_rows(connection, rows, fold)
            following = {"tenant": tenant, "after": rows[-1].id}
            rows = connection.execute(_NEXT_PART, following).all()
    see_nothing()


def _rewrite_rows(
    connection: sa.Connection, rows: Sequence[sa.Row[Any]], fold: Callable[[str], str]
) -> None:
    changed = []
    for row in rows:
        parts = (row.candidate_name, row.candidate_email, row.position)
        text = "\n".join(fold(part) for part in parts if part)
        if text != row.search_text:
            changed.append({"tenant": row.tenant_id, "key": row.id, "found_by": text})
    if changed:
        connection.execute(_REWRITE, changed)
