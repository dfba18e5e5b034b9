"""Forgotten passwords: anybody may ask, and gets the same answer at the same cost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, event

from interview_service.database.session import Database
from interview_service.domain.accounts import (
    FORGOTTEN_LIFETIME,
    MAX_FORGOTTEN_FROM_ADDRESS,
    MAX_FORGOTTEN_OF_EMAIL,
    UserStatus,
)
from interview_service.domain.roles import Role
from interview_service.lifecycle import users
from interview_service.lifecycle.base import Actor
from interview_service.lifecycle.forgotten import REQUEST_LEASE
from interview_service.repository import Repository
from interview_service.repository.directory import Directory
from tests.callers import Caller
from tests.conftest import AppFactory, Hands
from tests.pages.people import Person, wrong

from .mail_rooms import PASSWORD, Room, app_with_mail, token_in
from .mail_servers import MailServer

ADA, NOBODY = "ada@example.com", "nobody@example.com"
NEW_PASSWORD = "a lighthouse at noon"
ADMIN = Actor("tester", Role.ADMIN.permissions)


@pytest.fixture
def room(database: Database, app_on: AppFactory) -> Iterator[Room]:
    with MailServer() as server:
        room = Room(database, app_with_mail(database, app_on), server)
        yield room
        room.worker.stop()


def ask(room: Room, email: str = ADA, address: str = "203.0.113.7") -> tuple[int, bytes]:
    answer = room.post("/auth/forgotten", {"email": email}, address=address)
    return answer.status_code, answer.data


def test_who_forgot_their_password_is_mailed_a_link_for_another(room: Room) -> None:
    room.user(ADA)
    assert ask(room, " ADA@Example.com ") == (202, b"")
    (mail,) = room.mailed()
    assert mail.recipient == ADA
    assert mail.message["Subject"] == "A new password for the interviews of acme"
    assert room.sign_in(ADA, PASSWORD) == 200
    body = {"token": token_in(mail), "password": NEW_PASSWORD}
    assert room.post("/auth/invitation", body).status_code == 204
    assert (room.sign_in(ADA, NEW_PASSWORD), room.sign_in(ADA, PASSWORD)) == (200, 401)
    assert room.post("/auth/invitation", body).status_code == 404
    assert room.mailed() == []


def test_the_link_works_for_an_hour_from_when_it_is_mailed(room: Room, hands: Hands) -> None:
    room.user(ADA)
    ask(room)
    hands.forward(minutes=30)
    (mail,) = room.mailed()
    hands.moment += FORGOTTEN_LIFETIME
    hands.back(seconds=1)
    short = {"token": token_in(mail), "password": "short"}
    assert room.post("/auth/invitation", short).status_code == 422
    hands.forward(seconds=1)
    body = {"token": token_in(mail), "password": NEW_PASSWORD}
    assert room.post("/auth/invitation", body).status_code == 404


def test_nobody_else_is_mailed(room: Room) -> None:
    room.user(ADA)
    disabled = room.user("grace@example.com")
    off = users.UserChange(status=UserStatus.DISABLED)
    users.update_user(room.repository, disabled.id, off, ADMIN)
    for email in (NOBODY, "grace@example.com"):
        assert ask(room, email) == (202, b"")
    assert (room.mailed(), room.rows()) == ([], [])
    assert room.column("SELECT COUNT(*) FROM password_requests") == [0]


def test_whoever_has_accounts_in_several_tenants_gets_a_mail_for_each(room: Room) -> None:
    for tenant in ("acme", "globex"):
        room.user(ADA, tenant=tenant)
    ask(room)
    mails = room.mailed()
    subjects = sorted(mail.message["Subject"] for mail in mails)
    assert subjects == [
        f"A new password for the interviews of {tenant}" for tenant in ("acme", "globex")
    ]
    (of_acme,) = (mail for mail in mails if "acme" in mail.message["Subject"])
    body = {"token": token_in(of_acme), "password": NEW_PASSWORD}
    assert room.post("/auth/invitation", body).status_code == 204
    for tenant, password in (("acme", NEW_PASSWORD), ("globex", PASSWORD)):
        body = {"email": ADA, "password": password, "tenantId": tenant}
        assert room.post("/auth/login", body).status_code == 200


def test_asking_is_the_same_work_whoever_it_is_for(room: Room) -> None:
    room.user(ADA)
    room.user(ADA, tenant="globex")
    off = room.user("grace@example.com")
    users.update_user(room.repository, off.id, users.UserChange(status=UserStatus.DISABLED), ADMIN)
    ask(room, "warm@example.com", "203.0.113.200")
    work = []
    for number, email in enumerate((ADA, NOBODY, "grace@example.com")):
        with counted(room.database) as statements:
            assert ask(room, email, f"203.0.113.{number}") == (202, b"")
        work.append(statements)
    assert work[0]
    assert work[0] == work[1] == work[2]
    assert not [each for each in work[0] if "users" in each or "lookups" in each]


class counted:  # noqa: N801 (a context manager)
    """Note every statement that is executed, and every commit."""

    def __init__(self, database: Database) -> None:
        self._engines = (database.engine, database._reading)
        self._statements: list[str] = []

    def __enter__(self) -> list[str]:
        for each in self._engines:
            event.listen(each, "before_cursor_execute", self._execute)
            event.listen(each, "commit", self._commit)
        return self._statements

    def __exit__(self, *error: object) -> None:
        for each in self._engines:
            event.remove(each, "before_cursor_execute", self._execute)
            event.remove(each, "commit", self._commit)

    def _execute(self, connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        self._statements.append(statement)

    def _commit(self, connection: Connection) -> None:
        self._statements.append("COMMIT")


def test_it_can_be_asked_three_times_for_an_email(room: Room, hands: Hands) -> None:
    for email in (ADA, NOBODY):
        for number in range(MAX_FORGOTTEN_OF_EMAIL):
            assert ask(room, email, f"203.0.113.{number}") == (202, b"")
        answer = room.post("/auth/forgotten", {"email": email}, address="203.0.113.99")
        assert (answer.status_code, answer.json) == (
            429,
            {"statusCode": 429, "message": "Too many requests for a new password: try again later"},
        )
        assert answer.headers["Retry-After"] == "900"
    room.user(ADA)
    assert room.sign_in(ADA, PASSWORD) == 200  # which is counted apart
    hands.forward(minutes=15, seconds=1)
    assert ask(room) == (202, b"")


def test_it_can_be_asked_ten_times_from_an_address(room: Room) -> None:
    for number in range(MAX_FORGOTTEN_FROM_ADDRESS):
        assert ask(room, f"somebody{number}@example.com")[0] == 202
    assert ask(room, "another@example.com")[0] == 429
    assert ask(room, "another@example.com", "203.0.113.8")[0] == 202


def test_requests_at_one_moment_are_counted_together(room: Room) -> None:
    room.user(ADA)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: ask(room, ADA, f"203.0.113.{n}")[0], range(8)))
    assert answers.count(202) <= MAX_FORGOTTEN_OF_EMAIL
    assert set(answers) <= {202, 429}
    assert len(room.mailed()) <= 1


def test_the_audit_log_says_who_was_asked_for_and_from_where(room: Room) -> None:
    ada = room.user(ADA)
    answer = room.post("/auth/forgotten", {"email": ADA})
    room.post("/auth/forgotten", {"email": NOBODY})
    room.mailed()
    found = room.repository.audit.page(limit=10)
    (entry,) = (each for each in found if each.action == "user.forget_password")
    assert (entry.actor, entry.target_id, entry.address, entry.request_id) == (
        ada.id,
        ada.id,
        "203.0.113.7",
        answer.headers["X-Request-ID"],
    )


def test_a_request_that_a_dead_worker_had_in_hand_is_answered_by_another(
    room: Room, hands: Hands
) -> None:
    room.user(ADA)
    ask(room)
    directory = Directory(room.database, lambda tenant: Repository(room.database, tenant))
    (taken,) = directory.take_password_requests(hands.moment, REQUEST_LEASE, 10)
    assert directory.take_password_requests(hands.moment, REQUEST_LEASE, 10) == []
    assert room.mailed() == []
    hands.moment += REQUEST_LEASE
    assert len(room.mailed()) == 1
    directory.forget_password_request(taken)


def test_what_is_no_email_is_refused(room: Room) -> None:
    for body in ({}, {"email": "nobody"}, {"email": None}, {"email": ADA, "more": 1}):
        answer = room.post("/auth/forgotten", body)
        assert (answer.status_code, answer.json["message"]) == (422, "Validation failed")


def test_a_service_that_sends_no_mail_says_so(sqlite_caller: Caller) -> None:
    answer = sqlite_caller.post("/auth/forgotten", {"email": ADA})
    assert (answer.status_code, answer.json) == (
        404,
        {
            "statusCode": 404,
            "message": "This service sends no mail: an administrator can make you a link",
        },
    )


# --- pages


def test_a_page_asks_for_the_email_and_says_the_same_for_everybody(room: Room) -> None:
    room.user(ADA)
    visitor = Person(room.app, role=None)
    links = [str(each["href"]) for each in visitor.page("/sign-in").select("main a")]
    assert links == ["/forgotten"]
    for email in (ADA, NOBODY):
        answer = visitor.send("/forgotten", csrf_of="/forgotten", email=email)
        assert (answer.status_code, answer.location) == (303, "/sign-in?said=forgotten")
    assert "a link is on its way to it" in visitor.page("/sign-in?said=forgotten").get_text()
    (mail,) = room.mailed()
    token = token_in(mail)
    page = visitor.page(f"/invitation?token={token}")
    assert ADA in page.get_text()
    path = f"/invitation?token={token}"
    answer = visitor.send("/invitation", csrf_of=path, token=token, password=NEW_PASSWORD)
    assert answer.location == "/sign-in?said=welcome"
    assert room.sign_in(ADA, NEW_PASSWORD) == 200


def test_the_page_takes_no_form_of_another_site_and_nothing_that_is_no_email(room: Room) -> None:
    visitor = Person(room.app, role=None)
    assert visitor.client.post("/forgotten", data={"email": ADA}).status_code == 400
    answer = visitor.send("/forgotten", csrf_of="/forgotten", email="nobody")
    assert (answer.status_code, wrong(answer)) == (422, {"email": "This is not an email address."})
    for _ in range(MAX_FORGOTTEN_OF_EMAIL):
        visitor.send("/forgotten", csrf_of="/forgotten", email=ADA)
    answer = visitor.send("/forgotten", csrf_of="/forgotten", email=ADA)
    assert answer.status_code == 429
    assert wrong(answer)["email"].startswith("It was asked for too often")


def test_without_mail_the_pages_say_whom_to_ask(database: Database, app_on: AppFactory) -> None:
    visitor = Person(app_on(database), role=None)
    page = visitor.page("/sign-in")
    assert page.select("main a") == []
    assert "An administrator of your team can make you a link" in page.get_text()
    assert visitor.get("/forgotten").status_code == 404
    somebody = Person(app_on(database))
    assert "What you are mailed" not in somebody.page("/account").get_text()
    csrf = somebody.csrf()
    answer = somebody.client.post("/forgotten", data={"csrf": csrf, "email": ADA})
    assert answer.status_code == 404


def test_one_says_on_a_page_what_one_wants_mailed(room: Room) -> None:
    person = Person(room.app)

    def ticked() -> list[str]:
        boxes = person.page("/account").select("input[type=checkbox][checked]")
        return [str(each["name"]) for each in boxes]

    assert ticked() == ["appointments", "reminders"]
    assert person.send("/account/mail", reminders="on").location == "/account?said=saved"
    assert ticked() == ["reminders"]
    assert person.send("/account/mail").status_code == 303
    assert ticked() == []
    person.send("/account/mail", appointments="on", reminders="on")
    assert ticked() == ["appointments", "reminders"]


def test_the_team_page_says_which_invitation_could_not_be_mailed(room: Room) -> None:
    admin = Person(room.app)
    fields = {"name": "Ada", "email": ADA, "role": "INTERVIEWER"}
    made = admin.send("/team", **fields)
    assert "is mailed a link of their own" in made.text
    room.server.replies["RCPT"] = "550 5.1.1 <b>No such mailbox</b>"
    assert room.mailed() == []
    page = admin.page("/team")
    (fault,) = page.select("td .error")
    assert fault.get_text(strip=True) == (
        "The invitation could not be mailed: "
        "The recipient was refused: 5.1.1 <b>No such mailbox</b>"
    )
    assert page.select("td b") == []
    room.server.replies.clear()
    (user_id,) = (each.user_id for each in room.rows())
    admin.send(f"/team/{user_id}/invitation")
    assert len(room.mailed()) == 1
    assert admin.page("/team").select("td .error") == []


def test_somebody_who_is_invited_by_the_page_is_mailed_once(room: Room) -> None:
    admin = Person(room.app)
    admin.send("/team", name="Ada", email=ADA, role="INTERVIEWER")
    assert [mail.recipient for mail in room.mailed()] == [ADA]
