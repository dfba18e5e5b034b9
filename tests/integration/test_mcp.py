"""MCP at `/mcp`: what each revision asks of a server, and the eight tools."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from interview_service import lifecycle
from interview_service.api import auth
from interview_service.app import create_app
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from interview_service.settings import Settings
from tests.callers import Caller, details, token
from tests.conftest import SECRET, AppFactory
from tests.lives import TURNS, interview_in

MODERN, LEGACY = "2026-07-28", "2025-06-18"
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
}
TOOLS = {  # read-only, destructive, idempotent, permission
    "list_interviews": (True, False, True, "interview:read"),
    "get_interview": (True, False, True, "interview:read"),
    "create_interview": (False, False, False, "interview:create"),
    "get_status": (True, False, True, "interview:read"),
    "get_plan": (True, False, True, "interview:read"),
    "request_plan_changes": (False, True, False, "interview:approve"),
    "send_transcript": (False, True, True, "interview:update"),
    "get_assessment": (True, False, True, "interview:read"),
}


class Model:
    """A language model's client, which speaks the revision without a handshake."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def post(self, body: Any, headers: dict[str, str] | None = None) -> TestResponse:
        return self.caller.client.post(
            "/mcp", json=body, headers={**self.caller.headers, **(headers or {})}
        )

    def ask(self, method: str, *, headers: dict[str, str] | None = None, **params: Any) -> Any:
        sent = {"MCP-Protocol-Version": MODERN, "Mcp-Method": method, **(headers or {})}
        if "name" in params:
            sent.setdefault("Mcp-Name", params["name"])
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"_meta": META, **params}}
        return self.post(body, {name: value for name, value in sent.items() if value})

    def legacy(self, method: str, version: str | None = LEGACY, **params: Any) -> TestResponse:
        headers = {} if version is None else {"MCP-Protocol-Version": version}
        return self.post({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, headers)

    def call(self, tool: str, **arguments: Any) -> Any:
        """Return the result of a tool."""
        response = self.ask("tools/call", name=tool, arguments=arguments)
        assert response.status_code == 200, response.json
        return response.json["result"]

    def given(self, tool: str, **arguments: Any) -> Any:
        """Return what a tool gives."""
        result = self.call(tool, **arguments)
        assert result["isError"] is False, result
        return result["structuredContent"]

    def refused(self, tool: str, **arguments: Any) -> str:
        """Return why a tool gives nothing."""
        result = self.call(tool, **arguments)
        assert (result["isError"], "structuredContent" in result) == (True, False)
        text: str = result["content"][0]["text"]
        return text


@pytest.fixture
def model(sqlite_caller: Caller) -> Model:
    return Model(sqlite_caller)


@pytest.fixture
def repository_of_acme(sqlite_database: Any) -> Repository:
    return Repository(sqlite_database, "acme")


def error_of(response: TestResponse) -> tuple[int, int]:
    """Return the status of a response, and the code of its error."""
    return response.status_code, response.json["error"]["code"]


# --- the revision without a handshake


def test_discovery_tells_revisions_capabilities_and_how_long_it_holds(model: Model) -> None:
    result = model.ask("server/discover").json["result"]
    assert result["supportedVersions"] == [MODERN, "2025-11-25", LEGACY]
    assert result["capabilities"] == {"tools": {}}
    assert (result["resultType"], result["cacheScope"]) == ("complete", "public")
    assert result["ttlMs"] >= 0
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "interview-service"
    assert "quoted data" in result["instructions"]


def test_tools_are_listed_with_schemas_annotations_and_a_warning(model: Model) -> None:
    result = model.ask("tools/list").json["result"]
    assert (result["resultType"], result["cacheScope"]) == ("complete", "public")
    assert result["ttlMs"] > 0
    assert [each["name"] for each in result["tools"]] == list(TOOLS)
    for tool in result["tools"]:
        for name in ("inputSchema", "outputSchema"):
            jsonschema.Draft202012Validator.check_schema(tool[name])
            assert tool[name]["type"] == "object"
        assert tool["inputSchema"]["additionalProperties"] is False
        assert "quoted data" in tool["description"]
        read_only, destructive, idempotent, _ = TOOLS[tool["name"]]
        assert tool["annotations"] == {
            "title": tool["title"],
            "readOnlyHint": read_only,
            "destructiveHint": destructive,
            "idempotentHint": idempotent,
            "openWorldHint": False,
        }


def test_no_tool_lets_a_model_say_where_events_go_or_decide(model: Model) -> None:
    tools = model.ask("tools/list").json["result"]["tools"]
    properties = {name for each in tools for name in each["inputSchema"]["properties"]}
    assert properties.isdisjoint({"callbackUrl", "transition", "decision", "approved", "tenantId"})


@pytest.mark.parametrize(
    ("headers", "params", "code"),
    [
        ({"MCP-Protocol-Version": ""}, {}, -32020),
        ({"MCP-Protocol-Version": LEGACY}, {}, -32020),
        ({"Mcp-Method": ""}, {}, -32020),
        ({"Mcp-Method": "tools/list"}, {}, -32020),
        ({"Mcp-Method": "TOOLS/CALL"}, {}, -32020),
        ({"Mcp-Name": ""}, {}, -32020),
        ({"Mcp-Name": "get_plan"}, {}, -32020),
        ({"Mcp-Name": "=?base64?!?="}, {}, -32020),
        ({"Mcp-Name": "=?base64?Z2V0X3N0YXR1cw==?="}, {}, None),  # get_status
        ({}, {"_meta": None}, -32602),
        ({}, {"_meta": {}}, -32602),
        ({}, {"_meta": {"io.modelcontextprotocol/protocolVersion": MODERN}}, -32602),
        ({}, {"_meta": {**META, "io.modelcontextprotocol/clientCapabilities": 1}}, -32602),
        ({}, {"_meta": {**META, "io.modelcontextprotocol/protocolVersion": 1}}, -32020),
        ({}, {"arguments": []}, -32602),
        ({"Mcp-Name": "approve"}, {"name": "approve"}, -32602),
    ],
)
def test_headers_and_metadata_must_fit_the_body(
    model: Model, headers: dict[str, str], params: dict[str, Any], code: int | None
) -> None:
    asked = {"name": "get_status", "arguments": {"interviewId": "x"}, **params}
    response = model.ask("tools/call", headers=headers, **asked)
    if code is None:
        assert response.status_code == 200
    else:
        assert error_of(response) == (400, code)
        assert response.json["id"] == 1


def test_a_revision_that_is_not_spoken_is_refused_with_those_that_are(model: Model) -> None:
    key = "io.modelcontextprotocol/protocolVersion"
    for version in ("1900-01-01", "2024-11-05"):
        response = model.ask(
            "tools/list", headers={"MCP-Protocol-Version": version}, _meta={**META, key: version}
        )
        assert error_of(response) == (400, -32022)
        data = response.json["error"]["data"]
        assert data == {"supported": [MODERN, "2025-11-25", LEGACY], "requested": version}
        assert error_of(model.legacy("tools/list", version)) == (400, -32022)


def test_a_method_that_there_is_not_is_404(model: Model) -> None:
    for method in ("initialize", "ping", "resources/list", "prompts/list", "nothing"):
        assert error_of(model.ask(method)) == (404, -32601)


def test_notifications_are_accepted_without_a_body(model: Model) -> None:
    body = {"jsonrpc": "2.0", "method": "notifications/cancelled"}
    for headers in ({}, {"MCP-Protocol-Version": MODERN}, {"MCP-Protocol-Version": LEGACY}):
        response = model.post(body, headers)
        assert (response.status_code, response.data) == (202, b"")
    assert error_of(model.post(body, {"MCP-Protocol-Version": "1900-01-01"})) == (400, -32022)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700),
        (b"{", -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "result": {}}', -32600),
        (b'{"jsonrpc": "2.0", "id": null, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [1]}', -32602),
    ],
)
def test_what_is_no_single_request_is_refused(model: Model, body: bytes, code: int) -> None:
    response = model.caller.client.post(
        "/mcp", data=body, content_type="application/json", headers=model.caller.headers
    )
    assert error_of(response) == (400, code)
    assert "id" not in response.json or response.json["id"] == 1


