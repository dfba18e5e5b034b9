"""Push notifications: agents are told of each change of a task, over the outbox of webhooks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from a2a.types import a2a_pb2 as pb
from flask import Flask
from google.protobuf.json_format import ParseDict
from standardwebhooks.webhooks import Webhook

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.domain.limits import PUSH_CONFIGS
from interview_service.domain.outbox import DELIVERY_PAUSES, WEBHOOK
from interview_service.domain.workflow import State, Transition
from interview_service.engines.base import EngineError
from interview_service.lifecycle import Actor
from interview_service.repository import Repository
from interview_service.webhooks.transport import Outcome, Transport
from interview_service.worker import Worker
from tests.callers import Caller
from tests.conftest import AppFactory, Hands
from tests.lives import INFO, interview_in, put_transcript, take, work

from .receivers import Receiver, answers, hangs_up
from .test_a2a_tasks import Agent, data

SECRETS = {
    "token": "t-0815",
    "authentication": {"scheme": "Bearer", "credentials": "c-4711.x"},
}
URL = "https://agent.example.com/notified"

pytestmark = [
    # The official types' own dependencies warn on import.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class NoEngine:
    """An engine that these tests have no use for."""

    def plan(self, *args: Any) -> Any:
        raise EngineError("none here")

    assess = plan


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(answers(204)) as receiver:
        yield receiver


@pytest.fixture
def app(database: Database, app_on: AppFactory) -> Flask:
    return app_on(database, webhook_allow_private=True)


@pytest.fixture
def agent(caller: Caller) -> Agent:
    return Agent(caller)


@pytest.fixture
def one(sqlite_caller: Caller) -> Agent:
    return Agent(sqlite_caller)


@pytest.fixture
def worker(database: Database) -> Iterator[Worker]:
    transport = Transport(allow_private=True, timeout=5)
    worker = Worker(database, NoEngine(), transport, lease=timedelta(seconds=30))
    yield worker
    worker.stop()


def run_of(agent: Agent, interview_id: str) -> str:
    run_id: str = agent.caller.get(f"/interviews/{interview_id}").json["runId"]
    return run_id


def create(agent: Agent, task: str, url: str, **more: Any) -> Any:
    return agent.ask("CreateTaskPushNotificationConfig", taskId=task, url=url, **more)


def listed(agent: Agent, task: str) -> list[str]:
    page = agent.ask("ListTaskPushNotificationConfigs", taskId=task)
    return [each["id"] for each in page["configs"]]


def deliver_all(worker: Worker, interview_id: str, line: str) -> int:
    """Post whatever is due in a line, and return how many posts that took."""
    posts = 0
    while worker.deliver("acme", interview_id, line):
        posts += 1
    return posts


def deliveries(agent: Agent, interview_id: str) -> list[tuple[str, str]]:
    found = agent.caller.get(f"/interviews/{interview_id}/deliveries").json["data"]
    return [(each["event"], each["state"]) for each in found]


def told(body: Any) -> tuple[str, str, str | None]:
    """Return the state of a task, the interview's, and what it waits for, as they were pushed."""
    update = ParseDict(body, pb.StreamResponse()).status_update
    metadata = body["statusUpdate"]["metadata"]
    state = pb.TaskState.Name(update.status.state)
    return state, metadata["workflowState"], metadata["waitingFor"]


