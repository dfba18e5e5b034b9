"""The agent behind A2A: interviews as tasks, over the same use cases and permissions as the API.

A task's id is the interview's `runId`, its context the interview's `id`.
"""

import base64
import binascii
import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Event, Lock
from typing import Any

import marshmallow as ma
import orjson

from interview_service import lifecycle
from interview_service.api.a2a import telling
from interview_service.api.a2a.faults import A2AFault, Kind, invalid, invalid_fields
from interview_service.api.a2a.values import (
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
    text_part,
)
from interview_service.api.auth import authenticate
from interview_service.api.schemas.interviews import CompleteInfoSchema, IntakeSchema
from interview_service.api.schemas.transcripts import TranscriptPutSchema
from interview_service.api.schemas.workflow import TransitionRequestSchema
from interview_service.api.services import actor, repository, services
from interview_service.api.transcripts import keep_turns
from interview_service.domain.clock import clock, from_milliseconds, new_id, to_milliseconds
from interview_service.domain.errors import (
    InterviewNotFound,
    PermissionMissing,
    TransitionNotAllowed,
)
from interview_service.domain.limits import REASON
from interview_service.domain.tasks import PushConfig, TaskState
from interview_service.domain.workflow import State, Transition, grants
from interview_service.repository.tasks import TaskPlace
from interview_service.webhooks.addresses import UrlRefused, check_url

BLOCKING_SECONDS = 30.0
_POLL_SECONDS = 0.1
_READ, _CREATE, _UPDATE = "interview:read", "interview:create", "interview:update"
_DATA_TYPES = (None, "application/json")

_INTAKE, _COMPLETION = IntakeSchema(), CompleteInfoSchema()
_TURNS, _TRANSITION = TranscriptPutSchema(), TransitionRequestSchema()

