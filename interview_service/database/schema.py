"""The state of the schema: which revision the database is at, and how it is brought to the newest.

Migrations run one process at a time: SQLite's write lock, an advisory lock on PostgreSQL and a
named lock on MariaDB see to that. Alembic is imported to migrate only: it is as large as the rest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from interview_service.database.backends import backend_named
from interview_service.database.backends.base import WRITES
from interview_service.database.engine import make_engine

_MIGRATIONS = Path(__file__).with_name("migrations")


@cache
def newest() -> str:
    """Return the revision that this version of the service wants."""
    files = (_MIGRATIONS / "versions").glob("[0-9]*.py")
    return max(file.name.partition("_")[0] for file in files)


def current(engine: Engine) -> str | None:
    """Return the revision that the database is at; None where it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to `revision`, creating every table that is missing.

    :raise SQLAlchemyError: it cannot be reached, or another process does not end migrating it.
    """
    with _locked(engine) as connection:
        _run("upgrade", connection, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database down to `revision`; `base` removes every table."""
    with _locked(engine) as connection:
        _run("downgrade", connection, revision)


def _run(direction: str, connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    getattr(command, direction)(config, revision)


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    backend = backend_named(engine.dialect.name)
    migrating = make_engine(engine.url, pool_size=1, migrates=True)
    writing = migrating.execution_options(**{WRITES: True})
    try:
        with writing.connect() as connection, connection.begin(), backend.migrating(connection):
            yield connection
    finally:
        migrating.dispose()


def weakness(engine: Engine) -> str | None:
    """Say why row-level security does not hold for the service's role; None where it does.

    The service's own two walls stand all the same.
    """
    with engine.connect() as connection:
        return backend_named(engine.dialect.name).weakness(connection)
