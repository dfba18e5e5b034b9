"""Mail servers on loopback: `aiosmtpd`, told what to reply, and sockets that misbehave."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Self, TypeVar

from aiosmtpd import smtp
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

PATIENCE = 20.0
T = TypeVar("T")
USER, PASSWORD = "mailer", "p@ss word/1"


@dataclass(frozen=True)
class Received:
    """A mail as it was taken."""

    sender: str
    recipient: str
    message: EmailMessage
    raw: bytes
    was_protected: bool
    user: str | None

    @property
    def text(self) -> str:
        return self.part("text/plain")

    @property
    def html(self) -> str:
        return self.part("text/html")

    @property
    def calendar(self) -> str:
        return self.part("text/calendar")

    def part(self, kind: str) -> str:
        (found,) = (each for each in self.message.walk() if each.get_content_type() == kind)
        content: str = found.get_content()
        return content.replace("\r\n", "\n") if kind != "text/calendar" else content


class MailServer:
    """A mail server that keeps what it takes.

    :param replies: a command of SMTP (`MAIL`, `RCPT`, `DATA`) to what is replied instead of taking
        it; the mails for which one was given count in `refused`.
    :param wants_sign_in: whether it takes mails only of who has signed in.
    :param tls: for STARTTLS or, with `implicit`, from the beginning.
    """

    def __init__(
        self,
        *,
        replies: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        wants_sign_in: bool = False,
        host: str = "127.0.0.1",
    ) -> None:
        self.replies = dict(replies or {})
        self.mails: list[Received] = []
        self.refused = 0
        self.on_mail: Callable[[Received], None] = lambda mail: None
        self._scheme = "smtps" if implicit else "smtp"
        self._protected = tls is not None
        self._sign_in = f"{USER}:p%40ss%20word%2F1@" if wants_sign_in else ""
        options: dict[str, Any] = {"hostname": "mx.example.com", "enable_SMTPUTF8": False}
        if tls is not None and not implicit:
            options |= {"tls_context": tls, "require_starttls": True}
        if wants_sign_in:
            options |= {"authenticator": self._authenticate, "auth_required": True}
        self._options = options
        self._sessions: list[smtp.SMTP] = []
        self._host = host
        self._implicit_tls = tls if implicit else None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening = self._run(self._listen())
        self.port = self._listening.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *error: object) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(
            self._session,
            self._host,
            0,
            ssl=self._implicit_tls,
        )

    def _session(self) -> smtp.SMTP:
        session = smtp.SMTP(self, loop=self._loop, **self._options)
        session._auth_require_tls = self._implicit_tls is None  # it knows of STARTTLS alone
        self._sessions.append(session)
        return session

    async def _stop(self) -> None:
        """Stop listening, and end the sessions that are open."""
        self._listening.close()
        for session in self._sessions:
            for transport in (session.transport, session._original_transport):
                if transport is not None:
                    transport.abort()
        others = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    @property
    def url(self) -> str:
        """What SMTP_URL is for this server."""
        plain = "" if self._protected else "?starttls=no"
        return f"{self._scheme}://{self._sign_in}localhost:{self.port}{plain}"

    def to(self, address: str) -> list[Received]:
        """Return the mails that somebody got."""
        return [each for each in self.mails if each.recipient == address]

    @staticmethod
    def _authenticate(
        server: smtp.SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=good, handled=False, auth_data=data.login.decode())

    # --- what aiosmtpd calls

    async def handle_MAIL(
        self,
        server: smtp.SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        envelope.mail_from = address
        return self._reply("MAIL")

    async def handle_RCPT(
        self,
        server: smtp.SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        reply = self._reply("RCPT")
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: smtp.SMTP, session: Session, envelope: Envelope) -> str:
        reply = self._reply("DATA")
        if not reply.startswith("2"):
            return reply
        raw = envelope.content
        assert isinstance(raw, bytes)
        parsed = message_from_bytes(raw, policy=SMTP)
        assert isinstance(parsed, EmailMessage)
        user = session.auth_data if session.authenticated else None
        protected = session.ssl is not None or self._scheme == "smtps"
        for recipient in envelope.rcpt_tos:
            sender = envelope.mail_from or ""
            received = Received(sender, recipient, parsed, raw, protected, user)
            self.on_mail(received)
            self.mails.append(received)
        return reply

    def _reply(self, command: str) -> str:
        if command not in self.replies:
            return "250 OK"
        self.refused += 1
        return self.replies[command]


class SilentServer:
    """Takes connections, says what it is told to, and then nothing more.

    :param says: sent at once.
    :param drips: sent over and over, until the other end closes.
    :param connected: set while somebody waits.
    """

    def __init__(self, says: bytes = b"", drips: bytes = b"") -> None:
        self._says, self._drips = says, drips
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.connected, self._closing = threading.Event(), threading.Event()
        self.connections = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?starttls=no"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """End every connection, and take no other."""
        self._closing.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._hold, args=(connection,), daemon=True).start()

    def _hold(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.sendall(self._says)
            self.connected.set()
            connection.settimeout(0.02 if self._drips else 0.2)
            while not self._closing.is_set():
                try:
                    if not connection.recv(1024):
                        return
                except TimeoutError:
                    connection.sendall(self._drips)
