"""What people try against signing in, and how far they get."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import argon2
import pytest
from flask import Flask
from sqlalchemy import Connection, event

from interview_service.api.callers import REMEMBERED_FOR
from interview_service.credentials import passwords
from interview_service.database.session import Database
from interview_service.domain.accounts import MAX_FAILURES
from interview_service.domain.roles import Role
from interview_service.lifecycle import sessions, set_up
from interview_service.repository.directory import Directory
from tests.callers import BASE
from tests.conftest import Hands
from tests.integration.test_accounts import PASSWORD, Team

AT_ONCE = 16
HASHED = passwords.hashed(PASSWORD)


@pytest.fixture
def team(app: Flask) -> Team:
    return Team(app)


@pytest.fixture
def admin(team: Team) -> str:
    token: str = team.found()["accessToken"]
    return token


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were compared; comparing is quick, and none fits but the right one."""
    seen: list[str] = []

    def matches(kept: str | None, password: str) -> bool:
        seen.append(password)
        return kept is not None and password == PASSWORD

    monkeypatch.setattr(passwords, "matches", matches)
    return seen


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Make calls at the same moment, and return what came of each."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def guess(team: Team, email: str, number: int, **more: Any) -> int:
    address = more.pop("address", f"198.51.{number // 256}.{number % 256}")
    app = Team(team.app)  # a client of its own
    return app.sign_in(email, f"guess {number}", address=address, **more).status_code


# --- guessing


def test_of_two_hundred_guesses_at_one_email_ten_are_compared(
    team: Team, admin: str, compared: list[str]
) -> None:
    answers = Counter(
        guess(team, "ada@example.com", number, tenantId="acme") for number in range(200)
    )
    assert answers == {401: MAX_FAILURES, 429: 200 - MAX_FAILURES}
    assert len(compared) == MAX_FAILURES


def test_of_two_hundred_guesses_from_one_address_ten_are_compared(
    team: Team, admin: str, compared: list[str]
) -> None:
    answers = Counter(
        guess(team, f"person{number}@example.com", number, address="198.51.100.1", tenantId="acme")
        for number in range(200)
    )
    assert answers == {401: MAX_FAILURES, 429: 200 - MAX_FAILURES}
    assert len(compared) == MAX_FAILURES


@pytest.mark.parametrize("under_way", [passwords.AT_ONCE, AT_ONCE], ids=["one", "many processes"])
def test_of_guesses_at_one_moment_no_more_than_ten_are_compared(
    team: Team,
    admin: str,
    compared: list[str],
    monkeypatch: pytest.MonkeyPatch,
    under_way: int,
) -> None:
    monkeypatch.setattr(sessions, "_places", threading.BoundedSemaphore(under_way))
    calls = [
        lambda number=number: guess(team, "ada@example.com", number, tenantId="acme")
        for number in range(AT_ONCE)
    ]
    answers = Counter(at_once(calls))
    answers += Counter(at_once(calls))
    assert len(compared) <= MAX_FAILURES
    assert answers[401] == len(compared)
    assert answers[401] + answers[429] == 2 * AT_ONCE


def test_good_sign_ins_at_one_moment_do_not_add_up_to_failures(
    team: Team, admin: str, compared: list[str]
) -> None:
    users = [f"user{number}@example.com" for number in range(AT_ONCE)]
    repository = team.directory.repository_of("acme")
    for email in users:
        repository.work.run(
            lambda email=email: set_up.add_active_user(repository, email, "U", Role.VIEWER, HASHED)
        )
    calls = [
        lambda email=email: Team(team.app).sign_in(email, address="198.51.100.1").status_code
        for email in users
    ]
    assert at_once(calls) == [200] * AT_ONCE


def test_guessing_elsewhere_locks_nobody_out_from_where_they_sign_in(
    team: Team, admin: str, compared: list[str]
) -> None:
    for number in range(50):
        guess(team, "ada@example.com", number)
    assert team.sign_in("ada@example.com").status_code == 200
    assert team.sign_in("ada@example.com", address="198.51.100.200").status_code == 429


def test_an_account_of_ones_own_does_not_wipe_out_failures_of_the_address(
    team: Team, admin: str, compared: list[str]
) -> None:
    repository = team.directory.repository_of("acme")
    repository.work.run(
        lambda: set_up.add_active_user(repository, "eve@example.com", "E", Role.VIEWER, HASHED)
    )
    statuses = []
    for number in range(MAX_FAILURES + 2):
        statuses.append(guess(team, f"p{number}@example.com", number, address="198.51.100.1"))
        if number == MAX_FAILURES // 2:
            own = team.sign_in("eve@example.com", address="198.51.100.1")
            assert own.status_code == 200
    assert statuses[-1] == 429


# --- what an answer's time tells