def test_every_change_of_a_task_is_told_in_order_with_what_was_asked_for(
    agent: Agent, repository: Repository, worker: Worker, receiver: Receiver
) -> None:
    secret = agent.caller.post("/tenant/webhook/secret").json["secret"]
    interview_id = interview_in(State.VALIDATING_SKILLS, agent.caller, repository)
    task = run_of(agent, interview_id)
    made = create(agent, task, receiver.url(), id="mine", **SECRETS)
    assert made == {
        "id": "mine",
        "taskId": task,
        "url": receiver.url(),
        "authentication": {"scheme": "Bearer"},
    }
    assert work(repository, interview_id)
    for name in (Transition.APPROVE, Transition.START, Transition.COMPLETE):
        take(agent.caller, interview_id, name)
    put_transcript(agent.caller, interview_id)
    assert work(repository, interview_id)
    verdict = {"recommendation": "HIRE"}
    take(agent.caller, interview_id, Transition.APPROVE_ASSESSMENT, decision=verdict)
    expected = [
        ("TASK_STATE_WORKING", "GENERATING_PLAN", "plan"),
        ("TASK_STATE_INPUT_REQUIRED", "PENDING", "approval"),
        ("TASK_STATE_INPUT_REQUIRED", "APPROVED", "schedule"),
        ("TASK_STATE_INPUT_REQUIRED", "IN_PROGRESS", "completion"),
        ("TASK_STATE_INPUT_REQUIRED", "COMPLETED", "evidence"),
        ("TASK_STATE_WORKING", "COMPLETED", "assessment"),
        ("TASK_STATE_INPUT_REQUIRED", "ASSESSMENT_PENDING", "verdict"),
        ("TASK_STATE_COMPLETED", "ASSESSMENT_APPROVED", None),
    ]
    assert deliver_all(worker, interview_id, "mine") == len(expected)
    received = receiver.wait_for_requests(len(expected))
    assert [told(each.json) for each in received] == expected
    for each in received:
        assert each.headers["content-type"] == "application/a2a+json"
        assert each.headers["x-a2a-notification-token"] == "t-0815"
        assert each.headers["authorization"] == "Bearer c-4711.x"
        Webhook(secret).verify(each.body.decode(), dict(each.headers))
        update = each.json["statusUpdate"]
        assert (update["taskId"], update["contextId"]) == (task, interview_id)
        assert b"Jane" not in each.body


def test_each_receiver_has_a_line_of_its_own(
    agent: Agent, repository: Repository, worker: Worker, receiver: Receiver, hands: Hands
) -> None:
    with Receiver(hangs_up) as down, Receiver(answers(204)) as hook:
        interview_id = interview_in(State.PENDING, agent.caller, repository, callbackUrl=hook.url())
        task = run_of(agent, interview_id)
        create(agent, task, down.url(), id="down")
        create(agent, task, receiver.url(), id="well")
        take(agent.caller, interview_id, Transition.APPROVE)
        take(agent.caller, interview_id, Transition.START)
        assert deliver_all(worker, interview_id, "down") == 1
        assert deliver_all(worker, interview_id, "well") == 2
        assert deliver_all(worker, interview_id, WEBHOOK) == len(hook.requests) >= 4
    assert deliveries(agent, interview_id).count(("task.status_update", "PENDING")) == 2
    with Receiver(answers(204)) as back:
        create(agent, task, back.url(), id="down")
        hands.forward(seconds=DELIVERY_PAUSES[0].total_seconds())
        assert deliver_all(worker, interview_id, "down") == 2
        states = [told(each.json)[1] for each in back.wait_for_requests(2)]
        assert states == ["APPROVED", "IN_PROGRESS"]


def test_the_worker_finds_by_itself_what_is_due(
    agent: Agent, repository: Repository, worker: Worker, receiver: Receiver
) -> None:
    interview_id = interview_in(State.PENDING, agent.caller, repository)
    for name in ("a", "b"):
        create(agent, run_of(agent, interview_id), receiver.url(path=f"/{name}"), id=name)
    take(agent.caller, interview_id, Transition.APPROVE)
    take(agent.caller, interview_id, Transition.CANCEL)
    worker.sweep_deliveries()
    received = receiver.wait_for_requests(4)
    for path in ("/a", "/b"):
        states = [told(each.json)[1] for each in received if each.resource == path]
        assert states == ["APPROVED", "CANCELLED"]


def test_a_receiver_that_is_gone_is_told_that_event_no_more(
    agent: Agent, repository: Repository, worker: Worker
) -> None:
    with Receiver(answers(410)) as receiver:
        interview_id = interview_in(State.PENDING, agent.caller, repository)
        task = run_of(agent, interview_id)
        create(agent, task, receiver.url(), id="gone")
        take(agent.caller, interview_id, Transition.APPROVE)
        assert deliver_all(worker, interview_id, "gone") == 1
        assert deliveries(agent, interview_id) == [("task.status_update", "DEAD")]
        receiver.tell(answers(204))
        [delivery] = agent.caller.get(f"/interviews/{interview_id}/deliveries").json["data"]
        path = f"/interviews/{interview_id}/deliveries/{delivery['id']}/redeliver"
        assert agent.caller.post(path).status_code == 202
        assert deliver_all(worker, interview_id, "gone") == 1
        assert deliveries(agent, interview_id) == [("task.status_update", "DELIVERED")]


