"""Every endpoint and every command that writes stands in the audit log: none is missing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from interview_service import lifecycle
from interview_service.api.docs import openapi
from interview_service.app import create_app
from interview_service.cli import main
from interview_service.database.session import Database
from interview_service.domain.audit import AuditEntry
from interview_service.domain.workflow import State, Transition
from interview_service.lifecycle import audit, set_up
from interview_service.repository import Repository
from interview_service.repository.interviews import Interviews
from interview_service.settings import Settings
from interview_service.webhooks.transport import Outcome
from tests.callers import BASE, Caller, details
from tests.conftest import SECRET
from tests.integration.test_accounts import PASSWORD, Team
from tests.lives import TIME, TURNS, interview_in
from tests.unit.test_documentation import COMMANDS

ALL = ("interview:*", "tenant:*", "user:*", "key:*", "audit:*", "candidate:*")
SECRETIVE = "Jane Smith jane@example.com Grace grace@example.com harbour"


class House:
    """A tenant with an ADMIN, and what its endpoints need to be called."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.team = Team(app)
        self.session = self.team.found()
        self.caller = Caller(app, "acme", *ALL, subject="tester")
        self.repository: Repository = app.extensions["interview_service"].repository_of("acme")
        self.number = 0

    def interview(self, state: State) -> str:
        return interview_in(state, self.caller, self.repository)

    def failing(self) -> str:
        interview_id = self.interview(State.RECEIVED)
        lifecycle.record_failure(self.repository, interview_id, None, "no answer")
        return interview_id

    def delivery(self) -> tuple[str, str]:
        hook = {"callbackUrl": "https://ats.example.com/hook"}
        interview_id = interview_in(State.RECEIVED, self.caller, self.repository, **hook)
        post = lifecycle.begin_delivery(self.repository, interview_id)
        assert post is not None
        lifecycle.record_delivery(self.repository, post, Outcome(200, 3, "", None))
        return interview_id, post.delivery_id

    def judged(self) -> str:
        interview_id = self.interview(State.IN_PROGRESS)
        handed_in = self.caller.put(f"/interviews/{interview_id}/{CARD}", HANDED_IN)
        assert handed_in.status_code == 200, handed_in.json
        return interview_id

    def erased(self) -> Any:
        self.interview(State.PENDING)
        return self.caller.post("/candidates/erase", {"email": "JANE@example.com"})

    def user(self) -> str:
        self.number += 1
        body = {"email": f"grace{self.number}@example.com", "name": "Grace", "role": "VIEWER"}
        made: str = self.caller.post("/users", body).json["id"]
        return made

    def link(self) -> str:
        url: str = self.caller.post(f"/users/{self.user()}/invitation").json["url"]
        return url.partition("token=")[2]

    def key(self) -> str:
        self.number += 1
        body = {"name": f"key{self.number}", "role": "VIEWER"}
        made: str = self.caller.post("/api-keys", body).json["id"]
        return made

    def run_of(self, state: State) -> str:
        run: str = self.caller.get(f"/interviews/{self.interview(state)}").json["runId"]
        return run

    def as_user(self, method: str, path: str, body: Any = None) -> Any:
        session = self.team.sign_in("ada@example.com").json
        return self.team.call(method, path, body, token=session["accessToken"])


