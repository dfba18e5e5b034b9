"""`export` and `import`: records in a file that any of the databases can take in."""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import click
from sqlalchemy.exc import SQLAlchemyError

from interview_service.cli.base import load_settings, prepare, reason_of
from interview_service.cli.files import new_file

if TYPE_CHECKING:
    from interview_service.database.moving import Stage, Summary

_STANDARD = Path("-")
_COMPRESSION = 6

_tenant_option = click.option("--tenant", help="This tenant's records alone.")


@click.command("export")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@_tenant_option
def export_(path: Path, tenant: str | None) -> None:
    """Write all records to FILE, as JSON Lines.

    They are those of one moment; the service may keep running. FILE must not exist yet. One that
    ends in .gz is compressed, and - is the standard output.
    """
    from interview_service.database.moving import export_records

    settings = load_settings()
    prepare(settings)
    with _told("nothing was exported"), _bars() as stage, _destination(path) as file:
        summary = export_records(settings.url, file, tenant, stage)
    click.echo(f"exported {_shown(summary)}", err=path == _STANDARD)


@contextmanager
def _destination(path: Path) -> Iterator[BinaryIO]:
    """Yield where an export is written."""
    if path == _STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with new_file(path) as draft, draft.open("wb") as file:
        if path.suffix == ".gz":
            with gzip.GzipFile("", "wb", _COMPRESSION, file) as compressed:
                yield cast(BinaryIO, compressed)
        else:
            yield file


@click.command("import")
@click.argument(
    "path",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
)
@_tenant_option
def import_(path: Path, tenant: str | None) -> None:
    """Write the records of an exported FILE into the database.

    A tenant that it has already is refused. An import that was interrupted is repeated with the
    same file: it goes on where it stopped. Nothing is worked on before all of it is there.
    """
    from interview_service.database.moving import import_records

    settings = load_settings()
    prepare(settings)
    with _told("the import has stopped"), _bars() as stage, _at_hand(path) as file:
        summary = import_records(settings.url, file, tenant, stage)
    if summary.written:
        click.echo(f"imported {_shown(summary)}, compared with the file")
    else:
        click.echo(f"all of it is there already: {_shown(summary)}")


@contextmanager
def _at_hand(path: Path) -> Iterator[Path]:
    """Yield a path that can be read more than once."""
    if path != _STANDARD:
        yield path
        return
    with tempfile.NamedTemporaryFile() as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.flush()
        yield Path(file.name)


@contextmanager
def _bars() -> Iterator[Stage]:
    """Show how far a stage is, on a terminal alone."""
    from rich import progress
    from rich.console import Console

    console = Console(stderr=True)
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=console, disable=not console.is_terminal) as bars:

        def begin(stage: str, rows: int) -> Callable[[int], None]:
            return partial(bars.advance, bars.add_task(stage, total=rows))

        yield begin


def _shown(summary: Summary) -> str:
    tenants = len(summary.tenants)
    return (
        f"{summary.rows.get('interviews', 0)} interviews, {summary.total} rows in all, of "
        f"{tenants} tenant{'' if tenants == 1 else 's'}"
    )


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say in one line why it is not done.

    :raise click.ClickException: it is not.
    """
    from interview_service.database.moving import MoveRefused

    try:
        yield
    except SQLAlchemyError as error:
        raise click.ClickException(f"{what}: {reason_of(error)}") from None
    except (OSError, MoveRefused) as error:
        raise click.ClickException(f"{what}: {error}") from None