@pytest.fixture
def writes(database: Database) -> Iterator[list[str]]:
    """The statements that write."""
    seen: list[str] = []

    def keep(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", keep)
    yield seen
    event.remove(database.engine, "before_cursor_execute", keep)


@pytest.mark.parametrize("tenant", [{}, {"tenantId": "acme"}], ids=["any tenant", "one tenant"])
def test_a_failure_costs_the_same_whether_there_is_such_a_user_or_not(
    team: Team, admin: str, compared: list[str], writes: list[str], tenant: dict[str, str]
) -> None:
    costs = []
    for email in ("ada@example.com", "eve@example.com"):
        compared.clear()
        writes.clear()
        assert team.sign_in(email, "wrong", address="198.51.100.1", **tenant).status_code == 401
        costs.append((len(compared), len(writes)))
    assert costs[0] == costs[1]
    assert costs[0][0] == (1 if tenant else 3)


# --- sessions


def test_a_sign_in_always_begins_a_session_of_its_own(team: Team) -> None:
    first = team.found()
    second = team.sign_in("ada@example.com").json
    assert first["refreshToken"] != second["refreshToken"]
    assert first["accessToken"] != second["accessToken"]
    origin = sessions.Origin("203.0.113.7", None, is_browser=True)
    browser = sessions.sign_in(team.directory, "ada@example.com", PASSWORD, origin)
    again = sessions.sign_in(team.directory, "ada@example.com", PASSWORD, origin)
    assert browser.secret != again.secret
    assert browser.session_id != again.session_id


def test_neither_a_cookie_refreshes_nor_a_refresh_token_is_a_cookie(team: Team) -> None:
    client = team.found()
    origin = sessions.Origin("203.0.113.7", None, is_browser=True)
    browser = sessions.sign_in(team.directory, "ada@example.com", PASSWORD, origin)
    refused = team.call("POST", "/auth/refresh", {"refreshToken": browser.secret})
    assert refused.status_code == 401
    assert sessions.browser_visit(team.directory, client["refreshToken"]) is None
    assert sessions.browser_visit(team.directory, browser.secret) is not None
    for secret in (browser.secret, client["refreshToken"]):
        assert team.call("GET", "/auth/me", token=secret).status_code == 401


def test_a_refresh_token_that_is_used_twice_at_once_ends_the_session(
    team: Team, hands: Hands
) -> None:
    session = team.found()
    body = {"refreshToken": session["refreshToken"]}
    answers = at_once(
        [lambda: Team(team.app).call("POST", "/auth/refresh", body) for _ in range(4)]
    )
    statuses = sorted(each.status_code for each in answers)
    assert statuses in ([200, 401, 401, 401], [401, 401, 401, 401])
    hands.forward(seconds=REMEMBERED_FOR.total_seconds())
    for each in answers:
        if each.status_code == 200:
            got = {"refreshToken": each.json["refreshToken"]}
            assert team.call("POST", "/auth/refresh", got).status_code == 401
            assert team.call("GET", "/auth/me", token=each.json["accessToken"]).status_code == 401
    assert team.call("GET", "/auth/me", token=session["accessToken"]).status_code == 401


# --- links


def test_a_link_that_is_used_twice_at_once_sets_one_password(team: Team, admin: str) -> None:
    new = {"email": "grace@example.com", "name": "Grace", "role": "VIEWER"}
    user = team.call("POST", "/users", new, token=admin).json["id"]
    link = team.call("POST", f"/users/{user}/invitation", token=admin).json["url"]
    secret = link.partition("token=")[2]
    bodies = [{"token": secret, "password": f"a quiet town number {each}"} for each in range(4)]
    answers = at_once(
        [
            lambda body=body: Team(team.app).call("POST", "/auth/invitation", body).status_code
            for body in bodies
        ]
    )
    assert sorted(answers) == [204, 404, 404, 404]
    fitting = [
        body
        for body in bodies
        if team.sign_in("grace@example.com", body["password"]).status_code == 200
    ]
    assert fitting == [bodies[answers.index(204)]]


def test_a_set_up_code_that_is_used_twice_at_once_makes_one_user(team: Team) -> None:
    code = set_up.new_set_up_code(team.directory)
    bodies = [
        {
            "code": code,
            "tenant": f"tenant{each}",
            "email": f"u{each}@example.com",
            "name": "U",
            "password": PASSWORD,
        }
        for each in range(4)
    ]
    answers = at_once(
        [
            lambda body=body: Team(team.app).call("POST", "/auth/setup", body).status_code
            for body in bodies
        ]
    )
    assert sorted(answers) == [201, 404, 404, 404]
    made = [body["email"] for body in bodies if team.sign_in(str(body["email"])).status_code == 200]
    assert made == [bodies[answers.index(201)]["email"]]


def test_a_stolen_link_is_no_use_once_the_email_has_changed_or_the_user_is_gone(
    team: Team, admin: str
) -> None:
    new = {"email": "grace@example.com", "name": "Grace", "role": "VIEWER"}
    user = team.call("POST", "/users", new, token=admin).json["id"]
    for method, body in (("PUT", {"email": "hopper@example.com"}), ("DELETE", None)):
        link = team.call("POST", f"/users/{user}/invitation", token=admin).json["url"]
        assert team.call(method, f"/users/{user}", body, token=admin).status_code in (200, 204)
        used = {"token": link.partition("token=")[2], "password": PASSWORD}
        assert team.call("POST", "/auth/invitation", used).status_code == 404


# --- the last ADMIN


@pytest.mark.parametrize("how", ["demote", "disable", "remove"])
def test_two_admins_who_turn_on_each_other_at_once_leave_one(
    team: Team, admin: str, how: str
) -> None:
    change = {"demote": {"role": "VIEWER"}, "disable": {"status": "DISABLED"}}.get(how)
    first = team.call("GET", "/auth/me", token=admin).json["subject"]
    other = team.add(admin, "grace@example.com", "ADMIN")
    second = other["user"]["id"]

    def turn_on(user: str, token: str) -> int:
        method = "DELETE" if change is None else "PUT"
        return Team(team.app).call(method, f"/users/{user}", change, token=token).status_code

    answers = at_once(
        [lambda: turn_on(second, admin), lambda: turn_on(first, other["accessToken"])]
    )
    assert sum(each in (200, 204) for each in answers) == 1, answers
    repository = team.directory.repository_of("acme")
    active = [
        each
        for each in repository.accounts.users(limit=10)
        if (each.role, each.status) == (Role.ADMIN, "ACTIVE")
    ]
    assert len(active) == 1


# --- keys


def test_a_key_cannot_act_as_a_person(team: Team, admin: str) -> None:
    made = team.call("POST", "/api-keys", {"name": "ats", "role": "ADMIN"}, token=admin).json
    change = {"currentPassword": PASSWORD, "newPassword": "a louder harbour town"}
    for method, path, body in (
        ("POST", "/auth/logout", None),
        ("PUT", "/auth/me", {"name": "Somebody"}),
        ("PUT", "/auth/password", change),
    ):
        refused = team.call(method, path, body, token=made["key"])
        assert refused.status_code == 403, path
    assert team.call("POST", "/auth/refresh", {"refreshToken": made["key"]}).status_code == 401
    assert team.sign_in("ats", made["key"]).status_code == 422
    me = team.call("GET", "/auth/me", token=made["key"]).json
    assert (me["subject"], me["user"]) == ("key:ats", None)


# --- a flood


def test_a_flood_of_sign_ins_hashes_two_at_once(
    team: Team, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most = 0, 0
    counting, pairs = threading.Lock(), threading.Barrier(passwords.AT_ONCE, timeout=60)
    verify = argon2.PasswordHasher.verify

    def counted(self: argon2.PasswordHasher, kept: str, password: str) -> bool:
        nonlocal running, most
        with counting:
            running += 1
            most = max(most, running)
        pairs.wait()
        try:
            return verify(self, kept, password)
        finally:
            with counting:
                running -= 1

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    calls = [
        lambda: Team(team.app).sign_in("ada@example.com", tenantId="acme").status_code
        for _ in range(50)
    ]
    assert at_once(calls) == [200] * 50
    assert most == passwords.AT_ONCE


def test_a_password_that_is_a_book_is_never_hashed(
    team: Team, admin: str, compared: list[str]
) -> None:
    assert team.sign_in("ada@example.com", "x" * 100_000).status_code == 422
    assert compared == []


def test_secrets_stand_in_no_answer_but_the_one_that_shows_them(team: Team, admin: str) -> None:
    made = team.call("POST", "/api-keys", {"name": "ats", "role": "VIEWER"}, token=admin).json
    session = team.sign_in("ada@example.com").json
    for path in ("/users", "/api-keys", "/audit", "/auth/me"):
        text = team.client.get(BASE + path, headers={"Authorization": f"Bearer {admin}"}).get_data(
            as_text=True
        )
        for secret in (made["key"], session["refreshToken"], PASSWORD, "argon2"):
            assert secret not in text, path


def test_a_directory_holds_no_email_and_no_secret(team: Team, database: Database) -> None:
    session = team.found()
    with database.engine.connect() as connection:
        rows = [
            str(row)
            for name in ("lookups", "sign_in_failures", "set_up_codes")
            for row in connection.exec_driver_sql(f"SELECT * FROM {name}")
        ]
    assert rows
    for told in ("ada@", "example", session["refreshToken"]):
        assert told not in " ".join(rows)
    assert isinstance(team.directory, Directory)
