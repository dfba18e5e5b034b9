"""The command line, `interview-service …`: a thin entry into what the other modules do."""

import os
import re
import secrets
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson
from sqlalchemy.exc import SQLAlchemyError

from interview_service import __version__
from interview_service.settings import SYMMETRIC, Settings, SettingsError

if TYPE_CHECKING:
    from sqlalchemy import Engine

_DURATION = re.compile(r"(\d{1,6})([smhd])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Duration(click.ParamType[timedelta]):
    """A time span such as `30m`, `8h` or `7d`."""

    name = "duration"

    def convert(self, value: Any, param: Any, ctx: Any) -> timedelta:
        """Read the text of a time span."""
        if isinstance(value, timedelta):
            return value
        match = _DURATION.fullmatch(value)
        if match is None or not int(match[1]):
            self.fail(f"{value!r} is no time span: write 30m, 8h or 7d", param, ctx)
        return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _fail(message: str) -> "click.ClickException":
    return click.ClickException(message)


def _settings() -> Settings:
    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise _fail(str(error)) from None


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="interview-service")
def main() -> None:
    """Interview Service keeps the record of every job interview, from request to verdict.

    Settings come from the environment and from a .env file in the working directory; the README
    lists them.
    """


@main.command()
def serve() -> None:
    """Run everything on this machine: the web and a worker.

    A SQLite database is created and upgraded by itself.
    """
    from interview_service import processes

    settings = _settings()
    _prepare(settings)
    _start(lambda: processes.check_port(settings))

    engine = _engine(settings)

    def run_web() -> None:
        processes.run_web(settings, _app(settings), lambda: _greet(settings))

    def run_worker() -> None:
        _run_worker(settings, engine)

    sys.exit(processes.supervise({"web": run_web, "worker": run_worker}))


@main.command()
def web() -> None:
    """Run the web processes alone."""
    from interview_service import processes

    settings = _settings()
    _prepare(settings)
    _start(lambda: processes.check_port(settings))
    processes.run_web(settings, _app(settings), lambda: _greet(settings))


@main.command()
def worker() -> None:
    """Run a worker alone, as many as wanted.

    It writes plans and assessments and delivers webhooks, on any machine that reaches the database.
    """
    settings = _settings()
    _prepare(settings)
    engine = _engine(settings)
    click.echo(f"Interview Service {__version__} works with the {settings.interview_engine} engine")
    _run_worker(settings, engine)


def _run_worker(settings: Settings, engine: Any) -> None:
    from interview_service import logs, worker
    from interview_service.database.engine import make_engine
    from interview_service.database.session import Database
    from interview_service.webhooks.transport import Transport

    logs.configure(settings)
    connections = settings.worker_threads + settings.webhook_threads + 2  # and two sweeps
    database = Database(make_engine(settings.url, pool_size=connections))
    transport = Transport(allow_private=settings.webhook_allow_private)
    worker.run(settings, database, engine, transport)


def _engine(settings: Settings) -> Any:
    from interview_service.engines import EngineUnusable, make_engine

    try:
        return make_engine(settings)
    except EngineUnusable as error:
        raise _fail(str(error)) from None


def _app(settings: Settings) -> Any:
    def make() -> Any:
        from interview_service.app import create_app
        from interview_service.hints import Hints

        return create_app(settings, wake=Hints(settings).give)

    return make


def _start(check: Any) -> None:
    from interview_service.processes import StartRefused

    try:
        check()
    except StartRefused as error:
        raise _fail(str(error)) from None


def _prepare(settings: Settings) -> None:
    """Make sure that the database is there with a schema that is current, or stop."""
    from interview_service.database import schema

    _make_secret(settings)
    _make_file(settings)
    with _connected(settings) as engine:
        found = schema.current(engine)
        if settings.is_sqlite and found != schema.newest():
            schema.upgrade(engine)
            return
    if found != schema.newest():
        raise _fail(
            f"the database is at revision {found or 'none'} and {schema.newest()} is wanted: "
            "run interview-service db upgrade"
        )


