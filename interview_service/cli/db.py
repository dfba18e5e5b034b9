"""`db …`: the database's schema."""

import sys
from pathlib import Path

import click

from interview_service.cli.base import connected, create_file, load_settings


@click.group()
def db() -> None:
    """Manage the database's schema."""


@db.command()
def upgrade() -> None:
    """Bring the schema to what this version needs.

    What is missing is created; rows are kept.
    """
    from interview_service.database import schema

    settings = load_settings()
    create_file(settings)
    with connected(settings) as engine:
        before = schema.current(engine)
        schema.upgrade(engine)
        after = schema.current(engine)
        warning = schema.weakness(engine)
    if before == after:
        click.echo(f"current: {after}")
    else:
        click.echo(f"upgraded from {before or 'nothing'} to {after}")
    if warning:
        click.echo(f"warning: {warning}", err=True)


@db.command()
def vacuum() -> None:
    """Free SQLite's file of all that was deleted.

    Searches' index is put together and the file is written anew. Writers wait meanwhile: best when
    nobody works.
    """
    from interview_service.database.backends import sqlite

    settings = load_settings()
    if not settings.is_sqlite:
        raise click.ClickException(
            "the database is not SQLite: docs/operations.md says what to run on a server"
        )
    if not Path(settings.url.database or "").exists():
        raise click.ClickException(f"there is no database at {settings.url.database}")
    with connected(settings) as engine:
        if not sqlite.vacuum(engine):
            raise click.ClickException(
                "others are at work on it, or the disk is full: stop the service and try again"
            )
    click.echo("done")


@db.command()
def current() -> None:
    """Print the schema's revision.

    Exits with status 1 when this version needs another one.
    """
    from interview_service.database import schema

    settings = load_settings()
    found = None
    if not settings.is_sqlite or Path(settings.url.database or "").exists():
        with connected(settings) as engine:
            found = schema.check(engine)
    wanted = schema.newest()
    click.echo(f"{found or 'none'} ({'current' if found == wanted else f'{wanted} is wanted'})")
    sys.exit(0 if found == wanted else 1)