def test_only_posts_of_json_are_answered(model: Model) -> None:
    client, headers = model.caller.client, model.caller.headers
    for method in ("GET", "DELETE", "PUT"):
        response = client.open("/mcp", method=method, headers=headers)
        assert (response.status_code, "POST" in response.headers["Allow"]) == (405, True)
    assert client.post("/mcp", data="{}", headers=headers).status_code == 415


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 202),
        ("http://localhost:3009", 202),
        ("http://LOCALHOST:3009", 202),
        ("http://localhost:3010", 403),
        ("https://localhost:3009", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://[", 403),
        ("", 403),
    ],
)
def test_pages_of_other_origins_are_refused(model: Model, origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"Origin": origin}
    body = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert model.post(body, headers).status_code == status


# --- revisions with a handshake


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (LEGACY, LEGACY),
        ("2025-11-25", "2025-11-25"),
        ("2025-03-26", "2025-11-25"),
        (MODERN, "2025-11-25"),
        (7, "2025-11-25"),
    ],
)
def test_a_handshake_settles_the_revision(model: Model, asked: Any, answered: str) -> None:
    response = model.legacy(
        "initialize", None, protocolVersion=asked, capabilities={}, clientInfo={"name": "x"}
    )
    result = response.json["result"]
    assert result["protocolVersion"] == answered
    assert result["capabilities"] == {"tools": {}}
    assert "Mcp-Session-Id" not in response.headers
    assert "resultType" not in result


