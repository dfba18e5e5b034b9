"""A team whose mails go to a mail server on loopback: what the tests of mails are played with."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.headerregistry import Address
from typing import Any

from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from interview_service.credentials import passwords
from interview_service.database.session import Database
from interview_service.domain.accounts import User
from interview_service.domain.mail import Mail
from interview_service.domain.roles import Role
from interview_service.domain.workflow import State
from interview_service.lifecycle.set_up import add_active_user
from interview_service.mail.messages import MessageWriter
from interview_service.mail.relay import Relay
from interview_service.mail.transport import MailTransport
from interview_service.repository import Repository
from interview_service.webhooks.transport import Transport
from interview_service.worker import Worker
from tests.callers import BASE, Caller
from tests.conftest import AppFactory
from tests.engines import GoodEngine
from tests.lives import interview_in

from .mail_servers import MailServer, Received

SMTP_URL = "smtp://localhost:25?starttls=no"  # the web only has to know that there is one
MAIL_FROM = "Interviews <interviews@example.com>"
PUBLIC_URL = "https://interviews.example.com"
SENDER = Address("Interviews", addr_spec="interviews@example.com")
PASSWORD = "a quiet harbour town"
HASH = passwords.hashed(PASSWORD)
_LINK = re.compile(re.escape(PUBLIC_URL) + r"/invitation\?token=([\w-]+)")


def mail_to(url: str, **options: Any) -> tuple[MessageWriter, MailTransport]:
    """Return what a worker writes mails and hands them over with."""
    writer = MessageWriter(SENDER, PUBLIC_URL, has_pages=True)
    return writer, MailTransport(Relay.of(url), SENDER, **{"timeout": 10.0, **options})


def app_with_mail(database: Database, app_on: AppFactory, **settings: Any) -> Flask:
    return app_on(database, smtp_url=SMTP_URL, mail_from=MAIL_FROM, **settings)


class Room:
    """The tenant `acme`, its worker and its mail server.

    :param caller: who may do everything there, by a token.
    """

    def __init__(self, database: Database, app: Flask, server: MailServer) -> None:
        self.database = database
        self.app = app
        self.server = server
        self.caller = Caller(app, "acme", "interview:*", "tenant:*", "user:*", "candidate:*")
        self.repository = Repository(database, "acme", sends_mail=True)
        self.worker = self.new_worker()

    def new_worker(self, url: str | None = None, **options: Any) -> Worker:
        return Worker(
            self.database,
            GoodEngine(),
            Transport(allow_private=True, timeout=5),
            lease=timedelta(seconds=30),
            mail=mail_to(url or self.server.url, **options),
        )

    def user(self, email: str = "ada@example.com", name: str = "Ada", tenant: str = "acme") -> User:
        """Return a new user who is active."""
        repository = Repository(self.database, tenant)
        return repository.work.run(
            lambda: add_active_user(repository, email, name, Role.INTERVIEWER, HASH)
        )

    def interview(self, state: State, *interviewers: str, **changes: Any) -> str:
        given = {"interviewers": list(interviewers), **changes}
        return interview_in(state, self.caller, self.repository, **given)

    def mailed(self) -> list[Received]:
        """Have the worker send what is due, and return what came of it."""
        before = len(self.server.mails)
        self.worker.sweep()
        return self.server.mails[before:]

    def rows(self) -> list[Mail]:
        return list(self.all_rows("acme"))

    def all_rows(self, tenant: str) -> list[Mail]:
        repository = Repository(self.database, tenant)
        ids = self.column("SELECT id FROM mails ORDER BY id")
        found = [
            repository.work.run(lambda each=each: repository.mails.locked(str(each)))
            for each in ids
        ]
        return [each for each in found if each is not None]

    def column(self, statement: str) -> list[Any]:
        with self.database.across_tenants() as session:
            return [row[0] for row in session.connection().execute(text(statement))]

    def post(self, path: str, body: Any = None, *, address: str = "203.0.113.7") -> TestResponse:
        """Return the answer to somebody who has not signed in."""
        return self.app.test_client().post(
            BASE + path, json=body, environ_overrides={"REMOTE_ADDR": address}
        )

    def sign_in(self, email: str, password: str) -> int:
        return self.post("/auth/login", {"email": email, "password": password}).status_code


MakeRoom = Callable[..., Room]


def token_in(mail: Received) -> str:
    """Return the token of the one link of a mail, which its two parts both have."""
    in_text, in_html = (set(_LINK.findall(part)) for part in (mail.text, mail.html))
    assert in_text == in_html
    (found,) = in_text
    assert isinstance(found, str)
    return found
