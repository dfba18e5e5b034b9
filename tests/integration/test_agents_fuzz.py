"""Whatever is sent to the endpoints of agents is answered, and never with a 5xx."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.domain.workflow import State, Transition
from interview_service.repository import Repository
from tests.callers import Caller
from tests.lives import INFO, SOMEBODY, TURNS, interview_in

MODERN = "2026-07-28"
TOOLS = (
    "list_interviews",
    "get_interview",
    "create_interview",
    "get_status",
    "get_plan",
    "request_plan_changes",
    "send_transcript",
    "get_assessment",
)
METHODS = (
    "SendMessage",
    "GetTask",
    "ListTasks",
    "CancelTask",
    "SendStreamingMessage",
    "GetExtendedAgentCard",
    "CreateTaskPushNotificationConfig",
    "GetTaskPushNotificationConfig",
    "ListTaskPushNotificationConfigs",
    "DeleteTaskPushNotificationConfig",
)
FUZZ = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

characters = st.characters(codec=None)
texts = st.text(characters, max_size=20)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)


def object_of(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return objects that have some of these members, each as it should be or any other value."""
    optional = {name: each | values for name, each in members.items()}
    return st.fixed_dictionaries({}, optional=optional)


ids: st.SearchStrategy[Any] = st.sampled_from(["TASK", "CONTEXT"]) | texts
turns = st.just(TURNS) | st.lists(object_of(speaker=texts, text=texts, at=texts), max_size=3)
data = (
    object_of(
        transition=st.sampled_from([each.value for each in Transition]),
        reason=texts,
        scheduledAt=texts,
        decision=object_of(recommendation=texts, reason=texts),
    )
    | object_of(transcript=object_of(turns=turns, candidateSpeaker=texts))
    | object_of(**{name: st.just(each) for name, each in INFO.items()}, externalId=texts)
)
parts = st.lists(
    object_of(text=texts, data=data, raw=texts, url=texts, mediaType=texts) | values, max_size=3
)
messages = object_of(
    messageId=texts,
    message_id=texts,
    role=st.just("ROLE_USER"),
    parts=parts,
    taskId=ids,
    contextId=ids,
)
push = {
    "url": st.just("https://agent.example.com/hook") | texts,
    "token": texts,
    "authentication": object_of(scheme=st.just("Bearer") | texts, credentials=texts),
}
params = object_of(
    message=messages,
    configuration=st.fixed_dictionaries(
        {"returnImmediately": st.just(True)},
        optional={
            "historyLength": values,
            "taskPushNotificationConfig": object_of(id=texts, taskId=ids, **push) | values,
        },
    ),
    id=ids | st.just("CONFIG"),
    taskId=ids,
    **push,
    contextId=ids,
    status=texts,
    pageSize=st.integers(),
    pageToken=texts,
    historyLength=st.integers(),
    statusTimestampAfter=texts,
    includeArtifacts=st.booleans(),
).filter(lambda given: not isinstance(given, dict) or _is_quick(given))


def _is_quick(given: dict[str, Any]) -> bool:
    """Tell whether nothing would be waited for: no worker runs here."""
    configuration = given.get("configuration")
    return isinstance(configuration, dict) and configuration.get("returnImmediately") is True


@pytest.fixture
def known(sqlite_caller: Caller, sqlite_database: Database) -> dict[str, str]:
    """The ids that stand in fuzzed requests for those of an interview."""
    repository = Repository(sqlite_database, "acme")
    interview_id = interview_in(State.IN_PROGRESS, sqlite_caller, repository)
    run_id = sqlite_caller.get(f"/interviews/{interview_id}").json["runId"]
    given = lifecycle.GivenPushConfig("https://agent.example.com/hook", id="CONFIG")
    lifecycle.set_push_config(repository, interview_id, given, SOMEBODY)
    return {"TASK": run_id, "CONTEXT": interview_id}


def body(value: Any, known: dict[str, str]) -> bytes:
    """Return JSON, lone surrogates and all, with known ids in their places."""
    text = json.dumps(value)
    for name, each in known.items():
        text = text.replace(f'"{name}"', f'"{each}"')
    return text.encode()


@FUZZ
@given(method=st.sampled_from(METHODS) | texts, given_params=params | values, call_id=scalars)
def test_a2a_answers_every_call(
    sqlite_caller: Caller,
    known: dict[str, str],
    method: str,
    given_params: Any,
    call_id: Any,
) -> None:
    call = {"jsonrpc": "2.0", "id": call_id, "method": method, "params": given_params}
    response = sqlite_caller.client.post(
        "/a2a",
        data=body(call, known),
        content_type="application/json",
        headers={**sqlite_caller.headers, "A2A-Version": "1.0"},
    )
    assert response.status_code < 500, (call, response.json)
    answer = response.json
    assert answer["jsonrpc"] == "2.0"
    assert ("result" in answer) != ("error" in answer)