def _make_secret(settings: Settings) -> None:
    """Make the secret of HS tokens where there is none yet, or stop."""
    if settings.jwt_algorithm in SYMMETRIC:
        try:
            settings.secret()
        except SettingsError as error:
            raise _fail(str(error)) from None


def _make_file(settings: Settings) -> None:
    """Make a SQLite file that only its owner may read, and its folder, or stop."""
    if not settings.is_sqlite:
        return
    path = Path(settings.url.database or "")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise _fail(f"cannot make {path}: {error.strerror}") from None


@contextmanager
def _connected(settings: Settings) -> Iterator["Engine"]:
    """Give an engine and close it; a database that cannot be used stops the command."""
    from interview_service.database.engine import make_engine

    engine = make_engine(settings.url)
    try:
        yield engine
    except SQLAlchemyError as error:
        raise _fail(_unreachable(settings, error)) from None
    finally:
        engine.dispose()


def _unreachable(settings: Settings, error: SQLAlchemyError) -> str:
    orig = getattr(error, "orig", None)
    reason = str(orig.args[-1] if orig is not None and orig.args else error).strip().splitlines()
    return f"cannot use the database {settings.shown_url}: {reason[0] if reason else error}"


def _base_url(settings: Settings) -> str:
    host = settings.host if settings.host not in ("0.0.0.0", "::") else "localhost"  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _greet(settings: Settings) -> None:
    base = _base_url(settings)
    click.echo(f"Interview Service {__version__} listens on {base}/api/v1")
    click.echo(f"  Documentation   {base}/api/docs")
    click.echo(f"  Database        {settings.shown_url}")
    if settings.jwt_algorithm in SYMMETRIC:
        click.echo("  A token         interview-service token --tenant demo --subject me")
        click.echo("                  (make token, in a clone)")
        click.echo("  See it work     interview-service demo    (make demo, in a clone)")


@main.group()
def db() -> None:
    """Look after the database's schema."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema to what this version wants.

    What is missing is created. Rows are kept.
    """
    from interview_service.database import schema

    settings = _settings()
    _make_file(settings)
    with _connected(settings) as engine:
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


@db.command("current")
def db_current() -> None:
    """Print the schema's revision.

    Exits with 1 when it is not what this version wants.
    """
    from interview_service.database import schema

    settings = _settings()
    found = None
    if not settings.is_sqlite or Path(settings.url.database or "").exists():
        with _connected(settings) as engine:
            found = schema.current(engine)
    wanted = schema.newest()
    click.echo(f"{found or 'none'} ({'current' if found == wanted else f'{wanted} is wanted'})")
    sys.exit(0 if found == wanted else 1)


@main.command()
@click.option("--tenant", required=True, help="Whose data the token gives access to.")
@click.option("--subject", required=True, help="Who the token speaks for.")
@click.option(
    "--permission",
    "permissions",
    multiple=True,
    metavar="NAME",
    help="A permission, such as interview:read; repeat for more.  [default: interview:*]",
)
@click.option(
    "--expires",
    type=Duration(),
    default="8h",
    show_default=True,
    help="How long the token is good for: 30m, 8h, 7d.",
)
def token(tenant: str, subject: str, permissions: tuple[str, ...], expires: timedelta) -> None:
    """Print a token signed with the service's own secret."""
    click.echo(_new_token(_settings(), tenant, subject, permissions, expires))


