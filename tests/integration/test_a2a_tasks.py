"""Interviews as tasks of A2A: states, artifacts, what a message can do and who may do it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.domain.clock import to_milliseconds
from interview_service.domain.workflow import State, Transition, caller_transitions_from
from interview_service.repository import Repository
from interview_service.repository.tasks import StateFilter
from interview_service.settings.databases import database_url
from tests.callers import Caller
from tests.conftest import BACKENDS, Hands
from tests.lives import INFO, TURNS, interview_in, take, work
from tests.servers import Server

STATES = {
    State.RECEIVED: "TASK_STATE_WORKING",
    State.VALIDATING_SKILLS: "TASK_STATE_WORKING",
    State.GENERATING_PLAN: "TASK_STATE_WORKING",
    State.INFO_NEEDED: "TASK_STATE_INPUT_REQUIRED",
    State.PENDING: "TASK_STATE_INPUT_REQUIRED",
    State.APPROVED: "TASK_STATE_INPUT_REQUIRED",
    State.SCHEDULED: "TASK_STATE_INPUT_REQUIRED",
    State.IN_PROGRESS: "TASK_STATE_INPUT_REQUIRED",
    State.COMPLETED: "TASK_STATE_INPUT_REQUIRED",
    State.ASSESSMENT_PENDING: "TASK_STATE_INPUT_REQUIRED",
    State.ASSESSMENT_APPROVED: "TASK_STATE_COMPLETED",
    State.REJECTED: "TASK_STATE_REJECTED",
    State.CANCELLED: "TASK_STATE_CANCELED",
}
"""COMPLETED waits for evidence, until there is some."""


class Agent:
    """Another agent, with the token of a caller."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def ask(self, method: str, **params: Any) -> Any:
        """Return the result of a call, or its error."""
        answer = self.caller.client.post(
            "/a2a",
            json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
            headers={**self.caller.headers, "A2A-Version": "1.0"},
        ).json
        return answer["result"] if "result" in answer else answer["error"]

    def send(
        self,
        *parts: dict[str, Any],
        task: str | None = None,
        message: str | None = None,
        **more: Any,
    ) -> Any:
        said = {"messageId": message or str(uuid4()), "role": "ROLE_USER", "parts": list(parts)}
        if task is not None:
            said["taskId"] = task
        configuration = {"returnImmediately": True}
        return self.ask("SendMessage", message={**said, **more}, configuration=configuration)

    def task_of(self, interview_id: str) -> Any:
        run_id = self.caller.get(f"/interviews/{interview_id}").json["runId"]
        return self.ask("GetTask", id=run_id)


@pytest.fixture
def agent(caller: Caller) -> Agent:
    return Agent(caller)


@pytest.fixture
def one(sqlite_caller: Caller) -> Agent:
    return Agent(sqlite_caller)


def data(**fields: Any) -> dict[str, Any]:
    return {"data": fields}


def asked(task: dict[str, Any]) -> Any:
    """Return the data part of a task's status."""
    [part] = [each for each in task["status"]["message"]["parts"] if "data" in each]
    return part["data"]


def test_every_state_is_told_with_what_is_waited_for(agent: Agent, repository: Repository) -> None:
    for state, told in STATES.items():
        task = agent.task_of(interview_in(state, agent.caller, repository))
        assert task["status"]["state"] == told, state
        assert task["metadata"] == {"workflowState": state.value}
        assert task["status"]["message"]["parts"][0]["text"]
        if told == "TASK_STATE_INPUT_REQUIRED":
            allowed = caller_transitions_from(state, ["interview:*"])
            assert asked(task)["allowedTransitions"] == allowed
            assert set(asked(task)) == {"waitingFor", "missing", "allowedTransitions"}


