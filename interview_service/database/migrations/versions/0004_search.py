"""An index of every three letters in a row, for searches: FTS5 on SQLite, pg_trgm on PostgreSQL.

MariaDB has nothing of the kind. Where a build of SQLite or a PostgreSQL server lacks the means,
searches read the tenant's rows, as on MariaDB.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A tenant's entries lie together: its number in the upper bits, then one entry after the other.
_SQLITE = (
    """
    CREATE TABLE search_tenants (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        tenant_id VARCHAR(100) NOT NULL UNIQUE,
        entries INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE search_entries (
        number INTEGER PRIMARY KEY,
        tenant_id VARCHAR(100) NOT NULL,
        interview_id VARCHAR(36) NOT NULL,
        UNIQUE (tenant_id, interview_id)
    )
    """,
    """
    INSERT INTO search_tenants (tenant_id, entries)
    SELECT tenant_id, count(*) FROM interviews GROUP BY tenant_id
    """,
    """
    INSERT INTO search_entries (number, tenant_id, interview_id)
    SELECT (t.number << 40) + row_number() OVER (PARTITION BY i.tenant_id ORDER BY i.id),
        i.tenant_id, i.id
    FROM interviews i JOIN search_tenants t ON t.tenant_id = i.tenant_id
    """,
    """
    INSERT INTO search_index (rowid, search_text)
    SELECT e.number, i.search_text FROM search_entries e
    JOIN interviews i ON i.tenant_id = e.tenant_id AND i.id = e.interview_id
    ORDER BY e.number
    """,
    """
    CREATE TRIGGER search_insert AFTER INSERT ON interviews BEGIN
        INSERT INTO search_tenants (tenant_id, entries) VALUES (NEW.tenant_id, 1)
        ON CONFLICT (tenant_id) DO UPDATE SET entries = entries + 1;
        INSERT INTO search_entries (number, tenant_id, interview_id)
        SELECT (number << 40) + entries, NEW.tenant_id, NEW.id FROM search_tenants
        WHERE tenant_id = NEW.tenant_id;
        INSERT INTO search_index (rowid, search_text)
        SELECT number, NEW.search_text FROM search_entries
        WHERE tenant_id = NEW.tenant_id AND interview_id = NEW.id;
    END
    """,
    """
    CREATE TRIGGER search_update AFTER UPDATE OF search_text ON interviews
    WHEN OLD.search_text IS NOT NEW.search_text BEGIN
        INSERT INTO search_index (search_index, rowid, search_text)
        SELECT 'delete', number, OLD.search_text FROM search_entries
        WHERE tenant_id = OLD.tenant_id AND interview_id = OLD.id;
        INSERT INTO search_index (rowid, search_text)
        SELECT number, NEW.search_text FROM search_entries
        WHERE tenant_id = NEW.tenant_id AND interview_id = NEW.id;
    END
    """,
    """
    CREATE TRIGGER search_delete AFTER DELETE ON interviews BEGIN
        INSERT INTO search_index (search_index, rowid, search_text)
        SELECT 'delete', number, OLD.search_text FROM search_entries
        WHERE tenant_id = OLD.tenant_id AND interview_id = OLD.id;
        DELETE FROM search_entries
        WHERE tenant_id = OLD.tenant_id AND interview_id = OLD.id;
    END
    """,
)


def upgrade() -> None:
    backend = op.get_context().dialect.name
    if backend == "sqlite" and _made(
        "CREATE VIRTUAL TABLE search_index USING fts5(search_text, content='', tokenize='trigram')"
    ):
        for statement in _SQLITE:
            op.execute(statement)
    if backend == "postgresql" and _made("CREATE EXTENSION IF NOT EXISTS pg_trgm"):
        op.execute(
            "CREATE INDEX ix_interviews_search_text ON interviews "
            "USING gin (search_text gin_trgm_ops)"
        )
        # Row-level security lets an index serve LIKE only where LIKE is known to leak nothing,
        # which a superuser alone may say.
        _made("ALTER FUNCTION textlike(text, text) LEAKPROOF")


def downgrade() -> None:
    backend = op.get_context().dialect.name
    if backend == "postgresql":
        op.execute("DROP INDEX IF EXISTS ix_interviews_search_text")
    if backend == "sqlite":
        for trigger in ("search_insert", "search_update", "search_delete"):
            op.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for table in ("search_index", "search_entries", "search_tenants"):
            op.execute(f"DROP TABLE IF EXISTS {table}")


def _made(statement: str) -> bool:
    """Do what the database may be unable or unwilling to do; say whether it did."""
    connection = op.get_bind()
    try:
        with connection.begin_nested():
            connection.execute(sa.text(statement))
    except DBAPIError:
        return False
    return True
