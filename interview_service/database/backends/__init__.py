"""What differs between SQLite, PostgreSQL and MariaDB: one file each, behind one seam."""

from interview_service.database.backends.base import Backend
from interview_service.database.backends.mariadb import MariaDB
from interview_service.database.backends.postgresql import PostgreSQL
from interview_service.database.backends.sqlite import SQLite

BACKENDS: tuple[Backend, ...] = (SQLite(), PostgreSQL(), MariaDB())

_BY_NAME = {backend.name: backend for backend in BACKENDS}


def backend_named(name: str) -> Backend:
    """Return the backend of this name, which is also its dialect's in SQLAlchemy."""
    return _BY_NAME[name]


__all__ = ["BACKENDS", "Backend", "backend_named"]