Call = Callable[[House], Any]
CARD = "scorecards/me"
HANDED_IN = {
    "ratings": [],
    "recommendation": "HIRE",
    "summary": "Jane Smith knows harbours",
    "submitted": True,
}
PLAN = {
    "structure": {
        "duration": 30,
        "sections": [{"name": "Talk", "duration": 30, "topics": ["Work"]}],
    }
}
CALLS: dict[str, tuple[str, Call]] = {
    "post /interviews": ("interview.create", lambda h: h.caller.post("/interviews", details())),
    "put /interviews/{interviewId}": (
        "interview.update",
        lambda h: h.caller.put(f"/interviews/{h.interview(State.RECEIVED)}", {"companyName": "A"}),
    ),
    "delete /interviews/{interviewId}": (
        "interview.delete",
        lambda h: h.caller.delete(f"/interviews/{h.interview(State.PENDING)}"),
    ),
    "put /interviews/{interviewId}/plan": (
        "interview.replace_plan",
        lambda h: h.caller.put(f"/interviews/{h.interview(State.PENDING)}/plan", PLAN),
    ),
    "put /interviews/{interviewId}/transcript": (
        "interview.put_transcript",
        lambda h: h.caller.put(
            f"/interviews/{h.interview(State.IN_PROGRESS)}/transcript", {"turns": TURNS}
        ),
    ),
    "post /interviews/{interviewId}/deliveries/{deliveryId}/redeliver": (
        "interview.redeliver",
        lambda h: h.caller.post("/interviews/{}/deliveries/{}/redeliver".format(*h.delivery())),
    ),
    "post /workflow/interviews/{interviewId}/transition": (
        "interview.cancel",
        lambda h: h.caller.post(
            f"/workflow/interviews/{h.interview(State.PENDING)}/transition",
            {"transition": "CANCEL"},
        ),
    ),
    "post /workflow/interviews/{interviewId}/retry": (
        "interview.retry",
        lambda h: h.caller.post(f"/workflow/interviews/{h.failing()}/retry"),
    ),
    "post /a2a/interview": ("interview.create", lambda h: h.caller.post("/a2a/interview", {})),
    "patch /a2a/interview/{interviewId}/complete-info": (
        "interview.complete_info",
        lambda h: h.caller.call(
            "PATCH",
            f"/a2a/interview/{h.interview(State.INFO_NEEDED)}/complete-info",
            json={"level": "SENIOR"},
        ),
    ),
    "post /a2a/interview/{runId}/approve": (
        "interview.approve",
        lambda h: h.caller.post(
            f"/a2a/interview/{h.run_of(State.PENDING)}/approve", {"approved": True}
        ),
    ),
    "patch /a2a/interview/{runId}/request-modification": (
        "interview.modify",
        lambda h: h.caller.call(
            "PATCH",
            f"/a2a/interview/{h.run_of(State.PENDING)}/request-modification",
            json={"reason": "More about Jane Smith"},
        ),
    ),
    "post /a2a/interview/{interviewId}/approve-assessment": (
        "interview.reject_assessment",
        lambda h: h.caller.post(
            f"/a2a/interview/{h.interview(State.ASSESSMENT_PENDING)}/approve-assessment",
            {"approved": False, "reason": "More about Jane Smith"},
        ),
    ),
    "put /interviews/{interviewId}/scorecards/me": (
        "scorecard.submit",
        lambda h: h.caller.put(f"/interviews/{h.interview(State.IN_PROGRESS)}/{CARD}", HANDED_IN),
    ),
    "delete /interviews/{interviewId}/scorecards/me": (
        "scorecard.delete",
        lambda h: h.caller.delete(f"/interviews/{h.judged()}/{CARD}"),
    ),
    "delete /interviews/{interviewId}/candidate-data": (
        "candidate.erase",
        lambda h: h.caller.delete(f"/interviews/{h.interview(State.PENDING)}/candidate-data"),
    ),
    "post /candidates/erase": ("candidate.erase", lambda h: h.erased()),
    "put /tenant/settings": (
        "tenant.update",
        lambda h: h.caller.put("/tenant/settings", {"webhookUrl": "https://jane.example.com/h"}),
    ),
    "post /tenant/webhook/secret": (
        "tenant.rotate_webhook_secret",
        lambda h: h.caller.post("/tenant/webhook/secret"),
    ),
    "post /tenant/webhook/test": (
        "tenant.test_webhook",
        lambda h: h.caller.post("/tenant/webhook/test", {"url": "https://ats.example.com/h"}),
    ),
    "post /auth/login": (
        "session.begin",
        lambda h: h.team.sign_in("ada@example.com"),
    ),
    "post /auth/logout": ("session.end", lambda h: h.as_user("POST", "/auth/logout")),
    "put /auth/me": ("user.update", lambda h: h.as_user("PUT", "/auth/me", {"name": "Grace H"})),
    "put /auth/password": (
        "user.set_password",
        lambda h: h.as_user(
            "PUT",
            "/auth/password",
            {"currentPassword": PASSWORD, "newPassword": "a louder harbour town"},
        ),
    ),
    "post /auth/invitation": (
        "user.set_password",
        lambda h: h.team.call(
            "POST", "/auth/invitation", {"token": h.link(), "password": PASSWORD}
        ),
    ),
    "post /users": (
        "user.create",
        lambda h: h.caller.post(
            "/users", {"email": "grace@example.com", "name": "Grace", "role": "VIEWER"}
        ),
    ),
    "put /users/{userId}": (
        "user.update",
        lambda h: h.caller.put(f"/users/{h.user()}", {"name": "Grace Hopper"}),
    ),
    "delete /users/{userId}": ("user.delete", lambda h: h.caller.delete(f"/users/{h.user()}")),
    "post /users/{userId}/invitation": (
        "user.invite",
        lambda h: h.caller.post(f"/users/{h.user()}/invitation"),
    ),
    "post /api-keys": (
        "api_key.create",
        lambda h: h.caller.post("/api-keys", {"name": "ats", "role": "VIEWER"}),
    ),
    "delete /api-keys/{keyId}": (
        "api_key.revoke",
        lambda h: h.caller.delete(f"/api-keys/{h.key()}"),
    ),
}
ELSEWHERE = {
    "post /auth/forgotten": "the worker finds out whom it is about: tested in test_forgotten.py",
    "post /auth/setup": "before there is a tenant: tested below",
    "post /auth/refresh": "a session goes on as it was; a token that is used twice is tested below",
}