def test_a_conversation_from_an_incomplete_request_to_a_verdict(
    agent: Agent, repository: Repository
) -> None:
    begun = agent.send(data(externalId="req-1", position="Engineer"))["task"]
    task_id, interview_id = begun["id"], begun["contextId"]
    assert [each["field"] for each in asked(begun)["missing"]] == [
        "level",
        "skills",
        "jobDescription",
    ]
    del begun
    info = {name: INFO[name] for name in ("level", "skills", "jobDescription")}
    assert agent.send(data(**info), task=task_id)["task"]["status"]["state"] == (
        "TASK_STATE_WORKING"
    )
    assert work(repository, interview_id)
    agent.send({"text": "More system design, please."}, task=task_id)
    record = agent.caller.get(f"/interviews/{interview_id}").json
    assert record["workflowState"] == State.GENERATING_PLAN
    assert work(repository, interview_id)
    for name in (Transition.APPROVE, Transition.START):
        agent.send(data(transition=name), task=task_id)
    spoken = {"turns": TURNS, "candidateSpeaker": "Jane Smith"}
    agent.send(data(transcript=spoken), data(transition="COMPLETE"), task=task_id)
    assert agent.ask("GetTask", id=task_id)["status"]["state"] == "TASK_STATE_WORKING"
    assert work(repository, interview_id)
    ready = agent.ask("GetTask", id=task_id)
    plan, assessment = ready["artifacts"]
    assert (plan["name"], assessment["name"]) == ("plan", "assessment")
    kept = agent.caller.get(f"/interviews/{interview_id}/plan").json
    assert plan["parts"][0]["data"] == kept
    kept = agent.caller.get(f"/interviews/{interview_id}/assessment").json
    del kept["transcript"]
    assert assessment["parts"][0]["data"] == kept
    ended = agent.send(data(transition="APPROVE_ASSESSMENT"), task=task_id)["task"]
    assert ended["status"]["state"] == "TASK_STATE_COMPLETED"
    history = agent.caller.get(f"/workflow/interviews/{interview_id}/history").json["data"]
    assert len(ended["history"]) == len(history)
    assert [each["role"] for each in ended["history"]] == [
        "ROLE_AGENT" if each["triggeredBy"] == "service" else "ROLE_USER" for each in history
    ]
    last = agent.ask("GetTask", id=task_id, historyLength=1)["history"]
    assert last == ended["history"][-1:]


def test_text_alone_begins_nothing_and_decides_nothing(one: Agent, sqlite_database: Any) -> None:
    repository = Repository(sqlite_database, "acme")
    assert "message" in one.send({"text": "Please approve and hire her."})
    assert one.caller.get("/interviews").json["meta"]["total"] == 0
    for state in STATES:
        interview_id = interview_in(state, one.caller, repository)
        before = one.caller.get(f"/interviews/{interview_id}").json
        task = one.task_of(interview_id)["id"]
        error = one.send({"text": "APPROVE. I approve it. transition: APPROVE"}, task=task)
        after = one.caller.get(f"/interviews/{interview_id}").json
        if state is State.PENDING:
            assert after["workflowState"] == State.GENERATING_PLAN
        else:
            assert error["code"] in (-32602, -32004)
            assert after == before


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (data(level="BOSS"), "message.parts[0].data.level"),
        (data(unknown=1), "message.parts[0].data.unknown"),
        (data(transition="HIRE"), "message.parts[0].data.transition"),
        (data(transition="APPROVE", reason=7), "message.parts[0].data.reason"),
        (data(transcript={"turns": []}), "message.parts[0].data.transcript.turns"),
        (data(transcript="Jane: Hello"), "message.parts[0].data.transcript._schema"),
        (data(transcript={"turns": TURNS}, level="MID"), "message.parts[0].data"),
        ({"data": ["APPROVE"]}, "message.parts[0].data"),
        ({"data": 7}, "message.parts[0].data"),
    ],
)
def test_data_that_is_not_valid_changes_nothing(
    one: Agent, sqlite_database: Any, part: dict[str, Any], field: str
) -> None:
    repository = Repository(sqlite_database, "acme")
    interview_id = interview_in(State.IN_PROGRESS, one.caller, repository)
    before = one.caller.get(f"/interviews/{interview_id}").json
    error = one.send(part, task=one.task_of(interview_id)["id"])
    assert error["code"] == -32602
    violations = error["data"][1]["fieldViolations"]
    assert field in [each["field"] for each in violations]
    assert one.caller.get(f"/interviews/{interview_id}").json == before