@FUZZ
@given(
    path=st.sampled_from(
        [
            "/message:send",
            "/tasks",
            "/tasks/TASK",
            "/tasks/TASK:cancel",
            "/tasks/TASK:subscribe",
            "/tasks/TASK/pushNotificationConfigs",
            "/tasks/TASK/pushNotificationConfigs/CONFIG",
        ]
    ),
    given_params=params,
    query=st.dictionaries(
        st.sampled_from(["pageSize", "pageToken", "status", "historyLength", "contextId"]), texts
    ),
    verb=st.sampled_from(["GET", "POST", "DELETE"]),
)
def test_a2a_answers_every_request(
    sqlite_caller: Caller,
    known: dict[str, str],
    path: str,
    given_params: Any,
    query: dict[str, str],
    verb: str,
) -> None:
    sent = {name: value.encode("utf-8", "surrogatepass") for name, value in query.items()}
    response = sqlite_caller.client.open(
        "/a2a" + path.replace("TASK", known["TASK"]),
        method=verb,
        query_string=sent,
        data=body(given_params, known) if verb == "POST" else None,
        content_type="application/json" if verb == "POST" else None,
        headers={**sqlite_caller.headers, "A2A-Version": "1.0"},
    )
    assert response.status_code < 500, (path, given_params, response.json)
    assert response.is_json


arguments = object_of(
    interviewId=ids,
    reason=texts,
    turns=turns,
    candidateSpeaker=texts,
    state=texts,
    q=texts,
    limit=st.integers(),
    cursor=texts,
    **{name: st.just(each) for name, each in INFO.items()},
    candidateEmail=st.just("jane@example.com"),
    planFromInterviewId=ids,
)
metadata = st.just(
    {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    }
)


@FUZZ
@given(
    method=st.sampled_from(["tools/call", "tools/list", "server/discover", "initialize"]) | texts,
    name=st.sampled_from(TOOLS) | values,
    given_arguments=arguments | values,
    meta=metadata | values,
    version=st.sampled_from([MODERN, "2025-06-18", "1900-01-01", None]),
    call_id=scalars,
)
def test_mcp_answers_every_call(
    sqlite_caller: Caller,
    known: dict[str, str],
    method: str,
    name: Any,
    given_arguments: Any,
    meta: Any,
    version: str | None,
    call_id: Any,
) -> None:
    call = {
        "jsonrpc": "2.0",
        "id": call_id,
        "method": method,
        "params": {"name": name, "arguments": given_arguments, "_meta": meta},
    }
    headers = {} if version is None else {"MCP-Protocol-Version": version}
    if method.isascii() and method.isprintable():
        headers["Mcp-Method"] = method
    if isinstance(name, str) and name.isascii() and name.isprintable():
        headers["Mcp-Name"] = name
    response = sqlite_caller.client.post(
        "/mcp",
        data=body(call, known),
        content_type="application/json",
        headers={**sqlite_caller.headers, **headers},
    )
    assert response.status_code < 500, (call, response.json)
    answer = response.json
    assert ("result" in answer) != ("error" in answer)


@FUZZ
@given(raw=st.binary(max_size=200))
def test_bytes_that_are_no_json_are_answered(sqlite_caller: Caller, raw: bytes) -> None:
    for path in ("/a2a", "/a2a/message:send", "/mcp"):
        response = sqlite_caller.client.post(
            path,
            data=raw,
            content_type="application/json",
            headers={**sqlite_caller.headers, "A2A-Version": "1.0"},
        )
        assert response.status_code < 500


@pytest.mark.parametrize("path", ["/a2a", "/a2a/message:send", "/mcp"])
def test_bodies_that_are_too_large_or_compressed_are_refused(
    sqlite_caller: Caller, path: str
) -> None:
    headers = {**sqlite_caller.headers, "A2A-Version": "1.0"}
    large = b'"' + b"x" * (1024 * 1024) + b'"'
    for sent, more, status in (
        (large, {}, 413),
        (b"{}", {"Content-Encoding": "gzip"}, 415),
    ):
        response = sqlite_caller.client.post(
            path, data=sent, content_type="application/json", headers={**headers, **more}
        )
        told = response.json["error"]["message"]
        expected = (status, 200) if path == "/a2a" and status == 415 else (status,)
        assert response.status_code in expected
        assert "1 MiB" in told or "Content-Encoding" in told