@pytest.fixture
def house(sqlite_app: Flask) -> House:
    return House(sqlite_app)


def entries(repository: Repository) -> list[AuditEntry]:
    return audit.audit_log(repository, limit=1000).entries


def operations(app: Flask) -> Iterator[str]:
    """Yield each operation of the API that may write, as `method /path`."""
    with app.app_context():
        paths = openapi(app)["paths"]
    for path, item in paths.items():
        for method in ("post", "put", "patch", "delete"):
            if method in item:
                yield f"{method} {path.removeprefix(BASE)}"


def test_every_operation_that_writes_is_held_to_the_log(sqlite_app: Flask) -> None:
    assert set(operations(sqlite_app)) == set(CALLS) | set(ELSEWHERE)


@pytest.mark.parametrize("operation", CALLS)
def test_what_an_operation_did_stands_in_the_log(house: House, operation: str) -> None:
    action, call = CALLS[operation]
    answer = call(house)
    assert answer.status_code < 300, answer.json
    newest = entries(house.repository)
    entry = next(each for each in newest if each.request_id == answer.headers["X-Request-ID"])
    assert entry.action == action
    user = house.session["user"]["id"]
    if operation == "post /auth/invitation":
        assert entry.actor == entry.target_id
    else:
        assert entry.actor == (user if operation.split()[1].startswith("/auth/") else "tester")
    assert entry.address in ("127.0.0.1", "203.0.113.7")
    assert entry.target_id
    told = " ".join(str((each.action, each.fields, each.target_id)) for each in newest)
    for word in SECRETIVE.split():
        assert word not in told


@pytest.mark.parametrize("operation", CALLS)
def test_what_was_refused_stands_in_no_log(house: House, operation: str) -> None:
    """A caller without any permission is refused, and nothing is written."""
    method, path = operation.split()
    before = entries(house.repository)
    nobody = Caller(house.app, "acme", "nothing:read")
    path = path.replace("{", "").replace("}", "")
    answer = nobody.call(method.upper(), path, json={})
    assert answer.status_code >= 400
    assert entries(house.repository) == before


def test_a_transition_by_put_stands_in_the_log_beside_the_fields(house: House) -> None:
    pending = house.interview(State.PENDING)
    answer = house.caller.put(
        f"/interviews/{pending}", {"workflowState": "APPROVED", "companyName": "Acme"}
    )
    request_id = answer.headers["X-Request-ID"]
    found = {
        each.action: each.fields
        for each in entries(house.repository)
        if each.request_id == request_id
    }
    assert found == {"interview.update": ("companyName",), "interview.approve": ()}


@pytest.mark.parametrize(
    ("name", "source", "more"),
    [
        (Transition.REJECT, State.PENDING, {}),
        (Transition.SCHEDULE, State.APPROVED, {"scheduledAt": TIME}),
        (Transition.START, State.APPROVED, {}),
        (Transition.NO_SHOW, State.SCHEDULED, {}),
        (Transition.COMPLETE, State.IN_PROGRESS, {}),
        (Transition.APPROVE_ASSESSMENT, State.ASSESSMENT_PENDING, {}),
    ],
    ids=lambda value: str(value),
)
def test_each_transition_has_its_own_name_in_the_log(
    house: House, name: Transition, source: State, more: dict[str, str]
) -> None:
    interview_id = house.interview(source)
    path = f"/workflow/interviews/{interview_id}/transition"
    answer = house.caller.post(path, {"transition": name.value, **more})
    if name is Transition.APPROVE_ASSESSMENT and answer.status_code == 422:
        decided = {**more, "decision": {"recommendation": "HIRE"}}
        answer = house.caller.post(path, {"transition": name.value, **decided})
    assert answer.status_code == 200, answer.json
    entry = entries(house.repository)[0]
    assert (entry.action, entry.interview_id) == (f"interview.{name.lower()}", interview_id)


def test_what_changes_nothing_stands_in_no_log(house: House) -> None:
    record = house.caller.create(externalId="req-1")
    waiting = house.interview(State.RECEIVED)
    settings = house.caller.get("/tenant/settings").json
    before = entries(house.repository)
    assert house.caller.post("/interviews", details(externalId="req-1")).status_code == 200
    assert house.caller.put(f"/interviews/{record['id']}", {}).status_code == 200
    assert house.caller.put("/tenant/settings", settings).status_code == 200
    assert house.caller.post(f"/workflow/interviews/{waiting}/retry").status_code == 202
    assert entries(house.repository) == before


def test_a_request_that_is_repeated_stands_in_the_log_once(house: House) -> None:
    for _ in range(2):
        house.caller.post("/interviews", details(), headers={"Idempotency-Key": "k"})
    actions = [each.action for each in entries(house.repository)]
    assert actions.count("interview.create") == 1


