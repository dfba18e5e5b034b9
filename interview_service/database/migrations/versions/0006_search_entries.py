"""What PostgreSQL searches, in a table of its own: narrow, and still while states change.

To count what a search finds, each row has to be read that the index of every three letters names.
And each change of an interview, whatever it was, had to be entered into that index.
"""

import sqlalchemy as sa
from alembic import op

from interview_service.database.backends.postgresql import ACROSS_SETTING
from interview_service.database.migrations.walls import lock

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UPGRADE = (
    """
    CREATE TABLE search_entries (
        tenant_id VARCHAR(100) NOT NULL,
        interview_id UUID NOT NULL,
        search_text TEXT NOT NULL
    )
    """,
    f"SELECT set_config('{ACROSS_SETTING}', 'on', true)",
    """
    INSERT INTO search_entries (tenant_id, interview_id, search_text)
    SELECT tenant_id, id, search_text FROM interviews ORDER BY tenant_id, id
    """,
    """
    ALTER TABLE search_entries
    ADD CONSTRAINT pk_search_entries PRIMARY KEY (tenant_id, interview_id),
    ADD CONSTRAINT fk_search_entries_interviews FOREIGN KEY (tenant_id, interview_id)
    REFERENCES interviews (tenant_id, id) ON DELETE CASCADE
    """,
    f"SELECT set_config('{ACROSS_SETTING}', 'off', true)",
    """
    CREATE INDEX ix_search_entries_search_text ON search_entries
    USING gin (search_text gin_trgm_ops)
    """,
    """
    CREATE FUNCTION keep_search_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO search_entries (tenant_id, interview_id, search_text)
            VALUES (NEW.tenant_id, NEW.id, NEW.search_text);
        ELSE
            UPDATE search_entries SET search_text = NEW.search_text
            WHERE tenant_id = NEW.tenant_id AND interview_id = NEW.id;
        END IF;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER search_insert AFTER INSERT ON interviews
    FOR EACH ROW EXECUTE FUNCTION keep_search_entry()
    """,
    """
    CREATE TRIGGER search_update AFTER UPDATE OF search_text ON interviews
    FOR EACH ROW WHEN (OLD.search_text IS DISTINCT FROM NEW.search_text)
    EXECUTE FUNCTION keep_search_entry()
    """,
    "DROP INDEX IF EXISTS ix_interviews_search_text",
)
_DOWNGRADE = (
    "DROP TRIGGER search_update ON interviews",
    "DROP TRIGGER search_insert ON interviews",
    "DROP FUNCTION keep_search_entry()",
    "DROP TABLE search_entries",
    "CREATE INDEX ix_interviews_search_text ON interviews USING gin (search_text gin_trgm_ops)",
)


def upgrade() -> None:
    if not _has("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"):
        return
    for statement in _UPGRADE:
        op.execute(statement)
    lock("search_entries")


def downgrade() -> None:
    if _has("SELECT 1 FROM pg_class WHERE oid = to_regclass('search_entries')"):
        for statement in _DOWNGRADE:
            op.execute(statement)


def _has(question: str) -> bool:
    if op.get_context().dialect.name != "postgresql":
        return False
    return op.get_bind().execute(sa.text(question)).first() is not None
