"""Databases, applications and callers for the tests.

Tests of the `database` fixture run on SQLite, PostgreSQL and MariaDB. The last two are skipped, and
say so, where no server can be reached; with REQUIRE_DATABASES=1 that is a failure.

TEST_POSTGRESQL_URL and TEST_MARIADB_URL name servers and a user who may create databases; by
default they are looked for on this machine.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
import redis
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from interview_service.app import create_app
from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.models import Base
from interview_service.database.session import Database
from interview_service.domain.clock import clock
from interview_service.repository import Repository
from interview_service.settings import Settings, database_url

from .callers import Caller

BACKENDS = ("sqlite", "postgresql", "mariadb")
SECRET = "a secret of the tests, long enough for HS256"

_SERVERS = {
    "postgresql": os.environ.get("TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1/postgres"),
    "mariadb": os.environ.get("TEST_MARIADB_URL", "mariadb://root@127.0.0.1/mysql"),
}
_ROLE = "interview_service_test"


class Server:
    """A database server on which the tests make databases of their own, and drop them again."""

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.url = database_url(_SERVERS[backend], Path())
        options = {"connect_args": {"connect_timeout": 3}, "isolation_level": "AUTOCOMMIT"}
        self.admin = create_engine(self.url, **options)
        self.password = secrets.token_hex(16)
        self.made: list[str] = []
        with self.admin.connect() as connection:
            if backend == "postgresql":
                found = connection.execute(
                    text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": _ROLE}
                ).first()
                verb = "ALTER" if found else "CREATE"
                connection.execute(
                    text(f"{verb} ROLE {_ROLE} LOGIN NOSUPERUSER PASSWORD '{self.password}'")
                )

    def new_database(self) -> URL:
        """Make an empty database and return its URL, for a user who is no superuser."""
        name = f"interview_service_test_{os.getpid()}_{secrets.token_hex(3)}"
        self.made.append(name)
        with self.admin.connect() as connection:
            if self.backend == "postgresql":
                connection.execute(text(f"CREATE DATABASE {name} OWNER {_ROLE}"))
                return self.url.set(username=_ROLE, password=self.password, database=name)
            connection.execute(text(f"CREATE DATABASE {name}"))
            return self.url.set(database=name)

    def close(self) -> None:
        """Drop the databases that were made."""
        force = " WITH (FORCE)" if self.backend == "postgresql" else ""
        with self.admin.connect() as connection:
            for name in self.made:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name}{force}"))
        self.admin.dispose()


_NOT_TESTED: list[str] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say at the very end which databases the tests have not seen."""
    yield
    for reason in _NOT_TESTED:
        terminalreporter.write_line(f"NOT TESTED: {reason}", red=True, bold=True)


def _do_without(reason: str) -> NoReturn:
    """Skip the test and say so at the end, or fail it where all servers have to be there."""
    if os.environ.get("REQUIRE_DATABASES") == "1":
        pytest.fail(reason)
    if reason not in _NOT_TESTED:
        _NOT_TESTED.append(reason)
    pytest.skip(reason)


def _server(backend: str) -> Server:
    try:
        return Server(backend)
    except SQLAlchemyError as error:
        _do_without(f"no {backend} server can be reached: {str(error.__cause__).splitlines()[0]}")


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The URL of a Redis that can be reached; TEST_REDIS_URL names another than this machine's."""
    url = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
    try:
        with redis.Redis.from_url(url) as client:
            client.ping()
    except redis.RedisError as error:
        _do_without(f"no Redis can be reached: {error}")
    return url


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    server = _server("postgresql")
    yield server
    server.close()


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[Server]:
    server = _server("mariadb")
    yield server
    server.close()


@pytest.fixture(scope="session", params=BACKENDS)
def backend_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> URL:
    """The URL of a migrated database, one a backend for the whole run."""
    if request.param == "sqlite":
        url = database_url(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'test.db'}", Path())
    else:
        url = request.getfixturevalue(f"{request.param}_server").new_database()
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    return url


def empty(database: Database) -> None:
    """Delete every row of every table."""
    with database.engine.connect() as connection:
        tables = [table.name for table in reversed(Base.metadata.sorted_tables)]
        if database.backend.name == "postgresql":
            connection.execute(text(f"TRUNCATE {', '.join(tables)} CASCADE"))
        else:
            for table in tables:
                connection.execute(text(f"DELETE FROM {table}"))
        connection.commit()


@pytest.fixture
def database(backend_url: URL) -> Iterator[Database]:
    """An empty database, on each backend in turn."""
    database = Database(make_engine(backend_url, pool_size=10))
    empty(database)
    yield database
    database.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "test.db"
    engine = make_engine(database_url(f"sqlite:///{path}", Path()))
    schema.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database of this test's own."""
    path = tmp_path / "interviews.db"
    shutil.copy(sqlite_template, path)
    database = Database(make_engine(database_url(f"sqlite:///{path}", Path())))
    yield database
    database.engine.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(instance_path=tmp_path, jwt_secret_key=SECRET)


@pytest.fixture
def app(database: Database, settings: Settings) -> Flask:
    """The application, on each backend in turn."""
    return create_app(settings, database=database)


@pytest.fixture
def sqlite_app(sqlite_database: Database, settings: Settings) -> Flask:
    """The application on SQLite alone, for what no backend can change."""
    return create_app(settings, database=sqlite_database)


@pytest.fixture
def caller(app: Flask) -> Caller:
    """Somebody of the tenant `acme` who may do everything, on each backend in turn."""
    return Caller(app)


@pytest.fixture
def sqlite_caller(sqlite_app: Flask) -> Caller:
    """Somebody of the tenant `acme` who may do everything, on SQLite alone."""
    return Caller(sqlite_app)


@pytest.fixture
def repository(database: Database) -> Repository:
    """The repository of the tenant `acme`, on each backend in turn."""
    return Repository(database, "acme")


class Hands:
    """The hands of the clock, for tests that hold time still or move it."""

    def __init__(self) -> None:
        self.moment = clock.now()

    def forward(self, **span: Any) -> None:
        self.moment += timedelta(**span)

    def back(self, **span: Any) -> None:
        self.moment -= timedelta(**span)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """Hold the clock still, until the test moves it."""
    hands = Hands()
    monkeypatch.setattr(clock, "source", lambda: hands.moment)
    return hands
