"""The blueprint that every resource uses: permissions, what comes in, what goes out.

A route says in declarations who may call it, what comes in and what goes out; each declaration
checks it and documents it at the same time.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

import flask_smorest as smorest
import orjson
from flask_smorest.utils import resolve_schema_instance, unpack_tuple_response

from interview_service.api import idempotency
from interview_service.api.auth import authenticate
from interview_service.api.idempotency import ViewResponse, answer_once
from interview_service.api.parsing import StrictParser
from interview_service.api.schemas.errors import ErrorAnswerSchema
from interview_service.api.serializer import serializer_of
from interview_service.domain.interview import api_name

View = TypeVar("View", bound=Callable[..., Any])

SECURITY = "bearer"

LOCATION_HEADER = {
    "Location": {
        "description": "Where the record is",
        "schema": {"type": "string", "format": "uri-reference"},
    }
}

_WHATEVER_IS_ASKED: Mapping[HTTPStatus, str] = {
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests: wait for `Retry-After`",
    HTTPStatus.INTERNAL_SERVER_ERROR: "A defect of the service: `requestId` finds it in the log",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database is unreachable or too busy: nothing was "
    "written; try again after `Retry-After` seconds",
}

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
            errors[HTTPStatus.UNSUPPORTED_MEDIA_TYPE] = (
                "The body is not said to be JSON, or it is compressed"
            )

        def decorator(view: View) -> View:
            return self.errors(errors)(declare(view))  # type: ignore[no-any-return]

        return decorator

    def register_views_in_doc(self, api: Any, *args: Any, **kwargs: Any) -> None:
        """Have the routes written into the document when it is asked for; see `docs.Api`."""
        api.write_later(partial(super().register_views_in_doc, api, *args, **kwargs))

    def response(
        self,
        status_code: int,
        schema: Any = None,
        *,
        about: Callable[[Any], str] | None = None,
        secret: bool = False,
        **options: Any,
    ) -> Any:
        """Declare what goes out; see flask-smorest. The serializer is made from the schema.

        :param about: returns the id of the interview that the value of the view tells of.
        :param secret: the answer holds a secret that is shown this once.
        """
        document = super().response(status_code, schema, **options)
        schema = resolve_schema_instance(schema)
        serialize = serializer_of(schema) if schema is not None else None

        def decorator(view: View) -> View:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> ViewResponse:
                value, status, headers = unpack_tuple_response(view(*args, **kwargs))
                if isinstance(value, ViewResponse):
                    return value
                response = ViewResponse(status=status or status_code, mimetype="application/json")
                if serialize is None:
                    del response.headers["Content-Type"]
                else:
                    response.set_data(orjson.dumps(serialize(value)))
                if headers:
                    response.headers.update(headers)
                response.interview_id = about(value) if about is not None else None
                response.holds_secret = secret
                return response

            return _documented(cast(View, wrapper), document(view))

        return decorator

    def alt_response(self, status_code: int, *args: Any, **kwargs: Any) -> Any:
        """Document another answer of a route; see flask-smorest."""
        document = super().alt_response(status_code, *args, **kwargs)
        return lambda view: _documented(view, document(view))

    @staticmethod
    def doc(**kwargs: Any) -> Any:
        """Add to a route's document; see flask-smorest. Parameters are added to those before."""

        def decorator(view: View) -> View:
            known = getattr(view, "_apidoc", {}).get("manual_doc", {}).get("parameters", [])
            more = {"parameters": [*known, *kwargs["parameters"]]} if "parameters" in kwargs else {}
            return _documented(view, smorest.Blueprint.doc(**{**kwargs, **more})(view))

        return decorator

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
                    schema=ErrorAnswerSchema,
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
        refusals = {HTTPStatus.FORBIDDEN: f"The token lacks the permission {wanted}"}
        return lambda view: self._known(view, permission, refusals)

    def any_caller(self, view: View) -> View:
        """Let in every caller whose credential is good, whatever they may do."""
        return self._known(view, None, {})

    def own_session(self, view: View) -> View:
        """Let in users by their sessions; the view asks for the session, which refuses others."""
        refusals = {HTTPStatus.FORBIDDEN: "The caller has no session: it is a key or a token"}
        return self._known(view, None, refusals)

    def _known(
        self, view: View, permission: str | None, refusals: Mapping[HTTPStatus, str]
    ) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            authenticate(permission)
            return view(*args, **kwargs)

        errors = {HTTPStatus.UNAUTHORIZED: "No token, or not a good one", **refusals}
        documented = self.errors({**errors, **_WHATEVER_IS_ASKED})(cast(View, wrapper))
        declare = self.doc(security=[{SECURITY: []}], **{"x-permission": permission})
        return cast(View, declare(documented))

    def public(self, view: View) -> View:
        """Let everybody in, and say so."""
        return cast(View, self.doc(security=[])(self.errors(_WHATEVER_IS_ASKED)(view)))

    def probe(self, view: View) -> View:
        """Let everybody in, for answers that say themselves what is wrong."""
        return cast(View, self.doc(security=[])(view))

    def idempotent_create(self, view: View) -> View:
        """Like `idempotent`, for answers that tell more to who may read interviews."""
        return self.idempotent(view, readers_apart=True)

    def idempotent_in_steps(self, view: View) -> View:
        """Like `idempotent`, for what takes several transactions and is harmless when repeated."""
        return self.idempotent(view, in_steps=True)

    def idempotent(
        self, view: View, *, readers_apart: bool = False, in_steps: bool = False
    ) -> View:
        """Answer a request that repeats an Idempotency-Key as it was answered the first time."""

        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return answer_once(
                lambda: view(*args, **kwargs), readers_apart=readers_apart, in_steps=in_steps
            )

        wrapper._apidoc = deepcopy(getattr(wrapper, "_apidoc", {}))  # type: ignore[attr-defined]
        for status in wrapper._apidoc["success_status_codes"]:  # type: ignore[attr-defined]
            for answer in wrapper._apidoc["response"]["responses"][status]:  # type: ignore[attr-defined]
                answer["headers"] = {**answer.get("headers", {}), **idempotency.REPLAYED}
        documented = self.errors(
            {
                HTTPStatus.CONFLICT: "The record's state does not allow it, or the "
                "Idempotency-Key came before: with another request, or for a secret",
                HTTPStatus.UNPROCESSABLE_ENTITY: "Well-formed, and not valid",
            }
        )(wrapper)
        return cast(View, self.doc(parameters=[dict(idempotency.HEADER)])(documented))


def _documented(view: View, documented: Any) -> View:
    """Give a view what flask-smorest wrote on a wrapper of it, and spare requests the wrapper."""
    view._apidoc = documented._apidoc  # type: ignore[attr-defined]
    return view