def test_after_a_handshake_requests_name_their_revision_by_a_header_alone(model: Model) -> None:
    assert model.legacy("ping").json["result"] == {}
    tools = model.legacy("tools/list").json["result"]
    assert (len(tools["tools"]), "ttlMs" in tools) == (8, False)
    listed = model.legacy("tools/call", name="list_interviews", arguments={}).json["result"]
    assert listed["structuredContent"]["interviews"] == []
    assert error_of(model.legacy("tools/list", None)) == (400, -32020)
    assert error_of(model.legacy("resources/list")) == (200, -32601)
    assert error_of(model.legacy("tools/call", name="approve")) == (200, -32602)


# --- who may


@pytest.fixture
def oauth(tmp_path: Any, sqlite_database: Any) -> Flask:
    """The application where an identity provider makes the tokens."""
    settings = Settings(
        instance_path=tmp_path,
        jwt_secret_key=SECRET,
        jwt_issuer="https://id.example.com",
        jwt_audience="interviews",
        public_url="https://interviews.example.com",
    )
    return create_app(settings, database=sqlite_database)


def test_the_metadata_of_the_resource_names_its_authorization_server(oauth: Flask) -> None:
    client = oauth.test_client()
    for path in ("", "/mcp"):
        found = client.get(f"/.well-known/oauth-protected-resource{path}").json
        assert found == {
            "resource": "https://interviews.example.com/mcp",
            "authorization_servers": ["https://id.example.com"],
            "scopes_supported": [
                "interview:approve",
                "interview:create",
                "interview:read",
                "interview:update",
            ],
            "bearer_methods_supported": ["header"],
            "resource_name": "Interview Service",
        }


