"""The state of the schema: which revision it is at, and how it is brought to the newest.

Beside the revision, Alembic's table has the version of the service that brought the schema there,
so that an older one can say which it was.

Migrations run one process at a time: SQLite's write lock, an advisory lock on PostgreSQL and a
named lock on MariaDB see to that. Alembic is imported to migrate only: it is as large as the rest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from interview_service import __version__
from interview_service.database.backends import backend_named
from interview_service.database.backends.base import WRITES
from interview_service.database.engine import make_engine

_MIGRATIONS = Path(__file__).with_name("migrations")


_TABLE = "alembic_version"
_MADE_BY = "service_version"
_READ_REVISION = text(f"SELECT version_num FROM {_TABLE}")  # noqa: S608 (of constants)
_READ_MADE_BY = text(f"SELECT {_MADE_BY} FROM {_TABLE}")  # noqa: S608 (of constants)
_WRITE_MADE_BY = text(f"UPDATE {_TABLE} SET {_MADE_BY} = :version")  # noqa: S608 (of constants)


class SchemaUnknown(Exception):
    """A newer version of the service has made the schema; its text says which, in one line."""


@cache
def _revisions() -> frozenset[str]:
    files = (_MIGRATIONS / "versions").glob("[0-9]*.py")
    return frozenset(file.name.partition("_")[0] for file in files)


def newest() -> str:
    """Return the revision that this version of the service wants."""
    return max(_revisions())


def current(engine: Engine) -> str | None:
    """Return the revision that the database is at; None where it is empty."""
    with engine.connect() as connection:
        return _current(connection)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_TABLE):
        return None
    found: str | None = connection.execute(_READ_REVISION).scalar()
    return found


def check(engine: Engine) -> str | None:
    """Return the revision that the database is at; None where it is empty.

    :raise SchemaUnknown: this version does not know it.
    """
    found = current(engine)
    if found is None or found in _revisions():
        return found
    made = made_by(engine)
    wanted = f"version {made}" if made else "a newer version"
    raise SchemaUnknown(
        f"the database is at revision {found}, which {wanted} has made, and this is version "
        f"{__version__}: install {wanted}, or restore a backup that is older"
    )


def made_by(engine: Engine) -> str | None:
    """Return which version of the service made the schema; None where it did not say."""
    with engine.connect() as connection:
        return _made_by(connection)


def _made_by(connection: Connection) -> str | None:
    columns = inspect(connection).get_columns(_TABLE)
    if not any(column["name"] == _MADE_BY for column in columns):
        return None
    found: str | None = connection.execute(_READ_MADE_BY).scalar()
    return found


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to `revision`, creating every table that is missing.

    :raise SchemaUnknown: a newer version of the service has made its schema.
    :raise SQLAlchemyError: it cannot be reached, or another process does not end migrating it.
    """
    check(engine)
    with _locked(engine) as connection:
        before = _current(connection)
        _run("upgrade", connection, revision)
        if _current(connection) != before:
            _sign(connection)


def _sign(connection: Connection) -> None:
    """Note that this version has made the schema."""
    columns = inspect(connection).get_columns(_TABLE)
    if not any(column["name"] == _MADE_BY for column in columns):
        connection.execute(text(f"ALTER TABLE {_TABLE} ADD COLUMN {_MADE_BY} VARCHAR(50)"))
    connection.execute(_WRITE_MADE_BY, {"version": __version__})


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
