"""`backup`: a copy of the SQLite database, taken while the service runs."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import click

from interview_service.cli.base import load_settings


@click.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def backup(path: Path) -> None:
    """Write a copy of the SQLite database to PATH.

    The service may keep running: the copy is complete and consistent. PATH must not exist yet.
    """
    settings = load_settings()
    if not settings.is_sqlite:
        tool = "pg_dump" if settings.url.get_backend_name() == "postgresql" else "mariadb-dump"
        raise click.ClickException(f"the database is not SQLite: use {tool}")
    source = Path(settings.url.database or "")
    if not source.exists():
        raise click.ClickException(f"there is no database at {source}")
    if os.path.lexists(path):
        raise click.ClickException(f"{path} exists already")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        verdict = _copy(source, draft)
        if verdict != "ok":
            raise click.ClickException(f"the copy is not sound: {verdict}")
        draft.rename(path)
    except (OSError, sqlite3.Error) as error:
        raise click.ClickException(f"no backup was written: {error}") from None
    finally:
        with suppress(OSError):
            draft.unlink()
    click.echo(f"wrote {path} ({path.stat().st_size} bytes)")


def _copy(source: Path, draft: Path) -> str:
    """Copy a database to a new file on disk, and return SQLite's verdict on it: `ok`, or a fault.

    :raise OSError: the file cannot be written.
    :raise sqlite3.Error: the database cannot be read.
    """
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as original,
        closing(sqlite3.connect(draft)) as copy,
    ):
        original.backup(copy)
        verdict = str(copy.execute("PRAGMA integrity_check").fetchone()[0])
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    return verdict
