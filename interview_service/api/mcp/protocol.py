"""MCP's rules of a request: which revision it speaks, and headers that must match its body.

Revisions since 2026-07-28 say with each request who speaks which; earlier ones began with
`initialize`, and nothing is remembered of that here.
"""

import base64
import binascii
from collections.abc import Mapping
from enum import IntEnum

from werkzeug.datastructures import Headers

from interview_service.api.jsonrpc import Call, Code, RpcError, shown

MODERN = ("2026-07-28",)
LEGACY = ("2025-11-25", "2025-06-18")
SUPPORTED = (*MODERN, *LEGACY)

VERSION_HEADER, METHOD_HEADER, NAME_HEADER = "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"
_META = "io.modelcontextprotocol/"
VERSION_KEY = f"{_META}protocolVersion"
CAPABILITIES_KEY = f"{_META}clientCapabilities"
SERVER_KEY = f"{_META}serverInfo"
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_ENCODED_BEGIN, _ENCODED_END = "=?base64?", "?="


class McpCode(IntEnum):
    """The codes that MCP defines."""

    HEADER_MISMATCH = -32020
    UNSUPPORTED_VERSION = -32022


def is_modern(call: Call, headers: Headers) -> bool:
    """Tell whether a request is one of a revision without a handshake, after checking that it is
    a sound one of its revision.

    :raise RpcError: it is not.
    """
    version = headers.get(VERSION_HEADER)
    meta = call.params.get("_meta")
    has_version = isinstance(meta, Mapping) and VERSION_KEY in meta
    if has_version or version in MODERN or call.method == "server/discover":
        _check_modern(call, meta, headers)
        return True
    if call.method == "initialize":
        return False
    if version is None:
        raise RpcError(McpCode.HEADER_MISMATCH, f"The header {VERSION_HEADER} is missing")
    refuse_version(version)
    return False


def refuse_version(version: object) -> None:
    """Refuse a revision that is not spoken here.

    :raise RpcError: it is not.
    """
    if version not in SUPPORTED:
        raise RpcError(
            McpCode.UNSUPPORTED_VERSION,
            "Unsupported protocol version",
            {"supported": list(SUPPORTED), "requested": shown(str(version))},
        )


def _check_modern(call: Call, meta: object, headers: Headers) -> None:
    if not isinstance(meta, Mapping):
        raise RpcError(Code.INVALID_PARAMS, "params._meta must be an object")
    for key in (VERSION_KEY, CAPABILITIES_KEY):
        if key not in meta:
            raise RpcError(Code.INVALID_PARAMS, f"params._meta lacks {key}")
    _match(headers, VERSION_HEADER, meta[VERSION_KEY])
    _match(headers, METHOD_HEADER, call.method)
    if call.method in _NAMED:
        _match(headers, NAME_HEADER, call.params.get(_NAMED[call.method]))
    if not isinstance(meta[VERSION_KEY], str) or not isinstance(meta[CAPABILITIES_KEY], Mapping):
        raise RpcError(Code.INVALID_PARAMS, "params._meta is malformed")
    refuse_version(meta[VERSION_KEY])
    if meta[VERSION_KEY] not in MODERN:
        raise RpcError(
            Code.INVALID_PARAMS, f"{meta[VERSION_KEY]} has no such request: begin with initialize"
        )


def _match(headers: Headers, name: str, expected: object) -> None:
    given = headers.get(name)
    value = _decoded(given) if name == NAME_HEADER and given is not None else given
    if value is None or value != expected:
        told = "is missing" if given is None else "does not match the body"
        raise RpcError(McpCode.HEADER_MISMATCH, f"Header mismatch: {name} {told}")


def _decoded(value: str) -> str | None:
    """Return a header's value in plain; None where it says that it is base64 and is none."""
    if not (value.startswith(_ENCODED_BEGIN) and value.endswith(_ENCODED_END)):
        return value
    encoded = value[len(_ENCODED_BEGIN) : -len(_ENCODED_END)]
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
