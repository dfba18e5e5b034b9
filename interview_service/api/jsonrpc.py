"""JSON-RPC 2.0, as agents' protocols speak it over HTTP: one call a request, no batches."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from interview_service.api.parsing import MalformedJson, read_json
from interview_service.domain.text import unstorable

Id = str | int | None
Params = Mapping[str, object]

_MAX_ID = 2**53
_MAX_ID_LENGTH = 1_000
_MAX_MESSAGE = 1_000


class Code(IntEnum):
    """The codes that JSON-RPC itself defines."""

    PARSE_ERROR = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    INTERNAL_ERROR = -32603


class RpcError(Exception):
    """A call that is answered with an error.

    :param data: more on it, in JSON; None for nothing.
    """

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


@dataclass(frozen=True, slots=True)
class Call:
    """A request, or, without an id, a notification.

    :param has_id: whether an answer is expected.
    """

    method: str
    params: Params
    id: Id
    has_id: bool


def read(body: bytes) -> object:
    """Return what a body says.

    :raise RpcError: it is no JSON.
    """
    try:
        return read_json(body)
    except MalformedJson as error:
        raise RpcError(Code.PARSE_ERROR, f"Request body is {error}") from None


def id_of(value: object) -> Id:
    """Return the id of a call, as far as it has one that can be answered to."""
    given = value.get("id") if isinstance(value, Mapping) else None
    if isinstance(given, bool) or not isinstance(given, str | int):
        return None
    if isinstance(given, str):
        return given if len(given) <= _MAX_ID_LENGTH and not unstorable(given) else None
    return given if abs(given) < _MAX_ID else None


def call_of(value: object) -> Call:
    """Return the call that a body is.

    :raise RpcError: it is a batch, a response, or no call.
    """
    if isinstance(value, list):
        raise RpcError(Code.INVALID_REQUEST, "Batches are not supported: send one call a request")
    if not isinstance(value, Mapping):
        raise RpcError(Code.INVALID_REQUEST, "A call must be a JSON object")
    if value.get("jsonrpc") != "2.0":
        raise RpcError(Code.INVALID_REQUEST, 'jsonrpc must be "2.0"')
    method = value.get("method")
    if not isinstance(method, str) or not method:
        raise RpcError(Code.INVALID_REQUEST, "method must be a text")
    has_id = "id" in value
    if has_id and value["id"] is not None and id_of(value) is None:
        raise RpcError(
            Code.INVALID_REQUEST,
            f"id must be a whole number or a text of at most {_MAX_ID_LENGTH} characters",
        )
    params = value.get("params")
    if params is None:
        params = {}
    if not isinstance(params, Mapping):
        raise RpcError(Code.INVALID_PARAMS, "params must be an object")
    return Call(method, params, id_of(value), has_id)


def result(call_id: Id, value: object) -> dict[str, object]:
    """Return the answer to a call."""
    return {"jsonrpc": "2.0", "id": call_id, "result": value}


def error(call_id: Id, code: int, message: str, data: object = None) -> dict[str, object]:
    """Return the error that a call is answered with."""
    described: dict[str, object] = {"code": int(code), "message": shown(message)}
    if data is not None:
        described["data"] = data
    return {"jsonrpc": "2.0", "id": call_id, "error": described}


def shown(text: str) -> str:
    """Return a text as an answer can carry it, cut where it is too long to be read."""
    text = text if len(text) <= _MAX_MESSAGE else f"{text[:_MAX_MESSAGE]}…"
    return text.encode("utf-8", "replace").decode()
