"""`interview-service mail`: what could not be sent, and whether anything can."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from interview_service.cli import main
from interview_service.database.session import Database
from tests.conftest import SECRET, AppFactory

from .mail_rooms import MAIL_FROM, PUBLIC_URL, Room, app_with_mail
from .mail_servers import MailServer, SilentServer

ADA = "ada@example.com"


@pytest.fixture
def room(own_database: Database, app_on: AppFactory) -> Iterator[Room]:
    with MailServer() as server:
        room = Room(own_database, app_with_mail(own_database, app_on), server)
        yield room
        room.worker.stop()


def run(folder: Path, *arguments: str, **settings: str) -> Result:
    given = {"INSTANCE_PATH": str(folder), "JWT_SECRET_KEY": SECRET, **settings}
    return CliRunner().invoke(main, ["mail", *arguments], env=given)


def told(result: Result) -> tuple[int, str, str]:
    return result.exit_code, result.stdout, result.stderr


def test_mails_that_failed_are_listed_with_their_reasons(room: Room, tmp_path: Path) -> None:
    listed = ("list", "--tenant", "acme")
    assert told(run(tmp_path, *listed)) == (0, "", "no mails that wait\n")
    room.caller.post("/users", {"email": ADA, "name": "Ada", "role": "VIEWER"})
    assert told(run(tmp_path, *listed)) == (
        0,
        f"acme  INVITATION  {ADA}  PENDING  attempts=0  next={_due(room)}  not tried yet\n",
        "",
    )
    assert told(run(tmp_path, *listed, "--failing")) == (0, "", "no mails that failed\n")
    room.server.replies["RCPT"] = "550 5.1.1 No such mailbox"
    room.mailed()
    failed = (
        f"acme  INVITATION  {ADA}  DEAD  attempts=1  next=-  "
        "The recipient was refused: 5.1.1 No such mailbox\n"
    )
    for arguments in (listed, (*listed, "--failing"), ("list", "--failing")):
        assert told(run(tmp_path, *arguments)) == (0, failed, "")
    assert told(run(tmp_path, "list", "--tenant", "globex"))[1] == ""


def _due(room: Room) -> str:
    (row,) = room.rows()
    assert row.due_at is not None
    return row.due_at.isoformat(timespec="seconds")


def test_a_test_is_sent_at_once_and_says_what_came_of_it(room: Room, tmp_path: Path) -> None:
    settings = {"SMTP_URL": room.server.url, "MAIL_FROM": MAIL_FROM, "PUBLIC_URL": PUBLIC_URL}
    result = run(tmp_path, "test", ADA, **settings)
    assert told(result) == (0, "250 The mail server took the message\n", "")
    (mail,) = room.server.mails
    assert (mail.recipient, mail.message["Subject"]) == (ADA, "A test by Interview Service")
    assert PUBLIC_URL in mail.text
    room.server.replies["RCPT"] = "550 5.1.1 No such mailbox"
    result = run(tmp_path, "test", ADA, **settings)
    assert told(result) == (
        1,
        "",
        "Error: 550 The recipient was refused: 5.1.1 No such mailbox\n",
    )
    assert room.rows() == []


def test_a_test_that_cannot_be_sent_says_why(tmp_path: Path) -> None:
    assert told(run(tmp_path, "test", ADA)) == (
        1,
        "",
        "Error: no mail is sent: SMTP_URL is not set\n",
    )
    with SilentServer(b"554 5.7.1 Go away\r\n") as server:
        settings = {"SMTP_URL": server.url, "MAIL_FROM": MAIL_FROM}
        for address in ("nobody", "a@example.com\r\nBcc: b@example.com"):
            result = run(tmp_path, "test", address, **settings)
            assert (result.exit_code, server.connections) == (1, 0)
            assert "is no email address" in result.stderr
        assert told(run(tmp_path, "test", ADA, **settings)) == (
            1,
            "",
            "Error: 554 The mail server let nobody in: 5.7.1 Go away\n",
        )


def test_the_command_line_prints_links_and_mails_none(room: Room, tmp_path: Path) -> None:
    settings = {
        "INSTANCE_PATH": str(tmp_path),
        "JWT_SECRET_KEY": SECRET,
        "SMTP_URL": room.server.url,
        "MAIL_FROM": MAIL_FROM,
    }
    for command in (
        ["user", "add", ADA, "--tenant", "acme", "--role", "VIEWER", "--yes"],
        ["user", "invite", ADA],
    ):
        result = CliRunner().invoke(main, command, env=settings)
        assert (result.exit_code, "/invitation?token=" in result.stdout) == (0, True)
    assert (room.mailed(), room.rows()) == ([], [])
