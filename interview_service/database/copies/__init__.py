"""Backups: whole copies of a database that is in use, one file each, and the way back.

Each database has its own program or interface for that, and a file here.
"""

from pathlib import Path

from sqlalchemy.engine import URL

from interview_service.database.copies.base import Copier, CopyRefused
from interview_service.database.copies.mariadb import MariaDBCopier
from interview_service.database.copies.postgresql import PostgreSQLCopier
from interview_service.database.copies.sqlite import SQLiteCopier

COPIERS: dict[str, Copier] = {
    "sqlite": SQLiteCopier(),
    "postgresql": PostgreSQLCopier(),
    "mariadb": MariaDBCopier(),
}
"""By backend."""


def copier_of(url: URL) -> Copier:
    """Return what copies this database."""
    return COPIERS[url.get_backend_name()]


def kind_of(path: Path) -> str | None:
    """Return the backend that a backup is of; None where the file is none.

    :raise OSError: it cannot be read.
    """
    with path.open("rb") as file:
        beginning = file.read(16)
    for backend, copier in COPIERS.items():
        if beginning.startswith(copier.magic):
            return backend
    return None


__all__ = ["COPIERS", "Copier", "CopyRefused", "copier_of", "kind_of"]
