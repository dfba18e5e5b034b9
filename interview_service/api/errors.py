"""Every error that a client can see: one table from the domain's words to HTTP, one JSON shape."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from interview_service.api.auth import KeysUnavailable, TokenRefused
from interview_service.api.rate_limit import TooManyRequests
from interview_service.domain.errors import (
    AssessmentNotAvailable,
    Conflict,
    DatabaseUnavailable,
    InterviewServiceError,
    InvalidFields,
    InvalidQuery,
    NotFoundError,
    OutcomeUnknown,
    PermissionMissing,
    PlanNotAvailable,
    PreconditionFailed,
    ServiceTransition,
    TranscriptNotAvailable,
)

log = logging.getLogger(__name__)

RETRY_SECONDS = 2

STATUS_OF: Mapping[type[InterviewServiceError], HTTPStatus] = {
    TokenRefused: HTTPStatus.UNAUTHORIZED,
    PermissionMissing: HTTPStatus.FORBIDDEN,
    ServiceTransition: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    PlanNotAvailable: HTTPStatus.NOT_FOUND,
    AssessmentNotAvailable: HTTPStatus.NOT_FOUND,
    TranscriptNotAvailable: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    InvalidFields: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    KeysUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    DatabaseUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

_MESSAGES = {
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Request body is larger than 1 MiB",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Internal server error",
}


class ErrorSchema(ma.Schema):
    """What every error looks like."""

    statusCode = ma.fields.Integer(  # noqa: N815 (the API's name)
        required=True, metadata={"description": "The HTTP status again", "example": 404}
    )
    message = ma.fields.String(
        required=True,
        metadata={"description": "What went wrong, for people", "example": "Interview not found"},
    )
    errors = ma.fields.Dict(
        metadata={
            "description": "On 422: by place (`json`, `query`, `headers`), then by field, what is "
            "wrong with it",
            "example": {"json": {"candidateEmail": ["Not a valid email address."]}},
        }
    )
    requestId = ma.fields.String(  # noqa: N815 (the API's name)
        metadata={"description": "On 500: what to look for in the log"}
    )


def answer(
    status: int,
    message: str,
    *,
    errors: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an error in the one shape that all errors have."""
    payload: dict[str, Any] = {"statusCode": int(status), "message": message}
    if errors is not None:
        payload["errors"] = errors
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        payload["requestId"] = g.get("request_id")
    response = jsonify(payload)
    response.status_code = int(status)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def on_service_error(error: InterviewServiceError) -> Response:
    """Answer what the service raised on purpose."""
    status = next((STATUS_OF[each] for each in type(error).__mro__ if each in STATUS_OF), None)
    if status is None:
        return on_defect(error)
    if status is HTTPStatus.UNAUTHORIZED:
        return answer(status, str(error), headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, TooManyRequests):
        return answer(status, str(error), headers={"Retry-After": str(error.seconds)})
    if isinstance(error, InvalidFields):
        place = "query" if isinstance(error, InvalidQuery) else "json"
        return answer(status, str(error), errors={place: error.errors})
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        log.warning("unavailable: %s", error)
        message = str(error)
        if isinstance(error, DatabaseUnavailable):
            message = "The database cannot be reached or is too busy; nothing was written"
        if isinstance(error, OutcomeUnknown):
            message = "The database went away while writing: what was asked for may be done or not"
        return answer(status, message, headers={"Retry-After": str(RETRY_SECONDS)})
    return answer(status, str(error))


def on_http_exception(error: HTTPException) -> Response:
    """Answer what Flask, Werkzeug or the parsing of arguments raised."""
    if error.response is not None and error.code is None:
        return error.response  # type: ignore[return-value]
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    data: Mapping[str, Any] = getattr(error, "data", None) or {}
    messages = data.get("messages")
    if status is HTTPStatus.UNPROCESSABLE_ENTITY and messages is not None:
        return answer(status, "Validation failed", errors=messages)
    message = data.get("message") or _MESSAGES.get(status)
    if message is None:
        message = error.description if status is HTTPStatus.BAD_REQUEST else status.phrase
    headers = {}
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = getattr(error, "valid_methods", None) or ()
        headers["Allow"] = ", ".join(sorted(allowed))
        message = f"Method {request.method} is not allowed here"
    return answer(status, str(message), headers=headers)


def on_defect(error: Exception) -> Response:
    """Answer a defect of ours: nothing of it is shown, all of it is logged."""
    log.error("internal error", exc_info=error, extra={"request_id": g.get("request_id", "-")})
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, _MESSAGES[HTTPStatus.INTERNAL_SERVER_ERROR])


def init_app(app: Flask) -> None:
    """Have every error of the application answered here."""
    app.register_error_handler(InterviewServiceError, on_service_error)
    app.register_error_handler(HTTPException, on_http_exception)
    app.register_error_handler(Exception, on_defect)
