"""`interview-service user …`, `key …`, `audit` and `token`: accounts, on the database itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from interview_service import lifecycle
from interview_service.app import create_app
from interview_service.cli import main
from interview_service.database.session import Database
from interview_service.domain.roles import Role
from interview_service.repository import Repository
from interview_service.settings import Settings
from tests.callers import BASE
from tests.conftest import SECRET
from tests.lives import SOMEBODY

PASSWORD = "a quiet harbour town"
Run = Callable[..., Result]


@pytest.fixture
def run(own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the test's own database, with nobody there to answer questions."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    monkeypatch.setenv("JWT_SECRET_KEY", SECRET)
    return lambda *arguments: CliRunner().invoke(main, arguments)


@pytest.fixture
def app(own_database: Database, tmp_path: Path) -> Flask:
    settings = Settings(instance_path=tmp_path, jwt_secret_key=SECRET)
    return create_app(settings, database=own_database)


def post(app: Flask, path: str, body: Any) -> Any:
    return app.test_client().post(BASE + path, json=body)


def token_of(result: Result) -> str:
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("http://localhost:3009/invitation?token=")
    return result.stdout.strip().partition("token=")[2]


def add(run: Run, app: Flask, email: str, role: str, tenant: str = "acme") -> None:
    """Add a user who has set a password."""
    made = run("user", "add", email, "--tenant", tenant, "--role", role, "--yes")
    used = post(app, "/auth/invitation", {"token": token_of(made), "password": PASSWORD})
    assert used.status_code == 204


def sign_in(app: Flask, email: str) -> Any:
    return post(app, "/auth/login", {"email": email, "password": PASSWORD})


def test_the_first_user_is_added_without_a_browser(run: Run, app: Flask) -> None:
    made = run("user", "add", "ada@example.com", "--tenant", "acme", "--role", "ADMIN")
    link = {"token": token_of(made), "password": PASSWORD}
    assert post(app, "/auth/invitation", link).status_code == 204
    begun = sign_in(app, "ada@example.com")
    assert begun.status_code == 200
    assert begun.json["user"]["role"] == "ADMIN"


def test_a_user_is_changed_from_one_state_to_the_next(run: Run, app: Flask) -> None:
    add(run, app, "ada@example.com", "ADMIN")
    add(run, app, "grace@example.com", "VIEWER")
    assert run("user", "set-role", "grace@example.com", "RECRUITER").output == (
        "grace@example.com is RECRUITER\n"
    )
    listed = run("user", "list", "--tenant", "acme").output.splitlines()
    assert [line.split("  ")[:3] for line in listed] == [
        ["ada@example.com", "ADMIN", "ACTIVE"],
        ["grace@example.com", "RECRUITER", "ACTIVE"],
    ]
    assert run("user", "disable", "grace@example.com").exit_code == 0
    assert sign_in(app, "grace@example.com").status_code == 401
    assert "disabled" in run("user", "invite", "grace@example.com").output
    assert run("user", "enable", "Grace@Example.com").exit_code == 0
    assert sign_in(app, "grace@example.com").status_code == 200
    another = token_of(run("user", "invite", "grace@example.com"))
    used = post(app, "/auth/invitation", {"token": another, "password": "a louder harbour town"})
    assert used.status_code == 204
    assert sign_in(app, "grace@example.com").status_code == 401
    assert run("user", "remove", "grace@example.com").exit_code == 0
    assert run("user", "remove", "grace@example.com").output == (
        "Error: there is no user grace@example.com\n"
    )


def test_the_last_admin_stays_whoever_asks(run: Run, app: Flask) -> None:
    add(run, app, "ada@example.com", "ADMIN")
    for command in (("remove",), ("disable",)):
        refused = run("user", *command, "ada@example.com")
        assert refused.exit_code == 1
        assert "last active ADMIN" in refused.output
    assert run("user", "set-role", "ada@example.com", "VIEWER").exit_code == 1
    assert sign_in(app, "ada@example.com").status_code == 200


def test_a_user_of_several_tenants_is_asked_for_by_tenant(run: Run, app: Flask) -> None:
    for tenant in ("acme", "globex"):
        add(run, app, "ada@example.com", "ADMIN", tenant)
        add(run, app, "grace@example.com", "VIEWER", tenant)
    refused = run("user", "disable", "grace@example.com")
    assert refused.output == (
        "Error: grace@example.com is a user of each of acme, globex: give --tenant\n"
    )
    assert run("user", "disable", "grace@example.com", "--tenant", "globex").exit_code == 0
    assert "ACTIVE" in run("user", "list", "--tenant", "acme").output.splitlines()[1]
    assert "DISABLED" in run("user", "list", "--tenant", "globex").output.splitlines()[1]


@pytest.mark.parametrize("email", ["ada", "a b@example.com", "x" * 320 + "@example.com", ""])
def test_what_is_no_email_is_refused(run: Run, email: str) -> None:
    refused = run("user", "add", email, "--tenant", "acme", "--role", "ADMIN")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: email: ")
    assert run("user", "list", "--tenant", "acme").output == "no users\n"


def test_a_key_is_made_used_listed_and_revoked(run: Run, app: Flask) -> None:
    made = run("key", "add", "ats", "--tenant", "acme", "--role", "viewer", "--expires", "90d")
    assert made.exit_code == 0
    headers = {"X-API-Key": made.stdout.strip()}
    assert app.test_client().get(f"{BASE}/interviews", headers=headers).status_code == 200
    listed = run("key", "list", "--tenant", "acme").output
    assert listed.startswith(f"ats  {made.stdout[:9]}…  VIEWER  used=")
    assert made.stdout.strip() not in listed
    assert run("key", "revoke", "ats", "--tenant", "acme").output == "ats is revoked\n"
    fresh = create_app(
        Settings(jwt_secret_key=SECRET), database=app.extensions["interview_service_database"]
    )
    refused = fresh.test_client().get(f"{BASE}/interviews", headers=headers)
    assert refused.status_code == 401
    assert run("key", "revoke", "ats", "--tenant", "acme").exit_code == 1
    assert run("key", "list", "--tenant", "acme").output == "no keys\n"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((), "permissions: Give either a role or permissions."),
        (("--role", "VIEWER", "--permission", "interview:read"), "either a role or permissions"),
        (("--permission", "interview:raed"), "permissions: "),
    ],
)
def test_a_key_of_what_does_not_exist_is_refused(
    run: Run, given: tuple[str, ...], told: str
) -> None:
    refused = run("key", "add", "ats", "--tenant", "acme", *given)
    assert refused.exit_code == 1
    assert told in refused.output
    assert run("key", "list", "--tenant", "acme").output == "no keys\n"


# --- what is questioned


@pytest.mark.parametrize(
    "command",
    [
        ("user", "add", "ada@example.com", "--tenant", "acmee", "--role", "ADMIN"),
        ("key", "add", "ats", "--tenant", "acmee", "--role", "VIEWER"),
        ("tenant", "set", "acmee", "--auto-approve"),
        ("tenant", "rotate-secret", "acmee"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_tenant_that_was_never_seen_is_questioned_where_others_are(
    run: Run, own_database: Database, command: tuple[str, ...]
) -> None:
    lifecycle.create(Repository(own_database, "acme"), {"candidate_name": "Jane"}, SOMEBODY)
    refused = run(*command)
    assert refused.exit_code == 1
    assert "No interview and no user of a tenant 'acmee' is known" in refused.output
    assert "--yes" in refused.output
    assert run("user", "list", "--tenant", "acmee").output == "no users\n"
    assert run("audit", "--tenant", "acmee").output == "no entries\n"
    assert run(*command, "--yes").exit_code == 0


def test_a_token_of_a_tenant_that_was_never_seen_comes_with_a_warning(
    run: Run, own_database: Database
) -> None:
    who = ("token", "--tenant", "acmee", "--subject", "me")
    assert run(*who).stderr == ""
    lifecycle.create(Repository(own_database, "acme"), {"candidate_name": "Jane"}, SOMEBODY)
    assert "'acmee'" in run(*who).stderr
    assert run("token", "--tenant", "acme", "--subject", "me").stderr == ""


def test_a_token_of_a_permission_that_does_not_exist_is_questioned(run: Run) -> None:
    who = ("token", "--tenant", "acme", "--subject", "me", "--permission", "interview:raed")
    refused = run(*who)
    assert refused.exit_code == 1
    assert "there is no permission interview:raed" in refused.output
    assert run(*who, "--yes").exit_code == 0


def test_a_token_may_name_a_role(run: Run, app: Flask) -> None:
    made = run("token", "--tenant", "acme", "--subject", "me", "--role", "RECRUITER")
    headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
    me = app.test_client().get(f"{BASE}/auth/me", headers=headers).json
    assert me["role"] == "RECRUITER"
    assert me["permissions"] == sorted(Role.RECRUITER.permissions)
    both = run(
        *("token", "--tenant", "acme", "--subject", "me", "--role", "ADMIN"),
        *("--permission", "interview:read"),
    )
    assert both.exit_code == 1
