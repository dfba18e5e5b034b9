"""Which version of the service made a schema, and what an older one says of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from interview_service import __version__
from interview_service.database import schema
from interview_service.database.engine import make_engine
from tests.conftest import SECRET
from tests.e2e.conftest import run
from tests.integration.test_copies import Command, command, one_line  # noqa: F401 (a fixture)

NEWER = "UPDATE alembic_version SET version_num = '9999'"
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("db", "upgrade"),
    ("db", "current"),
    ("serve",),
    ("web",),
    ("worker",),
    ("tenant", "show", "acme"),
    ("user", "list", "--tenant", "acme"),
    ("export", "records.jsonl"),
    ("webhooks", "list", "--tenant", "acme"),
)


@pytest.fixture
def newer(backend_url: URL) -> Iterator[URL]:
    """The URL of a database whose schema version 9.8.7 has made, on each backend in turn."""
    engine = make_engine(backend_url)
    with engine.begin() as connection:
        connection.execute(text(f"{NEWER}, service_version = '9.8.7'"))
    yield backend_url
    with engine.begin() as connection:
        values: dict[str, Any] = {"revision": schema.newest(), "version": __version__}
        statement = "UPDATE alembic_version SET version_num = :revision, service_version = :version"
        connection.execute(text(statement), values)
    engine.dispose()


def test_every_command_says_which_version_made_a_newer_schema(
    newer: URL,
    command: Command,  # noqa: F811
) -> None:
    told = (
        "the database is at revision 9999, which version 9.8.7 has made, and this is version "
        f"{__version__}: install version 9.8.7, or restore a backup that is older"
    )
    for each in COMMANDS:
        assert one_line(command(newer, *each)) == told, each


def test_where_the_newer_version_is_not_noted_it_is_still_one_line(
    newer: URL,
    command: Command,  # noqa: F811
) -> None:
    engine = make_engine(newer)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET service_version = NULL"))
    engine.dispose()
    told = one_line(command(newer, "db", "upgrade"))
    assert told.startswith("the database is at revision 9999, which a newer version has made, ")


def test_an_upgrade_that_changes_nothing_does_not_claim_the_schema(backend_url: URL) -> None:
    engine = make_engine(backend_url)
    try:
        for version in ("0.2.0.dev1", __version__):
            with engine.begin() as connection:
                statement = text("UPDATE alembic_version SET service_version = :version")
                connection.execute(statement, {"version": version})
            schema.upgrade(engine)
            assert schema.made_by(engine) == version
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    ("module", "settings", "extra"),
    [
        ("psycopg", {"DATABASE_URL": "postgresql://u:p@127.0.0.1/x"}, "postgresql"),
        ("pymysql", {"DATABASE_URL": "mariadb://u:p@127.0.0.1/x"}, "mariadb"),
        ("redis", {"RATE_LIMIT_STORAGE_URL": "redis://127.0.0.1:6379/0"}, "redis"),
    ],
)
@pytest.mark.parametrize("name", ["serve", "web", "worker"])
def test_a_start_without_a_driver_ends_at_once_with_the_command_that_mends_it(
    tmp_path: Path, name: str, module: str, settings: dict[str, str], extra: str
) -> None:
    (tmp_path / f"{module}.py").write_text("raise ImportError('not installed')")
    blocked = {"PYTHONPATH": str(tmp_path), "JWT_SECRET_KEY": SECRET}
    refused = run(tmp_path, name, settings={**settings, **blocked})
    (variable,) = settings
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"Error: The settings cannot be used: {variable}: needs a driver: "
        f"pip install 'interview-service[{extra}]'\n"
    )
