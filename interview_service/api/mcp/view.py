"""`/mcp`: MCP over streamable HTTP without sessions: one JSON answer a POST."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import marshmallow as ma
import orjson
from flask import Blueprint, Response, g, request
from werkzeug.exceptions import HTTPException

from interview_service import __version__
from interview_service.api import errors, jsonrpc
from interview_service.api.auth import authenticate
from interview_service.api.callers import TokenRefused
from interview_service.api.jsonrpc import Call, Code, RpcError
from interview_service.api.mcp import protocol
from interview_service.api.mcp.protocol import McpCode
from interview_service.api.mcp.schemas import NOTICE
from interview_service.api.mcp.tools import TOOLS, listed
from interview_service.api.parsing import read_body
from interview_service.api.services import actor
from interview_service.domain.errors import (
    InterviewServiceError,
    InvalidFields,
    PermissionMissing,
)
from interview_service.domain.limits import ERROR_MESSAGES
from interview_service.domain.workflow import grants

PATH = "/mcp"
METADATA_PATH = "/.well-known/oauth-protected-resource"

_CACHED_MS = 3_600_000
_SERVER = {"name": "interview-service", "title": "Interview Service", "version": __version__}
_INSTRUCTIONS = (
    "The record of a hiring team's job interviews. Plans are approved, and candidates decided on, "
    f"by people, never by a tool. {NOTICE}"
)
_STATUS_OF: Mapping[int, HTTPStatus] = {
    Code.PARSE_ERROR: HTTPStatus.BAD_REQUEST,
    Code.INVALID_REQUEST: HTTPStatus.BAD_REQUEST,
    Code.INVALID_PARAMS: HTTPStatus.BAD_REQUEST,
    McpCode.HEADER_MISMATCH: HTTPStatus.BAD_REQUEST,
    McpCode.UNSUPPORTED_VERSION: HTTPStatus.BAD_REQUEST,
    Code.METHOD_NOT_FOUND: HTTPStatus.NOT_FOUND,
}
_FOR_MODELS = (
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
"""Errors of the API that a model can act on: it sees them as a tool's result."""

_CACHEABLE = ("server/discover", "tools/list")


class McpServer:
    """Answers MCP's requests.

    :param public_url: where the world sees this service, without a slash at its end.
    :param issuer: of tokens, where that is an authorization server of OAuth.
    """

    def __init__(self, public_url: str, issuer: str | None) -> None:
        self._resource = public_url + PATH
        self._origin = _origin_of(public_url)
        self.issuer = issuer if issuer is not None and issuer.startswith("https://") else None
        self._metadata_url = f"{public_url}{METADATA_PATH}{PATH}"

    def metadata(self) -> Response:
        """Answer the metadata of the protected resource (RFC 9728)."""
        if self.issuer is None:
            return errors.answer(HTTPStatus.NOT_FOUND, "Not found")
        scopes = sorted({tool.permission for tool in TOOLS.values()})
        body = {
            "resource": self._resource,
            "authorization_servers": [self.issuer],
            "scopes_supported": scopes,
            "bearer_methods_supported": ["header"],
            "resource_name": _SERVER["title"],
        }
        return Response(orjson.dumps(body), mimetype="application/json")

    def answer(self) -> Response:
        """Answer a POST."""
        g.mcp_id = None
        g.mcp_is_modern = True
        origin = request.headers.get("Origin")
        if origin is not None and _origin_of(origin) != self._origin:
            return _rpc_error(
                HTTPStatus.FORBIDDEN, Code.INVALID_REQUEST, "Origin is not that of this service"
            )
        authenticate(None)
        if not request.is_json:
            message = "Content-Type must be application/json"
            return _rpc_error(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Code.INVALID_REQUEST, message)
        value = jsonrpc.read(read_body(request))
        g.mcp_id = jsonrpc.id_of(value)
        call = jsonrpc.call_of(value)
        if not call.has_id:
            version = request.headers.get(protocol.VERSION_HEADER)
            if version is not None:
                protocol.refuse_version(version)
            return _empty(HTTPStatus.ACCEPTED)
        if call.id is None:
            raise RpcError(Code.INVALID_REQUEST, "id must not be null")
        g.mcp_is_modern = protocol.is_modern(call, request.headers)
        return _json(jsonrpc.result(call.id, _result(call, is_modern=g.mcp_is_modern)))

    def answer_error(self, error: Exception) -> Response:
        """Answer what went wrong with a request."""
        if isinstance(error, RpcError):
            status = _STATUS_OF.get(error.code, HTTPStatus.OK)
            if not g.mcp_is_modern and error.code in (Code.METHOD_NOT_FOUND, Code.INVALID_PARAMS):
                status = HTTPStatus.OK  # as revisions with a handshake have it
            return _rpc_error(status, error.code, str(error), error.data)
        if isinstance(error, InterviewServiceError):
            house = errors.on_service_error(error)
        elif isinstance(error, HTTPException):
            house = errors.on_http_exception(error)
        else:
            house = errors.on_defect(error)
        is_ours = house.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        code = Code.INTERNAL_ERROR if is_ours else Code.INVALID_REQUEST
        message = orjson.loads(house.get_data())["message"]
        response = _rpc_error(HTTPStatus(house.status_code), code, message)
        if "Retry-After" in house.headers:
            response.headers["Retry-After"] = house.headers["Retry-After"]
        if isinstance(error, TokenRefused):
            given = "Authorization" in request.headers or "X-API-Key" in request.headers
            fault = {"error": "invalid_token"} if given else {}
            response.headers["WWW-Authenticate"] = self._challenge("interview:read", fault)
        if isinstance(error, _ScopeMissing):
            fault = {"error": "insufficient_scope", "error_description": message}
            response.headers["WWW-Authenticate"] = self._challenge(error.scope, fault)
        return response

    def _challenge(self, scope: str, fault: Mapping[str, str]) -> str:
        """Return what a client has to bring, as RFC 6750 and RFC 9728 write it."""
        told = {**fault, "scope": scope}
        if self.issuer is not None:
            told["resource_metadata"] = self._metadata_url
        return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in told.items())