def test_a_message_is_done_whole_or_not_at_all(one: Agent, sqlite_database: Any) -> None:
    repository = Repository(sqlite_database, "acme")
    interview_id = interview_in(State.APPROVED, one.caller, repository)
    task = one.task_of(interview_id)["id"]
    error = one.send(data(transition="START"), data(transition="APPROVE"), task=task)
    assert (error["code"], "Allowed transitions" in error["message"]) == (-32004, True)
    record = one.caller.get(f"/interviews/{interview_id}").json
    assert record["workflowState"] == State.APPROVED


def test_a_message_is_taken_once_from_its_sender(agent: Agent) -> None:
    first = agent.send(data(position="Engineer"), message="m-1")["task"]
    assert agent.send(data(position="Engineer"), message="m-1")["task"]["id"] == first["id"]
    another = agent.send(data(position="Clerk"), message="m-1")
    assert (another["code"], "messageId" in another["message"]) == (-32602, True)
    other = Agent(agent.caller.other("acme", "interview:*", subject="somebody else"))
    assert other.send(data(position="Engineer"), message="m-1")["task"]["id"] != first["id"]
    assert agent.caller.get("/interviews").json["meta"]["total"] == 2


def test_contexts_are_given_by_the_service(one: Agent) -> None:
    task = one.send(data(position="Engineer"))["task"]
    for context in (task["contextId"], str(uuid4())):
        refused = one.send(data(position="Engineer"), contextId=context)
        assert refused["code"] == -32602
    assert one.send(data(level="MID"), task=task["id"], contextId=str(uuid4()))["code"] == -32602
    gone_on = one.send(data(level="MID"), task=task["id"], contextId=task["contextId"])
    assert gone_on["task"]["contextId"] == task["contextId"]


def test_parts_of_other_kinds_are_refused_by_their_media_type(one: Agent) -> None:
    for part in (
        {"raw": "AAAA", "mediaType": "application/pdf"},
        {"url": "https://example.com/cv.pdf"},
        {"text": "<b>", "mediaType": "text/html"},
        {"data": {}, "mediaType": "application/xml"},
    ):
        assert one.send(part)["code"] == -32005
    assert "message" in one.send({"text": "x", "mediaType": "text/plain; charset=utf-8"})


# --- permissions and walls


def test_each_thing_wants_its_permission(app: Flask, repository: Repository) -> None:
    everybody = Caller(app)
    pending = interview_in(State.PENDING, everybody, repository)
    task = Agent(everybody).task_of(pending)["id"]
    needed = [
        ("interview:create", lambda one: one.send(data(position="Engineer"))),
        ("interview:read", lambda one: one.ask("GetTask", id=task)),
        ("interview:read", lambda one: one.ask("ListTasks")),
        ("interview:approve", lambda one: one.send({"text": "Other questions"}, task=task)),
        ("interview:update", lambda one: one.send(data(level="MID"), task=task)),
        ("interview:update", lambda one: one.send(data(transcript={"turns": TURNS}), task=task)),
        ("interview:approve", lambda one: one.send(data(transition="REJECT"), task=task)),
        ("interview:update", lambda one: one.ask("CancelTask", id=task)),
    ]
    every = {"interview:create", "interview:read", "interview:update", "interview:approve"}
    for permission, call in needed:
        refused = call(Agent(everybody.other("acme", *(every - {permission}))))
        assert refused["message"] == f"Insufficient permissions. Required: {permission}"
        assert refused["data"][0]["reason"] == "PERMISSION_DENIED"
    service = Agent(everybody).send(data(transition="PLAN_READY"), task=task)
    assert service["data"][0]["reason"] == "PERMISSION_DENIED"
    assert everybody.get(f"/interviews/{pending}").json["workflowState"] == State.PENDING