def test_what_is_deleted_is_told_nothing_more(
    agent: Agent, repository: Repository, worker: Worker, receiver: Receiver
) -> None:
    interview_id = interview_in(State.PENDING, agent.caller, repository)
    task = run_of(agent, interview_id)
    create(agent, task, receiver.url(), id="mine")
    take(agent.caller, interview_id, Transition.APPROVE)
    post = lifecycle.begin_delivery(repository, interview_id, "mine")
    assert post is not None
    for _ in range(2):
        deleted = agent.ask("DeleteTaskPushNotificationConfig", taskId=task, id="mine")
        assert deleted == {}
    assert listed(agent, task) == []
    assert deliveries(agent, interview_id) == []
    assert deliver_all(worker, interview_id, "mine") == 0
    create(agent, task, receiver.url(), id="mine")
    assert deliver_all(worker, interview_id, "mine") == 0
    assert receiver.requests == []


def test_configurations_end_with_the_interview(agent: Agent, repository: Repository) -> None:
    first, second = (interview_in(State.PENDING, agent.caller, repository) for _ in range(2))
    for each in (first, second):
        for name in ("a", "b"):
            create(agent, run_of(agent, each), URL, id=name)
        take(agent.caller, each, Transition.APPROVE)
    assert agent.caller.delete(f"/interviews/{first}").status_code == 204
    assert repository.push_configs.of_interview(first) == []
    assert len(repository.push_configs.of_interview(second)) == 2
    repository.work.run(lambda: repository.push_configs.delete_all(second))
    assert repository.push_configs.of_interview(second) == []
    assert deliveries(agent, second) == []


def test_erasing_a_candidates_data_ends_configurations_with_what_still_waits(
    agent: Agent, repository: Repository, worker: Worker, receiver: Receiver
) -> None:
    with Receiver(answers(204)) as hook:
        interview_id = interview_in(State.PENDING, agent.caller, repository, callbackUrl=hook.url())
        task = run_of(agent, interview_id)
        create(agent, task, receiver.url(), id="mine")
        deliver_all(worker, interview_id, WEBHOOK)
        take(agent.caller, interview_id, Transition.APPROVE)
        under_way = lifecycle.begin_delivery(repository, interview_id, "mine")
        assert under_way is not None
        lifecycle.erase_interview(repository, interview_id, Actor("tester"))
        lifecycle.record_delivery(repository, under_way, Outcome(500, 3, "", None))
        assert listed(agent, task) == []
        assert deliver_all(worker, interview_id, "mine") == 0
        assert deliver_all(worker, interview_id, WEBHOOK) == 2
        told_hook = [each.json["type"] for each in hook.requests[-2:]]
    assert told_hook == ["interview.cancelled", "interview.candidate_erased"]
    assert receiver.requests == []
    assert create(agent, task, URL)["code"] == -32004


def test_a_message_says_whom_to_tell(
    agent: Agent, repository: Repository, worker: Worker, receiver: Receiver
) -> None:
    message = {"messageId": str(uuid4()), "role": "ROLE_USER", "parts": [data(position="Engineer")]}
    configuration = {
        "returnImmediately": True,
        "taskPushNotificationConfig": {"url": receiver.url(), **SECRETS},
    }
    sent = {"message": message, "configuration": configuration}
    task = agent.ask("SendMessage", **sent)["task"]
    assert agent.ask("SendMessage", **sent)["task"]["id"] == task["id"]
    [config_id] = listed(agent, task["id"])
    assert deliveries(agent, task["contextId"]) == []
    agent.send(data(**INFO), task=task["id"])
    assert deliver_all(worker, task["contextId"], config_id) == 1
    [received] = receiver.wait_for_requests(1)
    assert told(received.json) == ("TASK_STATE_WORKING", "VALIDATING_SKILLS", "plan")
    configuration["taskPushNotificationConfig"]["token"] = "another"  # type: ignore[index]
    refused = agent.ask("SendMessage", **sent)
    assert (refused["code"], "messageId" in refused["message"]) == (-32602, True)


def test_a_message_on_a_task_tells_of_what_it_does(
    agent: Agent, repository: Repository, receiver: Receiver
) -> None:
    interview_id = interview_in(State.APPROVED, agent.caller, repository)
    task = run_of(agent, interview_id)
    said = {"role": "ROLE_USER", "parts": [data(transition="START")], "taskId": task}
    for config_task, code in (("another", -32602), (task, None)):
        config = {"url": receiver.url(), "taskId": config_task}
        answer = agent.ask(
            "SendMessage",
            message={**said, "messageId": str(uuid4())},
            configuration={"returnImmediately": True, "taskPushNotificationConfig": config},
        )
        assert answer.get("code") == code
    assert deliveries(agent, interview_id) == [("task.status_update", "PENDING")]


