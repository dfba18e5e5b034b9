"""What a webhook says: the JSON that is signed and posted.

No candidate's name, email or other data can get into a payload: no function here accepts any.
"""

from collections.abc import Mapping
from datetime import datetime

import orjson

from interview_service.domain.clock import rfc3339
from interview_service.domain.tasks import TaskState
from interview_service.domain.workflow import Event, State, Transition, WaitingFor

TEST = "webhook.test"
STATUS_UPDATE = "task.status_update"
TASK_MEDIA_TYPE = "application/a2a+json"


def type_of(event: Event) -> str:
    """Return an event's type, as receivers see it."""
    return f"interview.{event}"


EVENT_TYPES = tuple(type_of(event) for event in Event)
"""Every type that an interview's events have."""


def body(
    event: Event,
    timestamp: datetime,
    *,
    interview_id: str,
    run_id: str,
    tenant_id: str,
    external_id: str | None,
    transition: Transition | None,
    previous_state: State | None,
    workflow_state: State,
    plan_id: str | None,
    assessment_id: str | None,
    decision: str | None,
) -> bytes:
    """Return the JSON of an event: `{type, timestamp, data}`."""
    return _json(
        type_of(event),
        timestamp,
        {
            "interviewId": interview_id,
            "runId": run_id,
            "tenantId": tenant_id,
            "externalId": external_id,
            "transition": transition,
            "previousState": previous_state,
            "workflowState": workflow_state,
            "planId": plan_id,
            "assessmentId": assessment_id,
            "decision": decision,
        },
    )


def test_body(timestamp: datetime, *, tenant_id: str) -> bytes:
    """Return the JSON of a test event."""
    return _json(TEST, timestamp, {"tenantId": tenant_id})


def task_body(
    timestamp: datetime,
    *,
    interview_id: str,
    run_id: str,
    state: TaskState,
    workflow_state: State,
    waiting_for: WaitingFor | None,
) -> bytes:
    """Return the JSON of a push notification: A2A's `StreamResponse` with a status update."""
    update = {
        "taskId": run_id,
        "contextId": interview_id,
        "status": {"state": state, "timestamp": rfc3339(timestamp)},
        "metadata": {"workflowState": workflow_state, "waitingFor": waiting_for},
    }
    return orjson.dumps({"statusUpdate": update})


def _json(event: str, timestamp: datetime, data: Mapping[str, str | None]) -> bytes:
    return orjson.dumps({"type": event, "timestamp": rfc3339(timestamp), "data": dict(data)})