def test_who_may_not_read_is_told_ids_and_state_alone(one: Agent, sqlite_database: Any) -> None:
    writer = Agent(one.caller.other("acme", "interview:create", "interview:update"))
    known = one.send(data(externalId="req-1", position="Secret"))["task"]
    told = writer.send(data(externalId="req-1"))["task"]
    assert told == {
        "id": known["id"],
        "contextId": known["contextId"],
        "status": {name: known["status"][name] for name in ("state", "timestamp")},
    }
    repository = Repository(sqlite_database, "acme")
    pending = one.task_of(interview_in(State.PENDING, one.caller, repository))
    cancelled = writer.ask("CancelTask", id=pending["id"])
    assert set(cancelled) == {"id", "contextId", "status"}
    made = writer.send(data(position="Engineer"))["task"]
    assert asked(made)["waitingFor"] == "info"
    assert "artifacts" not in made


def test_another_tenants_task_does_not_exist(app: Flask, repository: Repository) -> None:
    caller = Caller(app)
    task = Agent(caller).task_of(interview_in(State.PENDING, caller, repository))
    other = Agent(caller.other("globex"))
    for known, unknown in ((task["id"], str(uuid4())), (task["contextId"], str(uuid4()))):
        for call in (
            lambda one_id: other.ask("GetTask", id=one_id),
            lambda one_id: other.ask("CancelTask", id=one_id),
            lambda one_id: other.send(data(transition="APPROVE"), task=one_id),
            lambda one_id: other.send({"text": "x"}, task=one_id),
            lambda one_id: other.ask("ListTasks", contextId=one_id),
            lambda one_id: other.send(data(position="x"), contextId=one_id),
        ):
            assert call(known) == call(unknown)
    assert other.ask("ListTasks")["totalSize"] == 0


# --- lists


def test_tasks_are_listed_by_their_last_transition(
    agent: Agent, repository: Repository, hands: Hands
) -> None:
    caller = agent.caller
    made = []
    for state in (State.PENDING, State.APPROVED, State.INFO_NEEDED, State.RECEIVED):
        hands.forward(seconds=1)
        made.append(interview_in(state, caller, repository))
    hands.forward(seconds=1)
    caller.put(f"/interviews/{made[1]}", {"companyName": "Acme"})  # no transition
    hands.forward(seconds=1)
    since = hands.moment
    take(caller, made[0], Transition.APPROVE)
    expected = [made[0], made[3], made[2], made[1]]

    def contexts(**query: Any) -> list[str]:
        page = agent.ask("ListTasks", **query)
        return [each["contextId"] for each in page["tasks"]]

    assert contexts() == expected
    found: list[str] = []
    token = ""
    while True:
        page = agent.ask("ListTasks", pageSize=1, pageToken=token)
        assert page["totalSize"] == 4
        found += [each["contextId"] for each in page["tasks"]]
        token = page["nextPageToken"]
        if not token:
            break
    assert found == expected
    assert contexts(status="TASK_STATE_WORKING") == [made[3]]
    assert contexts(status="TASK_STATE_INPUT_REQUIRED") == [made[0], made[2], made[1]]
    assert contexts(status="TASK_STATE_FAILED") == []
    moment = since.isoformat().replace("+00:00", "Z")
    assert contexts(statusTimestampAfter=moment) == [made[0]]
    assert agent.ask("ListTasks", statusTimestampAfter=moment)["totalSize"] == 1
    assert contexts(contextId=made[2]) == [made[2]]
    assert contexts(contextId=made[2], status="TASK_STATE_WORKING") == []
    assert contexts(contextId=made[2], statusTimestampAfter=moment) == []


def test_a_completed_interview_is_listed_by_whether_there_is_evidence(
    one: Agent, sqlite_database: Any
) -> None:
    repository = Repository(sqlite_database, "acme")
    interview_id = interview_in(State.COMPLETED, one.caller, repository)
    before = one.ask("ListTasks", status="TASK_STATE_INPUT_REQUIRED")
    assert (before["totalSize"], len(before["tasks"])) == (1, 1)
    one.caller.put(f"/interviews/{interview_id}/transcript", {"turns": TURNS})
    after = one.ask("ListTasks", status="TASK_STATE_INPUT_REQUIRED")
    assert (after["totalSize"], after["tasks"]) == (0, [])
    working = one.ask("ListTasks", status="TASK_STATE_WORKING", includeArtifacts=True)
    assert (working["totalSize"], len(working["tasks"][0]["artifacts"])) == (1, 1)


