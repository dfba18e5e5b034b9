"""The blueprint that every resource uses: strict parsing, permissions, idempotency, ETags.

A route says in declarations who may call it, what comes in and what goes out; each declaration
checks it and documents it at the same time.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from functools import wraps
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar, cast

import flask_smorest as smorest
import marshmallow as ma
import orjson
from flask import Request, Response, g, request
from flask_smorest.utils import resolve_schema_instance, unpack_tuple_response
from webargs.flaskparser import FlaskParser, abort

from interview_service.api.auth import authenticate
from interview_service.api.errors import ErrorSchema
from interview_service.api.fields import unstorable
from interview_service.api.serializer import serializer_of
from interview_service.api.services import repository
from interview_service.domain.interview import api_name
from interview_service.lifecycle import Answer, once

View = TypeVar("View", bound=Callable[..., Any])

SECURITY = "bearer"
MAX_IDEMPOTENCY_KEY = 200
MAX_BODY_BYTES = 1024 * 1024

_HEADERS_KEPT = ("Location", "ETag")

_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 0}}
}
_ERROR_HEADERS: Mapping[HTTPStatus, Mapping[str, Any]] = {
    HTTPStatus.UNAUTHORIZED: {
        "WWW-Authenticate": {"description": "`Bearer`", "schema": {"type": "string"}}
    },
    HTTPStatus.TOO_MANY_REQUESTS: _RETRY_AFTER,
    HTTPStatus.SERVICE_UNAVAILABLE: _RETRY_AFTER,
}
_REPLAYED = {
    "Idempotent-Replayed": {
        "description": "There, and `true`, where this is the first answer again",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


class StrictParser(FlaskParser):
    """Reads arguments as the contract says: one JSON object, nothing unknown, nothing twice."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": ma.RAISE,
        "query": ma.RAISE,
    }

    def load_json(self, req: Request, schema: Any) -> Any:
        """Return the JSON object that the request carries."""
        return json_object(req)

    def load_querystring(self, req: Request, schema: Any) -> Any:
        """Return the query's parameters, each given once."""
        for name, values in req.args.lists():
            if len(values) > 1:
                raise ma.ValidationError({name: ["Must be given once."]})
            if unstorable(name):
                raise ma.ValidationError({"?": ["Unknown field."]})
        return req.args.to_dict()

    def handle_error(
        self, error: ma.ValidationError, req: Any, schema: Any, **kwargs: Any
    ) -> NoReturn:
        """Answer 422 with what is wrong where."""
        abort(HTTPStatus.UNPROCESSABLE_ENTITY, messages=_printable(error.messages))
        raise AssertionError("unreachable")


def read_body(req: Request) -> bytes:
    """Return a request's body, whole, or answer 413.

    Werkzeug refuses a Content-Length past the limit; a body in chunks, which names no length, it
    cuts off there. The limit that it is given is one byte over ours, so that a cut shows.
    """
    body = req.get_data(cache=True)
    if len(body) > MAX_BODY_BYTES:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return body


def json_object(req: Request) -> dict[str, Any]:
    """Return the JSON object that a request carries.

    Answers 400 for what is no JSON object, 415 for what does not say that it is JSON.
    """
    body = read_body(req)
    if body and not req.is_json:
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message="Content-Type must be application/json")
    if not body:
        abort(HTTPStatus.BAD_REQUEST, message="Request body is empty: it must be a JSON object")
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_no_repeats,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError:
        abort(HTTPStatus.BAD_REQUEST, message="Request body is not UTF-8")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        abort(HTTPStatus.BAD_REQUEST, message=f"Request body is not JSON: {error.msg}, {where}")
    except RecursionError:
        abort(HTTPStatus.BAD_REQUEST, message="Request body is nested too deep")
    except ValueError as error:
        abort(HTTPStatus.BAD_REQUEST, message=f"Request body is not JSON: {error}")
    if not isinstance(value, dict):
        abort(HTTPStatus.BAD_REQUEST, message="Request body must be a JSON object")
    return cast(dict[str, Any], value)


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is repeated in an object")
    return result


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _printable(messages: Any) -> Any:
    """Return validation messages without what JSON text cannot carry."""
    if isinstance(messages, dict):
        return {
            str(key).encode("utf-8", "replace").decode(): _printable(value)
            for key, value in messages.items()
        }
    if isinstance(messages, list):
        return [_printable(each) for each in messages]
    return messages.encode("utf-8", "replace").decode() if isinstance(messages, str) else messages