def test_the_same_id_takes_the_place_of_what_it_named(
    agent: Agent, repository: Repository, worker: Worker
) -> None:
    interview_id = interview_in(State.PENDING, agent.caller, repository)
    task = run_of(agent, interview_id)
    with Receiver(answers(204)) as old, Receiver(answers(204)) as new:
        create(agent, task, old.url(), id="mine", **SECRETS)
        take(agent.caller, interview_id, Transition.APPROVE)
        for _ in range(2):
            create(agent, task, new.url(), id="mine", token="other")
        assert listed(agent, task) == ["mine"]
        assert deliver_all(worker, interview_id, "mine") == 1
        [received] = new.wait_for_requests(1)
        assert received.headers["x-a2a-notification-token"] == "other"
        assert "authorization" not in received.headers
        assert old.requests == []
    audit = repository.audit.page(limit=50)
    assert [each.action for each in audit].count("interview.set_push_config") == 2


def test_a_task_has_room_for_so_many(agent: Agent, repository: Repository) -> None:
    task = run_of(agent, interview_in(State.PENDING, agent.caller, repository))
    made = sorted(create(agent, task, URL)["id"] for _ in range(PUSH_CONFIGS))
    assert len(set(made)) == PUSH_CONFIGS
    refused = create(agent, task, URL)
    assert refused["code"] == -32004
    assert str(PUSH_CONFIGS) in refused["message"]
    assert create(agent, task, f"{URL}/2", id=made[0])["url"] == f"{URL}/2"
    pages, token = [], ""
    while not pages or token:
        page = agent.ask(
            "ListTaskPushNotificationConfigs", taskId=task, pageSize=4, pageToken=token
        )
        pages.append([each["id"] for each in page["configs"]])
        token = page["nextPageToken"]
    assert pages == [made[:4], made[4:8], made[8:]]


def test_room_is_not_overdrawn_by_many_at_once(agent: Agent, repository: Repository) -> None:
    task = run_of(agent, interview_in(State.PENDING, agent.caller, repository))
    many = PUSH_CONFIGS + 4
    barrier = Barrier(many)

    def one_more(number: int) -> bool:
        barrier.wait()
        return "id" in create(Agent(agent.caller.other()), task, f"{URL}/{number}")

    with ThreadPoolExecutor(many) as pool:
        made = list(pool.map(one_more, range(many)))
    assert made.count(True) == PUSH_CONFIGS == len(listed(agent, task))


def test_another_tenants_configurations_do_not_exist(agent: Agent, repository: Repository) -> None:
    task = run_of(agent, interview_in(State.PENDING, agent.caller, repository))
    create(agent, task, URL, id="mine")
    other = Agent(agent.caller.other("globex"))
    nowhere = str(uuid4())
    for method, more in (
        ("CreateTaskPushNotificationConfig", {"url": URL, "id": "mine"}),
        ("GetTaskPushNotificationConfig", {"id": "mine"}),
        ("ListTaskPushNotificationConfigs", {}),
        ("DeleteTaskPushNotificationConfig", {"id": "mine"}),
    ):
        refused = other.ask(method, taskId=task, **more)
        assert refused["code"] == -32001
        assert refused == other.ask(method, taskId=nowhere, **more)
        assert refused == agent.ask(method, taskId=nowhere, **more)
    assert listed(agent, task) == ["mine"]


def test_who_may_read_and_who_may_change(one: Agent, sqlite_database: Database) -> None:
    repository = Repository(sqlite_database, "acme")
    task = run_of(one, interview_in(State.PENDING, one.caller, repository))
    create(one, task, URL, id="mine")
    reads = Agent(one.caller.other("acme", "interview:read"))
    updates = Agent(one.caller.other("acme", "interview:update"))
    get = {"method": "GetTaskPushNotificationConfig", "taskId": task, "id": "mine"}
    assert reads.ask(**get)["id"] == "mine"
    assert listed(reads, task) == ["mine"]
    assert "interview:update" in create(reads, task, URL)["message"]
    deletion = {"method": "DeleteTaskPushNotificationConfig", "taskId": task, "id": "mine"}
    assert "interview:update" in reads.ask(**deletion)["message"]
    assert "interview:read" in updates.ask(**get)["message"]
    assert create(updates, task, URL, id="mine")["id"] == "mine"
    assert updates.ask(**deletion) == {}
    assert reads.ask(**get)["code"] == -32001


