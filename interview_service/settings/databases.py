"""The URL of the database, and the driver that it needs."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

_EXTRAS = {"postgresql+psycopg": "postgresql", "mariadb+pymysql": "mariadb"}


def database_url(text: str, instance_path: Path) -> URL:
    """Return the URL of the database with its driver named; empty means the default SQLite file.

    :raise ValueError: it is no URL, or of a database that is not supported.
    """
    if not text:
        return URL.create("sqlite", database=str((instance_path / "interviews.db").resolve()))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # a ValueError may quote the password
        raise ValueError("must be a URL: sqlite:///file, postgresql://… or mariadb://…") from None
    backend = url.drivername.partition("+")[0]
    if backend == "sqlite":
        if url.database in (None, "") or ":memory:" in text or "mode=memory" in text:
            raise ValueError("an in-memory SQLite database cannot be shared: name a file")
        if url.host:
            raise ValueError("must be sqlite:///file, or sqlite:////file for a path from the root")
        return url.set(drivername="sqlite")
    if "@" in (url.host or ""):
        raise ValueError("must have the special characters of its password as %40 and the like")
    if not url.database:
        raise ValueError("must name the database: …://user:password@host/name")
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if backend in ("mariadb", "mysql"):
        url = url.set(drivername="mariadb+pymysql")
        return url.update_query_dict({"charset": "utf8mb4"})
    raise ValueError(f"must be sqlite, postgresql or mariadb, not {backend}")


def missing_driver(url: URL) -> str | None:
    """Say what has to be installed for a database; None where it is there."""
    extra = _EXTRAS.get(url.drivername)
    return missing_module(url.get_driver_name(), extra) if extra is not None else None


def missing_module(name: str, extra: str) -> str | None:
    """Say what has to be installed; None where it can be imported.

    It is imported for that: psycopg can be there and lack the library that it calls.
    """
    try:
        import_module(name)
    except ImportError:
        return f"needs a driver: pip install 'interview-service[{extra}]'"
    return None
