"""What can go wrong between agents, and how each binding says it (A2A, sections 5.4, 9.5, 11.6)."""

from collections.abc import Iterator, Mapping
from enum import Enum
from http import HTTPStatus
from typing import NamedTuple

from interview_service.api.errors import message_lines, status_of
from interview_service.api.jsonrpc import Code, shown
from interview_service.domain.errors import (
    ConcurrentUpdate,
    DatabaseUnavailable,
    IdempotencyKeyReused,
    InterviewServiceError,
    InvalidFields,
)
from interview_service.domain.limits import ERROR_MESSAGES

_TYPE = "type.googleapis.com/google.rpc."
_OWN = -32000


class _Row(NamedTuple):
    code: int
    http: HTTPStatus
    status: str


class Kind(Enum):
    """Errors by their names: JSON-RPC's code, HTTP's status and gRPC's."""

    TASK_NOT_FOUND = _Row(-32001, HTTPStatus.NOT_FOUND, "NOT_FOUND")
    TASK_NOT_CANCELABLE = _Row(-32002, HTTPStatus.BAD_REQUEST, "FAILED_PRECONDITION")
    UNSUPPORTED_OPERATION = _Row(-32004, HTTPStatus.BAD_REQUEST, "FAILED_PRECONDITION")
    CONTENT_TYPE_NOT_SUPPORTED = _Row(-32005, HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT")
    VERSION_NOT_SUPPORTED = _Row(-32009, HTTPStatus.BAD_REQUEST, "FAILED_PRECONDITION")
    PARSE_ERROR = _Row(Code.PARSE_ERROR, HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT")
    INVALID_REQUEST = _Row(Code.INVALID_REQUEST, HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT")
    METHOD_NOT_FOUND = _Row(Code.METHOD_NOT_FOUND, HTTPStatus.NOT_FOUND, "NOT_FOUND")
    INVALID_PARAMS = _Row(Code.INVALID_PARAMS, HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT")
    INTERNAL_ERROR = _Row(Code.INTERNAL_ERROR, HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL")
    UNAUTHENTICATED = _Row(_OWN, HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED")
    PERMISSION_DENIED = _Row(_OWN, HTTPStatus.FORBIDDEN, "PERMISSION_DENIED")
    ABORTED = _Row(_OWN, HTTPStatus.CONFLICT, "ABORTED")
    REQUEST_TOO_LARGE = _Row(_OWN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "INVALID_ARGUMENT")
    RESOURCE_EXHAUSTED = _Row(_OWN, HTTPStatus.TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED")
    UNAVAILABLE = _Row(_OWN, HTTPStatus.SERVICE_UNAVAILABLE, "UNAVAILABLE")


_OF_STATUS: Mapping[HTTPStatus, Kind] = {
    HTTPStatus.BAD_REQUEST: Kind.INVALID_REQUEST,
    HTTPStatus.UNAUTHORIZED: Kind.UNAUTHENTICATED,
    HTTPStatus.FORBIDDEN: Kind.PERMISSION_DENIED,
    HTTPStatus.NOT_FOUND: Kind.TASK_NOT_FOUND,
    HTTPStatus.CONFLICT: Kind.UNSUPPORTED_OPERATION,
    HTTPStatus.PRECONDITION_FAILED: Kind.ABORTED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Kind.REQUEST_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Kind.CONTENT_TYPE_NOT_SUPPORTED,
    HTTPStatus.UNPROCESSABLE_ENTITY: Kind.INVALID_PARAMS,
    HTTPStatus.TOO_MANY_REQUESTS: Kind.RESOURCE_EXHAUSTED,
    HTTPStatus.SERVICE_UNAVAILABLE: Kind.UNAVAILABLE,
}


class A2AFault(Exception):
    """An error of the protocol.

    :param violations: the field that is at fault, and what is wrong with it.
    :param http: HTTP's own status for it, where that says more than the kind's.
    """

    def __init__(
        self,
        kind: Kind,
        message: str,
        violations: Mapping[str, str] | None = None,
        *,
        http: HTTPStatus | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.http = http or kind.value.http
        self.violations = violations or {}

    def details(self) -> list[dict[str, object]]:
        """Return what a program can read of it, as `google.rpc` types."""
        told: list[dict[str, object]] = [
            {
                "@type": f"{_TYPE}ErrorInfo",
                "reason": self.kind.name,
                "domain": "a2a-protocol.org",
                "metadata": {},
            }
        ]
        if self.violations:
            listed = [
                {"field": shown(field), "description": shown(fault)}
                for field, fault in self.violations.items()
            ]
            told.append({"@type": f"{_TYPE}BadRequest", "fieldViolations": listed[:ERROR_MESSAGES]})
        return told


def invalid(field: str, fault: str) -> A2AFault:
    """Return the error of a parameter that is not valid."""
    return A2AFault(Kind.INVALID_PARAMS, f"{field}: {fault}", {field: fault})


def invalid_fields(errors: Mapping[str, object], place: str) -> A2AFault:
    """Return the error of fields that are not valid.

    :param errors: field to messages, nested as the fields are.
    :param place: where the fields stand in the message.
    """
    told = dict(_lines(errors, place))
    listed = "; ".join(f"{field}: {fault}" for field, fault in told.items())
    return A2AFault(Kind.INVALID_PARAMS, f"Validation failed: {listed}", told)


def _lines(errors: Mapping[str, object], place: str) -> Iterator[tuple[str, str]]:
    for path, message in message_lines(errors):
        yield ".".join((place, *map(str, path))), message


def fault_of(error: InterviewServiceError) -> A2AFault | None:
    """Return what the service raised as an error of the protocol; None for a defect."""
    if isinstance(error, IdempotencyKeyReused):
        return invalid("message.messageId", "Was used before with another message.")
    if isinstance(error, InvalidFields):
        return invalid_fields(error.errors, "message.parts")
    if isinstance(error, ConcurrentUpdate):
        return A2AFault(Kind.ABORTED, str(error))
    status = status_of(error)
    if status is None:
        return None
    if isinstance(error, DatabaseUnavailable):
        return A2AFault(Kind.UNAVAILABLE, "The database cannot be reached or is too busy")
    return A2AFault(_OF_STATUS[status], "Task not found" if status == 404 else str(error))


def fault_of_status(status: int, message: str) -> A2AFault:
    """Return an error of HTTP as one of the protocol."""
    http = HTTPStatus(status)
    return A2AFault(_OF_STATUS.get(http, Kind.INVALID_REQUEST), message, http=http)