_HOW_TO_BEGIN = (
    "To begin an interview, send a data part with what is known of it: candidateName, "
    "candidateEmail or externalId; position; level (JUNIOR, MID, SENIOR, LEAD or PRINCIPAL); "
    "skills; jobDescription. What is missing is asked for. Text alone begins nothing."
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a message says: a text and data, in the order of its parts."""

    text: str
    data: tuple[tuple[str, Mapping[str, object]], ...]


class InterviewAgent:
    """Answers for the caller of the present request.

    :param blocking_seconds: how long a message waits for what the service works on. One waits at a
        time in a process, so that the others' threads stay free.
    """

    def __init__(self, blocking_seconds: float = BLOCKING_SECONDS) -> None:
        self._blocking_seconds = blocking_seconds
        self._waiting = Lock()
        self._never = Event()

    @property
    def is_waiting(self) -> bool:
        """Tell whether a message waits at present."""
        return self._waiting.locked()

    def authenticate(self) -> None:
        """Put the caller on the request."""
        authenticate(None)

    def send(self, request: SendRequest) -> Task | Message:
        """Take a message: begin an interview, or go on with one.

        A `messageId` is taken once from its sender: repeated, it is answered with the task as it
        stands now.
        """
        message = request.message
        said = _said(message)
        if request.push_config is not None:
            _check_receiver(request.push_config, "configuration.taskPushNotificationConfig.url")
        if message.task_id is None:
            _require(_CREATE)
            if message.context_id is not None:
                raise invalid(
                    "message.contextId", "Is given by this agent: send taskId to go on with a task."
                )
            if not said.data:
                return Message(
                    id=new_id(clock.now()), role=Role.AGENT, parts=(text_part(_HOW_TO_BEGIN),)
                )
        kept, _ = lifecycle.once(
            repository(), _key(message), _fingerprint(request), lambda: _take(request, said)
        )
        found: dict[str, Any] = orjson.loads(kept.body)
        if not request.returns_immediately:
            self._wait(found["interviewId"])
        status = lifecycle.task_of_interview(repository(), found["interviewId"], actor())
        if not _may(_READ) and not found["isNew"]:
            return telling.bare(status)
        return self._whole(status, request.history_length)

    def _wait(self, interview_id: str) -> None:
        """Wait while the engine works on an interview, and has not failed."""
        if not self._waiting.acquire(blocking=False):
            return
        try:
            end = time.monotonic() + self._blocking_seconds
            while True:
                status = lifecycle.task_of_interview(repository(), interview_id, actor())
                works = telling.state_of(status) is TaskState.WORKING and status.error is None
                if not works or time.monotonic() >= end:
                    return
                self._never.wait(_POLL_SECONDS)
        finally:
            self._waiting.release()

    def task(self, task_id: str, history_length: int | None) -> Task:
        """Return a task with its artifacts."""
        _require(_READ)
        return self._whole(lifecycle.status(repository(), task_id, actor()), history_length)

    def _whole(self, status: lifecycle.Status, history_length: int | None) -> Task:
        return telling.task(
            repository(),
            status,
            actor(),
            history_length=history_length,
            with_artifacts=_may(_READ),
        )

    def tasks(self, query: TaskQuery) -> TaskPage:
        """Return a page of tasks, those first that took a transition last."""
        _require(_READ)
        waits, states = telling.filters(query.state)
        after = _place(query.page_token)
        if query.context_id is not None:
            return self._of_context(query, query.context_id)
        page = lifecycle.page_of_tasks(
            repository(),
            actor(),
            waits=waits,
            states=states,
            since=query.since,
            after=after,
            limit=query.page_size,
        )
        tasks = [self._listed(each, query) for each in page.rows]
        return TaskPage(tasks, _token(page.next_place), page.total)

    def _of_context(self, query: TaskQuery, context_id: str) -> TaskPage:
        """Return the one task of a context, where there is one and it is asked for."""
        try:
            status = lifecycle.task_of_interview(repository(), context_id, actor())
        except InterviewNotFound:
            return TaskPage([], "", 0)
        moved_at = status.interview.moved_at or status.interview.created_at
        if query.state not in (None, telling.state_of(status)) or (
            query.since is not None and moved_at < query.since
        ):
            return TaskPage([], "", 0)
        return TaskPage([self._listed(status, query)], "", 1)

    def _listed(self, status: lifecycle.Status, query: TaskQuery) -> Task:
        return telling.task(
            repository(),
            status,
            actor(),
            history_length=query.history_length or 0,
            with_artifacts=query.with_artifacts,
        )

    def cancel(self, task_id: str) -> Task:
        """Cancel an interview."""
        _require(_UPDATE)
        interview_id = lifecycle.interview_of_run(repository(), task_id)
        try:
            lifecycle.transition(repository(), interview_id, Transition.CANCEL, actor())
        except TransitionNotAllowed as error:
            raise A2AFault(Kind.TASK_NOT_CANCELABLE, str(error)) from None
        status = lifecycle.task_of_interview(repository(), interview_id, actor())
        return self._whole(status, None) if _may(_READ) else telling.bare(status)

    def set_push_config(self, config: PushNotificationConfig) -> PushNotificationConfig:
        """Have somebody told of each change of an interview."""
        _require(_UPDATE)
        assert config.task_id is not None, "the binding requires it"
        interview_id = lifecycle.interview_of_run(repository(), config.task_id)
        _check_receiver(config, "url")
        return _shown(_tell(interview_id, config), config.task_id)

    def push_config(self, task_id: str, config_id: str) -> PushNotificationConfig:
        """Return a push notification configuration of an interview."""
        _require(_READ)
        interview_id = lifecycle.interview_of_run(repository(), task_id)
        return _shown(lifecycle.push_config(repository(), interview_id, config_id), task_id)

    def push_configs(self, query: PushConfigQuery) -> PushConfigPage:
        """Return a page of an interview's push notification configurations, by their ids."""
        _require(_READ)
        interview_id = lifecycle.interview_of_run(repository(), query.task_id)
        found = [
            _shown(each, query.task_id)
            for each in lifecycle.push_configs(repository(), interview_id)
            if query.page_token is None or each.id > query.page_token
        ]
        rows = found[: query.page_size]
        following = str(rows[-1].id) if len(found) > len(rows) else ""
        return PushConfigPage(rows, following)

    def delete_push_config(self, task_id: str, config_id: str) -> None:
        """Tell a receiver of an interview nothing more."""
        _require(_UPDATE)
        interview_id = lifecycle.interview_of_run(repository(), task_id)
        lifecycle.delete_push_config(repository(), interview_id, config_id, actor())


def _may(permission: str) -> bool:
    return grants(actor().permissions, permission)


def _require(permission: str) -> None:
    if not _may(permission):
        raise PermissionMissing(permission)


def _key(message: Message) -> str:
    """Return the idempotency key of a message: its sender's, and no Idempotency-Key's."""
    named = f"{actor().subject}\n{message.id}".encode("utf-8", "surrogatepass")
    return f"a2a\n{hashlib.sha256(named).hexdigest()}"


def _fingerprint(request: SendRequest) -> str:
    whole = [request.message.to_json()]
    if request.push_config is not None:
        whole.append(asdict(request.push_config))
    return hashlib.sha256(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _said(message: Message) -> _Said:
    texts, data = [], []
    for index, part in enumerate(message.parts):
        place = f"message.parts[{index}]"
        if part.kind is PartKind.TEXT and _is_text(part):
            texts.append(str(part.value))
        elif part.kind is PartKind.DATA and part.media_type in _DATA_TYPES:
            if not isinstance(part.value, Mapping):
                raise invalid(f"{place}.data", "Must be an object.")
            data.append((f"{place}.data", part.value))
        else:
            raise A2AFault(
                Kind.CONTENT_TYPE_NOT_SUPPORTED,
                f"{place}: send a text part or a data part of application/json",
            )
    return _Said("\n".join(texts).strip(), tuple(data))


def _is_text(part: Part) -> bool:
    return part.media_type is None or part.media_type.partition(";")[0].strip() == "text/plain"


def _take(request: SendRequest, said: _Said) -> lifecycle.Answer:
    """Do what a message asks for, all of it or nothing, and return what is kept of that.

    Who is to be told of the task is told of what the message does to it, but not that it began.
    """
    message, config = request.message, request.push_config
    is_new = False
    if message.task_id is None:
        interview_id, is_new = _begin(said)
        if config is not None:
            _tell(interview_id, config, is_new=is_new)
    else:
        interview_id = lifecycle.interview_of_run(repository(), message.task_id)
        if message.context_id not in (None, interview_id):
            raise invalid("message.contextId", "Is not the context of the task.")
        if config is not None:
            _tell(interview_id, config)
        _go_on(interview_id, said)
    body = orjson.dumps({"interviewId": interview_id, "isNew": is_new}).decode()
    return lifecycle.Answer(200, {}, body, interview_id)


def _tell(interview_id: str, config: PushNotificationConfig, *, is_new: bool = False) -> PushConfig:
    """Have somebody told of an interview: who takes one in may say so, as with `callbackUrl`."""
    if not is_new:
        _require(_UPDATE)
    given = lifecycle.GivenPushConfig(
        url=config.url,
        id=config.id,
        token=config.token,
        auth_scheme=config.scheme,
        auth_credentials=config.credentials,
    )
    return lifecycle.set_push_config(repository(), interview_id, given, actor())


def _check_receiver(config: PushNotificationConfig, place: str) -> None:
    try:
        check_url(config.url, allow_private=services().allow_private)
    except UrlRefused as refused:
        raise invalid(place, f"{refused}.") from None


def _shown(config: PushConfig, task_id: str) -> PushNotificationConfig:
    return PushNotificationConfig(config.id, task_id, config.url, scheme=config.auth_scheme)


def _begin(said: _Said) -> tuple[str, bool]:
    """Take an interview in; return its id, and whether there was none of its externalId."""
    if len(said.data) != 1:
        raise invalid("message.parts", "One data part begins an interview.")
    [(place, data)] = said.data
    details = _loaded(_INTAKE, data, place)
    external_id = details.pop("external_id", None)
    interview, is_new = lifecycle.take_in(repository(), details, actor(), external_id=external_id)
    return interview.id, is_new


def _go_on(interview_id: str, said: _Said) -> None:
    if not said.data:
        _ask_for_changes(interview_id, said.text)
    for place, data in said.data:
        if "transition" in data:
            _take_transition(interview_id, data, place)
        elif "transcript" in data:
            _keep_transcript(interview_id, data, place)
        else:
            _require(_UPDATE)
            details = _loaded(_COMPLETION, data, place)
            lifecycle.complete_info(repository(), interview_id, details, actor())


def _take_transition(interview_id: str, data: Mapping[str, object], place: str) -> None:
    given = _loaded(_TRANSITION, data, place)
    name = Transition(given.pop("transition"))
    verdict = given.pop("decision", None)
    lifecycle.transition(repository(), interview_id, name, actor(), verdict=verdict, **given)


def _keep_transcript(interview_id: str, data: Mapping[str, object], place: str) -> None:
    _require(_UPDATE)
    if len(data) != 1:
        raise invalid(place, "A data part with a transcript holds nothing else.")
    given = _loaded(_TURNS, data["transcript"], f"{place}.transcript")
    keep_turns(interview_id, given)


def _ask_for_changes(interview_id: str, text: str) -> None:
    """Have the plan made anew as a text wishes: all that text alone can do."""
    state = lifecycle.interview(repository(), interview_id, actor()).interview.workflow_state
    if state.is_final:
        raise A2AFault(
            Kind.UNSUPPORTED_OPERATION, f"The task is over: workflowState is {state.value}"
        )
    if state is not State.PENDING:
        raise invalid(
            "message.parts",
            f"Text alone changes nothing while workflowState is {state.value}: send a data part.",
        )
    if not 1 <= len(text) <= REASON:
        raise invalid("message.parts", f"The text must have 1 to {REASON} characters.")
    lifecycle.transition(repository(), interview_id, Transition.MODIFY, actor(), reason=text)


def _loaded(schema: ma.Schema, data: Any, place: str) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ma.ValidationError as error:
        raise invalid_fields(error.messages_dict, place) from None
    return loaded


def _token(place: TaskPlace | None) -> str:
    if place is None:
        return ""
    written = f"{to_milliseconds(place.moved_at)}/{place.id}".encode()
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def _place(token: str | None) -> TaskPlace | None:
    if token is None:
        return None
    try:
        padded = token + "=" * (-len(token) % 4)
        written = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        moment, _, interview_id = written.partition("/")
        return TaskPlace(_moment(moment), interview_id)
    except (binascii.Error, ValueError, OverflowError):
        raise invalid("pageToken", "Is none of this list.") from None


def _moment(text: str) -> datetime:
    return from_milliseconds(int(text))
