"""An agent that does what a message's id says, to stand behind A2A's binding in tests.

The ids are those by which the protocol's public compatibility kit steers an agent.
"""

from dataclasses import replace
from threading import Lock

from interview_service.api.a2a.faults import A2AFault, Kind, invalid
from interview_service.api.a2a.values import (
    Artifact,
    Message,
    Part,
    PartKind,
    PushConfigPage,
    PushConfigQuery,
    PushNotificationConfig,
    Role,
    SendRequest,
    Task,
    TaskPage,
    TaskQuery,
    data_part,
    text_part,
)
from interview_service.api.auth import authenticate
from interview_service.domain.clock import clock, new_id
from interview_service.domain.tasks import PushConfig, TaskState
from interview_service.domain.workflow import State
from interview_service.webhooks import payloads
from interview_service.webhooks.transport import Transport

FINAL = (TaskState.COMPLETED, TaskState.CANCELED, TaskState.REJECTED, TaskState.FAILED)
ARTIFACTS = {
    "tck-artifact-text": text_part("Generated text content"),
    "tck-artifact-file-url": Part(
        PartKind.URL, "https://example.com/output.txt", "text/plain", "output.txt"
    ),
    "tck-artifact-file": Part(PartKind.RAW, "R2VuZXJhdGVk", "text/plain", "output.txt"),
    "tck-artifact-data": data_part({"key": "value", "count": 42}),
}


class ScriptedAgent:
    """Keeps tasks in memory, those that changed last at the end.

    Whoever asked for it is told of each change before the message that brought it is answered.
    """

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}
        self._configs: dict[tuple[str, str], PushNotificationConfig] = {}
        self._transport = Transport(allow_private=True)
        self._lock = Lock()

    def authenticate(self) -> None:
        authenticate(None)

    def send(self, request: SendRequest) -> Task | Message:
        message = request.message
        if any(part.media_type not in (None, "text/plain") for part in message.parts):
            raise A2AFault(Kind.CONTENT_TYPE_NOT_SUPPORTED, "Text only")
        if message.id.startswith("tck-message-response"):
            return self._say("Direct message response", message.context_id)
        with self._lock:
            task = self._task_of(message)
            kept = replace(message, task_id=task.id, context_id=task.context_id)
            task = self._steered(
                replace(task, history=(*(task.history or ()), kept), changed_at=clock.now())
            )
            self._tasks.pop(task.id, None)
            self._tasks[task.id] = task
        self._notify(task)
        if request.push_config is not None:
            self.set_push_config(replace(request.push_config, task_id=task.id))
        return self._shown(task, request.history_length)

    def _notify(self, task: Task) -> None:
        body = payloads.task_body(
            task.changed_at,
            interview_id=task.context_id,
            run_id=task.id,
            state=task.state,
            workflow_state=State.PENDING,
            waiting_for=None,
        )
        for given in self._of_task(task.id):
            config = PushConfig(
                str(given.id),
                task.context_id,
                given.url,
                given.token,
                given.scheme,
                given.credentials,
                task.changed_at,
            )
            self._transport.send(config.url, body, config.headers)

    def _of_task(self, task_id: str) -> list[PushNotificationConfig]:
        return [each for each in self._configs.values() if each.task_id == task_id]

    def set_push_config(self, config: PushNotificationConfig) -> PushNotificationConfig:
        task = self._known(str(config.task_id))
        kept = replace(config, id=config.id or new_id(clock.now()))
        self._configs[task.id, str(kept.id)] = kept
        return kept

    def push_config(self, task_id: str, config_id: str) -> PushNotificationConfig:
        self._known(task_id)
        if (task_id, config_id) not in self._configs:
            raise A2AFault(Kind.TASK_NOT_FOUND, "Task not found")
        return self._configs[task_id, config_id]

    def push_configs(self, query: PushConfigQuery) -> PushConfigPage:
        self._known(query.task_id)
        return PushConfigPage(self._of_task(query.task_id), "")

    def delete_push_config(self, task_id: str, config_id: str) -> None:
        self._known(task_id)
        self._configs.pop((task_id, config_id), None)

    def _task_of(self, message: Message) -> Task:
        if message.task_id is None:
            context_id = message.context_id or new_id(clock.now())
            return Task(new_id(clock.now()), context_id, TaskState.SUBMITTED, clock.now())
        task = self._known(message.task_id)
        if message.context_id not in (None, task.context_id):
            raise invalid("message.contextId", "Is not the task's.")
        if task.state in FINAL:
            raise A2AFault(Kind.UNSUPPORTED_OPERATION, "The task is over")
        return task

    def _steered(self, task: Task) -> Task:
        assert task.history is not None
        steering = task.history[-1].id
        for prefix, part in ARTIFACTS.items():
            if steering.startswith(f"{prefix}-") or steering == prefix:
                artifact = Artifact(new_id(clock.now()), "output", "What was made", (part,))
                return replace(task, state=TaskState.COMPLETED, artifacts=(artifact,))
        if steering.startswith("tck-input-required"):
            return replace(task, state=TaskState.INPUT_REQUIRED)
        if steering.startswith("tck-reject-task"):
            return replace(task, state=TaskState.REJECTED)
        said = self._say("Hello from TCK", task.context_id)
        return replace(task, state=TaskState.COMPLETED, message=said)

    @staticmethod
    def _say(text: str, context_id: str | None) -> Message:
        return Message(new_id(clock.now()), Role.AGENT, (text_part(text),), context_id=context_id)

    def _known(self, task_id: str) -> Task:
        if task_id not in self._tasks:
            raise A2AFault(Kind.TASK_NOT_FOUND, "Task not found")
        return self._tasks[task_id]

    @staticmethod
    def _shown(task: Task, history_length: int | None) -> Task:
        if history_length is None or task.history is None:
            return task
        return replace(task, history=task.history[len(task.history) - history_length :])

    def task(self, task_id: str, history_length: int | None) -> Task:
        return self._shown(self._known(task_id), history_length)

    def tasks(self, query: TaskQuery) -> TaskPage:
        found = [
            task
            for task in reversed(self._tasks.values())
            if query.context_id in (None, task.context_id)
            and query.state in (None, task.state)
            and (query.since is None or task.changed_at >= query.since)
        ]
        begin = int(query.page_token or "0")
        rows = [self._shown(each, query.history_length) for each in found[begin:]]
        if not query.with_artifacts:
            rows = [replace(each, artifacts=None) for each in rows]
        end = begin + query.page_size
        return TaskPage(rows[: query.page_size], str(end) if end < len(found) else "", len(found))

    def cancel(self, task_id: str) -> Task:
        with self._lock:
            task = self._known(task_id)
            if task.state in FINAL:
                raise A2AFault(Kind.TASK_NOT_CANCELABLE, "The task is over")
            cancelled = replace(task, state=TaskState.CANCELED, changed_at=clock.now())
            del self._tasks[task_id]
            self._tasks[task_id] = cancelled
            return cancelled