class _ScopeMissing(PermissionMissing):
    """The caller lacks the permission of a tool."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


def blueprint(public_url: str, issuer: str | None) -> Blueprint:
    """Return the routes of MCP and of its metadata."""
    server = McpServer(public_url, issuer)
    routes = Blueprint("mcp", __name__)
    for path in (PATH, f"{PATH}/"):
        routes.add_url_rule(path, "answer", server.answer, methods=["POST"])
    for path in (METADATA_PATH, f"{METADATA_PATH}{PATH}"):
        routes.add_url_rule(path, "metadata", server.metadata, methods=["GET"])
    routes.register_error_handler(Exception, server.answer_error)
    return routes


def _result(call: Call, *, is_modern: bool) -> dict[str, object]:
    result = _dispatched(call, is_modern=is_modern)
    if not is_modern:
        return result
    result = {"resultType": "complete", **result, "_meta": {protocol.SERVER_KEY: _SERVER}}
    if call.method in _CACHEABLE:
        result |= {"ttlMs": _CACHED_MS, "cacheScope": "public"}
    return result


def _dispatched(call: Call, *, is_modern: bool) -> dict[str, object]:
    if call.method == "tools/list":
        return {"tools": listed()}
    if call.method == "tools/call":
        return _called(call)
    if call.method == "server/discover" and is_modern:
        return {
            "supportedVersions": list(protocol.SUPPORTED),
            "capabilities": {"tools": {}},
            "instructions": _INSTRUCTIONS,
        }
    if call.method == "initialize" and not is_modern:
        asked = call.params.get("protocolVersion")
        return {
            "protocolVersion": asked if asked in protocol.LEGACY else protocol.LEGACY[0],
            "capabilities": {"tools": {}},
            "serverInfo": _SERVER,
            "instructions": _INSTRUCTIONS,
        }
    if call.method == "ping" and not is_modern:
        return {}
    raise RpcError(Code.METHOD_NOT_FOUND, f"Method not found: {call.method}")


def _called(call: Call) -> dict[str, object]:
    """Run a tool, and return its result; what a model can mend is a result, too."""
    name, arguments = call.params.get("name"), call.params.get("arguments")
    tool = TOOLS.get(name) if isinstance(name, str) else None
    if tool is None:
        raise RpcError(Code.INVALID_PARAMS, f"Unknown tool: {name}")
    if arguments is None:
        arguments = {}
    if not isinstance(arguments, Mapping):
        raise RpcError(Code.INVALID_PARAMS, "arguments must be an object")
    if not grants(actor().permissions, tool.permission):
        raise _ScopeMissing(tool.permission)
    try:
        given = tool.call(arguments)
    except ma.ValidationError as error:
        return _refused(_lines(error.messages_dict))
    except PermissionMissing:
        raise _ScopeMissing(tool.permission) from None
    except InvalidFields as error:
        return _refused(_lines(error.errors))
    except InterviewServiceError as error:
        if errors.status_of(error) not in _FOR_MODELS:
            raise
        return _refused(str(error))
    return {
        "content": [{"type": "text", "text": orjson.dumps(given).decode()}],
        "structuredContent": given,
        "isError": False,
    }


def _lines(faults: Mapping[str, Any]) -> str:
    told = [
        f"{'.'.join(map(str, path))}: {message}" for path, message in errors.message_lines(faults)
    ]
    return "The arguments are not valid:\n" + "\n".join(told[:ERROR_MESSAGES])


def _refused(message: str) -> dict[str, object]:
    return {"content": [{"type": "text", "text": jsonrpc.shown(message)}], "isError": True}


def _origin_of(url: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port of an address; None where it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def _rpc_error(status: HTTPStatus, code: int, message: str, data: object = None) -> Response:
    body = jsonrpc.error(g.mcp_id, code, message, data)
    if body["id"] is None:
        del body["id"]
    return _json(body, status)


def _json(value: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(orjson.dumps(value), status=int(status), mimetype="application/json")


def _empty(status: HTTPStatus) -> Response:
    response = Response(status=int(status))
    del response.headers["Content-Type"]
    return response
