"""Databases, applications and callers for the tests.

Tests of the `database` fixture run on SQLite, PostgreSQL and MariaDB. The last two are skipped, and
say so, where no server can be reached; with REQUIRE_DATABASES=1 that is a failure.
"""

import os
import secrets
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
import redis
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from interview_service.app import create_app
from interview_service.credentials import passwords
from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.models import Base
from interview_service.database.session import Database
from interview_service.domain.clock import clock
from interview_service.repository import Repository
from interview_service.settings import Settings
from interview_service.settings.databases import database_url

from . import servers
from .callers import Caller
from .servers import Server

BACKENDS = ("sqlite", "postgresql", "mariadb")
SECRET = "a secret of the tests, long enough for HS256"
NOT_TESTED = "NOT TESTED: "

# A machine that is slow for a while is no defect: nothing is asked of the clock on the wall.
hypothesis_settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("patient")


# Nothing that tests call shows a certificate of a public authority, and reading a hundred of them
# would cost every connection to MariaDB more than all that is asked over it.
os.environ["SSL_CERT_FILE"] = str(Path(__file__).with_name("nobody.pem"))

# What a hash costs is tested where hashes are, and real in processes of the service.
passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say at the very end what the tests have not seen, and how many did without it."""
    yield
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason.startswith(NOT_TESTED):
            reasons[reason] += 1
    for reason, tests in reasons.items():
        terminalreporter.write_line(f"{reason} ({tests} tests)", red=True, bold=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run two processes more than there are cores: tests of real processes mostly wait."""
    return (os.cpu_count() or 1) + 2


def pytest_configure() -> None:
    """Stop at SIGTERM as at Ctrl-C, with what was started stopped and what was created dropped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Drop what processes that were killed have left on servers, when all of them have ended."""
    if servers.PROCESS == "main" and config.getoption("numprocesses", None):
        servers.drop_what_is_left()


def do_without(reason: str) -> NoReturn:
    """Skip the test and say so at the end, or fail it where everything has to be there."""
    if os.environ.get("REQUIRE_DATABASES") == "1":
        pytest.fail(reason)
    pytest.skip(NOT_TESTED + reason)


def _server(backend: str) -> Server:
    try:
        return Server(backend)
    except SQLAlchemyError as error:
        do_without(f"no {backend} server can be reached: {str(error.__cause__).splitlines()[0]}")


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The URL of a Redis database that no other process of this run uses."""
    url = servers.redis_url()
    try:
        with redis.Redis.from_url(url) as client:
            client.ping()
    except redis.RedisError as error:
        do_without(f"no Redis can be reached: {error}")
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


@pytest.fixture(scope="session")
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], URL]:
    """Returns the URL of a migrated database of a backend, the same one for the whole run."""

    @cache
    def find(backend: str) -> URL:
        if backend == "sqlite":
            url = database_url(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'test.db'}", Path())
        else:
            url = request.getfixturevalue(f"{backend}_server").new_database()
        engine = make_engine(url)
        schema.upgrade(engine)
        engine.dispose()
        return url

    return find


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], URL]:
    """Returns the URL of a new database of a backend, with nothing in it."""

    def find(backend: str) -> URL:
        if backend == "sqlite":
            folder = tmp_path / secrets.token_hex(3)
            return database_url(f"sqlite:///{folder / 'interviews.db'}", Path())
        server: Server = request.getfixturevalue(f"{backend}_server")
        return server.new_database()

    return find


@pytest.fixture(scope="session", params=BACKENDS)
def backend_url(request: pytest.FixtureRequest, migrated: Callable[[str], URL]) -> URL:
    """The URL of a migrated database, each backend in turn."""
    return migrated(request.param)


def empty(database: Database) -> None:
    """Delete every row of every table; PostgreSQL is slower by far at truncating them."""
    tables = list(reversed(Base.metadata.sorted_tables))
    deletions = [f"DELETE FROM {table.name}" for table in tables]
    with database.engine.connect() as connection:
        if database.backend.name == "postgresql":
            owned = [table.name for table in tables if "tenant_id" in table.c]
            owners = " UNION ".join(f"SELECT tenant_id FROM {name}" for name in owned)
            database.backend.name_tenant(connection, None, across=True)
            for tenant in (*connection.execute(text(owners)).scalars().all(), None):
                database.backend.name_tenant(connection, tenant, across=False)
                connection.exec_driver_sql("; ".join(deletions))
        else:
            for deletion in deletions:
                connection.execute(text(deletion))
        connection.commit()


@pytest.fixture(scope="session")
def opened() -> Iterator[Callable[[URL], Database]]:
    """Opens databases that stay open for the whole run, each once."""
    databases: dict[URL, Database] = {}

    def find(url: URL) -> Database:
        if url not in databases:
            databases[url] = Database(make_engine(url, pool_size=10))
        return databases[url]

    yield find
    for each in databases.values():
        each.engine.dispose()


@pytest.fixture
def database(backend_url: URL, opened: Callable[[URL], Database]) -> Database:
    """An empty database, on each backend in turn; a test leaves its schema as it is."""
    database = opened(backend_url)
    empty(database)
    return database


@pytest.fixture
def sqlite_database(migrated: Callable[[str], URL], opened: Callable[[URL], Database]) -> Database:
    """An empty database on SQLite alone; a test leaves its schema as it is."""
    database = opened(migrated("sqlite"))
    empty(database)
    return database


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
def own_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database of this test's own, where its instance folder has it."""
    path = tmp_path / "interviews.db"
    shutil.copy(sqlite_template, path)
    database = Database(make_engine(database_url(f"sqlite:///{path}", Path())))
    yield database
    database.engine.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(instance_path=tmp_path, jwt_secret_key=SECRET)


AppFactory = Callable[..., Flask]


@pytest.fixture(scope="session")
def app_on(tmp_path_factory: pytest.TempPathFactory) -> AppFactory:
    """Returns the application on a database, with other settings if given, each made once a run.

    Making one takes a tenth of a second. What it remembers between requests is in its database.
    """
    settings = Settings(instance_path=tmp_path_factory.mktemp("instance"), jwt_secret_key=SECRET)

    @cache
    def find(database: Database, **changes: Any) -> Flask:
        return create_app(replace(settings, **changes), database=database)

    return find


@pytest.fixture
def app(database: Database, app_on: AppFactory) -> Flask:
    """The application, on each backend in turn."""
    return app_on(database)


@pytest.fixture
def sqlite_app(sqlite_database: Database, app_on: AppFactory) -> Flask:
    """The application on SQLite alone, for what no backend can change."""
    return app_on(sqlite_database)


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
