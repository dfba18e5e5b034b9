"""What a webhook says: the event of each transition, and the JSON that is signed and posted.

No candidate's name, email or other data can get into a payload: no function here accepts any.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import orjson

from interview_service.domain.clock import rfc3339
from interview_service.domain.workflow import State, Transition

RECEIVED = "interview.received"
TEST = "webhook.test"

EVENTS: Mapping[Transition, str] = MappingProxyType(
    {
        Transition.REQUEST_INFO: "interview.info_needed",
        Transition.COMPLETE_INFO: "interview.info_completed",
        Transition.PLAN_READY: "interview.plan_generated",
        Transition.APPROVE: "interview.approved",
        Transition.REJECT: "interview.rejected",
        Transition.SCHEDULE: "interview.scheduled",
        Transition.START: "interview.started",
        Transition.COMPLETE: "interview.completed",
        Transition.ASSESSMENT_READY: "interview.assessment_ready",
        Transition.APPROVE_ASSESSMENT: "interview.assessment_approved",
        Transition.REJECT_ASSESSMENT: "interview.assessment_rejected",
        Transition.CANCEL: "interview.cancelled",
    }
)
"""The event of each transition; a step that the service takes on the way to the next has none."""


def body(
    event: str,
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
) -> bytes:
    """Return the JSON of an event: `{type, timestamp, data}`."""
    return _json(
        event,
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
        },
    )


def test_body(timestamp: datetime, *, tenant_id: str) -> bytes:
    """Return the JSON of a test event."""
    return _json(TEST, timestamp, {"tenantId": tenant_id})


def _json(event: str, timestamp: datetime, data: Mapping[str, str | None]) -> bytes:
    return orjson.dumps({"type": event, "timestamp": rfc3339(timestamp), "data": dict(data)})