class Blueprint(smorest.Blueprint):  # type: ignore[misc]
    """A flask-smorest blueprint with this API's ground rules."""

    ARGUMENTS_PARSER = StrictParser()

    def arguments(self, schema: Any, *, location: str = "json", **kwargs: Any) -> Any:
        """Declare what comes in; see flask-smorest. Documents the errors that it can give."""
        schema = resolve_schema_instance(schema)
        declare = super().arguments(schema, location=location, **kwargs)
        errors = {HTTPStatus.UNPROCESSABLE_ENTITY: "Well-formed, and not valid"}
        if location == "json":
            errors[HTTPStatus.BAD_REQUEST] = "Not a JSON object"
            errors[HTTPStatus.REQUEST_ENTITY_TOO_LARGE] = "The body is larger than 1 MiB"
            errors[HTTPStatus.UNSUPPORTED_MEDIA_TYPE] = "The body is not said to be JSON"

        def decorator(view: View) -> View:
            return self.errors(errors)(declare(view))  # type: ignore[no-any-return]

        return decorator

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Any:
        """Declare what goes out; see flask-smorest. The serializer is made from the schema."""
        document = super().response(status_code, schema, **options)
        schema = resolve_schema_instance(schema)
        serialize = serializer_of(schema) if schema is not None else None

        def decorator(view: View) -> View:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Response:
                value, status, headers = unpack_tuple_response(view(*args, **kwargs))
                response = Response(status=status or status_code, mimetype="application/json")
                if serialize is None:
                    del response.headers["Content-Type"]
                else:
                    response.set_data(orjson.dumps(serialize(value)))
                if headers:
                    response.headers.update(headers)
                return response

            return _documented(cast(View, wrapper), document(view))

        return decorator

    def alt_response(self, status_code: int, *args: Any, **kwargs: Any) -> Any:
        """Document another answer of a route; see flask-smorest."""
        document = super().alt_response(status_code, *args, **kwargs)
        return lambda view: _documented(view, document(view))

    @staticmethod
    def doc(**kwargs: Any) -> Any:
        """Add to a route's document; see flask-smorest."""
        document = smorest.Blueprint.doc(**kwargs)
        return lambda view: _documented(view, document(view))

    def route(self, rule: str, **options: Any) -> Any:
        """Put a view where a path leads; its name, in the API's spelling, is the operation's id."""
        register = super().route(rule, **options)

        def decorator(view: View) -> View:
            return register(self.doc(operationId=api_name(view.__name__))(view))  # type: ignore[no-any-return]

        return decorator

    def errors(self, described: Mapping[HTTPStatus, str]) -> Callable[[View], View]:
        """Document errors that a route can answer."""

        def decorator(view: View) -> View:
            for status, description in described.items():
                view = self.alt_response(
                    int(status),
                    schema=ErrorSchema,
                    description=description,
                    headers=_ERROR_HEADERS.get(status),
                )(view)
            return view

        return decorator

    def requires(self, permission: str | None) -> Callable[[View], View]:
        """Let in only callers whose token is good and has `permission`.

        None leaves it to what is asked for which permission that is.
        """

        wanted = f"`{permission}`" if permission else "that this transition wants"

        def decorator(view: View) -> View:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                authenticate(permission)
                return view(*args, **kwargs)

            documented = self.errors(
                {
                    HTTPStatus.UNAUTHORIZED: "No token, or not a good one",
                    HTTPStatus.FORBIDDEN: f"The token lacks the permission {wanted}",
                    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests: wait for `Retry-After`",
                    HTTPStatus.INTERNAL_SERVER_ERROR: "A defect of the service: `requestId` finds "
                    "it in the log",
                    HTTPStatus.SERVICE_UNAVAILABLE: "The database is away or too busy: "
                    "nothing was written; try again after `Retry-After` seconds",
                }
            )(wrapper)
            return cast(
                View,
                self.doc(security=[{SECURITY: []}], **{"x-permission": permission})(documented),
            )

        return decorator

    def idempotent(self, view: View) -> View:
        """Answer a request that repeats an Idempotency-Key as it was answered the first time."""

        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            header = request.headers.get("Idempotency-Key")
            if header is None:
                return view(*args, **kwargs)
            key = _checked_key(header)
            produced: list[Response] = []

            def produce() -> Answer:
                g.pop("interview_id", None)
                response = cast(Response, view(*args, **kwargs))
                produced[:] = [response]
                return Answer(
                    status=response.status_code,
                    headers={
                        name: response.headers[name]
                        for name in _HEADERS_KEPT
                        if name in response.headers
                    },
                    body=response.get_data(as_text=True),
                    interview_id=g.get("interview_id"),
                )

            answer, replayed = once(repository(), key, _fingerprint(), produce)
            if not replayed:
                return produced[0]
            response = Response(answer.body, answer.status, mimetype="application/json")
            response.headers.update(answer.headers)
            response.headers["Idempotent-Replayed"] = "true"
            return response

        parameter = {
            "in": "header",
            "name": "Idempotency-Key",
            "description": "Makes a retry safe: the same key and body within 24 hours gives the "
            "first answer again, with `Idempotent-Replayed: true`",
            "schema": {"type": "string", "minLength": 1, "maxLength": MAX_IDEMPOTENCY_KEY},
        }
        wrapper._apidoc = deepcopy(getattr(wrapper, "_apidoc", {}))  # type: ignore[attr-defined]
        for status in wrapper._apidoc["success_status_codes"]:  # type: ignore[attr-defined]
            for answer in wrapper._apidoc["response"]["responses"][status]:  # type: ignore[attr-defined]
                answer["headers"] = {**answer.get("headers", {}), **_REPLAYED}
        documented = self.errors(
            {
                HTTPStatus.CONFLICT: "The record's state does not allow it, or the "
                "Idempotency-Key came before with another request",
                HTTPStatus.UNPROCESSABLE_ENTITY: "Well-formed, and not valid",
            }
        )(wrapper)
        return cast(View, self.doc(parameters=[parameter])(documented))


