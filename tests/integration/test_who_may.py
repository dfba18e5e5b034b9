"""Who may do what: each role, and each kind of credential, at each endpoint."""

import re
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask

from interview_service.api.docs import openapi
from interview_service.app import create_app
from interview_service.database.session import Database
from interview_service.domain.roles import PERMISSIONS, Role, within
from interview_service.settings import Settings
from tests.callers import BASE, Caller, token
from tests.conftest import SECRET, AppFactory
from tests.integration.test_accounts import Team

NOBODY = "0190c7a4-1111-7d3f-8a2b-1c2d3e4f5a6b"

MAY: dict[str, str] = {
    # permission             ADMIN RECRUITER INTERVIEWER VIEWER
    "interview:create": "yes yes no no",
    "interview:read": "yes yes yes yes",
    "interview:update": "yes yes yes no",
    "interview:approve": "yes yes no no",
    "interview:score": "yes yes yes no",
    "interview:delete": "yes yes no no",
    "tenant:read": "yes yes no no",
    "tenant:update": "yes no no no",
    "user:read": "yes yes no no",
    "user:manage": "yes no no no",
    "key:manage": "yes no no no",
    "audit:read": "yes no no no",
    "candidate:export": "yes yes no no",
    "candidate:erase": "yes no no no",
}
CELLS = [
    (permission, role, answer == "yes")
    for permission, row in MAY.items()
    for role, answer in zip(Role, row.split(), strict=True)
]


