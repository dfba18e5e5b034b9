"""What commands have in common: the settings, and a database that is ready for use."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy.exc import SQLAlchemyError

from interview_service.settings import SYMMETRIC, Settings
from interview_service.settings.declaring import SettingsError
from interview_service.settings.files import readable_secrets

if TYPE_CHECKING:
    from marshmallow import Schema
    from sqlalchemy import Engine

    from interview_service.database.session import Database
    from interview_service.lifecycle.base import Actor
    from interview_service.mail.messages import MessageWriter
    from interview_service.mail.transport import MailTransport
    from interview_service.repository import Repository
    from interview_service.repository.directory import Directory


def load_settings() -> Settings:
    """Return the settings.

    :raise click.ClickException: some cannot be used; it lists every fault.
    """
    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def base_url(settings: Settings) -> str:
    """Return the URL at which a client on this machine reaches the service."""
    host = settings.host if settings.host not in ("0.0.0.0", "::") else "localhost"  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def prepare(settings: Settings) -> None:
    """Make sure that the database is there and its schema current.

    A SQLite file is created or upgraded where needed.

    :raise click.ClickException: the database cannot be used, or `db upgrade` has to be run first.
    """
    from interview_service.database import schema

    create_secret(settings)
    for warning in readable_secrets(Path(".env"), settings.secret_file):
        click.echo(f"warning: {warning}", err=True)
    create_file(settings)
    with connected(settings) as engine:
        found = schema.check(engine)
        if settings.is_sqlite and found != schema.newest():
            schema.upgrade(engine)
            return
    if found != schema.newest():
        raise click.ClickException(
            f"the database is at revision {found or 'none'} and {schema.newest()} is wanted: "
            "run interview-service db upgrade"
        )


def create_secret(settings: Settings) -> None:
    """Create the secret that signs HS tokens, unless it exists or tokens are signed elsewhere.

    :raise click.ClickException: its file cannot be read or written.
    """
    if settings.jwt_algorithm in SYMMETRIC:
        try:
            settings.secret()
        except SettingsError as error:
            raise click.ClickException(str(error)) from None


def create_file(settings: Settings) -> None:
    """Create the SQLite file, readable by its owner alone, and its folder, unless they exist.

    :raise click.ClickException: it cannot be created.
    """
    if not settings.is_sqlite:
        return
    path = Path(settings.url.database or "")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise click.ClickException(f"cannot create {path}: {error.strerror}") from None


@contextmanager
def connected(settings: Settings) -> Iterator[Engine]:
    """Yield an engine on the database, and dispose of it.

    :raise click.ClickException: the database cannot be used, or this version is too old for it.
    """
    from interview_service.database.engine import make_engine
    from interview_service.database.schema import SchemaUnknown

    engine = make_engine(settings.url)
    try:
        yield engine
    except SchemaUnknown as error:
        raise click.ClickException(str(error)) from None
    except SQLAlchemyError as error:
        reason = reason_of(error)
        raise click.ClickException(
            f"cannot use the database {settings.shown_url}: {reason}"
        ) from None
    finally:
        engine.dispose()


def reason_of(error: SQLAlchemyError) -> str:
    """Return the first line of what the driver says, which names no password."""
    orig = getattr(error, "orig", None)
    lines = str(orig.args[-1] if orig is not None and orig.args else error).strip().splitlines()
    return lines[0] if lines else str(error)


yes_option = click.option("--yes", is_flag=True, help="The tenant's name is meant as it is.")


@contextmanager
def refusals() -> Iterator[None]:
    """Tell the operator what the service refuses to do.

    :raise click.ClickException: it does.
    """
    from interview_service.domain.errors import InterviewServiceError, InvalidFields

    try:
        yield
    except InvalidFields as error:
        raise click.ClickException(_listed(error.errors)) from None
    except InterviewServiceError as error:
        raise click.ClickException(str(error)) from None


def valid(schema: Schema, body: dict[str, Any]) -> dict[str, Any]:
    """Return values by the rules that the API has for them.

    :raise click.ClickException: some are not valid.
    """
    from marshmallow import ValidationError

    try:
        loaded: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        raise click.ClickException(_listed(error.messages_dict)) from None
    return loaded


def _listed(errors: Mapping[str, Any]) -> str:
    """Return the first message of each field."""
    lines = []
    for name, messages in errors.items():
        while isinstance(messages, Mapping):
            messages = next(iter(messages.values()))
        lines.append(f"{name}: {messages[0]}")
    return "; ".join(lines)


def operator() -> Actor:
    """Return who acts by the command line: whoever may run it may do everything."""
    from interview_service.domain.roles import Role
    from interview_service.lifecycle.base import SERVICE, Actor

    return Actor(SERVICE, Role.ADMIN.permissions)


def repository_of(tenant: str) -> Repository:
    """Return the repository of a tenant, for commands that work on the database itself.

    :raise click.ClickException: no tenant can have this name, or the database cannot be used.
    """
    from interview_service.api import auth

    if auth.plain(tenant, auth.MAX_TENANT) is None:
        raise click.ClickException(
            f"a tenant's name has 1 to {auth.MAX_TENANT} printable characters"
        )
    settings = load_settings()
    prepare(settings)
    return directory_of(settings).repository_of(tenant)


def mail_of(settings: Settings) -> tuple[MessageWriter, MailTransport] | None:
    """Return what writes mails and what hands them over; None where none are sent."""
    from interview_service.mail.messages import MessageWriter
    from interview_service.mail.transport import MailTransport

    if not settings.sends_mail:
        return None
    has_pages = settings.dashboard == "on"
    writer = MessageWriter(settings.sender, settings.seen_at, has_pages=has_pages)
    return writer, MailTransport(settings.relay, settings.sender)


def database_of(settings: Settings) -> Database:
    """Return the database, which is closed when the command ends."""
    from interview_service.database.engine import make_engine
    from interview_service.database.session import Database

    database = Database(make_engine(settings.url))
    click.get_current_context().call_on_close(database.engine.dispose)
    return database


def directory_of(settings: Settings) -> Directory:
    """Return what finds tenants; its database is closed when the command ends."""
    from functools import partial

    from interview_service.repository import Repository
    from interview_service.repository.directory import Directory

    database = database_of(settings)
    return Directory(database, partial(Repository, database, sends_mail=settings.sends_mail))


def confirm_tenant(directory: Directory, tenant: str, *, yes: bool) -> None:
    """Ask whether a tenant is meant that nothing is known of: its name may be misspelt.

    :raise click.ClickException: nobody is there to answer; the message says how to go on.
    :raise click.Abort: it is not meant.
    """
    if yes or directory.knows_tenant(tenant) or not directory.knows_any_tenant():
        return
    question = f"No interview and no user of a tenant {tenant!r} is known: is that its name?"
    if not sys.stdin.isatty():
        raise click.ClickException(f"{question} Give --yes to say so.")
    click.confirm(question, abort=True, err=True)
