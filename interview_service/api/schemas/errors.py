"""The one shape of every error."""

from marshmallow import fields

from interview_service.api.schemas.base import Schema, doc


class ErrorAnswerSchema(Schema):
    """What every error looks like."""

    status_code = fields.Integer(required=True, metadata=doc("The HTTP status again", 404))
    message = fields.String(
        required=True, metadata=doc("What went wrong, for people", "Interview not found")
    )
    errors = fields.Dict(
        metadata=doc(
            "On 422: by place (`json`, `query`, `headers`), then by field, what is wrong with it; "
            "the first 50 faults",
            {"json": {"candidateEmail": ["Not a valid email address."]}},
            **{"x-component": "FieldErrors"},
        )
    )
    request_id = fields.String(metadata=doc("On 500: what to look for in the log"))
