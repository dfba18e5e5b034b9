"""Agents reach the running service: the documented conversations, and the official clients."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, Self
from uuid import uuid4

import httpx
import httpx2
import pytest
from a2a.client import ClientConfig, ClientFactory
from a2a.client.card_resolver import A2ACardResolver
from a2a.client.errors import A2AClientError
from a2a.types import a2a_pb2 as pb
from a2a.utils.errors import TaskNotFoundError
from bs4 import BeautifulSoup
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Value
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from interview_service.domain.workflow import State
from tests.documents import PAGES, code, section
from tests.integration.receivers import Receiver, answers
from tests.pages.team import EMAIL, PASSWORD, found

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


class Person:
    """An administrator of the tenant, who signs in on the dashboard and fills in its forms."""

    def __init__(self, serving: Service) -> None:
        found(serving, "demo")
        self._browser = httpx.Client(
            base_url=serving.base, timeout=60, trust_env=False, follow_redirects=True
        )
        self.send("/sign-in", "/sign-in", email=EMAIL, password=PASSWORD)
        assert self._browser.cookies.get("interview_session")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._browser.close()

    def send(self, page: str, to: str, **fields: str) -> BeautifulSoup:
        """Send a form of a page, and return the page that follows."""
        field = self._page(self._browser.get(page)).select_one("input[name=csrf]")
        assert field is not None
        answer = self._browser.post(to, data={"csrf": str(field["value"]), **fields})
        return self._page(answer)

    def take(self, interview_id: str, transition: str, **fields: str) -> None:
        """Take a transition by the form that stands beside the interview."""
        page = f"/interviews/{interview_id}"
        offered = self._page(self._browser.get(page)).select("input[name=transition]")
        assert transition in [each["value"] for each in offered]
        self.send(page, f"{page}/transition", transition=transition, **fields)

    @staticmethod
    def _page(answer: httpx.Response) -> BeautifulSoup:
        assert answer.status_code == 200, answer.text
        return BeautifulSoup(answer.text, "lxml")


def test_the_documented_conversation_over_a2a(service: Starter) -> None:
    serving = service("serve", WEBHOOK_ALLOW_PRIVATE="true")
    with Receiver(answers(204)) as receiver, Person(serving) as person:
        converse_over_a2a(serving, receiver, person)


def converse_over_a2a(serving: Service, receiver: Receiver, person: Person) -> None:
    terminal = Terminal(serving)
    terminal.set("TOKEN", token(serving))
    terminal.set("RECEIVER", receiver.url())
    card, function, begin, answer, change, look, hold, end, listed = blocks(
        "A conversation over A2A"
    )
    assert terminal.type(card)[0]["supportedInterfaces"]
    terminal.define(function)
    told = Notified(receiver)

    task: Any = terminal.type(commands(begin))[0]["task"]
    assert task["status"]["state"] == "TASK_STATE_INPUT_REQUIRED"
    assert [each["field"] for each in asked(task)["missing"]] == [
        "level",
        "skills",
        "jobDescription",
    ]
    assert asked(task)["allowedTransitions"] == ["COMPLETE_INFO", "CANCEL"]
    terminal.set("TASK", task["id"])

    for block in (answer, change):
        task = terminal.type(commands(block))[0]["task"]
        assert asked(task)["waitingFor"] == "approval"
        assert [each["name"] for each in task["artifacts"]] == ["plan"]
    told.wait_for(State.PENDING, count=2)
    person.take(task["contextId"], "APPROVE")
    shown = json.loads(code(section(AGENTS, "A conversation over A2A"), "json")[1])
    pushed = told.wait_for(State.APPROVED)
    assert dict(pushed["statusUpdate"], taskId=..., contextId=..., status=...) == dict(
        shown["statusUpdate"], taskId=..., contextId=..., status=...
    )
    assert pushed["statusUpdate"]["taskId"] == task["id"]
    task = terminal.type(look)[0]
    assert (asked(task)["waitingFor"], len(task["history"])) == ("schedule", 1)
    started, completed = terminal.type(hold)
    assert asked(started["task"])["waitingFor"] == "completion"
    task = completed["task"]
    assert asked(task)["waitingFor"] == "verdict"
    assert [each["name"] for each in task["artifacts"]] == ["plan", "assessment"]
    told.wait_for(State.ASSESSMENT_PENDING)
    person.take(task["contextId"], "APPROVE_ASSESSMENT", decision="HIRE", reason="Knows locks")
    pushed = told.wait_for(State.ASSESSMENT_APPROVED)
    assert pushed["statusUpdate"]["status"]["state"] == "TASK_STATE_COMPLETED"
    (task,) = terminal.type(end)
    assert task["status"]["state"] == "TASK_STATE_COMPLETED"
    (page,) = terminal.type(listed)
    assert page["result"]["totalSize"] == 1  # type: ignore[index]


class Notified:
    """What was pushed to an agent of the documented conversation, in order."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._read = 0

    def wait_for(self, state: State, *, count: int = 1) -> Any:
        """Return the notification that tells of a state, the `count`-th from here on."""
        while True:
            received = self._receiver.wait_for_requests(self._read + 1)[self._read]
            self._read += 1
            assert received.headers["x-a2a-notification-token"] == "for-this-task-alone"
            if received.json["statusUpdate"]["metadata"]["workflowState"] == state:
                count -= 1
                if count == 0:
                    return received.json


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
    with serving.client("demo") as client, Person(serving) as person:

        def waits_for(what: str) -> bool:
            found: bool = client.get(status).json()["waitingFor"] == what
            return found

        until(lambda: waits_for("approval"), "the plan")
        told, plan_there, changed = given(plan)
        assert (told["waitingFor"], changed["newState"]) == ("approval", State.GENERATING_PLAN)
        assert plan_there["structure"]["sections"]
        until(lambda: waits_for("approval"), "another plan")
        person.take(interview_id, "APPROVE")
        person.take(interview_id, "START")
        assert given(transcript)[0]["turnCount"] == 2
        person.take(interview_id, "COMPLETE")
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
    serving = service("serve", WEBHOOK_ALLOW_PRIVATE="true")
    with Receiver(answers(204)) as receiver:
        asyncio.run(converse(serving, binding, token(serving), receiver.url()))
        received = receiver.wait_for_requests(len(PUSHED))
    pushed = [ParseDict(each.json, pb.StreamResponse()).status_update for each in received]
    assert [pb.TaskState.Name(each.status.state) for each in pushed] == PUSHED
    assert {each.headers["authorization"] for each in received} == {"Bearer c-4711"}


