"""Interviews as other agents see them: tasks, and who is told of what becomes of one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from interview_service.domain.workflow import State, WaitingFor


class TaskState(StrEnum):
    """Where a task stands, as A2A names it."""

    SUBMITTED = "TASK_STATE_SUBMITTED"
    WORKING = "TASK_STATE_WORKING"
    COMPLETED = "TASK_STATE_COMPLETED"
    FAILED = "TASK_STATE_FAILED"
    CANCELED = "TASK_STATE_CANCELED"
    INPUT_REQUIRED = "TASK_STATE_INPUT_REQUIRED"
    REJECTED = "TASK_STATE_REJECTED"
    AUTH_REQUIRED = "TASK_STATE_AUTH_REQUIRED"


OWN_WORK = frozenset({WaitingFor.PLAN, WaitingFor.ASSESSMENT})
"""What the service itself works on; all else waits for somebody."""

FINAL: Mapping[State, TaskState] = MappingProxyType(
    {
        State.ASSESSMENT_APPROVED: TaskState.COMPLETED,
        State.REJECTED: TaskState.REJECTED,
        State.CANCELLED: TaskState.CANCELED,
    }
)


def task_state(state: State, waits_for: WaitingFor | None) -> TaskState:
    """Return the state of the task that an interview is.

    :param waits_for: what has to happen next to the interview; None when it has ended.
    """
    if waits_for is None:
        return FINAL[state]
    return TaskState.WORKING if waits_for in OWN_WORK else TaskState.INPUT_REQUIRED


CONFIG_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~:-]{0,99}", re.ASCII)
"""What a push notification configuration can be called: it stands in a path."""

HEADER_TEXT = re.compile(r"[!-~](?:[ -~]{0,4094}[!-~])?", re.ASCII)
"""What can stand in a header of its own: visible ASCII, with spaces only within."""

AUTH_SCHEME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,50}", re.ASCII)
"""The name of a scheme of HTTP authentication: a token of RFC 9110."""


@dataclass(frozen=True, slots=True)
class PushConfig:
    """Where somebody wants to be told of each change of a task, and how to show who tells it.

    :param id: its own within the interview.
    :param token: sent along with what is told, for the receiver to compare; None for none.
    :param auth_scheme: of HTTP authentication, with `auth_credentials`; None for no authentication.
    """

    id: str
    interview_id: str
    url: str
    token: str | None = field(repr=False)
    auth_scheme: str | None
    auth_credentials: str | None = field(repr=False)
    created_at: datetime

    @property
    def headers(self) -> Mapping[str, str]:
        """What is sent along with each notification, beside its signature."""
        headers = {}
        if self.token is not None:
            headers["x-a2a-notification-token"] = self.token
        if self.auth_scheme is not None:
            headers["authorization"] = f"{self.auth_scheme} {self.auth_credentials}"
        return headers
