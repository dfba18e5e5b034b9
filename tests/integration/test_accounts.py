"""People and programs sign in: users, sessions, links, keys and the log of what they did."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from interview_service.api.callers import REMEMBERED_FOR
from interview_service.domain.accounts import MAX_FAILURES
from interview_service.domain.roles import Role
from interview_service.lifecycle import set_up
from interview_service.repository.directory import Directory
from tests.callers import BASE, Caller, details, token
from tests.conftest import Hands

PASSWORD = "a quiet harbour town"


class Team:
    """The people of an application: each call says who makes it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.directory: Directory = app.extensions["interview_service"].directory

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        address: str = "203.0.113.7",
        **headers: str,
    ) -> TestResponse:
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.client.open(
            BASE + path,
            method=method,
            json=body,
            headers=headers,
            environ_overrides={"REMOTE_ADDR": address},
        )

    def sign_in(self, email: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        at = {"address": more.pop("address")} if "address" in more else {}
        return self.call(
            "POST", "/auth/login", {"email": email, "password": password, **more}, **at
        )

    def found(self, tenant: str = "acme", email: str = "ada@example.com") -> dict[str, Any]:
        """Set the service up, and return the session of its first ADMIN."""
        code = set_up.new_set_up_code(self.directory)
        assert code is not None
        body = {"code": code, "tenant": tenant, "email": email, "name": "Ada", "password": PASSWORD}
        response = self.call("POST", "/auth/setup", body)
        assert response.status_code == 201, response.json
        return response.json

    def add(self, admin: str, email: str, role: str = "INTERVIEWER") -> dict[str, Any]:
        """Add a user, have them set a password, and return their session."""
        made = self.call(
            "POST",
            "/users",
            {"email": email, "name": email.split("@")[0], "role": role},
            token=admin,
        )
        assert made.status_code == 201, made.json
        link = self.call("POST", f"/users/{made.json['id']}/invitation", token=admin)
        assert link.status_code == 201, link.json
        used = self.call(
            "POST", "/auth/invitation", {"token": _token(link.json["url"]), "password": PASSWORD}
        )
        assert used.status_code == 204, used.json
        return self.sign_in(email).json

    def audit(self, admin: str) -> list[dict[str, Any]]:
        response = self.call("GET", "/audit", token=admin)
        assert response.status_code == 200, response.json
        return list(reversed(response.json["data"]))


def _token(url: str) -> str:
    return url.partition("token=")[2]


@pytest.fixture
def team(app: Flask) -> Team:
    return Team(app)


@pytest.fixture
def admin(team: Team) -> str:
    return team.found()["accessToken"]


# --- the first user


def test_the_set_up_code_makes_the_first_admin_once(team: Team) -> None:
    code = set_up.new_set_up_code(team.directory)
    body = {
        "code": code,
        "tenant": "acme",
        "email": "Ada@Example.com",
        "name": "Ada",
        "password": PASSWORD,
    }
    assert team.call("POST", "/auth/setup", {**body, "code": "x" * 43}).status_code == 404
    assert team.call("POST", "/auth/setup", {**body, "password": "password1234"}).status_code == 422
    begun = team.call("POST", "/auth/setup", body)
    assert begun.status_code == 201
    assert begun.json["user"]["role"] == "ADMIN"
    assert begun.json["user"]["status"] == "ACTIVE"
    assert team.call("POST", "/auth/setup", body).status_code == 404
    assert set_up.new_set_up_code(team.directory) is None
    me = team.call("GET", "/auth/me", token=begun.json["accessToken"])
    assert me.json["user"]["email"] == "Ada@Example.com"
    assert me.json["tenantId"] == "acme"
    assert me.json["role"] == "ADMIN"


def test_a_newer_set_up_code_replaces_the_one_before(team: Team) -> None:
    first = set_up.new_set_up_code(team.directory)
    second = set_up.new_set_up_code(team.directory)
    assert first is not None
    assert second is not None
    assert not set_up.is_set_up_code(team.directory, first)
    assert set_up.is_set_up_code(team.directory, second)


def test_a_tenant_that_tokens_have_used_is_taken_over(team: Team) -> None:
    record = Caller(team.app).create()
    session = team.found("acme")
    found = team.call("GET", f"/interviews/{record['id']}", token=session["accessToken"])
    assert found.status_code == 200


# --- signing in


def test_whoever_signs_in_acts_as_their_user_with_their_role(team: Team, admin: str) -> None:
    session = team.add(admin, "grace@example.com", "RECRUITER")
    assert session["tokenType"] == "Bearer"
    assert session["expiresIn"] == 900
    created = team.call("POST", "/interviews", details(), token=session["accessToken"])
    assert created.status_code == 201
    refused = team.call("PUT", "/tenant/settings", {}, token=session["accessToken"])
    assert refused.status_code == 403
    me = team.call("GET", "/auth/me", token=session["accessToken"]).json
    assert me["subject"] == session["user"]["id"]
    assert me["permissions"] == ["candidate:export", "interview:*", "tenant:read", "user:read"]


def test_emails_are_compared_whatever_their_case(team: Team, admin: str) -> None:
    assert team.sign_in(" ADA@example.COM ").status_code == 200
    taken = {"email": "ADA@EXAMPLE.COM", "name": "A", "role": "VIEWER"}
    assert team.call("POST", "/users", taken, token=admin).status_code == 409


def test_a_wrong_email_and_a_wrong_password_have_the_same_answer(team: Team, admin: str) -> None:
    wrong = team.sign_in("ada@example.com", "not the password")
    unknown = team.sign_in("eve@example.com", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json == unknown.json


def test_a_password_is_compared_as_often_for_an_unknown_email(
    team: Team, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interview_service.credentials import passwords

    counted: list[str | None] = []
    matches = passwords.matches
    monkeypatch.setattr(
        passwords, "matches", lambda kept, given: counted.append(kept) or matches(kept, given)
    )
    costs = []
    for more in ({}, {"tenantId": "acme"}, {"tenantId": "nobody"}):
        for email in ("ada@example.com", "eve@example.com"):
            counted.clear()
            team.sign_in(email, "not the password", **more)
            costs.append(len(counted))
    assert costs == [3, 3, 1, 1, 1, 1]


def test_ten_failures_close_the_door_for_the_email_and_the_address(
    team: Team, admin: str, hands: Hands
) -> None:
    team.add(admin, "grace@example.com")
    for _ in range(MAX_FAILURES):
        hands.forward(milliseconds=1)
        assert team.sign_in("grace@example.com", "wrong", address="198.51.100.1").status_code == 401
    hands.forward(milliseconds=1)
    refused = team.sign_in("grace@example.com", address="198.51.100.2")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert team.sign_in("ada@example.com", address="198.51.100.1").status_code == 429
    assert team.sign_in("ada@example.com", address="198.51.100.3").status_code == 200
    hands.forward(minutes=16)
    assert team.sign_in("grace@example.com", address="198.51.100.2").status_code == 200


def test_nobody_is_locked_out_from_where_they_usually_sign_in(team: Team, admin: str) -> None:
    for number in range(MAX_FAILURES + 2):
        team.sign_in("ada@example.com", "wrong", address=f"198.51.100.{number}")
    assert team.sign_in("ada@example.com", address="198.51.100.99").status_code == 429
    assert team.sign_in("ada@example.com", address="203.0.113.7").status_code == 200


def test_an_email_of_several_tenants_names_them(team: Team, admin: str) -> None:
    repository = team.app.extensions["interview_service"].repository_of("globex")
    from interview_service.credentials import passwords

    repository.work.run(
        lambda: set_up.add_active_user(
            repository, "ada@example.com", "Ada", Role.ADMIN, passwords.hashed(PASSWORD)
        )
    )
    several = team.sign_in("ada@example.com")
    assert several.status_code == 422
    assert "acme" in several.json["errors"]["json"]["tenantId"][0]
    assert "globex" in several.json["errors"]["json"]["tenantId"][0]
    chosen = team.sign_in("ada@example.com", tenantId="globex")
    assert chosen.status_code == 200
    me = team.call("GET", "/auth/me", token=chosen.json["accessToken"]).json
    assert me["tenantId"] == "globex"


# --- sessions


def test_a_refresh_token_is_good_once_and_its_repeat_ends_the_session(
    team: Team, hands: Hands
) -> None:
    first = team.found()
    second = team.call("POST", "/auth/refresh", {"refreshToken": first["refreshToken"]})
    assert second.status_code == 200
    third = team.call("POST", "/auth/refresh", {"refreshToken": second.json["refreshToken"]})
    assert third.status_code == 200
    again = team.call("POST", "/auth/refresh", {"refreshToken": second.json["refreshToken"]})
    assert again.status_code == 401
    ended = team.call("POST", "/auth/refresh", {"refreshToken": third.json["refreshToken"]})
    assert ended.status_code == 401
    hands.forward(seconds=REMEMBERED_FOR.total_seconds())
    refused = team.call("GET", "/auth/me", token=third.json["accessToken"])
    assert refused.status_code == 401


def test_signing_out_ends_the_session(team: Team, admin: str) -> None:
    assert team.call("POST", "/auth/logout", token=admin).status_code == 204
    assert team.call("GET", "/auth/me", token=admin).status_code == 401


@pytest.mark.parametrize(
    ("forward", "alive"),
    [({"days": 6}, True), ({"days": 8}, False)],
)
def test_a_session_ends_unused_after_seven_days(
    team: Team, hands: Hands, forward: dict[str, int], alive: bool
) -> None:
    session = team.found()
    hands.forward(**forward)
    answer = team.call("POST", "/auth/refresh", {"refreshToken": session["refreshToken"]})
    assert (answer.status_code == 200) is alive


def test_a_session_ends_after_thirty_days_however_much_it_is_used(team: Team, hands: Hands) -> None:
    session = team.found()
    for _ in range(5):
        hands.forward(days=6)
        answer = team.call("POST", "/auth/refresh", {"refreshToken": session["refreshToken"]})
        if answer.status_code != 200:
            break
        session = answer.json
    hands.forward(days=1)
    answer = team.call("POST", "/auth/refresh", {"refreshToken": session["refreshToken"]})
    assert answer.status_code == 401


def test_a_changed_password_ends_the_other_sessions(team: Team, hands: Hands) -> None:
    here, there = team.found(), team.sign_in("ada@example.com").json
    change = {"currentPassword": PASSWORD, "newPassword": "a louder harbour town"}
    wrong = {**change, "currentPassword": "not the password"}
    assert team.call("PUT", "/auth/password", wrong, token=here["accessToken"]).status_code == 422
    done = team.call("PUT", "/auth/password", change, token=here["accessToken"])
    assert done.status_code == 204
    hands.forward(seconds=REMEMBERED_FOR.total_seconds())
    assert team.call("GET", "/auth/me", token=here["accessToken"]).status_code == 200
    assert team.call("GET", "/auth/me", token=there["accessToken"]).status_code == 401
    assert team.sign_in("ada@example.com").status_code == 401
    assert team.sign_in("ada@example.com", "a louder harbour town").status_code == 200


def test_a_token_without_a_live_session_does_not_speak_for_a_user(team: Team, admin: str) -> None:
    me = team.call("GET", "/auth/me", token=admin).json
    foreign = token(team.app, "acme", "interview:read", subject=me["subject"])
    answer = team.call("GET", "/interviews", token=foreign)
    assert answer.status_code == 401


def test_neither_signer_takes_the_other_s_tokens(team: Team, admin: str) -> None:
    import jwt

    claims = jwt.decode(admin, options={"verify_signature": False})
    secret = team.app.config["JWT_SECRET_KEY"]
    forged = jwt.encode(claims, secret, "HS256")
    assert team.call("GET", "/auth/me", token=forged).status_code == 401
    stripped = jwt.encode({**claims, "iss": "somebody"}, secret + "x", "HS256")
    assert team.call("GET", "/auth/me", token=stripped).status_code == 401
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(admin, secret, algorithms=["HS256"], options={"verify_aud": False})


# --- links


def test_an_invitation_is_good_once_and_a_look_does_not_use_it_up(
    team: Team, admin: str, hands: Hands
) -> None:
    made = team.call(
        "POST", "/users", {"email": "g@example.com", "name": "G", "role": "VIEWER"}, token=admin
    ).json
    assert made["status"] == "INVITED"
    link = team.call("POST", f"/users/{made['id']}/invitation", token=admin).json
    assert link["url"].startswith("http://localhost:3009/invitation?token=")
    body = {"token": _token(link["url"]), "password": "short"}
    assert team.call("POST", "/auth/invitation", body).status_code == 422
    body["password"] = PASSWORD
    assert team.call("POST", "/auth/invitation", body).status_code == 204
    assert team.call("POST", "/auth/invitation", body).status_code == 404
    assert team.call("GET", f"/users/{made['id']}", token=admin).json["status"] == "ACTIVE"


def test_a_newer_link_once_used_replaces_the_password_and_ends_the_sessions(
    team: Team, admin: str, hands: Hands
) -> None:
    session = team.add(admin, "grace@example.com")
    user = session["user"]["id"]
    older = team.call("POST", f"/users/{user}/invitation", token=admin).json
    newer = team.call("POST", f"/users/{user}/invitation", token=admin).json
    hands.forward(seconds=REMEMBERED_FOR.total_seconds())
    assert team.call("GET", "/auth/me", token=session["accessToken"]).status_code == 200
    body = {"token": _token(newer["url"]), "password": "a louder harbour town"}
    assert team.call("POST", "/auth/invitation", body).status_code == 204
    hands.forward(seconds=REMEMBERED_FOR.total_seconds())
    assert team.call("GET", "/auth/me", token=session["accessToken"]).status_code == 401
    body["token"] = _token(older["url"])
    assert team.call("POST", "/auth/invitation", body).status_code == 404
    assert team.sign_in("grace@example.com").status_code == 401


def test_a_link_is_too_old_after_three_days_and_none_works_while_disabled(
    team: Team, admin: str, hands: Hands
) -> None:
    user = team.add(admin, "grace@example.com")["user"]["id"]
    link = team.call("POST", f"/users/{user}/invitation", token=admin).json
    hands.forward(hours=73)
    body = {"token": _token(link["url"]), "password": PASSWORD}
    assert team.call("POST", "/auth/invitation", body).status_code == 404
    admin = team.sign_in("ada@example.com").json["accessToken"]
    link = team.call("POST", f"/users/{user}/invitation", token=admin).json
    team.call("PUT", f"/users/{user}", {"status": "DISABLED"}, token=admin)
    body["token"] = _token(link["url"])
    assert team.call("POST", "/auth/invitation", body).status_code == 404
    assert team.call("POST", f"/users/{user}/invitation", token=admin).status_code == 409


# --- who may change whom


@pytest.mark.parametrize("role", ["ADMIN", "RECRUITER", "INTERVIEWER", "VIEWER"])
def test_only_who_manages_users_adds_any(team: Team, admin: str, role: str) -> None:
    session = team.add(admin, "grace@example.com", role)
    body = {"email": "new@example.com", "name": "New", "role": "VIEWER"}
    answer = team.call("POST", "/users", body, token=session["accessToken"])
    assert answer.status_code == (201 if role == "ADMIN" else 403)


def test_nobody_touches_what_holds_more_than_they_do(team: Team, admin: str) -> None:
    me = team.call("GET", "/auth/me", token=admin).json["subject"]
    weak = token(team.app, "acme", "user:manage", "user:read", "interview:*", "key:manage")
    calls = [
        ("POST", "/users", {"email": "x@example.com", "name": "X", "role": "ADMIN"}),
        ("POST", "/users", {"email": "x@example.com", "name": "X", "role": "RECRUITER"}),
        ("PUT", f"/users/{me}", {"role": "VIEWER"}),
        ("PUT", f"/users/{me}", {"email": "mine@example.com"}),
        ("PUT", f"/users/{me}", {"status": "DISABLED"}),
        ("DELETE", f"/users/{me}", None),
        ("POST", f"/users/{me}/invitation", None),
        ("POST", "/api-keys", {"name": "k", "role": "ADMIN"}),
        ("POST", "/api-keys", {"name": "k", "permissions": ["tenant:update"]}),
        ("POST", "/api-keys", {"name": "k", "permissions": ["candidate:*"]}),
    ]
    for method, path, body in calls:
        answer = team.call(method, path, body, token=weak)
        assert answer.status_code == 403, (method, path, body)
    fine = {"email": "y@example.com", "name": "Y", "role": "INTERVIEWER"}
    made = team.call("POST", "/users", fine, token=weak)
    assert made.status_code == 201
    raised = team.call("PUT", f"/users/{made.json['id']}", {"role": "ADMIN"}, token=weak)
    assert raised.status_code == 403
    assert team.call("GET", f"/users/{me}", token=admin).json["role"] == "ADMIN"


@pytest.mark.parametrize(
    "change",
    [{"role": "VIEWER"}, {"status": "DISABLED"}, None],
    ids=["demote", "disable", "remove"],
)
def test_the_last_active_admin_stays(team: Team, admin: str, change: dict[str, str] | None) -> None:
    me = team.call("GET", "/auth/me", token=admin).json["subject"]

    def attempt(user: str) -> int:
        if change is None:
            return team.call("DELETE", f"/users/{user}", token=admin).status_code
        return team.call("PUT", f"/users/{user}", change, token=admin).status_code

    assert attempt(me) == 409
    other = team.add(admin, "grace@example.com", "ADMIN")["user"]["id"]
    assert attempt(other) in (200, 204)
    assert attempt(me) == 409


def test_a_disabled_user_is_refused_within_half_a_minute(
    team: Team, admin: str, hands: Hands
) -> None:
    session = team.add(admin, "grace@example.com")
    user = session["user"]["id"]
    assert team.call("GET", "/interviews", token=session["accessToken"]).status_code == 200
    team.call("PUT", f"/users/{user}", {"status": "DISABLED"}, token=admin)
    hands.forward(seconds=30)
    assert team.call("GET", "/interviews", token=session["accessToken"]).status_code == 401
    assert team.sign_in("grace@example.com").status_code == 401
    refresh = {"refreshToken": session["refreshToken"]}
    assert team.call("POST", "/auth/refresh", refresh).status_code == 401
    team.call("PUT", f"/users/{user}", {"status": "ACTIVE"}, token=admin)
    assert team.sign_in("grace@example.com").status_code == 200


def test_a_user_of_another_tenant_does_not_exist(team: Team, admin: str) -> None:
    user = team.call("GET", "/auth/me", token=admin).json["subject"]
    other = token(team.app, "globex", "user:*", "key:*", "audit:*", "interview:*", "tenant:*")
    unknown = "0190c7a4-1111-7d3f-8a2b-1c2d3e4f5a6b"
    for method, path in (
        ("GET", "/users/{}"),
        ("PUT", "/users/{}"),
        ("DELETE", "/users/{}"),
        ("POST", "/users/{}/invitation"),
    ):
        body = {"name": "X"} if method == "PUT" else None
        theirs = team.call(method, path.format(user), body, token=other)
        nobodys = team.call(method, path.format(unknown), body, token=other)
        assert (theirs.status_code, theirs.json) == (nobodys.status_code, nobodys.json)
        assert theirs.status_code == 404
    assert team.call("GET", "/users", token=other).json["data"] == []
    assert team.call("GET", "/audit", token=other).json["data"] == []


# --- API keys


def test_a_key_calls_as_itself_with_what_it_was_given(team: Team, admin: str) -> None:
    made = team.call(
        "POST",
        "/api-keys",
        {"name": "ats", "permissions": ["interview:create", "interview:read"]},
        token=admin,
    )
    assert made.status_code == 201
    key = made.json["key"]
    assert key.startswith(made.json["prefix"])
    for headers in ({"X-API-Key": key}, {"Authorization": f"Bearer {key}"}):
        created = team.call("POST", "/interviews", details(), **headers)
        assert created.status_code == 201
    refused = team.call("DELETE", f"/interviews/{created.json['id']}", token=key)
    assert refused.status_code == 403
    me = team.call("GET", "/auth/me", token=key).json
    assert me["subject"] == "key:ats"
    assert me["user"] is None
    listed = team.call("GET", "/api-keys", token=admin).json["data"]
    assert [each["name"] for each in listed] == ["ats"]
    assert listed[0]["lastUsedAt"] is not None
    assert "key" not in listed[0]
    assert team.call("PUT", "/auth/password", {}, token=key).status_code in (403, 422)


def test_a_revoked_or_expired_key_is_refused_and_its_name_stays_taken(
    team: Team, admin: str, hands: Hands
) -> None:
    soon = (hands.moment + timedelta(hours=1)).isoformat()
    short = team.call(
        "POST", "/api-keys", {"name": "short", "role": "VIEWER", "expiresAt": soon}, token=admin
    ).json
    made = team.call("POST", "/api-keys", {"name": "ats", "role": "VIEWER"}, token=admin).json
    assert team.call("GET", "/interviews", token=made["key"]).status_code == 200
    assert team.call("GET", "/interviews", token=short["key"]).status_code == 200
    assert team.call("DELETE", f"/api-keys/{made['id']}", token=admin).status_code == 204
    hands.forward(minutes=61)
    assert team.call("GET", "/interviews", token=made["key"]).status_code == 401
    assert team.call("GET", "/interviews", token=short["key"]).status_code == 401
    admin = team.sign_in("ada@example.com").json["accessToken"]
    assert team.call("DELETE", f"/api-keys/{made['id']}", token=admin).status_code == 404
    again = team.call("POST", "/api-keys", {"name": "ats", "role": "VIEWER"}, token=admin)
    assert again.status_code == 422


@pytest.mark.parametrize("key", ["is_", "is_" + "0" * 36, "is_short", "is_" + "é" * 36])
def test_what_is_no_key_is_refused(team: Team, admin: str, key: str) -> None:
    answer = team.call("GET", "/interviews", **{"X-API-Key": key.encode().decode("latin-1")})
    assert answer.status_code == 401


# --- the audit log


def test_the_log_says_who_did_what_and_holds_no_values(team: Team, hands: Hands) -> None:
    admin = team.found()["accessToken"]
    hands.forward(seconds=1)
    user = team.add(admin, "grace@example.com")["user"]["id"]
    hands.forward(seconds=1)
    team.call("PUT", f"/users/{user}", {"name": "Grace Hopper", "role": "RECRUITER"}, token=admin)
    hands.forward(seconds=1)
    key = team.call("POST", "/api-keys", {"name": "ats", "role": "VIEWER"}, token=admin).json
    hands.forward(seconds=1)
    team.call("DELETE", f"/api-keys/{key['id']}", token=admin)
    hands.forward(seconds=1)
    team.sign_in("grace@example.com", "wrong")
    team.sign_in("nobody@example.com", "wrong")
    hands.forward(seconds=1)
    team.call("DELETE", f"/users/{user}", token=admin)
    log = team.audit(admin)
    actions = [entry["action"] for entry in log if entry["action"] != "session.begin"]
    assert sorted(actions) == sorted(
        [
            "tenant.set_up",
            "user.create",
            "user.invite",
            "user.set_password",
            "user.update",
            "api_key.create",
            "api_key.revoke",
            "session.fail",
            "user.delete",
        ]
    )
    changed = next(entry for entry in log if entry["action"] == "user.update")
    assert sorted(changed["fields"]) == ["name", "role"]
    assert changed["targetId"] == user
    assert changed["address"] == "203.0.113.7"
    assert changed["requestId"]
    assert "Hopper" not in str(log)
    assert "nobody@example.com" not in str(log)


def test_the_log_is_narrowed_and_paged(team: Team, admin: str, hands: Hands) -> None:
    for number in range(5):
        hands.forward(seconds=1)
        team.call("POST", "/api-keys", {"name": f"k{number}", "role": "VIEWER"}, token=admin)
    me = team.call("GET", "/auth/me", token=admin).json["subject"]
    page = team.call("GET", f"/audit?actor={me}&limit=3", token=admin).json
    assert len(page["data"]) == 3
    rest = team.call(
        "GET", f"/audit?actor={me}&limit=100&cursor={page['meta']['nextCursor']}", token=admin
    ).json
    ids = [entry["id"] for entry in (*page["data"], *rest["data"])]
    assert len(ids) == len(set(ids)) == 7
    assert ids == sorted(ids, reverse=True)
    at = page["data"][1]["at"].replace("+", "%2B")
    later = team.call("GET", f"/audit?from={at}", token=admin).json["data"]
    assert [entry["id"] for entry in later] == ids[:2]
    earlier = team.call("GET", f"/audit?to={at}", token=admin).json["data"]
    assert [entry["id"] for entry in earlier] == ids[2:]
