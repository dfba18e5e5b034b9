"""Agents reach the running service: the documented conversations, and the official clients."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import httpx2
import pytest
from a2a.client import ClientConfig, ClientFactory
from a2a.client.card_resolver import A2ACardResolver
from a2a.client.errors import A2AClientError
from a2a.types import a2a_pb2 as pb
from a2a.utils.errors import TaskNotFoundError
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Value
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from interview_service.domain.workflow import State
from tests.documents import PAGES, code, section

from .conftest import Service, Starter, run, until
from .terminal import Terminal

AGENTS = PAGES["docs/agents.md"]
INFO = {
    "externalId": "req-1",
    "candidateName": "Jane Smith",
    "position": "Engineer",
    "level": "SENIOR",
    "skills": ["Go", "SQL", "Kafka"],
    "jobDescription": "Build the services that forty thousand shops depend on. " * 3,
}
TURNS = [
    {"speaker": "Sam", "text": "What did you build with Go?"},
    {"speaker": "Jane Smith", "text": "I moved our billing to Go, because it was slow."},
]

pytestmark = [
    # The clients' own dependencies warn on import and at their end.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def token(service: Service) -> str:
    return run(service.folder, "token", "--tenant", "demo", "--subject", "ats").stdout.strip()


# --- the documentation, typed in


def blocks(heading: str) -> list[str]:
    return code(section(AGENTS, heading), "console")


def commands(block: str) -> str:
    """Return what is typed of a block, without the variables that its reader looks up."""
    return re.sub(r"^\w+=\.\.\..*\n", "", block, flags=re.MULTILINE)


def asked(task: Any) -> Any:
    return next(each["data"] for each in task["status"]["message"]["parts"] if "data" in each)


def test_the_documented_conversation_over_a2a(service: Starter) -> None:
    serving = service("serve")
    terminal = Terminal(serving)
    terminal.set("TOKEN", token(serving))
    printed = run(serving.folder, "token", "--tenant", "demo", "--subject", "sam")
    terminal.set("PERSON", printed.stdout.strip())
    card, function, begin, answer, change, approve, look, hold, decide, listed = blocks(
        "A conversation over A2A"
    )
    assert terminal.type(card)[0]["supportedInterfaces"]
    terminal.define(function)

    task: Any = terminal.type(begin)[0]["task"]
    assert task["status"]["state"] == "TASK_STATE_INPUT_REQUIRED"
    assert [each["field"] for each in asked(task)["missing"]] == [
        "level",
        "skills",
        "jobDescription",
    ]
    assert asked(task)["allowedTransitions"] == ["COMPLETE_INFO", "CANCEL"]
    terminal.set("TASK", task["id"])
    terminal.set("INTERVIEW", task["contextId"])

    for block in (answer, change):
        task = terminal.type(commands(block))[0]["task"]
        assert asked(task)["waitingFor"] == "approval"
        assert [each["name"] for each in task["artifacts"]] == ["plan"]
    assert terminal.type(approve)[0]["newState"] == State.APPROVED
    task = terminal.type(look)[0]
    assert (asked(task)["waitingFor"], len(task["history"])) == ("schedule", 1)
    started, completed = terminal.type(hold)
    assert asked(started["task"])["waitingFor"] == "completion"
    task = completed["task"]
    assert asked(task)["waitingFor"] == "verdict"
    assert [each["name"] for each in task["artifacts"]] == ["plan", "assessment"]
    decided, task = terminal.type(decide)
    assert decided["newState"] == State.ASSESSMENT_APPROVED
    assert task["status"]["state"] == "TASK_STATE_COMPLETED"  # type: ignore[index]
    (page,) = terminal.type(listed)
    assert page["result"]["totalSize"] == 1  # type: ignore[index]


def test_the_documented_conversation_over_mcp(service: Starter) -> None:
    serving = service("serve")
    terminal = Terminal(serving)
    terminal.set("TOKEN", token(serving))
    function, create, plan, transcript, read = blocks("A conversation over MCP")
    terminal.define(function)

    def given(block: str) -> list[Any]:
        results: list[Any] = [each["result"] for each in terminal.type(commands(block))]
        return [each["structuredContent"] for each in results if not each["isError"]]

    [created] = given(create)
    interview_id = created["id"]
    terminal.set("INTERVIEW", interview_id)
    status = f"/interviews/{interview_id}/status"
    with serving.client("demo") as person:

        def waits_for(what: str) -> bool:
            found: bool = person.get(status).json()["waitingFor"] == what
            return found

        def take(*names: str) -> None:
            path = f"/workflow/interviews/{interview_id}/transition"
            for name in names:
                person.post(path, json={"transition": name}).raise_for_status()

        until(lambda: waits_for("approval"), "the plan")
        told, found, changed = given(plan)
        assert (told["waitingFor"], changed["newState"]) == ("approval", State.GENERATING_PLAN)
        assert found["structure"]["sections"]
        until(lambda: waits_for("approval"), "another plan")
        take("APPROVE", "START")
        assert given(transcript)[0]["turnCount"] == 2
        take("COMPLETE")
        until(lambda: waits_for("verdict"), "the assessment")
        assessment, listed = given(read)
        assert assessment["interviewId"] == interview_id
        assert [each["id"] for each in listed["interviews"]] == [interview_id]


# --- the official clients, against two web processes


def message(task_id: str | None = None, **data: Any) -> pb.SendMessageRequest:
    part = pb.Part(data=ParseDict(data, Value()), media_type="application/json")
    said = pb.Message(message_id=str(uuid4()), role=pb.ROLE_USER, parts=[part])
    if task_id is not None:
        said.task_id = task_id
    return pb.SendMessageRequest(message=said)


@pytest.mark.parametrize("binding", ["JSONRPC", "HTTP+JSON"])
def test_the_official_client_of_a2a_holds_a_whole_conversation(
    service: Starter, binding: str
) -> None:
    serving = service("serve")
    asyncio.run(converse(serving, binding, token(serving)))


async def converse(serving: Service, binding: str, credential: str) -> None:
    headers = {"Authorization": f"Bearer {credential}"}
    async with httpx.AsyncClient(headers=headers, timeout=60, trust_env=False) as http:
        card = await A2ACardResolver(http, serving.base).get_agent_card()
        for interface in card.supported_interfaces:
            interface.url = f"{serving.base}/a2a"
        config = ClientConfig(
            httpx_client=http, supported_protocol_bindings=[binding], streaming=False
        )
        client = ClientFactory(config).create(card)

        async def send(request: pb.SendMessageRequest) -> pb.Task:
            [answer] = [each async for each in client.send_message(request)]
            return answer.task

        task = await send(message(position="Engineer", externalId="req-1"))
        assert task.status.state == pb.TASK_STATE_INPUT_REQUIRED
        info = {name: each for name, each in INFO.items() if name not in ("externalId", "position")}
        task = await send(message(task.id, **info))
        assert task.status.state == pb.TASK_STATE_INPUT_REQUIRED
        assert [each.name for each in task.artifacts] == ["plan"]
        for name in ("APPROVE", "START"):
            task = await send(message(task.id, transition=name))
        await send(message(task.id, transcript={"turns": TURNS}))
        task = await send(message(task.id, transition="COMPLETE"))
        assert [each.name for each in task.artifacts] == ["plan", "assessment"]
        asked_for = MessageToDict(task.status.message.parts[1].data)
        assert asked_for["waitingFor"] == "verdict"
        verdict = {"recommendation": "HIRE"}
        task = await send(message(task.id, transition="APPROVE_ASSESSMENT", decision=verdict))
        assert task.status.state == pb.TASK_STATE_COMPLETED
        found = await client.get_task(pb.GetTaskRequest(id=task.id, history_length=2))
        assert len(found.history) == 2
        page = await client.list_tasks(pb.ListTasksRequest(status=pb.TASK_STATE_COMPLETED))
        assert [each.id for each in page.tasks] == [task.id]
        another = await send(message(position="Engineer"))
        cancelled = await client.cancel_task(pb.CancelTaskRequest(id=another.id))
        assert cancelled.status.state == pb.TASK_STATE_CANCELED
        with pytest.raises(TaskNotFoundError):
            await client.get_task(pb.GetTaskRequest(id=str(uuid4())))
        http.headers["Authorization"] = "Bearer x"
        with pytest.raises(A2AClientError, match="401"):
            await client.get_task(pb.GetTaskRequest(id=task.id))


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_of_mcp_uses_every_tool(service: Starter, mode: str) -> None:
    serving = service("serve")
    asyncio.run(use_tools(serving, mode, token(serving)))


async def use_tools(serving: Service, mode: Any, credential: str) -> None:
    headers = {"Authorization": f"Bearer {credential}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False) as http:
        transport = streamable_http_client(f"{serving.base}/mcp", http_client=http)
        async with Client(transport, mode=mode) as client:
            listed = await client.list_tools()
            assert len(listed.tools) == 8

            async def call(tool: str, **arguments: Any) -> Any:
                result = await client.call_tool(tool, arguments)
                assert not result.is_error, result
                return result.structured_content

            made = await call("create_interview", **INFO, candidateEmail="jane@example.com")
            interview = {"interviewId": made["id"]}

            async def wait_for(what: str) -> None:
                for _ in range(600):
                    if (await call("get_status", **interview))["waitingFor"] == what:
                        return
                    await asyncio.sleep(0.05)
                pytest.fail(f"waited in vain for {what}")

            await wait_for("approval")
            assert (await call("get_plan", **interview))["structure"]["sections"]
            await call("request_plan_changes", **interview, reason="More questions on Kafka")
            await wait_for("approval")
            take = taker(serving, made["id"])
            await take("APPROVE", "START")
            await call("send_transcript", **interview, turns=TURNS)
            await take("COMPLETE")
            await wait_for("verdict")
            assert (await call("get_assessment", **interview))["interviewId"] == made["id"]
            assert (await call("get_interview", **interview))["candidateName"] == "Jane Smith"
            assert (await call("list_interviews", q="jane"))["total"] == 1
            refused = await client.call_tool("get_plan", {"interviewId": "none"})
            assert refused.is_error


def taker(serving: Service, interview_id: str) -> Callable[..., Awaitable[None]]:
    """Return what takes transitions as a person does."""

    async def take(*names: str) -> None:
        with serving.client("demo") as person:
            for name in names:
                path = f"/workflow/interviews/{interview_id}/transition"
                person.post(path, json={"transition": name}).raise_for_status()

    return take
