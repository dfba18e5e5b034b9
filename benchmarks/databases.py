"""Empty databases for a run, which are dropped at its end: files, and databases of a server."""

import os
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from interview_service.settings.databases import database_url

ROLE = "interview_service_bench"
SERVERS = {
    "postgresql": os.environ.get(
        "BENCH_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1/postgres"
    ),
    "mariadb": os.environ.get("BENCH_MARIADB_URL", "mariadb://root@127.0.0.1/mysql"),
}


class Databases(ExitStack):
    """Creates empty databases, and drops them at the end."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self._made = 0
        self._admin = cache(self._connect)

    def _connect(self, backend: str) -> Engine:
        url = database_url(SERVERS[backend], self.folder)
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        self.callback(engine.dispose)
        return engine

    def can_make(self, backend: str) -> bool:
        """Tell, and print where it is not so, whether a backend can be reached.

        On PostgreSQL the role that owns the databases exists from then on.
        """
        try:
            if backend != "sqlite":
                with self._admin(backend).connect() as connection:
                    if backend == "postgresql" and not connection.scalar(
                        text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE}
                    ):
                        connection.execute(text(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}'"))
        except SQLAlchemyError:
            print(f"{backend} is unreachable and left out")
            return False
        return True

    def make(self, backend: str) -> URL:
        """Return the URL of a new, empty database."""
        self._made += 1
        name = f"interview_service_bench_{os.getpid()}_{self._made}"
        if backend == "sqlite":
            return database_url(f"sqlite:///{self.folder / name}.db", self.folder)
        admin = self._admin(backend)
        owner = f" OWNER {ROLE}" if backend == "postgresql" else ""
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}{owner}"))
        self.callback(self._drop, backend, name)
        if backend != "postgresql":
            return admin.url.set(database=name)
        self._let_like_use_its_index(name)
        return admin.url.set(database=name, username=ROLE, password=ROLE)

    def _let_like_use_its_index(self, name: str) -> None:
        """Do what docs/operations.md tells the superuser of a large installation."""
        url = self._admin("postgresql").url.set(database=name)
        superuser = create_engine(url, isolation_level="AUTOCOMMIT")
        with superuser.connect() as connection:
            connection.execute(text("ALTER FUNCTION textlike(text, text) LEAKPROOF"))
        superuser.dispose()

    def settle(self, backend: str) -> None:
        """Have what was inserted written to disk, so that this does not go on while measuring."""
        if backend == "postgresql":
            with self._admin(backend).connect() as connection:
                connection.execute(text("CHECKPOINT"))

    def _drop(self, backend: str, name: str) -> None:
        force = " WITH (FORCE)" if backend == "postgresql" else ""
        with self._admin(backend).connect() as connection:
            connection.execute(text(f"DROP DATABASE {name}{force}"))
