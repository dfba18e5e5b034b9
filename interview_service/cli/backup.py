"""`backup` and `restore`: whole copies of the database, taken while the service runs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy.exc import SQLAlchemyError

from interview_service.cli.base import connected, load_settings, reason_of
from interview_service.cli.files import new_file, remove_drafts
from interview_service.domain.clock import clock
from interview_service.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from interview_service.database.snapshots import Counts

_DATED = "interviews-%Y-%m-%dT%H-%M-%SZ"
_IS_DATED = re.compile(r"interviews-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.(?:db|dump|sql\.gz)", re.ASCII)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--keep",
    type=click.IntRange(1, 10_000),
    help="PATH is a folder of dated copies, of which so many are kept.",
)
def backup(path: Path, keep: int | None) -> None:
    """Write a copy of the database to PATH.

    The service may keep running: the copy is complete and consistent, and its rows were counted.
    PATH must not exist yet. With --keep it is a folder to which a dated copy is added; the oldest
    ones beyond that number are removed.
    """
    from interview_service.database.copies import copier_of

    settings = load_settings()
    copier = copier_of(settings.url)
    if keep is None:
        _write(settings, path)
        return
    with _told("no backup was written"):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(settings, path / f"{clock.now():{_DATED}}{copier.suffix}")
    with _told("older copies could not be removed"):
        copies = sorted(each for each in path.iterdir() if _IS_DATED.fullmatch(each.name))
        for each in copies[:-keep]:
            each.unlink()
            click.echo(f"removed {each}")
        remove_drafts(path, "interviews-*")


def _write(settings: Settings, path: Path) -> None:
    from interview_service.database.copies import copier_of

    if path.is_dir():
        raise click.ClickException(f"{path} is a folder: name a file, or give --keep")
    source = Path(settings.url.database or "")
    if settings.is_sqlite and not source.exists():
        raise click.ClickException(f"there is no database at {source}")
    with _told("no backup was written"), new_file(path) as draft:
        counts = copier_of(settings.url).write(settings.url, draft)
    click.echo(f"wrote {path} ({path.stat().st_size} bytes): {_shown(counts)}")
    if not settings.jwt_secret_key and settings.secret_file.exists():
        click.echo(f"not in it: {settings.secret_file}, which signs tokens; keep a copy of it too")


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(path: Path) -> None:
    """Bring the backup PATH back, into a database that is empty.

    It is the one that the settings name, of the same kind as the backup.
    """
    from interview_service.database.copies import copier_of, kind_of

    settings = load_settings()
    wanted = settings.url.get_backend_name()
    with _told("nothing was restored"):
        kind = kind_of(path)
    if kind is None:
        raise click.ClickException(f"{path} is no backup")
    if kind != wanted:
        raise click.ClickException(
            f"{path} is a backup of {kind}, and the database is {wanted}: restore it there, and "
            "move the records with export and import"
        )
    if settings.is_sqlite:
        counts = _restore_file(settings, path)
    else:
        with connected(settings) as engine:
            _check_empty(settings, engine)
        with _told("the restore has failed"):
            counts = copier_of(settings.url).restore(settings.url, path)
    click.echo(f"restored {settings.shown_url}: {_shown(counts)}")
    _tell_revision(settings)


def _restore_file(settings: Settings, path: Path) -> "Counts":
    """Put a SQLite file in place, whole or not at all."""
    from interview_service.database.copies import copier_of
    from interview_service.settings.databases import database_url

    target = Path(settings.url.database or "")
    for suffix in ("-wal", "-journal"):
        left = target.with_name(target.name + suffix)
        if not target.exists() and left.exists():
            raise click.ClickException(
                f"{left} is left of a database that is gone: move it away first"
            )
    if target.exists() and target.stat().st_size:
        with connected(settings) as engine:
            _check_empty(settings, engine)
    with _told("nothing was restored"):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with new_file(target, replace=True) as draft:
            url = database_url(f"sqlite:///{draft}", settings.instance_path)
            return copier_of(url).restore(url, path)


def _check_empty(settings: Settings, engine: "Engine") -> None:
    from sqlalchemy import inspect

    tables = inspect(engine).get_table_names()
    if tables:
        raise click.ClickException(
            f"{settings.shown_url} is not empty, it has {len(tables)} tables: nothing was restored"
        )


def _tell_revision(settings: Settings) -> None:
    """Say what has to be done before the service can start, if anything."""
    from interview_service.database import schema

    with connected(settings) as engine:
        found = schema.check(engine)
    if found != schema.newest():
        click.echo(f"its schema is at revision {found or 'none'}: run interview-service db upgrade")


def _shown(counts: "Counts") -> str:
    return f"{sum(counts.values())} rows in {len(counts)} tables, counted on both sides"


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say in one line what came of it where it fails.

    :raise click.ClickException: it did.
    """
    from interview_service.database.copies import CopyRefused

    try:
        yield
    except SQLAlchemyError as error:
        raise click.ClickException(f"{what}: {reason_of(error)}") from None
    except (OSError, CopyRefused) as error:
        raise click.ClickException(f"{what}: {error}") from None
