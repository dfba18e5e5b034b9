"""Handing a mail to the mail server, by the standard library's `smtplib`.

`smtplib` applies its timeout to each read, and a server that sends a byte now and then can hold it
for ever: here a watchdog shuts the connection down when the whole attempt is over its time.
"""

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from interview_service.domain.mail import MailOutcome, Result
from interview_service.mail.relay import Relay, Security

CONNECT_TIMEOUT = 10.0
TIMEOUT = 30.0
GOODBYE_TIMEOUT = 2.0
MAX_SAID = 200

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)", re.ASCII)


class MailTransport:
    """Hands mails to one server, each over a connection of its own.

    :param sender: who the mails come from.
    :param connect_timeout: seconds for looking the server up and connecting to it.
    :param timeout: seconds for a whole attempt.
    :param ca_file: certificates to trust beside those that the system trusts.
    """

    def __init__(
        self,
        relay: Relay,
        sender: Address,
        *,
        connect_timeout: float = CONNECT_TIMEOUT,
        timeout: float = TIMEOUT,
        ca_file: str | Path | None = None,
    ) -> None:
        self.sender = sender
        self._relay = relay
        self._connect_timeout = connect_timeout
        self._timeout = timeout
        self._ca_file = ca_file

    def send(self, message: EmailMessage) -> MailOutcome:
        """Hand a mail over, for the address in its To, and tell what came of it.

        Nothing that a server does raises.

        Until the server is asked to take this mail, whatever goes wrong has to do with the server
        or the settings, and another attempt may find it mended. What it says once it has read the
        mail is told by its code alone: its words may quote what it read.
        """
        with _Watchdog(self._timeout) as watchdog:
            try:
                with self._connection(watchdog) as connection:
                    return _hand_over(connection, message, self.sender.addr_spec)
            except (_Failed, smtplib.SMTPException, OSError, ValueError) as error:
                # smtplib tells of a silence as of a connection that was closed.
                told = error.__context__ if isinstance(error, smtplib.SMTPException) else error
                is_silent = isinstance(told, TimeoutError)
                if watchdog.has_barked or is_silent:
                    said = f"The mail server did not answer within {self._timeout:g} s"
                    return MailOutcome(Result.DEFERRED, None, said)
                if isinstance(error, _Failed):
                    return MailOutcome(Result.DEFERRED, error.status, str(error))
                said = f"The connection to the mail server broke: {_reason(error)}"
                return MailOutcome(Result.DEFERRED, None, said)

    @contextmanager
    def _connection(self, watchdog: "_Watchdog") -> Iterator[smtplib.SMTP]:
        """Give a connection that is protected, and signed in, as the settings say."""
        connection = _Connection(self._relay.host, self.sender.domain, self._timeout)
        try:
            self._open(connection, watchdog)
            yield connection
            with suppress(smtplib.SMTPException, OSError, ValueError):
                _say_goodbye(connection)
        finally:
            connection.close()

    def _open(self, connection: "_Connection", watchdog: "_Watchdog") -> None:
        """Connect, protect the connection and sign in.

        :raise _Failed: the server does not let that happen.
        """
        relay = self._relay
        try:
            plain = self._reach(watchdog)
        except TimeoutError:
            said = f"The mail server cannot be reached within {self._connect_timeout:g} s"
            raise _Failed(said) from None
        except OSError as error:
            raise _Failed(f"The mail server cannot be reached: {_reason(error)}") from None
        try:
            connection.begin(plain, self._tls() if relay.security is Security.TLS else None)
            connection.ehlo_or_helo_if_needed()
            if relay.security is Security.STARTTLS:
                if not connection.has_extn("starttls"):
                    raise _Failed("The mail server offers no STARTTLS: nothing was sent")
                connection.starttls(context=self._tls())
                connection.ehlo_or_helo_if_needed()
            if relay.user is not None:
                connection.login(relay.user, relay.password or "")
        except (ssl.SSLError, ssl.CertificateError) as error:
            raise _Failed(f"TLS with the mail server failed: {_reason(error)}") from None
        except smtplib.SMTPAuthenticationError as error:
            said = f"The mail server refused the sign-in: {_line(error.smtp_error)}"
            raise _Failed(said, error.smtp_code) from None
        except smtplib.SMTPResponseException as error:
            said = f"The mail server let nobody in: {_line(error.smtp_error)}"
            raise _Failed(said, error.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise _Failed("The mail server offers no way to sign in") from None

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._ca_file is not None:
            context.load_verify_locations(self._ca_file)
        return context

    def _reach(self, watchdog: "_Watchdog") -> socket.socket:
        """Return a connection to the first address of the server that takes one.

        :raise OSError: none does.
        """
        deadline = time.monotonic() + self._connect_timeout
        failure: OSError = OSError("its name has no address")
        for family, kind, protocol, _, address in _look_up(self._relay, self._connect_timeout):
            reached = socket.socket(family, kind, protocol)
            try:
                reached.settimeout(max(0.001, deadline - time.monotonic()))
                reached.connect(address)
                reached.settimeout(self._timeout)
                watchdog.watch(reached)
            except OSError as error:
                reached.close()
                failure = error
            else:
                return reached
        raise failure


class _Failed(Exception):
    """The server was not reached, or lets nothing be handed over.

    :param status: of SMTP.
    """

    def __init__(self, said: str, status: int | None = None) -> None:
        super().__init__(said)
        self.status = status if status is not None and status > 0 else None


class _Connection(smtplib.SMTP):
    """SMTP over a socket that was connected elsewhere."""

    def __init__(self, host: str, own_name: str, timeout: float) -> None:
        super().__init__(local_hostname=own_name, timeout=timeout)
        self._host = host  # what the certificate of STARTTLS has to be of

    def begin(self, connected: socket.socket, tls: ssl.SSLContext | None) -> None:
        """Wait for the server's greeting.

        :param tls: what protects the connection from its beginning.
        :raise smtplib.SMTPConnectError: the server lets nobody in.
        """
        self.sock = connected
        if tls is not None:
            self.sock = tls.wrap_socket(connected, server_hostname=self._host)
        self.file = None
        code, said = self.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)