def test_who_takes_an_interview_in_says_whom_to_tell_of_that_one_alone(
    one: Agent, sqlite_database: Database
) -> None:
    creates = Agent(one.caller.other("acme", "interview:create"))

    def begin(external_id: str) -> Any:
        return creates.ask(
            "SendMessage",
            message={
                "messageId": str(uuid4()),
                "role": "ROLE_USER",
                "parts": [data(externalId=external_id)],
            },
            configuration={
                "returnImmediately": True,
                "taskPushNotificationConfig": {"url": URL},
            },
        )

    task = begin("req-1")["task"]["id"]
    assert len(listed(one, task)) == 1
    assert "interview:update" in begin("req-1")["message"]
    assert len(listed(one, task)) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": ""}, "url"),
        ({"url": 7}, "url"),
        ({"url": "http://agent.example.com/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://localhost/"}, "url"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "url"),
        ({"url": "https://[::1]/"}, "url"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "url"),
        ({"url": "https://2130706433/"}, "url"),
        ({"url": "https://user:pw@agent.example.com/"}, "url"),
        ({"url": "https://agent.example.com:22/"}, "url"),
        ({"url": "https://agent.example.com/\r\nX: y"}, "url"),
        ({"url": "https://agent.example.com/" + "x" * 2048}, "url"),
        ({"id": "a/b"}, "id"),
        ({"id": ".."}, "id"),
        ({"id": "x" * 101}, "id"),
        ({"id": "é"}, "id"),
        ({"id": 7}, "id"),
        ({"token": "a\r\nX-Other: b"}, "token"),
        ({"token": "a\nb"}, "token"),
        ({"token": " a"}, "token"),
        ({"token": "é"}, "token"),
        ({"token": "x" * 4097}, "token"),
        ({"token": ["x"]}, "token"),
        ({"authentication": "Bearer x"}, "authentication"),
        ({"authentication": {"credentials": "x"}}, "authentication.scheme"),
        ({"authentication": {"scheme": "Bearer"}}, "authentication.credentials"),
        ({"authentication": {"scheme": "A B", "credentials": "x"}}, "authentication.scheme"),
        ({"authentication": {"scheme": "A\r\nB", "credentials": "x"}}, "authentication.scheme"),
        (
            {"authentication": {"scheme": "Bearer", "credentials": "x\r\nX-Other: y"}},
            "authentication.credentials",
        ),
    ],
)
def test_what_cannot_be_sent_or_must_not_be_is_refused(
    one: Agent, sqlite_database: Database, given: dict[str, Any], field: str
) -> None:
    repository = Repository(sqlite_database, "acme")
    task = run_of(one, interview_in(State.PENDING, one.caller, repository))
    config = {"url": URL, **given}
    refused = one.ask("CreateTaskPushNotificationConfig", taskId=task, **config)
    assert refused["code"] == -32602
    assert refused["message"].startswith(f"{field}: ")
    refused = one.ask(
        "SendMessage",
        message={
            "messageId": str(uuid4()),
            "role": "ROLE_USER",
            "parts": [data(position="Engineer")],
        },
        configuration={"returnImmediately": True, "taskPushNotificationConfig": config},
    )
    assert refused["code"] == -32602
    assert refused["message"].startswith(f"configuration.taskPushNotificationConfig.{field}: ")
    assert listed(one, task) == []
    assert one.caller.get("/interviews").json["meta"]["total"] == 1


def test_secrets_are_kept_out_of_sight(
    agent: Agent, repository: Repository, caplog: pytest.LogCaptureFixture
) -> None:
    interview_id = interview_in(State.PENDING, agent.caller, repository)
    task = run_of(agent, interview_id)
    create(agent, task, URL, id="mine", **SECRETS)
    [kept] = lifecycle.push_configs(repository, interview_id)
    given = lifecycle.GivenPushConfig(URL, token="t-0815", auth_credentials="c-4711.x")
    lifecycle.set_push_config(repository, interview_id, given, Actor("x"))
    take(agent.caller, interview_id, Transition.APPROVE)
    get = agent.ask("GetTaskPushNotificationConfig", taskId=task, id="mine")
    sent = agent.caller.get(f"/interviews/{interview_id}/deliveries").text
    audit = repository.audit.page(limit=50)
    for shown in (repr(kept), repr(given), repr(get), sent, repr(audit), caplog.text):
        assert "t-0815" not in shown
        assert "c-4711" not in shown
