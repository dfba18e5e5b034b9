"""`serve`, `web` and `worker`: the service itself, all of it on one machine or its parts apart."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from interview_service import __version__
from interview_service.cli.base import base_url, load_settings, mail_of, prepare
from interview_service.settings import SYMMETRIC, Settings

if TYPE_CHECKING:
    from flask import Flask

    from interview_service.engines.base import Engine


@click.command()
def serve() -> None:
    """Run everything on this machine: the web and a worker.

    A SQLite database is created and upgraded automatically.
    """
    from interview_service import processes

    settings = load_settings()
    prepare(settings)
    _check_port(settings)
    engine = _engine(settings)
    beginning = _beginning(settings)

    def run_web() -> None:
        processes.run_web(settings, _app_maker(settings), lambda: _greet(settings, beginning))

    def run_worker() -> None:
        _run_worker(settings, engine)

    sys.exit(processes.supervise({"web": run_web, "worker": run_worker}))


@click.command()
def web() -> None:
    """Run the web processes alone."""
    from interview_service import processes

    settings = load_settings()
    prepare(settings)
    _check_port(settings)
    processes.run_web(settings, _app_maker(settings), lambda: _greet(settings))


@click.command()
def worker() -> None:
    """Run a worker alone; start as many as you want.

    It writes plans and assessments, delivers webhooks and sends mails, on any machine that reaches
    the database.
    """
    settings = load_settings()
    prepare(settings)
    engine = _engine(settings)
    click.echo(
        f"Interview Service {__version__}: worker with the {settings.interview_engine} engine"
    )
    _run_worker(settings, engine)


def _check_port(settings: Settings) -> None:
    from interview_service import processes

    try:
        processes.check_port(settings)
    except processes.StartRefused as error:
        raise click.ClickException(str(error)) from None


def _engine(settings: Settings) -> Engine:
    from interview_service.engines import EngineUnusable, make_engine

    try:
        return make_engine(settings)
    except EngineUnusable as error:
        raise click.ClickException(str(error)) from None


def _app_maker(settings: Settings) -> Callable[[], Flask]:
    def make() -> Flask:
        from interview_service.app import create_app
        from interview_service.wakeups import WakeupSender

        return create_app(settings, wake=WakeupSender(settings).send)

    return make


def _run_worker(settings: Settings, engine: Engine) -> None:
    from interview_service import logs, worker
    from interview_service.database.engine import make_engine
    from interview_service.database.session import Database
    from interview_service.webhooks.transport import Transport

    logs.configure(settings)
    connections = settings.worker_threads + settings.webhook_threads + 4  # and four loops
    database = Database(make_engine(settings.url, pool_size=connections))
    transport = Transport(allow_private=settings.webhook_allow_private)
    worker.run(settings, database, engine, transport, mail_of(settings))


def _beginning(settings: Settings) -> str | None:
    """Return what to say of the first user; None where there is one already."""
    from functools import partial

    from interview_service.cli.base import connected
    from interview_service.database.session import Database
    from interview_service.domain.accounts import set_up_url
    from interview_service.lifecycle import set_up
    from interview_service.repository import Repository
    from interview_service.repository.directory import Directory

    if settings.session_secret() is None:
        return "Sign-in is off  set JWT_SECRET_KEY, the same on every machine"
    with connected(settings) as engine:
        database = Database(engine)
        code = set_up.new_set_up_code(Directory(database, partial(Repository, database)))
    return f"The first user  {set_up_url(settings.seen_at, code)}" if code is not None else None


def _greet(settings: Settings, beginning: str | None = None) -> None:
    base = base_url(settings)
    click.echo(f"Interview Service {__version__} listens on {base}/api/v1")
    click.echo(f"  Documentation   {base}/api/docs")
    click.echo(f"  Database        {settings.shown_url}")
    if beginning is not None:
        click.echo(f"  {beginning}")
    if settings.jwt_algorithm in SYMMETRIC:
        click.echo("  A token         interview-service token --tenant demo --subject me")
        click.echo("                  (make token, in a clone)")
        click.echo("  See it work     interview-service demo    (make demo, in a clone)")
