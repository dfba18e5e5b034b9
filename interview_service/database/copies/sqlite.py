"""Copies of a SQLite file, by SQLite's own backup interface."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import ClassVar

from sqlalchemy.engine import URL

from interview_service.database.copies.base import CopyRefused, compare
from interview_service.database.snapshots import Counts


class SQLiteCopier:
    """Copies a SQLite file page by page, what stands in its WAL included."""

    suffix: ClassVar[str] = ".db"
    magic: ClassVar[bytes] = b"SQLite format 3\0"

    def write(self, url: URL, draft: Path) -> Counts:
        """Copy the file in one read transaction, and have SQLite check the copy."""
        return _copied(Path(url.database or ""), draft)

    def restore(self, url: URL, path: Path) -> Counts:
        """Copy a file to where the URL says, which is a draft of the database."""
        return _copied(path, Path(url.database or ""))


def _copied(source: Path, draft: Path) -> Counts:
    try:
        with _opened(source) as original, closing(sqlite3.connect(draft)) as copy:
            original.execute("BEGIN")
            counts = _count(original)
            original.backup(copy)
            verdict = str(copy.execute("PRAGMA integrity_check").fetchone()[0])
            if verdict != "ok":
                raise CopyRefused(f"the copy is not sound: {verdict}")
            return compare(counts, _count(copy))
    except sqlite3.Error as error:
        raise CopyRefused(str(error)) from None


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file for reading; one that nobody can have open needs no other file beside it."""
    in_use = path.with_name(f"{path.name}-wal").exists()
    uri = f"{path.absolute().as_uri()}?{'mode=ro' if in_use else 'mode=ro&immutable=1'}"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        yield connection


def _count(connection: sqlite3.Connection) -> Counts:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in names
    }
