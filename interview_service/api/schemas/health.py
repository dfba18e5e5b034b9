"""The health of the service."""

from marshmallow import fields

from interview_service.api.schemas.base import Schema, doc


class CheckSchema(Schema):
    """How the service is."""

    status = fields.String(required=True, metadata=doc("`ok`, or `unavailable`", "ok"))
    checks = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata=doc(
            "Each check: `ok`, or what is wrong",
            {"database": "ok", "schema": "ok"},
            **{"x-component": "CheckResults"},
        ),
    )
    details = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata=doc(
            "Figures: `deadDeliveries`, events that were given up",
            {"deadDeliveries": 0},
            **{"x-component": "CheckFigures"},
        ),
    )