def test_what_fails_leaves_neither_change_nor_entry(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = house.interview(State.PENDING)
    before = entries(house.repository)

    def broken(*_: Any) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(Interviews, "save", broken)
    assert house.caller.put(f"/interviews/{pending}", {"companyName": "A"}).status_code == 500
    monkeypatch.undo()
    assert entries(house.repository) == before


def test_the_service_s_own_steps_stand_in_no_log(house: House) -> None:
    house.interview(State.ASSESSMENT_PENDING)
    actors = {each.actor for each in entries(house.repository)}
    assert actors == {"tester", house.session["user"]["id"]}


def test_the_first_set_up_failures_and_reuse_stand_in_the_log(house: House) -> None:
    house.team.sign_in("ada@example.com", "wrong")
    house.team.sign_in("nobody@example.com", "wrong")
    body = {"refreshToken": house.session["refreshToken"]}
    for _ in range(2):
        house.team.call("POST", "/auth/refresh", body)
    actions = sorted(each.action for each in entries(house.repository))
    assert actions == ["session.begin", "session.end_on_reuse", "session.fail", "tenant.set_up"]


# --- commands

WRITES: dict[str, tuple[list[str], str]] = {
    "tenant set": (["acme", "--auto-approve"], "tenant.update"),
    "tenant rotate-secret": (["acme"], "tenant.rotate_webhook_secret"),
    "webhooks redeliver": (["--tenant", "acme", "INTERVIEW", "DELIVERY"], "interview.redeliver"),
    "user add": (["new@example.com", "--tenant", "acme", "--role", "VIEWER"], "user.create"),
    "user invite": (["grace@example.com"], "user.invite"),
    "user set-role": (["grace@example.com", "VIEWER"], "user.update"),
    "user disable": (["grace@example.com"], "user.update"),
    "user enable": (["off@example.com"], "user.update"),
    "user remove": (["grace@example.com"], "user.delete"),
    "key add": (["ats", "--tenant", "acme", "--role", "VIEWER"], "api_key.create"),
    "key revoke": (["old", "--tenant", "acme"], "api_key.revoke"),
    "candidate export": (["jane@example.com", "--tenant", "acme"], "candidate.export"),
    "candidate erase": (["jane@example.com", "--tenant", "acme", "--yes"], "candidate.erase"),
}
READS = {
    *("serve", "web", "worker", "demo", "token", "openapi", "audit"),
    *("backup", "restore", "export", "import"),
    *("db upgrade", "db current", "db vacuum", "mail list", "mail test"),
    *("tenant show", "webhooks list", "user list", "key list"),
}
"""Commands that write no tenant's record, or bring records whole with their log; `demo` is a client
like any other."""


def test_every_command_that_writes_is_held_to_the_log() -> None:
    names = {path.removeprefix("interview-service ") for path, _ in COMMANDS}
    assert names == set(WRITES) | READS


@pytest.mark.parametrize("command", WRITES)
def test_what_a_command_did_stands_in_the_log(
    own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    app = create_app(
        replace(Settings(instance_path=tmp_path), jwt_secret_key=SECRET), database=own_database
    )
    house = House(app)
    admin = house.session["accessToken"]
    house.team.add(admin, "grace@example.com")
    off = house.team.add(admin, "off@example.com")["user"]["id"]
    house.caller.put(f"/users/{off}", {"status": "DISABLED"})
    house.caller.post("/api-keys", {"name": "old", "role": "VIEWER"})
    interview_id, delivery_id = house.delivery()
    before = {each.id for each in entries(house.repository)}
    arguments, action = WRITES[command]
    ids = {"INTERVIEW": interview_id, "DELIVERY": delivery_id}
    given = [ids.get(each, each) for each in arguments]
    done = CliRunner().invoke(main, [*command.split(), *given])
    assert done.exit_code == 0, done.output
    new = [each for each in entries(house.repository) if each.id not in before]
    assert action in [each.action for each in new]
    assert {(each.actor, each.request_id, each.address) for each in new} == {
        ("service", None, None)
    }
    shown = CliRunner().invoke(main, ["audit", "--tenant", "acme", "--actor", "service"])
    assert shown.exit_code == 0
    assert [line.split("  ")[1:3] for line in shown.output.splitlines()] == [
        ["service", each.action] for each in new
    ]


def test_setting_up_is_of_the_first_user(sqlite_app: Flask) -> None:
    team = Team(sqlite_app)
    assert set_up.new_set_up_code(team.directory) is not None
    user = team.found()["user"]["id"]
    repository = team.directory.repository_of("acme")
    made = [(each.actor, each.action, each.target_id) for each in entries(repository)]
    assert (user, "tenant.set_up", "acme") in made
