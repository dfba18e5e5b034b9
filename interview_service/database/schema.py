"""The state of the schema: which revision the database is at, and how it is brought to the newest.

Migrations run one process at a time: SQLite's write lock, an advisory lock on PostgreSQL and a
named lock on MariaDB see to that. Alembic is imported to migrate only: it is as large as the rest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import TimeoutError as LockTimeout

from interview_service.database.engine import WRITES

_MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK_NUMBER = 0x1A7E9F1E
_LOCK_NAME = "interview_service_migrations"
_LOCK_SECONDS = 25  # less than MariaDB's read_timeout in `engine`


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
    with engine.execution_options(**{WRITES: True}).connect() as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK_NUMBER})
        elif engine.dialect.name == "mariadb":
            lock = {"name": _LOCK_NAME, "seconds": _LOCK_SECONDS}
            if connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), lock) != 1:
                raise LockTimeout(f"another process migrates it for more than {_LOCK_SECONDS} s")
        try:
            yield connection
        finally:
            if engine.dialect.name == "mariadb":
                connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": _LOCK_NAME})


def weakness(engine: Engine) -> str | None:
    """Say why row-level security does not hold for the service's role; None where it does.

    The service's own two walls stand all the same.
    """
    if engine.dialect.name != "postgresql":
        return None
    with engine.connect() as connection:
        bypasses = connection.execute(
            text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).scalar_one()
    if not bypasses:
        return None
    return (
        "the database role is a superuser or has BYPASSRLS, so row-level security does not hold "
        "for it: use a role of its own"
    )
