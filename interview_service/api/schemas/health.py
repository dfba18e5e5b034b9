"""The health of the service."""

from marshmallow import fields

from interview_service.api.fields import Timestamp
from interview_service.api.schemas.base import Schema, doc


class WorkerHealthSchema(Schema):
    """Whether a worker is there to write plans and assessments and to post events."""

    alive = fields.Boolean(
        required=True, metadata=doc("Whether one was seen within the last 45 seconds", True)
    )
    last_seen_at = Timestamp(
        required=True, allow_none=True, metadata=doc("When one was last seen; null if never")
    )


class CheckSchema(Schema):
    """How the service is."""

    status = fields.String(
        required=True,
        metadata=doc(
            "`ok`; `degraded` (requests are served, but no worker is alive or the disk is full); "
            "or `unavailable`",
            "ok",
        ),
    )
    checks = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata=doc(
            "Each check: `ok`, or what is wrong",
            {"database": "ok", "schema": "ok", "disk": "ok", "worker": "ok"},
            **{"x-component": "CheckResults"},
        ),
    )
    worker = fields.Nested(WorkerHealthSchema)
    oldest_due_seconds = fields.Integer(
        metadata=doc("For how long the oldest work or event that is due has waited", 0)
    )
    details = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata=doc(
            "Figures: `deadDeliveries`, events that were given up, counted up to 10,000",
            {"deadDeliveries": 0},
            **{"x-component": "CheckFigures"},
        ),
    )
