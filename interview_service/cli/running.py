"""`serve`, `web` and `worker`: the service itself, all of it on one machine or its parts apart."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from interview_service import __version__
from interview_service.cli.base import base_url, load_settings, mail_of, prepare
from interview_service.settings import SYMMETRIC, Settings

if TYPE_CHECKING:
    from flask import Flask

    from interview_service.engines.base import Engine

log = logging.getLogger(__name__)


@contextmanager
def _loading() -> Iterator[None]:
    """Load what stays: the garbage collector neither runs meanwhile nor looks at it ever again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@click.command()
def serve() -> None:
    """Run everything on this machine: the web and a worker.

    A SQLite database is created and upgraded automatically.
    """
    with _loading():  # before both processes are forked, so that they share its memory
        from interview_service import processes

        settings = load_settings()
        prepare(settings)
        _check_port(settings)
        make_app = _app_maker(settings)
        run_worker = _worker_runner(settings, _engine(settings))
        beginning = _beginning(settings)

    def run_web() -> None:
        processes.run_web(settings, make_app, lambda: _greet(settings, beginning))

    sys.exit(processes.supervise({"web": run_web, "worker": run_worker}))


@click.command()
def web() -> None:
    """Run the web processes alone."""
    with _loading():
        from interview_service import processes

        settings = load_settings()
        prepare(settings)
        _check_port(settings)
        make_app = _app_maker(settings)
    processes.run_web(settings, make_app, lambda: _greet(settings))


@click.command()
def worker() -> None:
    """Run a worker alone; start as many as you want.

    It writes plans and assessments, delivers webhooks and sends mails, on any machine that reaches
    the database.
    """
    with _loading():
        settings = load_settings()
        prepare(settings)
        run = _worker_runner(settings, _engine(settings))
    click.echo(
        f"Interview Service {__version__}: worker with the {settings.interview_engine} engine"
    )
    run()


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
    from interview_service.app import create_app
    from interview_service.wakeups import WakeupSender

    def make() -> Flask:
        return create_app(settings, wake=WakeupSender(settings).send)

    return make


def _worker_runner(settings: Settings, engine: Engine) -> Callable[[], None]:
    from interview_service import logs, worker
    from interview_service.database.engine import make_engine
    from interview_service.database.session import Database
    from interview_service.webhooks.transport import Transport

    def run() -> None:
        logs.configure(settings)
        connections = settings.worker_threads + settings.webhook_threads + 4  # and four loops
        database = Database(make_engine(settings.url, pool_size=connections))
        transport = Transport(allow_private=settings.webhook_allow_private)
        if settings.sends_mail and not settings.public_url:
            log.warning("PUBLIC_URL is not set: links in mails begin with %s", settings.seen_at)
        worker.run(settings, database, engine, transport, mail_of(settings))

    return run


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