def operations(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Yield method, path and permission of each operation that asks for a permission."""
    with app.app_context():
        paths = openapi(app)["paths"]
    for path, item in paths.items():
        for method, operation in item.items():
            if isinstance(operation, dict) and operation.get("x-permission"):
                filled = re.sub(r"{\w+}", NOBODY, path.removeprefix(BASE))
                yield method.upper(), filled, operation["x-permission"]


@pytest.fixture
def team(sqlite_app: Flask) -> Team:
    return Team(sqlite_app)


def test_the_table_has_every_permission_and_every_role() -> None:
    assert list(MAY) == list(PERMISSIONS)
    assert len(CELLS) == len(PERMISSIONS) * len(Role)


def test_each_role_is_let_in_where_the_table_says_and_nowhere_else(team: Team) -> None:
    admin = team.found()["accessToken"]
    tokens = {Role.ADMIN: admin}
    for role in Role:
        if role is not Role.ADMIN:
            tokens[role] = team.add(admin, f"{role}@example.com", role)["accessToken"]
    told, tried = {}, 0
    allowed = {(permission, role): yes for permission, role, yes in CELLS}
    for method, path, permission in operations(team.app):
        for role, credential in tokens.items():
            answer = team.call(method, path, {"nonsense": 1}, token=credential)
            is_let_in = answer.status_code not in (401, 403)
            tried += 1
            if is_let_in is not allowed[permission, role]:
                told[method, path, role] = answer.status_code
            if not is_let_in:
                assert answer.json["message"].endswith(f"Required: {permission}")
    assert told == {}
    assert tried > 100


@pytest.mark.parametrize(("permission", "role", "may"), CELLS)
def test_a_role_gives_what_the_table_says(permission: str, role: Role, may: bool) -> None:
    assert within({permission}, role.permissions) is may


@pytest.mark.parametrize("held", Role)
def test_a_caller_makes_and_touches_only_who_holds_no_more(team: Team, held: Role) -> None:
    """Each role with user:manage and key:manage beside it, against users and keys of each role."""
    admin = team.found()["accessToken"]
    users = {role: team.add(admin, f"{role}@example.com", role)["user"]["id"] for role in Role}
    others = {
        role: team.call(
            "POST",
            "/users",
            {"email": f"x{role}@example.com", "name": "X", "role": role},
            token=admin,
        ).json["id"]
        for role in Role
    }
    keys = {
        role: team.call("POST", "/api-keys", {"name": role, "role": role}, token=admin).json["id"]
        for role in Role
    }
    permissions = {*held.permissions, "user:manage", "user:read", "key:manage"}
    actor = token(team.app, "acme", *permissions, subject="manager")
    ranks = list(reversed(Role))
    for role in Role:
        holds_no_more = ranks.index(role) <= ranks.index(held)
        new = {"email": f"new{role}@example.com", "name": "N", "role": role}
        calls: list[tuple[str, str, Any]] = [
            ("POST", "/users", new),
            ("PUT", f"/users/{users[Role.VIEWER]}", {"role": role}),
            ("PUT", f"/users/{others[role]}", {"name": "Y"}),
            ("PUT", f"/users/{others[role]}", {"email": f"y{role}@example.com"}),
            ("POST", f"/users/{others[role]}/invitation", None),
            ("PUT", f"/users/{others[role]}", {"status": "DISABLED"}),
            ("DELETE", f"/users/{others[role]}", None),
            ("POST", "/api-keys", {"name": f"new {role}", "role": role}),
            ("DELETE", f"/api-keys/{keys[role]}", None),
        ]
        for method, path, body in calls:
            answer = team.call(method, path, body, token=actor)
            assert (answer.status_code != 403) is holds_no_more, (role, method, path, answer.json)
            assert answer.status_code < 500
        reset = {"role": "VIEWER"}
        assert (
            team.call("PUT", f"/users/{users[Role.VIEWER]}", reset, token=admin).status_code == 200
        )


# --- roles in tokens


def signed(**claims: Any) -> str:
    body = {"sub": "me", "tenantId": "acme", "exp": 4_000_000_000, "iat": 3_999_999_999, **claims}
    return jwt.encode(body, SECRET, "HS256")


def me(app: Flask, **claims: Any) -> dict[str, Any]:
    now = int(time.time())
    headers = {"Authorization": f"Bearer {signed(iat=now, exp=now + 600, **claims)}"}
    answer: dict[str, Any] = app.test_client().get(f"{BASE}/auth/me", headers=headers).json
    return answer


@pytest.mark.parametrize("role", Role)
def test_a_token_of_the_services_own_secret_may_name_a_role(sqlite_app: Flask, role: Role) -> None:
    found = me(sqlite_app, role=role.value)
    assert (found["role"], found["permissions"]) == (role, sorted(role.permissions))


@pytest.mark.parametrize(
    ("claims", "permissions"),
    [
        ({"role": "ADMIN", "permissions": ["interview:read"]}, ["interview:read"]),
        ({"role": "ADMIN", "permissions": []}, []),
        ({"role": "admin"}, []),
        ({"role": "ROOT"}, []),
        ({"role": 7}, []),
        ({"role": {"ADMIN": True}}, []),
        ({"role": None}, []),
        ({"roles": "ADMIN"}, []),
        ({}, []),
    ],
)
def test_permissions_win_and_what_is_no_role_gives_nothing(
    sqlite_app: Flask, claims: dict[str, Any], permissions: list[str]
) -> None:
    found = me(sqlite_app, **claims)
    assert (found["role"], found["permissions"]) == (None, permissions)


def test_a_claim_that_lists_several_roles_gives_what_they_give_together(
    sqlite_database: Database, app_on: AppFactory
) -> None:
    app = app_on(sqlite_database, jwt_role_claim="realm.roles")
    found = me(app, realm={"roles": ["offline", "VIEWER", "INTERVIEWER"]})
    assert found["role"] is None
    assert found["permissions"] == sorted(Role.INTERVIEWER.permissions)
    assert me(app, role="ADMIN")["permissions"] == []


def test_no_claim_names_a_role_where_the_settings_say_none(
    sqlite_database: Database, app_on: AppFactory
) -> None:
    app = app_on(sqlite_database, jwt_role_claim="none")
    assert me(app, role="ADMIN", none="ADMIN")["permissions"] == []


def test_an_identity_providers_roles_are_its_own_unless_a_setting_says_so(
    sqlite_database: Database, tmp_path: Any
) -> None:
    private = generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    now = int(time.time())
    claims = {"sub": "me", "tenantId": "acme", "iat": now, "exp": now + 60, "role": "ADMIN"}
    headers = {"Authorization": f"Bearer {jwt.encode(claims, private, 'RS256')}"}
    held = []
    for claim in ("", "role"):
        settings = Settings(
            instance_path=tmp_path,
            jwt_algorithm="RS256",
            jwt_public_key=pem.decode(),
            jwt_issuer="none",
            jwt_audience="none",
            jwt_role_claim=claim,
        )
        app = create_app(settings, database=sqlite_database)
        held.append(app.test_client().get(f"{BASE}/auth/me", headers=headers).json["permissions"])
    assert held == [[], sorted(Role.ADMIN.permissions)]


def test_a_tenant_without_users_is_worked_with_by_tokens_as_before(sqlite_app: Flask) -> None:
    assert Caller(sqlite_app, "acme").create()["workflowState"] == "RECEIVED"
