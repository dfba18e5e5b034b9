"""A mail is handed to a real server: taken, put off, refused; and nothing a server does raises."""

import socket
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from interview_service.domain.mail import MailOutcome, Result
from interview_service.mail.relay import Relay
from interview_service.mail.transport import MailTransport

from .mail_servers import MailServer, SilentServer
from .receivers import Authority

SENDER = Address("Interviews", addr_spec="interviews@example.com")
ADDRESS = "ada@example.com"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def message(address: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "Hello"
    made["From"], made["To"] = str(SENDER), address
    made.set_content("A line.\n.\nAnother, after a dot.\n")
    return made


def send(url: str, address: str = ADDRESS, **options: Any) -> MailOutcome:
    timeouts = {"connect_timeout": 5.0, "timeout": 10.0} | options
    return MailTransport(Relay.of(url), SENDER, **timeouts).send(message(address))


def test_a_mail_is_taken() -> None:
    with MailServer() as server:
        outcome = send(server.url)
    assert outcome == MailOutcome(Result.ACCEPTED, 250, "The mail server took the message")
    (mail,) = server.mails
    assert (mail.sender, mail.recipient) == ("interviews@example.com", ADDRESS)
    assert mail.text == "A line.\n.\nAnother, after a dot.\n"
    assert not mail.was_protected


@pytest.mark.parametrize("implicit", [False, True], ids=["STARTTLS", "TLS from the beginning"])
def test_a_mail_is_protected_and_its_sender_signed_in(authority: Authority, implicit: bool) -> None:
    tls = authority.server_tls("localhost")
    with MailServer(tls=tls, implicit=implicit, wants_sign_in=True) as server:
        outcome = send(server.url, ca_file=authority.file)
    assert outcome.result is Result.ACCEPTED
    (mail,) = server.mails
    assert (mail.was_protected, mail.user) == (True, "mailer")


@pytest.mark.parametrize(
    ("command", "reply", "expected"),
    [
        (
            "RCPT",
            "450 4.2.1 Try again later",
            MailOutcome(Result.DEFERRED, 450, "The recipient was refused: 4.2.1 Try again later"),
        ),
        (
            "RCPT",
            "550 5.1.1 No such \x07mailbox\x1b",
            MailOutcome(Result.REFUSED, 550, "The recipient was refused: 5.1.1 No such mailbox"),
        ),
        (
            "MAIL",
            "553 5.7.1 Not from here",
            MailOutcome(Result.REFUSED, 553, "The sender was refused: 5.7.1 Not from here"),
        ),
        (
            "DATA",
            "452 4.3.1 Full",
            MailOutcome(Result.DEFERRED, 452, "The message was refused with 452 4.3.1"),
        ),
        (
            "DATA",
            "554 5.7.1 No mail on Jane Smith, please",
            MailOutcome(Result.REFUSED, 554, "The message was refused with 554 5.7.1"),
        ),
        (
            "DATA",
            "554 Jane Smith",
            MailOutcome(Result.REFUSED, 554, "The message was refused with 554"),
        ),
    ],
)
def test_what_a_server_replies_is_told_but_not_what_it_says_of_the_mail(
    command: str, reply: str, expected: MailOutcome
) -> None:
    with MailServer(replies={command: reply}) as server:
        assert send(server.url) == expected
    assert server.mails == []


def test_an_endless_reply_is_told_as_one_short_line() -> None:
    with MailServer(replies={"RCPT": f"550 {'x' * 400}"}) as server:
        outcome = send(server.url)
    assert outcome.said == f"The recipient was refused: {'x' * 200}"


def test_a_server_without_tls_gets_nothing_where_tls_is_wanted() -> None:
    with MailServer() as server:
        outcome = send(server.url.removesuffix("?starttls=no"))
    assert outcome == MailOutcome(
        Result.DEFERRED, None, "The mail server offers no STARTTLS: nothing was sent"
    )
    assert server.mails == []


@pytest.mark.parametrize("implicit", [False, True], ids=["STARTTLS", "TLS from the beginning"])
def test_a_certificate_that_is_not_trusted_gets_nothing(
    authority: Authority, implicit: bool
) -> None:
    tls = authority.server_tls("localhost")
    with MailServer(tls=tls, implicit=implicit, wants_sign_in=True) as server:
        outcome = send(server.url)
    assert (outcome.result, outcome.status) == (Result.DEFERRED, None)
    assert outcome.said == (
        "TLS with the mail server failed: unable to get local issuer certificate"
    )
    assert server.mails == []


def test_a_certificate_of_another_name_gets_nothing(authority: Authority) -> None:
    tls = authority.server_tls("mail.example.com")
    with MailServer(tls=tls, wants_sign_in=True) as server:
        outcome = send(server.url, ca_file=authority.file)
    assert outcome.result is Result.DEFERRED
    assert outcome.said.startswith("TLS with the mail server failed: Hostname mismatch")
    assert server.mails == []


def test_a_password_that_the_server_does_not_know_is_told_and_the_mail_kept(
    authority: Authority,
) -> None:
    tls = authority.server_tls("localhost")
    with MailServer(tls=tls, wants_sign_in=True) as server:
        url = f"smtp://mailer:wrong@localhost:{server.port}"
        outcome = send(url, ca_file=authority.file)
    assert (outcome.result, outcome.status) == (Result.DEFERRED, 535)
    assert outcome.said.startswith("The mail server refused the sign-in: 5.7.8")
    assert "wrong" not in outcome.said


@pytest.mark.parametrize(
    ("says", "drips"),
    [
        (b"", b""),
        (b"220 mx ready\r\n", b""),
        (b"", b"220-more\r\n"),
        (b"", b"x"),
    ],
    ids=["no greeting", "no reply", "a reply without end", "a line without end"],
)
def test_a_server_that_hangs_is_left_when_the_time_is_over(says: bytes, drips: bytes) -> None:
    with SilentServer(says, drips) as server:
        outcome = send(server.url, timeout=0.5)
    assert outcome == MailOutcome(
        Result.DEFERRED, None, "The mail server did not answer within 0.5 s"
    )


def test_a_server_that_hangs_in_its_tls_handshake_is_left(authority: Authority) -> None:
    with SilentServer() as server:
        outcome = send(f"smtps://localhost:{server.port}", timeout=0.5)
    assert outcome == MailOutcome(
        Result.DEFERRED, None, "The mail server did not answer within 0.5 s"
    )


def test_a_mail_that_was_taken_stays_so_whatever_the_server_does_then() -> None:
    with MailServer() as server:
        server.on_mail = lambda mail: server.replies.update(MAIL="451 later")
        assert send(server.url).result is Result.ACCEPTED
        assert send(server.url).result is Result.DEFERRED
    assert len(server.mails) == 1


def test_a_server_that_turns_everybody_away_is_told() -> None:
    with SilentServer(b"554 5.7.1 No service for you\r\n") as server:
        outcome = send(server.url)
    assert outcome == MailOutcome(
        Result.DEFERRED, 554, "The mail server let nobody in: 5.7.1 No service for you"
    )


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    outcome = send(f"smtp://127.0.0.1:{port}?starttls=no")
    assert outcome == MailOutcome(
        Result.DEFERRED, None, "The mail server cannot be reached: connection refused"
    )
    nowhere = send("smtp://mail.invalid:25?starttls=no")
    assert (nowhere.result, nowhere.status) == (Result.DEFERRED, None)
    assert nowhere.said.startswith("The mail server cannot be reached: ")


def test_a_server_that_speaks_no_smtp_is_told(tmp_path: Path) -> None:
    with SilentServer(b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        outcome = send(server.url, timeout=1.0)
    assert outcome.result is Result.DEFERRED


def test_an_address_beyond_ascii_is_refused_where_the_server_takes_none() -> None:
    with MailServer() as server:
        outcome = send(server.url, "jörg@example.com")
    assert outcome == MailOutcome(
        Result.REFUSED, None, "The mail server takes no address with letters beyond ASCII"
    )