def _new_token(
    settings: Settings,
    tenant: str,
    subject: str,
    permissions: Sequence[str],
    expires: timedelta,
) -> str:
    from flask import Flask
    from flask_jwt_extended import create_access_token

    from interview_service.api import auth

    if settings.jwt_algorithm not in SYMMETRIC:
        raise _fail(
            f"JWT_ALGORITHM is {settings.jwt_algorithm}: tokens come from your identity provider"
        )
    is_new = not settings.jwt_secret_key and not settings.secret_file.exists()
    _make_secret(settings)
    if is_new:
        click.echo(
            f"made the secret {settings.secret_file.resolve()}: "
            "a service with another INSTANCE_PATH does not take this token",
            err=True,
        )
    app = Flask("token")
    auth.init_app(app, settings)
    claims: dict[str, Any] = {}
    auth.put(claims, settings.jwt_tenant_claim, tenant)
    auth.put(claims, settings.jwt_permissions_claim, list(permissions) or ["interview:*"])
    with app.app_context():
        text: str = create_access_token(subject, expires_delta=expires, additional_claims=claims)
        try:
            principal = auth.check(text)
        except auth.TokenRefused as error:
            raise _fail(f"such a token would not be accepted: {error}") from None
    if (principal.subject, principal.tenant_id) != (subject, tenant):
        raise _fail(
            f"such a token would speak for {principal.subject} of {principal.tenant_id}, because "
            f"JWT_TENANT_CLAIM is {settings.jwt_tenant_claim}"
        )
    return text


def _repository(tenant: str) -> Any:
    """Return the repository of a tenant, for the commands that work on the database itself."""
    from interview_service.api import auth
    from interview_service.database.engine import make_engine
    from interview_service.database.session import Database
    from interview_service.repository import Repository

    if auth.plain(tenant, auth.MAX_TENANT) is None:
        raise _fail(f"a tenant's name has 1 to {auth.MAX_TENANT} printable characters")
    settings = _settings()
    _prepare(settings)
    database = Database(make_engine(settings.url))
    click.get_current_context().call_on_close(database.engine.dispose)
    return Repository(database, tenant)


@main.group()
def tenant() -> None:
    """Look after a tenant's settings."""


@tenant.command("show")
@click.argument("name")
def tenant_show(name: str) -> None:
    """Print what the tenant NAME has set."""
    from interview_service import lifecycle

    view = lifecycle.tenant_settings(_repository(name))
    click.echo(f"webhook URL         {view.webhook_url or 'none'}")
    click.echo(f"approves plans      {'by itself' if view.auto_approve_plans else 'by people'}")
    click.echo(f"webhook secret      {'made' if view.has_secret else 'none yet'}")


@tenant.command("set")
@click.argument("name")
@click.option("--webhook-url", help="Where events go; an empty text for nowhere.")
@click.option("--auto-approve/--no-auto-approve", default=None, help="Approve plans by itself.")
def tenant_set(name: str, webhook_url: str | None, auto_approve: bool | None) -> None:
    """Change what the tenant NAME has set."""
    from interview_service import lifecycle
    from interview_service.webhooks.addresses import UrlRefused, check_url

    changes: dict[str, Any] = {}
    if webhook_url is not None:
        changes["webhook_url"] = webhook_url.strip() or None
    if auto_approve is not None:
        changes["auto_approve_plans"] = auto_approve
    if not changes:
        raise _fail("nothing to change: give --webhook-url or --auto-approve")
    if changes.get("webhook_url"):
        try:
            check_url(changes["webhook_url"], allow_private=_settings().webhook_allow_private)
        except UrlRefused as error:
            raise _fail(f"--webhook-url: {error}") from None
    lifecycle.update_tenant_settings(_repository(name), changes)
    click.echo("changed")


@tenant.command("rotate-secret")
@click.argument("name")
def tenant_rotate_secret(name: str) -> None:
    """Make a new webhook secret for the tenant NAME.

    It is printed, this once. Until the time that is told, events are signed with the one before as
    well.
    """
    from interview_service import lifecycle

    made = lifecycle.rotate_webhook_secret(_repository(name))
    click.echo(made.secret)
    if made.previous_valid_until is not None:
        until = made.previous_valid_until.isoformat(timespec="seconds")
        click.echo(f"the secret before signs as well until {until}", err=True)


@main.group()
def webhooks() -> None:
    """Look after the events that were posted."""