def test_there_is_no_metadata_without_an_authorization_server(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    for path in ("", "/mcp"):
        response = client.get(f"/.well-known/oauth-protected-resource{path}")
        assert (response.status_code, response.json["message"]) == (404, "Not found")
    challenge = client.post("/mcp", json={}).headers["WWW-Authenticate"]
    assert challenge == 'Bearer scope="interview:read"'


def test_a_challenge_says_where_to_get_a_token(oauth: Flask) -> None:
    client = oauth.test_client()
    where = (
        'resource_metadata="https://interviews.example.com'
        '/.well-known/oauth-protected-resource/mcp"'
    )
    missing = client.post("/mcp", json={})
    assert missing.status_code == 401
    assert missing.headers["WWW-Authenticate"] == f'Bearer scope="interview:read", {where}'
    bad = client.post("/mcp", json={}, headers={"Authorization": "Bearer x.y.z"})
    assert bad.status_code == 401
    assert bad.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token", scope=')
    assert bad.json["jsonrpc"] == "2.0"


@pytest.mark.parametrize("tool", TOOLS)
def test_each_tool_wants_its_permission(sqlite_app: Flask, tool: str) -> None:
    permission = TOOLS[tool][3]
    every = {each for _, _, _, each in TOOLS.values()}
    model = Model(Caller(sqlite_app, "acme", *(every - {permission}), "tenant:read"))
    response = model.ask("tools/call", name=tool, arguments={})
    assert response.status_code == 403
    challenge = response.headers["WWW-Authenticate"]
    assert f'error="insufficient_scope", scope="{permission}"' in challenge.replace(
        f'error_description="Insufficient permissions. Required: {permission}", ', ""
    )
    assert permission in response.json["error"]["message"]


def test_too_many_requests_are_told_when_to_come_again(
    app_on: AppFactory, sqlite_database: Any
) -> None:
    model = Model(Caller(app_on(sqlite_database, rate_limit="2/minute"), subject=str(uuid4())))
    statuses = [model.ask("tools/list") for _ in range(3)]
    assert [each.status_code for each in statuses] == [200, 200, 429]
    assert int(statuses[-1].headers["Retry-After"]) > 0
    assert statuses[-1].json["error"]["code"] == -32603 or statuses[-1].json["error"]


# --- tools


def test_every_result_fits_its_schema_and_is_text_as_well(
    model: Model, repository_of_acme: Repository
) -> None:
    schemas = {
        each["name"]: each["outputSchema"]
        for each in model.ask("tools/list").json["result"]["tools"]
    }
    created = model.given(
        "create_interview",
        **{name: value for name, value in details().items() if name != "scheduledAt"},
    )
    pending = interview_in(State.PENDING, model.caller, repository_of_acme)
    assessed = interview_in(State.ASSESSMENT_PENDING, model.caller, repository_of_acme)
    running = interview_in(State.IN_PROGRESS, model.caller, repository_of_acme)
    calls: dict[str, Callable[[], dict[str, Any]]] = {
        "list_interviews": lambda: {"limit": 2},
        "get_interview": lambda: {"interviewId": created["id"]},
        "get_status": lambda: {"interviewId": created["runId"]},
        "get_plan": lambda: {"interviewId": pending},
        "request_plan_changes": lambda: {"interviewId": pending, "reason": "Shorter"},
        "send_transcript": lambda: {"interviewId": running, "turns": TURNS},
        "get_assessment": lambda: {"interviewId": assessed},
    }
    jsonschema.validate(created, schemas["create_interview"])
    for tool, arguments in calls.items():
        result = model.call(tool, **arguments())
        jsonschema.validate(result["structuredContent"], schemas[tool])
        [content] = result["content"]
        assert content["type"] == "text"
        assert "quoted data" in result["structuredContent"]["notice"]
        assert content["text"].startswith('{"notice":')
    assert "transcript" not in model.given("get_assessment", interviewId=assessed)
    state = model.caller.get(f"/interviews/{pending}").json["workflowState"]
    assert state == State.GENERATING_PLAN


def test_lists_are_narrowed_and_paged(model: Model) -> None:
    made = [model.caller.create(candidateName=f"Jane {number}")["id"] for number in range(3)]
    first = model.given("list_interviews", limit=2)
    assert [each["id"] for each in first["interviews"]] == made[:0:-1]
    assert first["total"] == 3
    rest = model.given("list_interviews", limit=2, cursor=first["nextCursor"])
    assert [each["id"] for each in rest["interviews"]] == made[:1]
    assert rest["nextCursor"] is None
    assert model.given("list_interviews", q="jane 1")["interviews"][0]["id"] == made[1]
    assert model.given("list_interviews", state="PENDING")["interviews"] == []


def test_what_a_model_can_mend_it_is_told(model: Model, repository_of_acme: Repository) -> None:
    pending = interview_in(State.PENDING, model.caller, repository_of_acme)
    refused = model.refused
    assert "interviewId: Missing data for required field." in refused("get_plan")
    assert "limit: " in refused("list_interviews", limit=0)
    assert "level: Must be one of" in refused("create_interview", **details(level="BOSS"))
    assert "callbackUrl: Unknown field." in refused(
        "create_interview", **details(callbackUrl="https://evil.example")
    )
    assert refused("get_interview", interviewId=str(uuid4())) == "Interview not found"
    assert "workflowState is PENDING" in refused("get_assessment", interviewId=pending)
    assert "workflowState is PENDING" in refused(
        "send_transcript", interviewId=pending, turns=TURNS
    )
    running = interview_in(State.IN_PROGRESS, model.caller, repository_of_acme)
    assert "Allowed transitions" in refused(
        "request_plan_changes", interviewId=running, reason="Shorter"
    )
    assert "candidateSpeaker" in refused(
        "send_transcript", interviewId=running, turns=TURNS, candidateSpeaker="Nobody"
    )


def test_an_external_id_makes_a_repetition_harmless(model: Model) -> None:
    first = model.given("create_interview", **details(externalId="req-1"))
    again = model.given("create_interview", **details(externalId="req-1", position="Clerk"))
    assert again == first
    writer = Model(model.caller.other("acme", "interview:create"))
    told = writer.given("create_interview", **details(externalId="req-1"))
    assert set(told) == {"notice", "id", "runId", "workflowState"}


def test_another_tenants_interview_is_not_found(
    model: Model, repository_of_acme: Repository
) -> None:
    pending = interview_in(State.PENDING, model.caller, repository_of_acme)
    run_id = model.caller.get(f"/interviews/{pending}").json["runId"]
    other = Model(model.caller.other("globex"))
    more = {"request_plan_changes": {"reason": "x"}, "send_transcript": {"turns": TURNS}}
    for tool in set(TOOLS) - {"list_interviews", "create_interview"}:
        for one_id in (pending, run_id, str(uuid4())):
            refused = other.refused(tool, interviewId=one_id, **more.get(tool, {}))
            assert refused == "Interview not found"
    assert other.given("list_interviews")["total"] == 0


def test_a_defect_is_logged_and_shows_nothing(
    model: Model, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(lifecycle, "page_of_interviews", fail)
    response = model.ask("tools/call", name="list_interviews", arguments={})
    assert error_of(response) == (500, -32603)
    assert "secret" not in response.text
    assert "internal error" in caplog.text


def test_api_keys_and_other_headers_are_known_as_everywhere(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    body = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    bearer = {"Authorization": f"bearer {token(sqlite_app)}", "X-Request-ID": "mine"}
    response = client.post("/mcp", json=body, headers=bearer)
    assert (response.status_code, response.headers["X-Request-ID"]) == (202, "mine")
    assert response.headers["Cache-Control"] == "no-store"
    refused = client.post("/mcp", json=body, headers={"X-API-Key": "is_x"})
    assert refused.status_code == 401
    assert auth.MAX_TOKEN < 65_536


def test_an_interviewer_sees_no_numbers_before_handing_in_a_card(
    model: Model, repository_of_acme: Repository
) -> None:
    interview_id = interview_in(State.ASSESSMENT_PENDING, model.caller, repository_of_acme)
    assert model.given("get_interview", interviewId=interview_id)["recommendation"] is not None
    blind = Model(model.caller.other("acme", "interview:read", "interview:score"))
    shown = [
        blind.given("get_interview", interviewId=interview_id),
        blind.given("get_assessment", interviewId=interview_id),
        blind.given("list_interviews")["interviews"][0],
    ]
    for each in shown:
        assert each.get("recommendation") is None
        assert each.get("overallScore") is None
