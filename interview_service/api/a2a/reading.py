"""Reading what agents send: ProtoJSON, whose names come in camelCase or as in the definition.

Unknown members are ignored, as the specification has it (section 5.7).
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import cast

import marshmallow as ma

from interview_service.api.a2a.faults import invalid
from interview_service.api.a2a.values import (
    Message,
    Part,
    PartKind,
    PushConfigQuery,
    PushNotificationConfig,
    Role,
    SendRequest,
    TaskQuery,
)
from interview_service.api.fields import Timestamp
from interview_service.domain.tasks import AUTH_SCHEME, CONFIG_ID, HEADER_TEXT, TaskState
from interview_service.domain.text import unstorable
from interview_service.webhooks.addresses import MAX_URL_LENGTH

MAX_PARTS = 100
MAX_PAGE, DEFAULT_PAGE = 100, 50
_MAX_ID = 1_000
_MAX_TEXT = 1024 * 1024
_MAX_INT32 = 2**31 - 1
_MAX_SECRET = 4_096
_IN_A_HEADER = "visible ASCII, as a header can hold it"
_CAPITAL = re.compile(r"[A-Z]")
_DIGITS = re.compile(r"[0-9]{1,10}", re.ASCII)
_TIMESTAMP = Timestamp()


class Fields:
    """The members of an object that was sent.

    :param path: where the object stands, for what is said of a fault.
    :param textual: whether all values are texts, as in a query string.
    """

    def __init__(self, given: object, path: str = "", *, textual: bool = False) -> None:
        if not isinstance(given, Mapping):
            raise invalid(path, "Must be an object.")
        self._given = cast(Mapping[str, object], given)
        self._path = path
        self._textual = textual

    def at(self, name: str) -> str:
        """Return where a member stands."""
        return f"{self._path}.{name}" if self._path else name

    def get(self, name: str) -> object:
        """Return a member by its name in camelCase, however it is spelt; None where it is not."""
        value = self._given.get(name)
        if value is None:
            value = self._given.get(_CAPITAL.sub(lambda found: f"_{found[0].lower()}", name))
        return value

    def text(self, name: str, *, max_length: int = _MAX_ID) -> str | None:
        """Return a text, which is not empty."""
        value = self.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise invalid(self.at(name), "Must be a text.")
        if len(value) > max_length:
            raise invalid(self.at(name), f"Must have at most {max_length} characters.")
        fault = unstorable(value)
        if fault:
            raise invalid(self.at(name), fault)
        return value

    def required(self, name: str) -> str:
        """Return a text that must be there."""
        value = self.text(name)
        if value is None:
            raise invalid(self.at(name), "Required.")
        return value

    def whole(self, name: str, least: int, most: int) -> int | None:
        """Return a whole number."""
        value = self.get(name)
        if value is None:
            return None
        if self._textual and isinstance(value, str) and _DIGITS.fullmatch(value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise invalid(self.at(name), f"Must be a whole number from {least} to {most}.")
        return value

    def flag(self, name: str) -> bool:
        """Return true or false; false where it is not there."""
        value = self.get(name)
        if self._textual and value in ("true", "false"):
            value = value == "true"
        if value is not None and not isinstance(value, bool):
            raise invalid(self.at(name), "Must be true or false.")
        return bool(value)

    def moment(self, name: str) -> datetime | None:
        """Return a timestamp."""
        value = self.get(name)
        if value is None or value == "":
            return None
        try:
            return _TIMESTAMP.deserialize(value)
        except ma.ValidationError as error:
            raise invalid(self.at(name), str(error.messages[0])) from None

    def inner(self, name: str) -> "Fields | None":
        """Return the members of an object within."""
        value = self.get(name)
        return None if value is None else Fields(value, self.at(name))


def send_request(fields: Fields) -> SendRequest:
    """Read the parameters of SendMessage."""
    message = fields.inner("message")
    if message is None:
        raise invalid("message", "Required.")
    configuration = fields.inner("configuration")
    read = _message(message)
    if configuration is None:
        return SendRequest(read)
    push = configuration.inner("taskPushNotificationConfig")
    config = None if push is None else push_config(push)
    if push is not None and config is not None and config.task_id not in (None, read.task_id):
        raise invalid(push.at("taskId"), "Is not the task of the message.")
    return SendRequest(
        read,
        history_length(configuration),
        configuration.flag("returnImmediately"),
        config,
    )


def push_config(fields: Fields) -> PushNotificationConfig:
    """Read a push notification configuration: what stands in it can be sent in headers."""
    authentication = fields.inner("authentication")
    scheme = credentials = None
    if authentication is not None:
        scheme = _matching(authentication, "scheme", AUTH_SCHEME, "the name of an HTTP scheme")
        credentials = _matching(authentication, "credentials", HEADER_TEXT, _IN_A_HEADER)
        for name, each in (("scheme", scheme), ("credentials", credentials)):
            if each is None:
                raise invalid(authentication.at(name), "Required.")
    url = fields.text("url", max_length=MAX_URL_LENGTH)
    if url is None:
        raise invalid(fields.at("url"), "Required.")
    return PushNotificationConfig(
        id=_matching(fields, "id", CONFIG_ID, "1 to 100 letters, digits and . _ ~ : -"),
        task_id=fields.text("taskId"),
        url=url,
        token=_matching(fields, "token", HEADER_TEXT, _IN_A_HEADER),
        scheme=scheme,
        credentials=credentials,
    )


def _matching(fields: Fields, name: str, pattern: re.Pattern[str], told: str) -> str | None:
    value = fields.text(name, max_length=_MAX_SECRET)
    if value is not None and not pattern.fullmatch(value):
        raise invalid(fields.at(name), f"Must be {told}.")
    return value


def push_config_query(fields: Fields) -> PushConfigQuery:
    """Read the parameters of ListTaskPushNotificationConfigs."""
    return PushConfigQuery(
        task_id=fields.required("taskId"),
        page_size=fields.whole("pageSize", 0, _MAX_INT32) or MAX_PAGE,
        page_token=fields.text("pageToken"),
    )


def _message(fields: Fields) -> Message:
    role = fields.get("role")
    if role != Role.USER.value:
        raise invalid(fields.at("role"), f"Must be {Role.USER.value}.")
    parts = fields.get("parts")
    if not isinstance(parts, list) or not 1 <= len(parts) <= MAX_PARTS:
        raise invalid(fields.at("parts"), f"Must be a list of 1 to {MAX_PARTS} parts.")
    return Message(
        id=fields.required("messageId"),
        role=Role.USER,
        parts=tuple(
            _part(Fields(each, f"{fields.at('parts')}[{index}]"))
            for index, each in enumerate(parts)
        ),
        task_id=fields.text("taskId"),
        context_id=fields.text("contextId"),
    )


def _part(fields: Fields) -> Part:
    there = [kind for kind in PartKind if fields.get(kind.value) is not None]
    if len(there) != 1:
        raise invalid(fields.at("text"), "A part holds one of text, raw, url and data.")
    [kind] = there
    value = fields.get(kind.value)
    if kind is not PartKind.DATA:
        value = fields.text(kind.value, max_length=_MAX_TEXT) or ""
    return Part(kind, value, fields.text("mediaType"), fields.text("filename"))


def history_length(fields: Fields) -> int | None:
    """Read how many messages of a task's history to return."""
    return fields.whole("historyLength", 0, _MAX_INT32)


def task_query(fields: Fields) -> TaskQuery:
    """Read the parameters of ListTasks."""
    state = fields.get("status")
    if state in (None, "", "TASK_STATE_UNSPECIFIED"):
        wanted = None
    elif isinstance(state, str) and state in list(TaskState):
        wanted = TaskState(state)
    else:
        raise invalid(fields.at("status"), f"Must be one of {', '.join(TaskState)}.")
    return TaskQuery(
        context_id=fields.text("contextId"),
        state=wanted,
        page_size=fields.whole("pageSize", 1, MAX_PAGE) or DEFAULT_PAGE,
        page_token=fields.text("pageToken"),
        history_length=history_length(fields),
        since=fields.moment("statusTimestampAfter"),
        with_artifacts=fields.flag("includeArtifacts"),
    )
