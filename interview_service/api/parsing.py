"""Reading requests as the API's ground rules say: one JSON object, nothing unknown, nothing twice.

Every fault is named in the one shape of errors, and no body costs more than a valid one of
its size.
"""

import json
from http import HTTPStatus
from typing import Any, NoReturn, cast

import marshmallow as ma
from flask import Request
from webargs.flaskparser import FlaskParser, abort
from werkzeug.exceptions import HTTPException

from interview_service.domain.limits import ERROR_MESSAGES, REQUEST_BODY_BYTES
from interview_service.domain.text import unstorable


class StrictParser(FlaskParser):
    """Reads arguments, and answers 422 with what is wrong where."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": ma.RAISE,
        "query": ma.RAISE,
    }

    def load_json(self, req: Request, schema: Any) -> Any:
        """Return the JSON object that the request carries."""
        return json_object(req)

    def load_querystring(self, req: Request, schema: Any) -> Any:
        """Return the query's parameters, each given once but those that are lists."""
        several = {
            each.data_key for each in schema.fields.values() if isinstance(each, ma.fields.List)
        }
        faults: dict[str, list[str]] = {}
        for name, values in req.args.lists():
            if len(values) > 1 and name not in several:
                faults[name] = ["Must be given once."]
            if unstorable(name):
                faults["?"] = ["Unknown field."]
            if len(faults) >= ERROR_MESSAGES:
                break
        if faults:
            raise ma.ValidationError(faults)
        found: dict[str, Any] = req.args.to_dict()
        return found | {name: req.args.getlist(name) for name in several if name in found}

    def handle_error(
        self, error: ma.ValidationError, req: Any, schema: Any, **kwargs: Any
    ) -> NoReturn:
        """Answer 422 with what is wrong where."""
        abort(HTTPStatus.UNPROCESSABLE_ENTITY, messages=error.messages)
        raise AssertionError("unreachable")


def read_body(req: Request) -> bytes:
    """Return a request's body, whole.

    Answers 413 for one that is too large, 415 for one that is compressed, 400 where it breaks off.

    Werkzeug refuses a Content-Length past the limit; a body in chunks, which names no length, it
    cuts off there. The limit that it is given is one byte over ours, so that a cut shows.
    """
    if req.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        abort(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            message="Content-Encoding is not supported: send the body uncompressed",
        )
    try:
        body = req.get_data(cache=True)
    except HTTPException:
        raise
    except Exception:  # noqa: BLE001 (the server's own reader has errors of its own)
        abort(HTTPStatus.BAD_REQUEST, message="Request body cannot be read to its end")
    if len(body) > REQUEST_BODY_BYTES:
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
        value = read_json(body)
    except MalformedJson as error:
        abort(HTTPStatus.BAD_REQUEST, message=f"Request body is {error}")
    if not isinstance(value, dict):
        abort(HTTPStatus.BAD_REQUEST, message="Request body must be a JSON object")
    return cast(dict[str, Any], value)


class MalformedJson(Exception):
    """A text that is no JSON; it says what is wrong, after `Request body is`."""


def read_json(body: bytes) -> object:
    """Return what JSON text says, which repeats no key and has no NaN.

    :raise MalformedJson: it is none.
    """
    try:
        value: object = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_no_repeats,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError:
        raise MalformedJson("not UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise MalformedJson(f"not JSON: {error.msg}, {where}") from None
    except RecursionError:
        raise MalformedJson("nested too deep") from None
    except ValueError as error:
        raise MalformedJson(f"not JSON: {error}") from None
    return value


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is repeated in an object")
    return result


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