@webhooks.command("list")
@click.option("--tenant", "name", required=True, help="Whose events.")
@click.option(
    "--state",
    type=click.Choice(["PENDING", "DELIVERED", "DEAD"], case_sensitive=False),
    default="DEAD",
    show_default=True,
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def webhooks_list(name: str, state: str, limit: int) -> None:
    """List a tenant's events, newest first.

    Interview and delivery, as `webhooks redeliver` wants them, event, how often it was tried, when
    it is tried next, where it goes, and what came of the last try.
    """
    from interview_service.domain.outbox import DeliveryState

    repository = _repository(name)
    found = repository.deliveries.in_state(DeliveryState(state.upper()), limit)
    for each in found:
        due = each.due_at.isoformat(timespec="seconds") if each.due_at else "-"
        last = repository.deliveries.last_attempt(each.id)
        outcome = (last.error or last.status) if last else "not tried yet"
        click.echo(
            f"{each.interview_id}  {each.id}  {each.event}  attempts={each.attempt_count}  "
            f"next={due}  {each.url}  {outcome}"
        )
    if not found:
        click.echo(f"no {state.upper()} events", err=True)


@webhooks.command("redeliver")
@click.option("--tenant", "name", required=True, help="Whose event.")
@click.argument("interview_id")
@click.argument("delivery_id")
def webhooks_redeliver(name: str, interview_id: str, delivery_id: str) -> None:
    """Have an event posted once more, with the same webhook-id."""
    from interview_service import lifecycle
    from interview_service.domain.errors import NotFoundError

    try:
        report = lifecycle.redeliver(_repository(name), interview_id, delivery_id)
    except NotFoundError as error:
        raise _fail(str(error)) from None
    click.echo(f"{report.delivery.event} will be posted to {report.delivery.url}")


@main.command()
@click.option("--url", default=None, help="Where the service is.  [default: HOST and PORT]")
@click.option("--token", "text", default=None, help="A token; by default one is made.")
@click.option("--tenant", default="demo", show_default=True, help="The tenant of such a token.")
def demo(url: str | None, text: str | None, tenant: str) -> None:
    """Play one interview against a running service.

    From request to verdict, each step shown.
    """
    from interview_service import demo as play

    settings = _settings()
    if text is None:
        text = _new_token(settings, tenant, "demo", ["interview:*"], timedelta(hours=1))
    try:
        play.run(url or _base_url(settings), text)
    except play.DemoFailed as error:
        raise _fail(str(error)) from None


@main.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def backup(path: Path) -> None:
    """Write a copy of the SQLite database to PATH.

    The service may run meanwhile: the copy is whole and consistent. PATH must not exist yet.
    """
    settings = _settings()
    if not settings.is_sqlite:
        tool = "pg_dump" if settings.url.get_backend_name() == "postgresql" else "mariadb-dump"
        raise _fail(f"the database is not SQLite: use {tool}")
    source_path = Path(settings.url.database or "")
    if not source_path.exists():
        raise _fail(f"there is no database at {source_path}")
    if os.path.lexists(path):
        raise _fail(f"{path} exists already")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        source = sqlite3.connect(f"{source_path.absolute().as_uri()}?mode=ro", uri=True)
        copy = sqlite3.connect(draft)
        try:
            source.backup(copy)
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            source.close()
            copy.close()
        if verdict != "ok":
            raise _fail(f"the copy is not sound: {verdict}")
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.rename(path)
    except (OSError, sqlite3.Error) as error:
        raise _fail(f"no backup was written: {error}") from None
    finally:
        with suppress(OSError):
            draft.unlink()
    click.echo(f"wrote {path} ({path.stat().st_size} bytes)")


@main.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    from interview_service.api import docs
    from interview_service.app import create_app

    app = create_app(Settings(jwt_secret_key=secrets.token_urlsafe(48)))
    with app.app_context():
        document = docs.openapi(app)
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
