"""A2A's bindings, with an agent behind them that does as it is told: what the protocol asks for."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from interview_service.api.a2a import binding
from interview_service.app import create_app
from interview_service.settings import Settings
from tests.agents import ScriptedAgent
from tests.callers import Caller

from .receivers import Receiver, answers

INFO = "type.googleapis.com/google.rpc.ErrorInfo"


class Agents:
    """Another agent, who calls the scripted one by one of the two bindings."""

    def __init__(self, app: Flask, *, over: str) -> None:
        self.caller = Caller(app)
        self.over = over
        self.headers = {**self.caller.headers, "A2A-Version": "1.0"}

    def open(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.caller.client.open(
            f"/scripted{path}", method=method, headers=headers, **options
        )

    def rpc(self, method: str, params: Any, **options: Any) -> TestResponse:
        call = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
        return self.open("POST", "", json=call, **options)

    def ask(self, operation: str, **params: Any) -> dict[str, Any]:
        """Return the result of an operation, or the error as `{"code": …, "error": …}`."""
        if self.over == "JSONRPC":
            answer: dict[str, Any] = self.rpc(operation, params).json
            assert (answer["jsonrpc"], answer["id"]) == ("2.0", 7)
            if "error" in answer:
                return {"reason": _reason(answer["error"]["data"]), "code": answer["error"]["code"]}
            result: dict[str, Any] = answer["result"]
            return result
        response = self._http(operation, params)
        if response.status_code >= 400:
            error = response.json["error"]
            assert error["code"] == response.status_code
            return {"reason": _reason(error["details"]), "code": error["code"]}
        found: dict[str, Any] = response.json
        return found

    def _http(self, operation: str, params: dict[str, Any]) -> TestResponse:
        task, config = params.get("id"), params.get("taskId")
        configs = f"/tasks/{config}/pushNotificationConfigs"
        if operation == "SendMessage":
            return self.open("POST", "/message:send", json=params)
        if operation == "SendStreamingMessage":
            return self.open("POST", "/message:stream", json=params)
        if operation == "GetTask":
            params = {name: value for name, value in params.items() if name != "id"}
            return self.open("GET", f"/tasks/{task}", query_string=params)
        if operation == "ListTasks":
            return self.open("GET", "/tasks", query_string=params)
        if operation == "CancelTask":
            return self.open("POST", f"/tasks/{task}:cancel")
        if operation == "SubscribeToTask":
            return self.open("GET", f"/tasks/{task}:subscribe")
        if operation == "GetExtendedAgentCard":
            return self.open("GET", "/extendedAgentCard")
        if operation == "CreateTaskPushNotificationConfig":
            return self.open("POST", configs, json=params)
        if operation == "ListTaskPushNotificationConfigs":
            return self.open("GET", configs)
        method = "DELETE" if operation.startswith("Delete") else "GET"
        return self.open(method, f"{configs}/{task}")

    def send(self, message_id: str, **more: Any) -> dict[str, Any]:
        configuration = more.pop("configuration", {})
        message = {
            "messageId": f"{message_id}-{uuid4()}",
            "role": "ROLE_USER",
            "parts": [{"text": "Hello"}],
            **more,
        }
        return self.ask("SendMessage", message=message, configuration=configuration)


def _reason(details: list[dict[str, Any]]) -> str:
    [info] = [each for each in details if each["@type"] == INFO]
    assert info["domain"] == "a2a-protocol.org"
    reason: str = info["reason"]
    return reason


@pytest.fixture(scope="module")
def scripted_app(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Any) -> Flask:
    folder = tmp_path_factory.mktemp("scripted")
    settings = Settings(instance_path=folder, jwt_secret_key="a secret of 32 characters or more..")
    app = create_app(settings)
    app.register_blueprint(
        binding.blueprint(ScriptedAgent(), name="scripted", url_prefix="/scripted")
    )
    return app


@pytest.fixture(params=["JSONRPC", "HTTP+JSON"])
def agents(request: pytest.FixtureRequest, scripted_app: Flask) -> Agents:
    return Agents(scripted_app, over=request.param)


def test_a_message_makes_a_task_with_ids_of_the_agents_own(agents: Agents) -> None:
    task = agents.send("tck-complete-task")["task"]
    assert task["status"]["state"] == "TASK_STATE_COMPLETED"
    assert task["id"]
    assert task["contextId"]
    assert task["status"]["timestamp"].endswith("Z")
    assert task["status"]["message"]["parts"] == [{"text": "Hello from TCK"}]


def test_a_message_can_be_answered_with_a_message(agents: Agents) -> None:
    assert agents.send("tck-message-response")["message"]["role"] == "ROLE_AGENT"


@pytest.mark.parametrize(
    ("message_id", "part"),
    [
        ("tck-artifact-text", {"text": "Generated text content"}),
        (
            "tck-artifact-file",
            {"raw": "R2VuZXJhdGVk", "mediaType": "text/plain", "filename": "output.txt"},
        ),
        (
            "tck-artifact-file-url",
            {
                "url": "https://example.com/output.txt",
                "mediaType": "text/plain",
                "filename": "output.txt",
            },
        ),
        (
            "tck-artifact-data",
            {"data": {"key": "value", "count": 42}, "mediaType": "application/json"},
        ),
    ],
)
def test_artifacts_have_parts_of_each_kind(
    agents: Agents, message_id: str, part: dict[str, Any]
) -> None:
    [artifact] = agents.send(message_id)["task"]["artifacts"]
    assert artifact["parts"] == [part]


def test_a_task_is_found_and_goes_on_in_its_context(agents: Agents) -> None:
    begun = agents.send("tck-input-required")["task"]
    assert begun["status"]["state"] == "TASK_STATE_INPUT_REQUIRED"
    ended = agents.send("tck-complete-task", taskId=begun["id"])["task"]
    assert (ended["id"], ended["contextId"]) == (begun["id"], begun["contextId"])
    found = agents.ask("GetTask", id=begun["id"])
    assert found["status"]["state"] == "TASK_STATE_COMPLETED"
    assert [each["role"] for each in found["history"]] == ["ROLE_USER", "ROLE_USER"]


@pytest.mark.parametrize(("length", "expected"), [(0, None), (1, 1), (9, 2)])
def test_history_is_no_longer_than_asked_for(
    agents: Agents, length: int, expected: int | None
) -> None:
    begun = agents.send("tck-input-required")["task"]
    sent = agents.send(
        "tck-complete-task", taskId=begun["id"], configuration={"historyLength": length}
    )
    for task in (sent["task"], agents.ask("GetTask", id=begun["id"], historyLength=length)):
        assert len(task["history"]) == expected if expected else "history" not in task


def test_what_does_not_fit_together_is_refused(agents: Agents) -> None:
    begun = agents.send("tck-input-required")["task"]
    other = agents.send("tck-input-required", taskId=begun["id"], contextId="another")
    assert other["reason"] == "INVALID_PARAMS"
    agents.send("tck-complete-task", taskId=begun["id"])
    assert agents.send("tck-x", taskId=begun["id"])["reason"] == "UNSUPPORTED_OPERATION"
    assert agents.send("tck-x", taskId=str(uuid4()))["reason"] == "TASK_NOT_FOUND"
    assert agents.ask("GetTask", id=str(uuid4()))["reason"] == "TASK_NOT_FOUND"
    assert agents.ask("CancelTask", id=str(uuid4()))["reason"] == "TASK_NOT_FOUND"
    assert agents.ask("CancelTask", id=begun["id"])["reason"] == "TASK_NOT_CANCELABLE"


def test_a_task_that_waits_is_cancelled(agents: Agents) -> None:
    begun = agents.send("tck-input-required")["task"]
    cancelled = agents.ask("CancelTask", id=begun["id"])
    assert cancelled["status"]["state"] == "TASK_STATE_CANCELED"


def test_tasks_come_in_pages_without_artifacts_unless_asked_for(agents: Agents) -> None:
    context = str(uuid4())
    made = [agents.send("tck-artifact-text", contextId=context)["task"]["id"] for _ in range(3)]
    first = agents.ask("ListTasks", contextId=context, pageSize=2)
    assert [each["id"] for each in first["tasks"]] == made[:0:-1]
    assert (first["pageSize"], first["totalSize"]) == (2, 3)
    assert all("artifacts" not in each for each in first["tasks"])
    rest = (
        agents.ask(
            "ListTasks",
            contextId=context,
            pageToken=first["nextPageToken"],
            includeArtifacts="true",
        )
        if agents.over == "HTTP+JSON"
        else agents.ask(
            "ListTasks", contextId=context, pageToken=first["nextPageToken"], includeArtifacts=True
        )
    )
    assert [each["id"] for each in rest["tasks"]] == made[:1]
    assert rest["nextPageToken"] == ""
    assert rest["tasks"][0]["artifacts"]


def test_push_notification_configurations_are_set_found_and_deleted(agents: Agents) -> None:
    task = agents.send("tck-input-required")["task"]["id"]
    wanted = {
        "taskId": task,
        "url": "https://agent.example.com/hook",
        "token": "t-0815",
        "authentication": {"scheme": "Bearer", "credentials": "c-4711"},
    }
    made = agents.ask("CreateTaskPushNotificationConfig", **wanted)
    assert made == {
        "id": made["id"],
        "taskId": task,
        "url": wanted["url"],
        "authentication": {"scheme": "Bearer"},
    }
    assert agents.ask("GetTaskPushNotificationConfig", taskId=task, id=made["id"]) == made
    page = agents.ask("ListTaskPushNotificationConfigs", taskId=task)
    assert page == {"configs": [made], "nextPageToken": ""}
    for _ in range(2):
        deletion = agents.ask("DeleteTaskPushNotificationConfig", taskId=task, id=made["id"])
        assert deletion == {}
    gone = agents.ask("GetTaskPushNotificationConfig", taskId=task, id=made["id"])
    assert gone["reason"] == "TASK_NOT_FOUND"
    for operation in (
        "CreateTaskPushNotificationConfig",
        "GetTaskPushNotificationConfig",
        "ListTaskPushNotificationConfigs",
        "DeleteTaskPushNotificationConfig",
    ):
        params = {"taskId": str(uuid4()), "id": "x", "url": wanted["url"]}
        assert agents.ask(operation, **params)["reason"] == "TASK_NOT_FOUND"


def test_who_asked_for_it_is_told_of_a_task_that_changed(agents: Agents) -> None:
    with Receiver(answers(204)) as receiver:
        config = {"url": receiver.url(), "token": "t-0815"}
        begun = agents.send(
            "tck-input-required", configuration={"taskPushNotificationConfig": config}
        )["task"]
        assert receiver.requests == []
        agents.send("tck-complete-task", taskId=begun["id"])
        [received] = receiver.wait_for_requests(1)
    assert received.headers["x-a2a-notification-token"] == "t-0815"
    update = received.json["statusUpdate"]
    assert (update["taskId"], update["contextId"]) == (begun["id"], begun["contextId"])
    assert update["status"]["state"] == "TASK_STATE_COMPLETED"


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ("SendStreamingMessage", "UNSUPPORTED_OPERATION"),
        ("SubscribeToTask", "UNSUPPORTED_OPERATION"),
        ("GetExtendedAgentCard", "UNSUPPORTED_OPERATION"),
    ],
)
def test_what_the_card_does_not_declare_is_refused_by_name(
    agents: Agents, operation: str, reason: str
) -> None:
    assert agents.ask(operation, id="x", taskId="x", url="https://a.example")["reason"] == reason


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        {},
        {"role": "ROLE_USER", "parts": [{"text": "x"}]},
        {"messageId": "", "role": "ROLE_USER", "parts": [{"text": "x"}]},
        {"messageId": "m", "role": "ROLE_AGENT", "parts": [{"text": "x"}]},
        {"messageId": "m", "role": 1, "parts": [{"text": "x"}]},
        {"messageId": "m", "role": "ROLE_USER"},
        {"messageId": "m", "role": "ROLE_USER", "parts": []},
        {"messageId": "m", "role": "ROLE_USER", "parts": [{}]},
        {"messageId": "m", "role": "ROLE_USER", "parts": ["x"]},
        {"messageId": "m", "role": "ROLE_USER", "parts": [{"text": "x", "data": {}}]},
        {"messageId": "m", "role": "ROLE_USER", "parts": [{"text": 1}]},
        {"messageId": "m", "role": "ROLE_USER", "parts": [{"text": "\x00"}]},
        {"messageId": "m", "role": "ROLE_USER", "parts": [{"text": "x"}] * 101},
        {"messageId": "m" * 1001, "role": "ROLE_USER", "parts": [{"text": "x"}]},
        {"messageId": "m", "role": "ROLE_USER", "parts": [{"text": "x"}], "taskId": 7},
    ],
)
def test_a_message_that_is_none_is_refused(agents: Agents, message: Any) -> None:
    assert agents.ask("SendMessage", message=message)["reason"] == "INVALID_PARAMS"


def test_a_part_of_a_kind_that_the_agent_does_not_take_is_refused(agents: Agents) -> None:
    part = {"raw": "AAAA", "mediaType": "application/x-unknown"}
    assert agents.send("tck", parts=[part])["reason"] == "CONTENT_TYPE_NOT_SUPPORTED"


@pytest.mark.parametrize(
    "params",
    [
        {"pageSize": 0},
        {"pageSize": 101},
        {"pageSize": "many"},
        {"status": "DONE"},
        {"historyLength": -1},
        {"statusTimestampAfter": "yesterday"},
        {"statusTimestampAfter": "2026-01-01T00:00:00"},
        {"includeArtifacts": "maybe"},
    ],
)
def test_a_list_that_cannot_be_asked_for_is_refused(agents: Agents, params: dict[str, Any]) -> None:
    assert agents.ask("ListTasks", **params)["reason"] == "INVALID_PARAMS"


# --- JSON-RPC by itself


@pytest.fixture
def rpc(scripted_app: Flask) -> Agents:
    return Agents(scripted_app, over="JSONRPC")


@pytest.mark.parametrize("path", ["", "/"])
def test_names_come_in_snake_case_as_well_with_and_without_a_slash(rpc: Agents, path: str) -> None:
    message = {"message_id": str(uuid4()), "role": "ROLE_USER", "parts": [{"text": "x"}]}
    call = {
        "jsonrpc": "2.0",
        "id": "a",
        "method": "SendMessage",
        "params": {"message": message, "configuration": {"history_length": 0}},
    }
    answer = rpc.open("POST", path, json=call).json
    assert answer["id"] == "a"
    assert "history" not in answer["result"]["task"]


@pytest.mark.parametrize("version", [None, "", "0.3", "99.0", "1", "2.0", "1.0 "])
def test_another_version_is_refused(scripted_app: Flask, version: str | None) -> None:
    agents = Agents(scripted_app, over="JSONRPC")
    del agents.headers["A2A-Version"]
    headers = {} if version is None else {"A2A-Version": version}
    answer = agents.rpc("ListTasks", {}, headers=headers).json
    fits = version is not None and version.strip() == "1.0"
    assert answer["id"] == 7
    assert answer.get("error", {}).get("code") == (None if fits else -32009)
    http = agents.open("GET", "/tasks", headers=headers)
    assert http.status_code == (200 if fits else 400)
    assert agents.open("GET", "/tasks?A2A-Version=1.0").status_code == 200


@pytest.mark.parametrize(
    ("body", "code", "call_id"),
    [
        (b"", -32700, None),
        (b"{", -32700, None),
        (b"\xff", -32700, None),
        (b'{"a": NaN}', -32700, None),
        (b"[" * 100_000, -32700, None),
        (b"[]", -32600, None),
        (b'[{"jsonrpc": "2.0", "id": 1, "method": "GetTask"}]', -32600, None),
        (b'"GetTask"', -32600, None),
        (b'{"id": 1, "method": "GetTask"}', -32600, 1),
        (b'{"jsonrpc": "1.0", "id": 1, "method": "GetTask"}', -32600, 1),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 1}', -32600, 1),
        (b'{"jsonrpc": "2.0", "method": "GetTask"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": true, "method": "GetTask"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": 1.5, "method": "GetTask"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": "\\ud800", "method": "GetTask"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": 99999999999999999999, "method": "GetTask"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "GetTask", "params": []}', -32602, 1),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "GetTask"}', -32602, 1),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "Nothing", "params": {}}', -32601, 1),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "\\ud800", "params": {}}', -32601, 1),
    ],
)
def test_a_call_that_is_none_is_refused(
    rpc: Agents, body: bytes, code: int, call_id: int | None
) -> None:
    response = rpc.open("POST", "", data=body, content_type="application/json")
    assert response.status_code == 200
    assert (response.json["error"]["code"], response.json["id"]) == (code, call_id)


def test_a_body_that_is_not_said_to_be_json_is_refused(rpc: Agents) -> None:
    answer = rpc.open("POST", "", data="{}", content_type="text/plain").json
    assert answer["error"]["code"] == -32005
    sent = rpc.open("POST", "/message:send", data="{}", content_type="text/plain")
    assert sent.status_code == 415


def test_the_protocols_own_media_type_is_answered_in_kind(rpc: Agents) -> None:
    own = "application/a2a+json"
    assert rpc.open("GET", "/tasks").mimetype == "application/json"
    assert rpc.open("GET", "/tasks", headers={"Accept": own}).mimetype == own
    sent = rpc.open("POST", "/message:send", data=b"{}", content_type=own)
    assert (sent.status_code, sent.mimetype) == (400, own)


def test_nobody_is_answered_without_a_token(scripted_app: Flask) -> None:
    client = scripted_app.test_client()
    answer = client.post("/scripted", json={"jsonrpc": "2.0", "id": 1, "method": "GetTask"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json["error"]["message"].startswith("Missing bearer token")
    http = client.get("/scripted/tasks")
    assert (http.status_code, http.json["error"]["status"]) == (401, "UNAUTHENTICATED")


def test_the_card_is_public_and_can_be_cached(scripted_app: Flask) -> None:
    client = scripted_app.test_client()
    card = client.get("/.well-known/agent-card.json")
    assert card.json["capabilities"] == {
        "streaming": False,
        "pushNotifications": True,
        "extendedAgentCard": False,
    }
    assert {
        (each["url"], each["protocolBinding"], each["protocolVersion"])
        for each in card.json["supportedInterfaces"]
    } == {
        ("http://localhost:3009/a2a", "JSONRPC", "1.0"),
        ("http://localhost:3009/a2a", "HTTP+JSON", "1.0"),
    }
    assert "max-age" in card.headers["Cache-Control"]
    again = client.get(
        "/.well-known/agent-card.json", headers={"If-None-Match": card.headers["ETag"]}
    )
    assert again.status_code == 304
