"""What agents say to each other: tasks, messages, artifacts, and the agent who answers.

Named and shaped as in the A2A specification, section 4; `to_json` writes them as ProtoJSON does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from interview_service.domain.clock import rfc3339
from interview_service.domain.tasks import TaskState

Json = Mapping[str, object]


class Role(StrEnum):
    """Who sent a message."""

    USER = "ROLE_USER"
    AGENT = "ROLE_AGENT"


class PartKind(StrEnum):
    """What a part holds."""

    TEXT = "text"
    RAW = "raw"
    URL = "url"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message or an artifact.

    :param value: a text, base64, an address, or any JSON, as the kind says.
    """

    kind: PartKind
    value: object
    media_type: str | None = None
    filename: str | None = None

    def to_json(self) -> Json:
        """Return it as JSON."""
        return _present(
            {self.kind.value: self.value}, mediaType=self.media_type, filename=self.filename
        )


def text_part(text: str) -> Part:
    """Return a part with a text."""
    return Part(PartKind.TEXT, text)


def data_part(data: object) -> Part:
    """Return a part with JSON."""
    return Part(PartKind.DATA, data, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Message:
    """Something that one agent says to another."""

    id: str
    role: Role
    parts: tuple[Part, ...]
    task_id: str | None = None
    context_id: str | None = None
    metadata: Json | None = None

    def to_json(self) -> Json:
        """Return it as JSON."""
        return _present(
            {
                "messageId": self.id,
                "role": self.role.value,
                "parts": [each.to_json() for each in self.parts],
            },
            taskId=self.task_id,
            contextId=self.context_id,
            metadata=self.metadata,
        )


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a task has brought forth."""

    id: str
    name: str
    description: str
    parts: tuple[Part, ...]
    metadata: Json | None = None

    def to_json(self) -> Json:
        """Return it as JSON."""
        return _present(
            {
                "artifactId": self.id,
                "name": self.name,
                "description": self.description,
                "parts": [each.to_json() for each in self.parts],
            },
            metadata=self.metadata,
        )


@dataclass(frozen=True, slots=True)
class Task:
    """Work that an agent does for another.

    :param changed_at: when it came into its state.
    :param artifacts: None where they were not asked for.
    :param history: None where it was not asked for.
    """

    id: str
    context_id: str
    state: TaskState
    changed_at: datetime
    message: Message | None = None
    artifacts: tuple[Artifact, ...] | None = None
    history: tuple[Message, ...] | None = None
    metadata: Json | None = None

    def to_json(self) -> Json:
        """Return it as JSON."""
        status = _present(
            {"state": self.state.value, "timestamp": rfc3339(self.changed_at)},
            message=None if self.message is None else self.message.to_json(),
        )
        artifacts, history = self.artifacts, self.history
        return _present(
            {"id": self.id, "contextId": self.context_id, "status": status},
            artifacts=None if artifacts is None else [each.to_json() for each in artifacts],
            history=None if not history else [each.to_json() for each in history],
            metadata=self.metadata,
        )


@dataclass(frozen=True, slots=True)
class PushNotificationConfig:
    """Where somebody wants to be told of what becomes of a task.

    :param id: None where the agent is to give it one.
    :param task_id: None in a message that begins a task.
    :param token: what to send along, in a header of its own.
    :param scheme: how to authenticate, with `credentials`; None for not at all.
    """

    id: str | None
    task_id: str | None
    url: str
    token: str | None = field(default=None, repr=False)
    scheme: str | None = None
    credentials: str | None = field(default=None, repr=False)

    def to_json(self) -> Json:
        """Return it as JSON, without its secrets: who needs them has them."""
        authentication = None if self.scheme is None else {"scheme": self.scheme}
        return _present(
            {"id": self.id, "taskId": self.task_id, "url": self.url}, authentication=authentication
        )


@dataclass(frozen=True, slots=True)
class PushConfigQuery:
    """Which push notification configurations to list.

    :param page_token: where the page begins: the last answer's `next_page_token`.
    """

    task_id: str
    page_size: int
    page_token: str | None = None


@dataclass(frozen=True, slots=True)
class PushConfigPage:
    """A page of push notification configurations. `next_page_token` is empty on the last."""

    configs: Sequence[PushNotificationConfig]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class SendRequest:
    """A message, and how it is to be answered.

    :param history_length: how many messages of the task's history to return at most; None: any.
    :param returns_immediately: not to wait for what the agent works on.
    :param push_config: whom to tell of what becomes of the task; None for nobody.
    """

    message: Message
    history_length: int | None = None
    returns_immediately: bool = False
    push_config: PushNotificationConfig | None = None


@dataclass(frozen=True, slots=True)
class TaskQuery:
    """Which tasks to list.

    :param page_token: where the page begins: the last answer's `next_page_token`.
    :param since: only tasks that came into their state then or later.
    """

    context_id: str | None = None
    state: TaskState | None = None
    page_size: int = 50
    page_token: str | None = None
    history_length: int | None = None
    since: datetime | None = None
    with_artifacts: bool = False


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A page of tasks. `next_page_token` is empty on the last."""

    tasks: Sequence[Task]
    next_page_token: str
    total: int


class Agent(Protocol):
    """Who answers. What goes wrong is raised as an `A2AFault` or in the domain's words."""

    def authenticate(self) -> None:
        """Let only those in who may call at all."""

    def send(self, request: SendRequest) -> Task | Message:
        """Take a message."""

    def task(self, task_id: str, history_length: int | None) -> Task:
        """Return a task with its artifacts."""

    def tasks(self, query: TaskQuery) -> TaskPage:
        """Return a page of tasks, those first that changed last."""

    def cancel(self, task_id: str) -> Task:
        """Cancel a task."""

    def set_push_config(self, config: PushNotificationConfig) -> PushNotificationConfig:
        """Have somebody told of what becomes of a task, in place of what had the same id."""

    def push_config(self, task_id: str, config_id: str) -> PushNotificationConfig:
        """Return a push notification configuration of a task."""

    def push_configs(self, query: PushConfigQuery) -> PushConfigPage:
        """Return a page of a task's push notification configurations, by their ids."""

    def delete_push_config(self, task_id: str, config_id: str) -> None:
        """Delete a push notification configuration, where there is one."""


def _present(required: Json, **optional: object) -> Json:
    """Return an object with those of its members that are there."""
    return {**required, **{name: each for name, each in optional.items() if each is not None}}