@pytest.mark.parametrize(
    "token", ["x", "!", "MTIz", "OTk5OTk5OTk5OTk5OTk5OTk5OS94", "é", "A" * 999]
)
def test_a_page_token_of_no_list_is_refused_or_finds_nothing(one: Agent, token: str) -> None:
    answer = one.ask("ListTasks", pageToken=token)
    assert answer.get("code") == -32602 or answer["tasks"] == []


def test_an_interview_that_is_over_cannot_be_cancelled_or_gone_on_with(
    one: Agent, sqlite_database: Any
) -> None:
    repository = Repository(sqlite_database, "acme")
    for state in (State.REJECTED, State.CANCELLED, State.ASSESSMENT_APPROVED):
        task = one.task_of(interview_in(state, one.caller, repository))["id"]
        assert one.ask("CancelTask", id=task)["code"] == -32002
        for part in ({"text": "x"}, data(level="MID"), data(transition="APPROVE")):
            assert one.send(part, task=task)["code"] == -32004


# --- those who may not see yet what others think


def test_an_interviewer_sees_no_numbers_before_handing_in_a_card(
    one: Agent, sqlite_database: Any
) -> None:
    repository = Repository(sqlite_database, "acme")
    interview_id = interview_in(State.ASSESSMENT_PENDING, one.caller, repository)
    interviewer = Agent(one.caller.other("acme", "interview:read", "interview:score"))
    seen = one.task_of(interview_id)["artifacts"][1]["parts"][0]["data"]
    assert seen["recommendation"] is not None
    task = interviewer.task_of(interview_id)
    listed = interviewer.ask("ListTasks", includeArtifacts=True)["tasks"][0]
    for told in (task, listed):
        hidden = told["artifacts"][1]["parts"][0]["data"]
        numbers = ("overallScore", "recommendation", "summary", "draft", "agreement")
        assert [hidden[name] for name in numbers] == [None] * 5
        assert hidden["scores"] == {}


# --- interviews from before there were tasks


BEFORE = "0014"
OLD = """
INSERT INTO interviews (tenant_id, id, run_id, version, workflow_state, skills, search_text,
    created_at, updated_at, transition_count, has_transcript, attempts, work_version, is_read)
VALUES (:tenant, :id, :id, 1, 'PENDING', '["SQL"]', '', :created, 9000, :count, false, 0, 1, false)
"""
OLD_ENTRY = """
INSERT INTO history (tenant_id, interview_id, number, transition, previous_state, new_state,
    triggered_by, created_at)
VALUES (:tenant, :id, :number, 'VALIDATE', 'RECEIVED', 'VALIDATING_SKILLS', 'service', :at)
"""


@pytest.fixture(params=BACKENDS)
def old_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database from before interviews knew when they last took a transition."""
    if request.param == "sqlite":
        url = database_url(f"sqlite:///{tmp_path / 'old.db'}", Path())
    else:
        server: Server = request.getfixturevalue(f"{request.param}_server")
        url = server.new_database()
    engine = make_engine(url)
    schema.upgrade(engine, BEFORE)
    yield engine
    engine.dispose()


def test_older_interviews_are_listed_by_their_histories(old_engine: Engine) -> None:
    moved: dict[str, list[tuple[int, str]]] = {"acme": [], "globex": []}
    for tenant, places in moved.items():
        with Database(old_engine).transaction(tenant) as connection:
            for created, entries in ((1000, (2000, 5000)), (3000, ()), (500, (4000,))):
                given = {"tenant": tenant, "id": str(uuid4()), "created": created}
                connection.execute(text(OLD), {**given, "count": len(entries)})
                for number, at in enumerate(entries, 1):
                    entry = {"tenant": tenant, "id": given["id"], "number": number, "at": at}
                    connection.execute(text(OLD_ENTRY), entry)
                places.append((entries[-1] if entries else created, given["id"]))
            connection.commit()
    schema.upgrade(old_engine)
    for tenant, places in moved.items():
        tasks = Repository(Database(old_engine), tenant).tasks
        page = tasks.page([StateFilter(State.PENDING)], since=None, after=None, limit=9)
        assert [(to_milliseconds(each.moved_at), each.id) for each in page] == sorted(
            places, reverse=True
        )
