"""Every error that a client can see: one table from the domain's words to HTTP, one JSON shape."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from interview_service.api.callers import SignInOff, TokenRefused
from interview_service.api.provider_keys import KeysUnavailable
from interview_service.domain.errors import (
    AssessmentNotAvailable,
    Conflict,
    CursorTooOld,
    DatabaseUnavailable,
    DiskFull,
    InterviewServiceError,
    InvalidFields,
    InvalidQuery,
    KeysCannotJudge,
    MoreThanHeld,
    NotFoundError,
    NotScheduled,
    OutcomeUnknown,
    PermissionMissing,
    PlanNotAvailable,
    PreconditionFailed,
    ServiceTransition,
    SignInRefused,
    TooManySignIns,
    TranscriptNotAvailable,
)
from interview_service.domain.limits import ERROR_ANSWER_BYTES, ERROR_MESSAGES
from interview_service.web.rate_limit import TooManyRequests

log = logging.getLogger(__name__)

RETRY_SECONDS = 2

STATUS_OF: Mapping[type[InterviewServiceError], HTTPStatus] = {
    TokenRefused: HTTPStatus.UNAUTHORIZED,
    SignInRefused: HTTPStatus.UNAUTHORIZED,
    PermissionMissing: HTTPStatus.FORBIDDEN,
    MoreThanHeld: HTTPStatus.FORBIDDEN,
    SignInOff: HTTPStatus.FORBIDDEN,
    ServiceTransition: HTTPStatus.FORBIDDEN,
    KeysCannotJudge: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    NotScheduled: HTTPStatus.NOT_FOUND,
    PlanNotAvailable: HTTPStatus.NOT_FOUND,
    AssessmentNotAvailable: HTTPStatus.NOT_FOUND,
    TranscriptNotAvailable: HTTPStatus.NOT_FOUND,
    CursorTooOld: HTTPStatus.GONE,
    Conflict: HTTPStatus.CONFLICT,
    PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    InvalidFields: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    TooManySignIns: HTTPStatus.TOO_MANY_REQUESTS,
    KeysUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    DatabaseUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

_MAX_MESSAGE, _MAX_KEY = 1_000, 100

_MESSAGES = {
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Request body is larger than 1 MiB",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Internal server error",
}


def answer(
    status: int,
    message: str,
    *,
    errors: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an error in the one shape that all errors have, of 64 KiB and 50 messages at most."""
    payload: dict[str, Any] = {"statusCode": int(status), "message": _shown(message, _MAX_MESSAGE)}
    if errors is not None:
        payload["errors"] = _bounded(errors)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        payload["requestId"] = g.get("request_id")
    response = jsonify(payload)
    response.status_code = int(status)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def _bounded(errors: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first messages, as many as an answer has room for, in the shape that they have."""
    kept: dict[str, Any] = {}
    room = ERROR_ANSWER_BYTES // 2
    for number, (path, message) in enumerate(message_lines(errors)):
        text = _shown(message, _MAX_MESSAGE)
        keys = [_shown(str(key), _MAX_KEY) for key in path]
        room -= len(orjson.dumps([keys, text]))
        if number == ERROR_MESSAGES or room < 0:
            break
        place = kept
        for key in keys[:-1]:
            inner = place.setdefault(key, {})
            place = inner if isinstance(inner, dict) else place
        listed = place.setdefault(keys[-1], [])
        if isinstance(listed, list):
            listed.append(text)
    return kept


def message_lines(errors: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield each message and the keys that lead to it."""
    if isinstance(errors, Mapping):
        for key, inner in errors.items():
            yield from message_lines(inner, (*path, key))
    elif isinstance(errors, list | tuple):
        for each in errors:
            yield from message_lines(each, path)
    else:
        yield path, str(errors)


def _shown(text: str, max_length: int) -> str:
    """Return a text as JSON can carry it, cut where it is too long to be shown."""
    text = text if len(text) <= max_length else f"{text[:max_length]}…"
    return text.encode("utf-8", "replace").decode()


def status_of(error: InterviewServiceError) -> HTTPStatus | None:
    """Return the status that an error is answered with; None of what is a defect."""
    return next((STATUS_OF[each] for each in type(error).__mro__ if each in STATUS_OF), None)


def on_service_error(error: InterviewServiceError) -> Response:
    """Answer what the service raised on purpose."""
    status = status_of(error)
    if status is None:
        return on_defect(error)
    if status is HTTPStatus.UNAUTHORIZED:
        return answer(status, str(error), headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, TooManyRequests | TooManySignIns):
        return answer(status, str(error), headers={"Retry-After": str(error.seconds)})
    if isinstance(error, InvalidFields):
        place = "query" if isinstance(error, InvalidQuery) else "json"
        return answer(status, str(error), errors={place: error.errors})
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        log.warning("unavailable: %s", error)
        message = str(error)
        if isinstance(error, DatabaseUnavailable):
            message = "The database cannot be reached or is too busy; nothing was written"
        if isinstance(error, DiskFull):
            message = "The disk of the database is full; nothing was written"
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