PUSHED = [
    "TASK_STATE_WORKING",
    "TASK_STATE_WORKING",
    *["TASK_STATE_INPUT_REQUIRED"] * 3,
    "TASK_STATE_WORKING",
    "TASK_STATE_INPUT_REQUIRED",
    "TASK_STATE_COMPLETED",
]


async def converse(serving: Service, binding: str, credential: str, receiver: str) -> None:
    headers = {"Authorization": f"Bearer {credential}"}
    async with httpx.AsyncClient(headers=headers, timeout=60, trust_env=False) as http:
        card = await A2ACardResolver(http, serving.base).get_agent_card()
        for interface in card.supported_interfaces:
            interface.url = f"{serving.base}/a2a"
        settings = ClientConfig(
            httpx_client=http, supported_protocol_bindings=[binding], streaming=False
        )
        client = ClientFactory(settings).create(card)

        async def send(request: pb.SendMessageRequest) -> pb.Task:
            [answer] = [each async for each in client.send_message(request)]
            return answer.task

        task = await send(message(position="Engineer", externalId="req-1"))
        assert task.status.state == pb.TASK_STATE_INPUT_REQUIRED
        authentication = pb.AuthenticationInfo(scheme="Bearer", credentials="c-4711")
        wanted = pb.TaskPushNotificationConfig(
            task_id=task.id, url=receiver, authentication=authentication
        )
        config = await client.create_task_push_notification_config(wanted)
        assert (config.task_id, config.url) == (task.id, receiver)
        another = pb.TaskPushNotificationConfig(task_id=task.id, url=receiver, id="another")
        await client.create_task_push_notification_config(another)
        of_task = pb.ListTaskPushNotificationConfigsRequest(task_id=task.id)
        found = await client.list_task_push_notification_configs(of_task)
        assert [each.id for each in found.configs] == [config.id, "another"]
        deletion = pb.DeleteTaskPushNotificationConfigRequest(task_id=task.id, id="another")
        for _ in range(2):
            await client.delete_task_push_notification_config(deletion)
        asked_for_it = pb.GetTaskPushNotificationConfigRequest(task_id=task.id, id=config.id)
        assert await client.get_task_push_notification_config(asked_for_it) == config
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
        whole = await client.get_task(pb.GetTaskRequest(id=task.id, history_length=2))
        assert len(whole.history) == 2
        page = await client.list_tasks(pb.ListTasksRequest(status=pb.TASK_STATE_COMPLETED))
        assert [each.id for each in page.tasks] == [task.id]
        begun = await send(message(position="Engineer"))
        cancelled = await client.cancel_task(pb.CancelTaskRequest(id=begun.id))
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