class _Watchdog:
    """Shuts a connection down when its time is over."""

    def __init__(self, seconds: float) -> None:
        self.has_barked = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._bark)
        self._timer.daemon = True

    def __enter__(self) -> "_Watchdog":
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._socket is not None:
                self._socket.close()

    def watch(self, connected: socket.socket) -> None:
        """Shut this connection down when the time is over.

        :raise TimeoutError: it is.
        """
        with self._lock:
            if self.has_barked:
                raise TimeoutError
            self._socket = connected.dup()  # TLS takes the other one over

    def _bark(self) -> None:
        with self._lock:
            self.has_barked = True
            if self._socket is not None:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)


def _look_up(relay: Relay, timeout: float) -> Any:
    """Return the addresses of a server, as `getaddrinfo` has them, which knows of no timeout.

    :raise OSError: it has none, or the DNS does not answer in time.
    """
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(socket.getaddrinfo(relay.host, relay.port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 (handed to the thread that waits for it)
            future.set_exception(error)

    threading.Thread(target=run, name="look-up", daemon=True).start()
    try:
        return future.result(timeout)
    except UnicodeError:
        raise OSError("its name is no host name") from None


def _hand_over(connection: smtplib.SMTP, message: EmailMessage, sender: str) -> MailOutcome:
    """Have the server take a mail.

    :raise smtplib.SMTPException: the connection broke.
    """
    try:
        (recipient,) = message["To"].addresses
        connection.send_message(message, sender, [recipient.addr_spec])
    except smtplib.SMTPSenderRefused as error:
        return _refused(error.smtp_code, f"The sender was refused: {_line(error.smtp_error)}")
    except smtplib.SMTPRecipientsRefused as error:
        ((code, reply),) = error.recipients.values()
        return _refused(code, f"The recipient was refused: {_line(reply)}")
    except smtplib.SMTPDataError as error:
        enhanced = _ENHANCED.match(_line(error.smtp_error))
        codes = f"{error.smtp_code} {enhanced[0]}" if enhanced else f"{error.smtp_code}"
        return _refused(error.smtp_code, f"The message was refused with {codes}")
    except smtplib.SMTPNotSupportedError:
        said = "The mail server takes no address with letters beyond ASCII"
        return MailOutcome(Result.REFUSED, None, said)
    return MailOutcome(Result.ACCEPTED, 250, "The mail server took the message")


def _refused(code: int, said: str) -> MailOutcome:
    is_final = 500 <= code < 600
    return MailOutcome(Result.REFUSED if is_final else Result.DEFERRED, code, said)


def _say_goodbye(connection: smtplib.SMTP) -> None:
    """End the session in order; a server that has none to end is not waited for."""
    if connection.sock is not None:
        connection.sock.settimeout(GOODBYE_TIMEOUT)
        connection.docmd("QUIT")


def _line(said: bytes | str) -> str:
    """Return what a server said as one line that can be shown."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    printable = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(printable.split())[:MAX_SAID]


def _reason(error: Exception) -> str:
    """Return what went wrong in the system's words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _line(error.verify_message)
    if isinstance(error, ssl.SSLError):
        return (error.reason or "handshake failed").lower().replace("_", " ")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return _line(str(error)) or type(error).__name__