def _documented(view: View, documented: Any) -> View:
    """Give a view what flask-smorest wrote on a wrapper of it, and spare requests the wrapper."""
    view._apidoc = documented._apidoc  # type: ignore[attr-defined]
    return view


def _checked_key(header: str) -> str:
    """Return an Idempotency-Key as text: UTF-8 where it is that, which WSGI takes for Latin-1."""
    try:
        key = header.encode("latin-1").decode()
    except UnicodeError:
        key = header
    if not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY or not key.isprintable():
        fault = f"Must have 1 to {MAX_IDEMPOTENCY_KEY} printable characters."
        messages = {"headers": {"Idempotency-Key": [fault]}}
        abort(HTTPStatus.UNPROCESSABLE_ENTITY, messages=messages)
    return key


def _fingerprint() -> str:
    """Return a hash of what is asked: method, path and body, whatever the order of its keys."""
    body = read_body(request)
    with suppress(orjson.JSONDecodeError):
        body = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    asked = f"{request.method} {request.full_path}\n".encode("utf-8", "surrogatepass") + body
    return hashlib.sha256(asked).hexdigest()


def etag(version: int | str) -> dict[str, str]:
    """Return the header that names a record's version."""
    return {"ETag": f'"{version}"'}


def accepted_versions() -> Callable[[int], bool]:
    """Return what tells whether the request's If-Match accepts a version; any, without one."""
    if "If-Match" not in request.headers:
        return lambda version: True
    accepted = request.if_match
    return lambda version: accepted.contains(str(version))


IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag that the record must still have",
    "schema": {"type": "string"},
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "The ETag that is known already: 304 where it is still the record's",
    "schema": {"type": "string"},
}
ETAG_HEADER = {"ETag": {"description": "The record's version", "schema": {"type": "string"}}}
LOCATION_HEADER = {
    "Location": {
        "description": "Where the record is",
        "schema": {"type": "string", "format": "uri-reference"},
    }
}
